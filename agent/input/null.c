// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Injects nothing and remembers what it was told: for tests, and for sources without a desktop.

#include "agent/input/input.h"

// The oldest half is forgotten beyond this, so that a long session does not grow.
#define EVENTS_MAX 65536

typedef struct {
    PouceInput base;
    GArray *events;
} NullInput;

static PouceInput *null_open(const char *rest, GMainContext *context, GError **error)
{
    NullInput *input = g_new0(NullInput, 1);
    input->base.klass = &pouce_input_null;
    input->events = g_array_new(FALSE, FALSE, sizeof(PouceInputEvent));
    return &input->base;
}

static void null_free(PouceInput *base)
{
    NullInput *input = (NullInput *)base;
    g_array_unref(input->events);
    g_free(input);
}

static void null_inject(PouceInput *base, const PouceInputEvent *event)
{
    NullInput *input = (NullInput *)base;
    if (input->events->len >= EVENTS_MAX)
        g_array_remove_range(input->events, 0, EVENTS_MAX / 2);
    g_array_append_val(input->events, *event);
}

const GArray *pouce_input_null_events(PouceInput *base)
{
    g_assert(base->klass == &pouce_input_null);
    return ((NullInput *)base)->events;
}

const PouceInputClass pouce_input_null = {
    .name = "null",
    .open = null_open,
    .free = null_free,
    .inject = null_inject,
};
