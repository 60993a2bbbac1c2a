// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
//
// Messages of the `control` data channel. A tagged value that owns its texts: clear it after use.
// Built and parsed on any thread.
#pragma once

#include <glib.h>

#include "signaling/wire/bind.h"
#include "signaling/wire/limits.h"
#include "signaling/wire/role.h"
#include "signaling/wire/tick.h"

typedef enum {
    POUCE_CONTROL_BIND,
    POUCE_CONTROL_TICK,
    POUCE_CONTROL_COUNTERSIGN,
    POUCE_CONTROL_ASK,
    POUCE_CONTROL_GRANT,
    POUCE_CONTROL_REFUSE,
    POUCE_CONTROL_REVOKE,
    POUCE_CONTROL_SCREEN,
    POUCE_CONTROL_INK,
    POUCE_CONTROL_INK_CLEAR,
    POUCE_CONTROL_CHAT,
    POUCE_CONTROL_PAUSE,
    POUCE_CONTROL_VOICE,
    POUCE_CONTROL_STATS,
    POUCE_CONTROL_BYE,
    POUCE_CONTROL_UNKNOWN,
    POUCE_CONTROL_N_TYPES,
} PouceControlType;

typedef struct {
    gint64 id;
    char *name;           // owned
    gint64 width, height; // px
    gboolean primary;
} PouceMonitor;

typedef struct {
    PouceControlType type;
    union {
        struct {
            PouceBind bind; // session is "" after parsing: it is not on the wire
            guint8 sig[POUCE_SIG_BYTES];
        } bind;
        PouceSignedTick tick; // not countersigned
        struct {
            gint64 seq;
            guint8 sig[POUCE_SIG_BYTES];
        } countersign;
        struct {
            gint64 id; // grant: 0 if nobody asked
            PouceCapability what;
            gint64 ms; // 0 until revoked; not in refuse
        } loan;        // ask, grant, refuse
        struct {
            PouceCapability what;
            PouceRevokeBy by;
        } revoke;
        struct {
            gint64 width, height; // px of the shown picture
            gint64 monitor;       // id of the shown one
            guint n_monitors;
            PouceMonitor monitors[POUCE_MONITORS_MAX];
        } screen;
        struct {
            gint64 stroke;
            guint32 rgb; // 0xrrggbb
            gboolean end;
            guint n_points;
            struct {
                guint16 x, y; // 0…65535 across the picture
            } points[POUCE_INK_POINTS_MAX];
        } ink;
        struct {
            gint64 id;
            char *text; // owned
        } chat;
        struct {
            gboolean paused;
        } pause;
        struct {
            gboolean on; // the sender's microphone is open
        } voice;
        struct {
            gint64 fps, bitrate_bps, rtt_ms, lost, decoded;
        } stats;
        struct {
            PouceEndReason reason;
        } bye;
        struct {
            char *of; // owned
        } unknown;
    };
} PouceControl;

typedef enum {
    POUCE_CONTROL_OK,
    POUCE_CONTROL_UNKNOWN_TYPE, // answer with `unknown`
    POUCE_CONTROL_MALFORMED,    // drop and count
} PouceControlResult;

/**
 * pouce_control_parse - strict
 * @out:   on OK filled, to be cleared; on UNKNOWN_TYPE it is the `unknown` answer, to be cleared;
 *         on MALFORMED untouched
 * @error: a sentence, on all but OK; may be NULL
 */
PouceControlResult pouce_control_parse(
    const void *data, gsize bytes, PouceControl *out, GError **error);

/** pouce_control_build - Returns: owned JSON text; programmer error if beyond a limit */
char *pouce_control_build(const PouceControl *control);

/** pouce_control_clear - free what the value owns and zero it; accepts a cleared one */
void pouce_control_clear(PouceControl *control);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PouceControl, pouce_control_clear)

/** pouce_control_type_name - the `type` on the wire; static */
const char *pouce_control_type_name(PouceControlType type);

/** pouce_control_allowed_from - may @role send this type? The rest is dropped and counted. */
gboolean pouce_control_allowed_from(PouceControlType type, PouceRole role);
