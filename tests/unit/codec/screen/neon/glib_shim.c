// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The few functions of GLib that the kernels and their test call, for a machine without it.

#include <glib.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct _GRand {
    guint64 state;
};

GRand *g_rand_new_with_seed(guint32 seed)
{
    GRand *random = malloc(sizeof *random);
    random->state = seed + G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
    return random;
}

void g_rand_free(GRand *random)
{
    free(random);
}

guint32 g_rand_int(GRand *random)
{
    random->state ^= random->state << 13;
    random->state ^= random->state >> 7;
    random->state ^= random->state << 17;
    return (guint32)(random->state >> 32);
}

gint32 g_rand_int_range(GRand *random, gint32 begin, gint32 end)
{
    return begin + (gint32)(g_rand_int(random) % (guint32)(end - begin));
}

void g_free(gpointer memory)
{
    free(memory);
}

gpointer(g_memdup2)(gconstpointer memory, gsize bytes)
{
    return memcpy(malloc(bytes), memory, bytes);
}

void g_assertion_message_expr(
    const char *domain, const char *file, int line, const char *function, const char *expression)
{
    fprintf(stderr, "%s:%d: %s: %s\n", file, line, function, expression);
    exit(1);
}
