// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/trace.h"

#include <stdio.h>

gboolean pouce_trace_is_on(void)
{
    static gsize known; // 1: off, 2: on
    if (g_once_init_enter(&known)) {
        g_once_init_leave(&known, g_strcmp0(g_getenv("POUCE_TRACE"), "1") == 0 ? 2 : 1);
    }
    return known == 2;
}

void pouce_trace_stamp_at(PouceTrace *trace, const char *name, gint64 us)
{
    if (pouce_trace_is_on() && trace->count < POUCE_TRACE_STAMPS_MAX) {
        trace->stamps[trace->count++] = (PouceTraceStamp){name, us};
    }
}

void pouce_trace_stamp(PouceTrace *trace, const char *name)
{
    if (pouce_trace_is_on()) {
        pouce_trace_stamp_at(trace, name, g_get_monotonic_time());
    }
}

/** FNV-1a. */
static guint64 hash(const guint8 *data, gsize bytes)
{
    guint64 value = G_GUINT64_CONSTANT(14695981039346656037);
    for (gsize i = 0; i < bytes; i++) {
        value = (value ^ data[i]) * G_GUINT64_CONSTANT(1099511628211);
    }
    return value;
}

void pouce_trace_print(PouceTrace *trace, const guint8 *vp8, gsize bytes)
{
    if (!pouce_trace_is_on()) {
        return;
    }
    g_autoptr(GString) line = g_string_new("{\"event\": \"trace\"");
    g_string_append_printf(line, ", \"frame\": \"%016" G_GINT64_MODIFIER "x\"", hash(vp8, bytes));
    g_string_append_printf(line, ", \"bytes\": %" G_GSIZE_FORMAT, bytes);
    for (guint i = 0; i < trace->count; i++) {
        g_string_append_printf(
            line, ", \"%s_us\": %" G_GINT64_FORMAT, trace->stamps[i].name, trace->stamps[i].us);
    }
    trace->count = 0;
    g_string_append(line, "}\n");
    fputs(line->str, stdout); // one call: lines of other threads stay whole
    fflush(stdout);
}
