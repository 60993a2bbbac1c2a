// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// Where the time of a frame goes: with POUCE_TRACE=1 in the environment the programs print one JSON
// line for each frame on stdout, {"event": "trace", "frame": ID, "NAME_us": monotonic, ...}. The id
// is made of the frame's bytes, so both ends' lines find each other. Off it costs one comparison.
//
// Any thread.

#include <glib.h>

G_BEGIN_DECLS

#define POUCE_TRACE_STAMPS_MAX 8

typedef struct {
    const char *name; // static, e.g. "grabbed"
    gint64 us;
} PouceTraceStamp;

typedef struct {
    PouceTraceStamp stamps[POUCE_TRACE_STAMPS_MAX];
    guint count;
} PouceTrace;

/** pouce_trace_is_on - read from the environment once */
gboolean pouce_trace_is_on(void);

/** pouce_trace_stamp - @name is now; more than POUCE_TRACE_STAMPS_MAX are left out; nothing when
 * off */
void pouce_trace_stamp(PouceTrace *trace, const char *name);
/** pouce_trace_stamp_at - the same for a moment that has passed */
void pouce_trace_stamp_at(PouceTrace *trace, const char *name, gint64 us);

/** pouce_trace_print - says what was stamped of this frame, and forgets it; nothing when off */
void pouce_trace_print(PouceTrace *trace, const guint8 *vp8, gsize bytes);

G_END_DECLS
