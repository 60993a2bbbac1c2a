// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewer/ui/ink.h"

#include "signaling/wire/limits.h"

// Closer points than this (wire units, about 1 px of 1080p) add nothing.
#define STEP_MIN 30

typedef struct {
    gint64 id;
    guint32 rgb;
    GArray *points; // PouceInkAt
} Stroke;

struct PouceInk {
    PouceInkSink sink;
    gpointer user;
    GPtrArray *strokes;
    Stroke *open; // the last of them; NULL: none
    guint sent;   // points of the open one
    gint64 next;
};

static void free_stroke(gpointer data)
{
    Stroke *stroke = data;
    g_array_unref(stroke->points);
    g_free(stroke);
}

PouceInk *pouce_ink_new(const PouceInkSink *sink, gpointer user)
{
    PouceInk *ink = g_new0(PouceInk, 1);
    ink->sink = *sink;
    ink->user = user;
    ink->strokes = g_ptr_array_new_with_free_func(free_stroke);
    ink->next = 1;
    return ink;
}

void pouce_ink_free(PouceInk *ink)
{
    if (!ink)
        return;
    g_ptr_array_unref(ink->strokes);
    g_free(ink);
}

gboolean pouce_ink_is_drawing(const PouceInk *ink)
{
    return ink->open != NULL;
}

guint pouce_ink_count(const PouceInk *ink)
{
    return ink->strokes->len;
}

static void send_from(PouceInk *ink, const Stroke *stroke, guint from, gboolean end)
{
    guint at = from;
    do {
        guint count = MIN(stroke->points->len - at, POUCE_INK_POINTS_MAX);
        const PouceInkAt *points = &g_array_index(stroke->points, PouceInkAt, at);
        at += count;
        ink->sink.send(
            ink->user, stroke->id, stroke->rgb, points, count, end && at >= stroke->points->len);
    } while (at < stroke->points->len);
}

void pouce_ink_begin(PouceInk *ink, guint32 rgb, PouceInkAt at)
{
    pouce_ink_end(ink);
    Stroke *stroke = g_new0(Stroke, 1);
    stroke->id = ink->next++;
    stroke->rgb = rgb;
    stroke->points = g_array_new(FALSE, FALSE, sizeof(PouceInkAt));
    g_array_append_val(stroke->points, at);
    if (ink->strokes->len >= POUCE_INK_STROKES_MAX)
        g_ptr_array_remove_index(ink->strokes, 0);
    g_ptr_array_add(ink->strokes, stroke);
    ink->open = stroke;
    ink->sent = 0;
}

gboolean pouce_ink_extend(PouceInk *ink, PouceInkAt at)
{
    if (!ink->open || ink->open->points->len >= POUCE_INK_STROKE_POINTS_MAX)
        return FALSE;
    const PouceInkAt *last =
        &g_array_index(ink->open->points, PouceInkAt, ink->open->points->len - 1);
    gint64 dx = at.x - last->x, dy = at.y - last->y;
    if (dx * dx + dy * dy < STEP_MIN * STEP_MIN)
        return FALSE;
    g_array_append_val(ink->open->points, at);
    return TRUE;
}

void pouce_ink_flush(PouceInk *ink)
{
    if (!ink->open || ink->sent >= ink->open->points->len)
        return;
    send_from(ink, ink->open, ink->sent, FALSE);
    ink->sent = ink->open->points->len;
}

void pouce_ink_end(PouceInk *ink)
{
    if (!ink->open)
        return;
    send_from(ink, ink->open, ink->sent, TRUE);
    ink->open = NULL;
}

void pouce_ink_undo(PouceInk *ink)
{
    pouce_ink_end(ink);
    if (ink->strokes->len == 0)
        return;
    g_ptr_array_remove_index(ink->strokes, ink->strokes->len - 1);
    pouce_ink_resend(ink);
}

void pouce_ink_forget(PouceInk *ink)
{
    ink->open = NULL;
    g_ptr_array_set_size(ink->strokes, 0);
}

void pouce_ink_clear(PouceInk *ink)
{
    pouce_ink_forget(ink);
    ink->sink.clear(ink->user);
}

void pouce_ink_resend(PouceInk *ink)
{
    pouce_ink_end(ink);
    ink->sink.clear(ink->user);
    for (guint n = 0; n < ink->strokes->len; n++) {
        Stroke *stroke = g_ptr_array_index(ink->strokes, n);
        stroke->id = ink->next++;
        send_from(ink, stroke, 0, TRUE);
    }
}
