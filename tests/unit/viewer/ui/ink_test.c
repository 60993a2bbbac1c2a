// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Strokes, and what is sent of them: every point once, in order, at most 128 a message.

#include "viewer/ui/ink.h"

// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

typedef struct {
    guint messages, points, ends, clears, last_count;
    gint64 last_stroke;
    guint32 last_rgb;
} Sent;

static void on_send(
    gpointer user, gint64 stroke, guint32 rgb, const PouceInkAt *points, guint count, gboolean end)
{
    Sent *sent = user;
    assert_true(count <= 128);
    sent->messages++;
    sent->points += count;
    sent->ends += end ? 1 : 0;
    sent->last_stroke = stroke;
    sent->last_rgb = rgb;
    sent->last_count = count;
}

static void on_clear(gpointer user)
{
    ((Sent *)user)->clears++;
}

static const PouceInkSink sink = {on_send, on_clear};

static void draw(PouceInk *ink, int points)
{
    pouce_ink_begin(ink, 0x1468e8, (PouceInkAt){0, 7});
    for (int n = 1; n < points; n++)
        pouce_ink_extend(ink, (PouceInkAt){(guint16)(n * 40), 7});
}

static void test_points_once(void **state)
{
    Sent sent = {0};
    g_autoptr(PouceInk) ink = pouce_ink_new(&sink, &sent);
    draw(ink, 10);
    pouce_ink_flush(ink);
    pouce_ink_flush(ink);
    assert_int_equal(sent.messages, 1);
    assert_int_equal(sent.points, 10);
    assert_int_equal(sent.ends, 0);
    assert_false(pouce_ink_extend(ink, (PouceInkAt){9 * 40 + 3, 7})); // too close
    assert_true(pouce_ink_extend(ink, (PouceInkAt){9 * 40 + 3, 90}));
    pouce_ink_end(ink);
    assert_int_equal(sent.points, 11);
    assert_int_equal(sent.ends, 1);
    assert_int_equal(sent.last_rgb, 0x1468e8);
    assert_false(pouce_ink_extend(ink, (PouceInkAt){1, 1}));
    assert_false(pouce_ink_is_drawing(ink));
}

static void test_long_strokes_split(void **state)
{
    Sent sent = {0};
    g_autoptr(PouceInk) ink = pouce_ink_new(&sink, &sent);
    draw(ink, 300);
    pouce_ink_end(ink);
    assert_int_equal(sent.points, 300);
    assert_int_equal(sent.messages, 3);
    assert_int_equal(sent.last_count, 300 - 2 * 128);
    assert_int_equal(sent.ends, 1);
}

static void test_undo_sends_the_rest(void **state)
{
    Sent sent = {0};
    g_autoptr(PouceInk) ink = pouce_ink_new(&sink, &sent);
    draw(ink, 3);
    pouce_ink_end(ink);
    draw(ink, 5);
    pouce_ink_end(ink);
    sent = (Sent){0};
    pouce_ink_undo(ink);
    assert_int_equal(sent.clears, 1);
    assert_int_equal(sent.points, 3);
    assert_int_equal(sent.last_stroke, 3); // a new number: the old one was cleared
    pouce_ink_undo(ink);
    pouce_ink_undo(ink);
    assert_int_equal(pouce_ink_count(ink), 0);
    assert_int_equal(sent.clears, 2);
}

static void test_limits(void **state)
{
    Sent sent = {0};
    g_autoptr(PouceInk) ink = pouce_ink_new(&sink, &sent);
    for (int n = 0; n < POUCE_INK_STROKES_MAX + 5; n++)
        draw(ink, 1);
    pouce_ink_end(ink);
    assert_int_equal(pouce_ink_count(ink), POUCE_INK_STROKES_MAX);
    pouce_ink_begin(ink, 0, (PouceInkAt){0, 0});
    guint taken = 1;
    for (int n = 1; n < 2 * POUCE_INK_STROKE_POINTS_MAX; n++)
        taken += pouce_ink_extend(ink, (PouceInkAt){(guint16)(n % 2 * 1000), 0}) ? 1 : 0;
    assert_int_equal(taken, POUCE_INK_STROKE_POINTS_MAX);
    pouce_ink_clear(ink);
    assert_int_equal(pouce_ink_count(ink), 0);
    assert_int_equal(sent.clears, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_points_once),
        cmocka_unit_test(test_long_strokes_split),
        cmocka_unit_test(test_undo_sends_the_rest),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
