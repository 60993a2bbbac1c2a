// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/history.h"

/** A desktop that stood for less was on its way to another. */
#define STILL_US 250000
#define GOLDEN_INTERVAL_US 1000000
/** One in this many macroblocks has to change before the old desktop is put by. */
#define LARGE_CHANGE_PART 8

void screen_history_plan(ScreenHistory *history, const ScreenStore *store,
    const ScreenMoment *moment, ScreenHeader *header)
{
    header->golden = header->altref = SCREEN_COPY_NONE;
    gboolean stood = moment->now_us - history->changed_us >= STILL_US;
    if (moment->changed_mb)
        history->changed_us = moment->now_us;
    if (!moment->was_sharp)
        return;
    const ScreenSaved *golden = &store->saved[SCREEN_SAVED_INDEX(SCREEN_REF_GOLDEN)];
    if (stood && moment->changed_mb * LARGE_CHANGE_PART > moment->total_mb)
        header->altref = SCREEN_COPY_LAST;
    else if (!pouce_damage_is_empty(&golden->apart) &&
             (!golden->usable || moment->now_us - history->golden_us >= GOLDEN_INTERVAL_US))
        header->golden = SCREEN_COPY_LAST;
}

void screen_history_sent(ScreenHistory *history, ScreenStore *store, const ScreenHeader *header,
    guint32 id, gint64 now_us)
{
    if (header->key) {
        screen_store_forget(store);
        history->changed_us = now_us;
    }
    if (header->key || header->recovery) {
        history->base_id = id;
        history->lost_id = 0;
    }
    if (header->golden == SCREEN_COPY_LAST) {
        screen_store_save(store, SCREEN_REF_GOLDEN, id);
        history->golden_us = now_us;
    }
    if (header->altref == SCREEN_COPY_LAST)
        screen_store_save(store, SCREEN_REF_ALTREF, id);
}

void screen_history_confirm(ScreenHistory *history, guint32 id)
{
    history->confirmed_id = MAX(history->confirmed_id, id);
}

void screen_history_lost(ScreenHistory *history, guint32 id)
{
    if (id < history->base_id)
        return; // what came since does not need it
    history->lost_id = history->lost_id ? MIN(history->lost_id, id) : id;
}

gboolean screen_history_recover(const ScreenHistory *history, ScreenStore *store)
{
    gboolean found = FALSE;
    for (int i = 0; i < 2; i++) {
        ScreenSaved *saved = &store->saved[i];
        if (saved->since_id > history->confirmed_id || saved->since_id >= history->lost_id)
            saved->usable = FALSE;
        found |= saved->usable;
    }
    return found;
}
