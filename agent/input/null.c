// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Injects nothing and remembers what it was told: for tests, and for sources without a desktop.

#include "agent/input/injector.h"

// The oldest half is forgotten beyond this, so that a long session does not grow.
#define EVENTS_MAX 65536

typedef struct {
    PouceInjector base;
    GArray *events;
} NullInput;

static PouceInjector *null_open(const char *rest, GMainContext *context, GError **error)
{
    NullInput *input = g_new0(NullInput, 1);
    input->base.klass = &pouce_injector_null;
    input->events = g_array_new(FALSE, FALSE, sizeof(PouceInjectorEvent));
    return &input->base;
}

static void null_free(PouceInjector *base)
{
    NullInput *input = (NullInput *)base;
    g_array_unref(input->events);
    g_free(input);
}

static void null_inject(PouceInjector *base, const PouceInjectorEvent *event)
{
    NullInput *input = (NullInput *)base;
    if (input->events->len >= EVENTS_MAX)
        g_array_remove_range(input->events, 0, EVENTS_MAX / 2);
    g_array_append_val(input->events, *event);
}

const GArray *pouce_injector_null_events(PouceInjector *base)
{
    g_assert(base->klass == &pouce_injector_null);
    return ((NullInput *)base)->events;
}

const PouceInjectorClass pouce_injector_null = {
    .name = "null",
    .open = null_open,
    .free = null_free,
    .inject = null_inject,
};
