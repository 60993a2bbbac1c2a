// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The helper's drawing on the seeker's screen: strokes in wire positions, and what to send of them.
// Pure; one thread. Points are collected and sent by flush, at most once a picture; undo clears and
// sends the rest again, because the protocol knows strokes and clear, no more.

#include <glib.h>

G_BEGIN_DECLS

/** Strokes kept, points a stroke: older strokes go first, a longer stroke ends. */
#define POUCE_INK_STROKES_MAX 200
#define POUCE_INK_STROKE_POINTS_MAX 4096

typedef struct {
    guint16 x, y;
} PouceInkAt;

typedef struct {
    /** @points: borrowed, at most 128; FALSE from both is nobody's concern: resend mends it */
    void (*send)(gpointer user, gint64 stroke, guint32 rgb, const PouceInkAt *points, guint count,
        gboolean end);
    void (*clear)(gpointer user);
} PouceInkSink;

typedef struct PouceInk PouceInk;

PouceInk *pouce_ink_new(const PouceInkSink *sink, gpointer user);
void pouce_ink_free(PouceInk *ink);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceInk, pouce_ink_free)

gboolean pouce_ink_is_drawing(const PouceInk *ink);
guint pouce_ink_count(const PouceInk *ink);
void pouce_ink_begin(PouceInk *ink, guint32 rgb, PouceInkAt at);
/** pouce_ink_extend - FALSE if it adds nothing: too close, too long, or nothing begun */
gboolean pouce_ink_extend(PouceInk *ink, PouceInkAt at);
void pouce_ink_flush(PouceInk *ink);
void pouce_ink_end(PouceInk *ink);
void pouce_ink_undo(PouceInk *ink);
void pouce_ink_clear(PouceInk *ink);
/** pouce_ink_forget - the seeker's screen shows none any more */
void pouce_ink_forget(PouceInk *ink);
/** pouce_ink_resend - after a reconnection */
void pouce_ink_resend(PouceInk *ink);

G_END_DECLS
