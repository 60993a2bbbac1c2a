// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What a screen would show, kept by an outlet that copies only the rectangles it is told: after any
// mix of changed pictures, cursor, ink and room it equals what a fresh canvas shows of the same
// things, and an unchanged picture is not shown again.

#include "viewer/ui/canvas.h"

// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include <string.h>

#define SEED 20261122
#define WIDTH 210
#define HEIGHT 130

typedef struct {
    PouceOutlet outlet;
    guint8 *memory; // what the canvas writes
    guint8 *screen; // what was shown of it
    int width, height;
    guint shown_px, shows;
} Screen;

static gboolean resize(PouceOutlet *outlet, PouceRect area, PoucePixels *out)
{
    Screen *screen = (Screen *)outlet;
    gsize bytes = (gsize)area.width * (gsize)area.height * 4;
    g_free(screen->memory);
    g_free(screen->screen);
    screen->memory = g_malloc(bytes + 1);
    screen->screen = g_malloc(bytes + 1);
    memset(screen->memory, 0xaa, bytes);
    memset(screen->screen, 0x55, bytes);
    screen->width = area.width;
    screen->height = area.height;
    *out = (PoucePixels){screen->memory, area.width * 4, area.width, area.height};
    return TRUE;
}

static void wait_read(PouceOutlet *outlet)
{
}

static void show(PouceOutlet *outlet, const PouceRect *rects, guint count)
{
    Screen *screen = (Screen *)outlet;
    screen->shows++;
    for (guint n = 0; n < count; n++) {
        PouceRect rect = rects[n];
        assert_true(rect.x >= 0 && rect.y >= 0 && rect.width > 0 && rect.height > 0);
        assert_true(rect.x + rect.width <= screen->width && rect.y + rect.height <= screen->height);
        screen->shown_px += (guint)(rect.width * rect.height);
        for (int y = rect.y; y < rect.y + rect.height; y++)
            memcpy(screen->screen + (y * screen->width + rect.x) * 4,
                screen->memory + (y * screen->width + rect.x) * 4, (gsize)rect.width * 4);
    }
}

static void move(PouceOutlet *outlet, int x, int y)
{
}

static void set_visible(PouceOutlet *outlet, gboolean visible)
{
}

static void free_screen(PouceOutlet *outlet)
{
    Screen *screen = (Screen *)outlet;
    g_free(screen->memory);
    g_free(screen->screen);
    g_free(screen);
}

static const PouceOutletClass screen_class = {.resize = resize,
    .wait = wait_read,
    .show = show,
    .move = move,
    .set_visible = set_visible,
    .free = free_screen};

static Screen *new_screen(PouceCanvas *canvas)
{
    Screen *screen = g_new0(Screen, 1);
    screen->outlet.class = &screen_class;
    pouce_canvas_set_outlet(canvas, &screen->outlet);
    return screen;
}

static void scribble(PouceFrame *frame, GRand *random)
{
    int x = g_rand_int_range(random, 0, frame->width_px),
        y = g_rand_int_range(random, 0, frame->height_px);
    int end_x = g_rand_int_range(random, x, frame->width_px) + 1;
    int end_y = g_rand_int_range(random, y, frame->height_px) + 1;
    for (int plane = 0; plane < 3; plane++)
        for (int line = y >> (plane > 0); line <= (end_y - 1) >> (plane > 0); line++)
            for (int at = x >> (plane > 0); at <= (end_x - 1) >> (plane > 0); at++)
                frame->planes[plane][line * frame->strides[plane] + at] =
                    (guint8)g_rand_int_range(random, 16, 236);
}

typedef struct {
    PouceFitting fitting;
    int room_width, room_height, scroll;
} View;

// The same things, told to a canvas at once.
typedef struct {
    guint16 cursor_x, cursor_y;
    guint16 ink[64][2];
    guint ink_count;
} Over;

static void add_shape(PouceCanvas *canvas)
{
    guint8 rgba[12 * 16 * 4];
    for (guint n = 0; n < sizeof rgba; n++)
        rgba[n] = (guint8)(n * 7);
    const PouceCursor shape = {
        .shape = 3, .width = 12, .height = 16, .hot_x = 2, .hot_y = 3, .rgba = rgba};
    pouce_canvas_add_shape(canvas, &shape);
}

