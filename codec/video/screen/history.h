// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// When golden and altref are saved, and which of them can save the far end after a loss. One of
// them follows the picture while it is sharp, once a second at most. The desktop that a large
// change is about to replace is saved too, if it stood still long enough to be worth coming back
// to. Which of the two gives way is seen from what they show: the desktop that is coming back
// anyway, an older state of the present one, or else the one that was saved first.
//
// While frames get lost, both serve another end: one holds what the far end has confirmed, and the
// other takes a newer picture every GUARD_INTERVAL, so that a recovery has little to make up for.
// Pure.

#include "codec/video/screen/header.h"
#include "codec/video/screen/store.h"

typedef struct {
    guint32 base_id;      // latest frame that needs no earlier one but a confirmed reference
    guint32 confirmed_id; // newest frame that the far end is known to have
    guint32 lost_id;      // oldest frame that it lacks; 0: none
    guint32 key_id;       // a key frame whose picture is not saved yet; 0: none
    gboolean lost_anew;   // since the last plan
    gint64 guarded_us;    // until when losses are expected
    gboolean puts_by;     // the frame being made puts by the desktop before it
    gint64 followed_us;   // when a picture was saved that was not put by
    gint64 saved_us;      // when any was
    gint64 changed_us;    // when the picture changed last
} ScreenHistory;

/** What is known before a frame is coded. */
typedef struct {
    gint64 now_us;
    gboolean was_sharp; // the picture before, all of it
    int changed_mb;
    int total_mb;
    const PouceDamage *changed;
    const guint64 *fingerprints; // of the source now
} ScreenMoment;

/** screen_history_plan - sets the copies that @header orders; the frame is no key frame */
void screen_history_plan(ScreenHistory *history, const ScreenStore *store,
    const ScreenMoment *moment, ScreenHeader *header);

/**
 * screen_history_keep_key - altref is what the key frame showed, since that replaces all references
 * To be called before each frame: the first one after a key frame saves it.
 */
void screen_history_keep_key(ScreenHistory *history, ScreenStore *store);

/** screen_history_sent - frame @id went out; saves what its header orders */
void screen_history_sent(ScreenHistory *history, ScreenStore *store, const ScreenHeader *header,
    guint32 id, gint64 now_us);

void screen_history_confirm(ScreenHistory *history, guint32 id);
void screen_history_lost(ScreenHistory *history, guint32 id);

/**
 * screen_history_recover - forgets references that the far end may not have
 * Returns: the frame that it must have decoded for those that are left; 0: none is, a key frame is
 *          needed
 */
guint32 screen_history_recover(const ScreenHistory *history, ScreenStore *store);
