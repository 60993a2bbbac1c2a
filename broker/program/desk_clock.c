// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/program/desk_clock.h"

typedef struct {
    GSource source;
    PouceDesk *desk;
} Clock;

static gboolean is_due(GSource *source)
{
    gint64 due_us = pouce_desk_next_due_us(((Clock *)source)->desk);
    return due_us >= 0 && due_us <= g_get_monotonic_time();
}

static gboolean prepare(GSource *source, gint *timeout_ms)
{
    gint64 due_us = pouce_desk_next_due_us(((Clock *)source)->desk);
    gint64 left_us = due_us - g_get_monotonic_time();
    *timeout_ms = due_us < 0 ? -1 : (gint)CLAMP((left_us + 999) / 1000, 0, 60000);
    return due_us >= 0 && left_us <= 0;
}

static gboolean dispatch(GSource *source, GSourceFunc callback, gpointer data)
{
    pouce_desk_on_time(
        ((Clock *)source)->desk, g_get_monotonic_time(), g_get_real_time() / G_USEC_PER_SEC);
    return G_SOURCE_CONTINUE;
}

GSource *pouce_desk_clock_new(PouceDesk *desk)
{
    static GSourceFuncs funcs = {.prepare = prepare, .check = is_due, .dispatch = dispatch};
    GSource *source = g_source_new(&funcs, sizeof(Clock));
    ((Clock *)source)->desk = desk;
    g_source_attach(source, NULL);
    return source;
}