static void set_view(PouceCanvas *canvas, const View *view)
{
    pouce_canvas_set_room(canvas, view->room_width, view->room_height);
    pouce_canvas_set_fitting(canvas, view->fitting, POUCE_SMOOTH_AUTO);
    pouce_canvas_scroll(canvas, view->scroll, view->scroll / 2);
}

static void assert_as_fresh(
    const Screen *screen, const PouceFrame *frame, const View *view, const Over *over)
{
    PouceCanvas *fresh = pouce_canvas_new(NULL, NULL);
    Screen *other = new_screen(fresh);
    set_view(fresh, view);
    pouce_canvas_take(fresh, frame);
    pouce_canvas_scroll(fresh, view->scroll, view->scroll / 2);
    add_shape(fresh);
    pouce_canvas_set_cursor(fresh, TRUE, over->cursor_x, over->cursor_y, 3);
    for (guint n = 0; n < over->ink_count; n++) {
        if (n == 0)
            pouce_canvas_ink_begin(fresh, 0xff6a00, over->ink[n][0], over->ink[n][1]);
        else
            pouce_canvas_ink_extend(fresh, over->ink[n][0], over->ink[n][1]);
    }
    // All at once: a new room and back.
    pouce_canvas_set_room(fresh, view->room_width + 1, view->room_height);
    pouce_canvas_set_room(fresh, view->room_width, view->room_height);
    assert_int_equal(screen->width, other->width);
    assert_int_equal(screen->height, other->height);
    // Cairo rounds the edge of a stroke that crosses itself by what it is clipped to.
    int worst = 0;
    for (int n = 0; n < screen->width * screen->height * 4; n++)
        worst = MAX(worst, ABS((int)screen->screen[n] - (int)other->screen[n]));
    assert_true(worst <= 30);
    pouce_canvas_free(fresh);
}

static void test_as_fresh(void **state)
{
    static const View views[] = {{POUCE_FIT, WIDTH, HEIGHT, 0}, {POUCE_FIT, 150, 300, 0},
        {POUCE_FIT, 60, 60, 0}, {POUCE_FIT, 500, 500, 0}, {POUCE_EXACT, 90, 80, 31},
        {POUCE_EXACT, 400, 400, 0}};
    GRand *random = g_rand_new_with_seed(SEED);
    for (guint n = 0; n < G_N_ELEMENTS(views); n++) {
        PouceFrame *frame = pouce_frame_new(WIDTH, HEIGHT);
        PouceCanvas *canvas = pouce_canvas_new(NULL, NULL);
        Screen *screen = new_screen(canvas);
        Over over = {0};
        set_view(canvas, &views[n]);
        pouce_canvas_take(canvas, frame);
        pouce_canvas_scroll(canvas, views[n].scroll, views[n].scroll / 2);
        add_shape(canvas);
        for (int round = 0; round < 30; round++) {
            scribble(frame, random);
            pouce_canvas_take(canvas, frame);
            over.cursor_x = (guint16)g_rand_int_range(random, 0, 65536);
            over.cursor_y = (guint16)g_rand_int_range(random, 0, 65536);
            pouce_canvas_set_cursor(canvas, TRUE, over.cursor_x, over.cursor_y, 3);
            guint16 *point = over.ink[over.ink_count++];
            point[0] = (guint16)g_rand_int_range(random, 0, 65536);
            point[1] = (guint16)g_rand_int_range(random, 0, 65536);
            if (over.ink_count == 1)
                pouce_canvas_ink_begin(canvas, 0xff6a00, point[0], point[1]);
            else
                pouce_canvas_ink_extend(canvas, point[0], point[1]);
            assert_as_fresh(screen, frame, &views[n], &over);
        }
        pouce_canvas_ink_undo(canvas);
        over.ink_count = 0;
        assert_as_fresh(screen, frame, &views[n], &over);
        pouce_canvas_free(canvas);
        pouce_frame_unref(frame);
    }
    g_rand_free(random);
}

static void test_only_changes(void **state)
{
    PouceFrame *frame = pouce_frame_new(640, 480);
    PouceCanvas *canvas = pouce_canvas_new(NULL, NULL);
    Screen *screen = new_screen(canvas);
    pouce_canvas_set_room(canvas, 640, 480);
    pouce_canvas_take(canvas, frame);
    screen->shows = screen->shown_px = 0;
    pouce_canvas_take(canvas, frame);
    assert_int_equal(screen->shows, 0);
    frame->planes[0][100 * frame->strides[0] + 200] = 200;
    pouce_canvas_take(canvas, frame);
    assert_int_equal(screen->shows, 1);
    assert_int_equal(screen->shown_px, 16 * 16);
    const guint8 *pixel = screen->screen + (100 * 640 + 200) * 4;
    assert_int_equal(pixel[0], pixel[1]); // grey
    assert_true(pixel[0] > 205 && pixel[0] < 225);
    assert_int_equal(pixel[3], 255);
    pouce_canvas_free(canvas);
    pouce_frame_unref(frame);
}

static const guint8 *pixel_at(const Screen *screen, int x, int y)
{
    return screen->screen + (y * screen->width + x) * 4;
}

static void test_over_the_picture(void **state)
{
    PouceFrame *frame = pouce_frame_new(640, 480); // black
    PouceCanvas *canvas = pouce_canvas_new(NULL, NULL);
    Screen *screen = new_screen(canvas);
    guint8 white[8 * 8 * 4];
    memset(white, 255, sizeof white);
    const PouceCursor shape = {.shape = 9, .width = 8, .height = 8, .rgba = white};
    pouce_canvas_set_room(canvas, 640, 480);
    pouce_canvas_take(canvas, frame);
    pouce_canvas_add_shape(canvas, &shape);
    pouce_canvas_set_cursor(canvas, TRUE, 32768, 32768, 9);
    assert_int_equal(pixel_at(screen, 324, 244)[0], 255);
    pouce_canvas_set_cursor(canvas, TRUE, 0, 0, 9);
    assert_int_equal(pixel_at(screen, 324, 244)[0], 0);
    assert_int_equal(pixel_at(screen, 3, 3)[0], 255);
    pouce_canvas_set_cursor(canvas, FALSE, 0, 0, 9);
    assert_int_equal(pixel_at(screen, 3, 3)[0], 0);
    pouce_canvas_ink_begin(canvas, 0x1468e8, 6554, 32768);
    pouce_canvas_ink_extend(canvas, 58982, 32768);
    assert_memory_equal(pixel_at(screen, 320, 240), "\xe8\x68\x14\xff", 4);
    pouce_canvas_ink_clear(canvas);
    assert_int_equal(pixel_at(screen, 320, 240)[0], 0);
    pouce_canvas_free(canvas);
    pouce_frame_unref(frame);
}

static void test_sizes(void **state)
{
    PouceCanvas *canvas = pouce_canvas_new(NULL, NULL);
    Screen *screen = new_screen(canvas);
    PoucePlacement at;
    pouce_canvas_set_room(canvas, 400, 400);
    static const int sizes[][2] = {{1, 1}, {17, 3}, {800, 600}, {16, 16}, {401, 399}};
    for (guint n = 0; n < G_N_ELEMENTS(sizes); n++) {
        PouceFrame *frame = pouce_frame_new(sizes[n][0], sizes[n][1]);
        pouce_canvas_take(canvas, frame);
        pouce_canvas_placement(canvas, &at);
        assert_true(at.width_px == 400 || at.height_px == 400 || at.sharp);
        assert_int_equal(screen->width, at.width_px);
        pouce_frame_unref(frame);
    }
    // A slow line: the picture comes smaller than the screen that it shows.
    PouceFrame *half = pouce_frame_new(150, 100);
    pouce_canvas_set_screen(canvas, 300, 200);
    pouce_canvas_set_fitting(canvas, POUCE_EXACT, POUCE_SMOOTH_AUTO);
    pouce_canvas_take(canvas, half);
    pouce_canvas_placement(canvas, &at);
    assert_int_equal(at.width_px, 300);
    pouce_canvas_forget(canvas);
    assert_false(pouce_canvas_has_picture(canvas));
    assert_int_equal(screen->width, 0);
    pouce_frame_unref(half);
    pouce_canvas_free(canvas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_fresh),
        cmocka_unit_test(test_only_changes),
        cmocka_unit_test(test_over_the_picture),
        cmocka_unit_test(test_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
