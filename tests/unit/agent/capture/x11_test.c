// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The X11 capture against real X servers: what it gives is compared, pixel by pixel, with what the
// server says is on the screen, and only what it claims damaged may have changed.

#include "agent/capture/capture.h"
#include "tests/support/xserver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <xcb/render.h>
#include <xcb/xcb.h>
#include <xcb/xtest.h>

#define DEADLINE_MS 10000

typedef struct {
    XServer server;
    xcb_connection_t *xcb;
    xcb_screen_t *screen;
    xcb_gcontext_t gc;
    PouceCapture *capture;
    PouceCursorWatch *watch;
    guint damaged;
    guint monitors_changed;
    guint lost;
    guint shapes;
    PouceCursorShape shape;
    guint8 rgba[96 * 96 * 4];
    gboolean cursor_visible;
    int cursor_x, cursor_y;
    guint32 cursor_shape;
    guint moves;
    guint8 *shown; // kept up to date from damage alone
    int width, height;
} Fixture;

static void on_damaged(void *data)
{
    ((Fixture *)data)->damaged++;
}

static void on_shape(const PouceCursorShape *shape, void *data)
{
    Fixture *f = data;
    f->shapes++;
    f->shape = *shape;
    memcpy(f->rgba, shape->rgba, (gsize)shape->width_px * shape->height_px * 4);
}

static void on_moved(gboolean visible, int x, int y, guint32 shape, void *data)
{
    Fixture *f = data;
    f->moves++;
    f->cursor_visible = visible;
    f->cursor_x = x;
    f->cursor_y = y;
    f->cursor_shape = shape;
}

static void on_monitors(void *data)
{
    ((Fixture *)data)->monitors_changed++;
}

static void on_lost(const GError *error, void *data)
{
    assert_true(g_error_matches(error, POUCE_CAPTURE_ERROR, POUCE_CAPTURE_ERROR_LOST));
    ((Fixture *)data)->lost++;
}

static const PouceCaptureListener listener = {
    .damaged = on_damaged,
    .monitors_changed = on_monitors,
    .lost = on_lost,
};

static const PouceCursorListener cursor_listener = {.shape = on_shape, .moved = on_moved};

static void open_fixture(Fixture *f, const char *program, const char *size, gboolean rows)
{
    g_autoptr(GError) error = NULL;
    memset(f, 0, sizeof *f);
    if (!xserver_start(&f->server, program, size))
        return;
    f->xcb = xcb_connect(f->server.display, NULL);
    f->screen = xcb_setup_roots_iterator(xcb_get_setup(f->xcb)).data;
    f->gc = xcb_generate_id(f->xcb);
    xcb_create_gc(f->xcb, f->gc, f->screen->root, XCB_GC_SUBWINDOW_MODE,
        (guint32[]){XCB_SUBWINDOW_MODE_INCLUDE_INFERIORS});
    g_autofree char *spec = g_strdup_printf("x11:%s", f->server.display);
    PouceCaptureConfig config = {
        .spec = spec, .listener = &listener, .data = f, .avoid_shared_pixmap = rows};
    f->capture = pouce_capture_open(&config, &error);
    if (!f->capture)
        fail_msg("%s", error->message);
    PouceCursorConfig watch = {.spec = spec, .listener = &cursor_listener, .data = f};
    f->watch = pouce_cursor_watch_open(&watch, &error);
    assert_non_null(f->watch);
}

static void close_fixture(Fixture *f)
{
    pouce_cursor_watch_free(f->watch);
    pouce_capture_free(f->capture);
    if (f->xcb)
        xcb_disconnect(f->xcb);
    xserver_stop(&f->server);
    g_free(f->shown);
}

static void sync_client(Fixture *f)
{
    free(xcb_get_input_focus_reply(f->xcb, xcb_get_input_focus(f->xcb), NULL));
}

static gboolean is_damaged(void *data)
{
    return ((Fixture *)data)->damaged > 0;
}

static void grab(Fixture *f, PoucePicture *picture)
{
    g_autoptr(GError) error = NULL;
    f->damaged = 0;
    if (!pouce_capture_grab(f->capture, g_get_monotonic_time(), picture, &error))
        fail_msg("%s", error->message);
    if (picture->width_px != f->width || picture->height_px != f->height) {
        g_free(f->shown);
        f->width = picture->width_px;
        f->height = picture->height_px;
        f->shown = g_malloc0((gsize)f->width * f->height * 4);
    }
    for (int x = 0, y = 0, n; pouce_damage_next_run(picture->damage, &x, &y, &n); x += n)
        for (int row = y * 16; row < MIN(y * 16 + 16, f->height); row++)
            memcpy(f->shown + ((gsize)row * f->width + (gsize)x * 16) * 4,
                picture->bgrx + (gsize)row * picture->stride_bytes + (gsize)x * 64,
                (gsize)(MIN((x + n) * 16, f->width) - x * 16) * 4);
}

// Compares what damage built up with what the server has at the monitor's place.
static void check_exact(Fixture *f, const char *what, int step)
{
    int count;
    const PouceCaptureMonitor *monitors = pouce_capture_monitors(f->capture, &count);
    PouceRect area = monitors[pouce_capture_monitor(f->capture)].area;
    xcb_get_image_reply_t *image = xcb_get_image_reply(f->xcb,
        xcb_get_image(f->xcb, XCB_IMAGE_FORMAT_Z_PIXMAP, f->screen->root, (gint16)area.x,
            (gint16)area.y, (guint16)area.width, (guint16)area.height, ~0u),
        NULL);
    assert_non_null(image);
    const guint32 *truth = (const guint32 *)(const void *)xcb_get_image_data(image);
    const guint32 *have = (const guint32 *)(const void *)f->shown;
    for (int i = 0; i < area.width * area.height; i++)
        if ((truth[i] ^ have[i]) & 0xffffff)
            fail_msg("%s, step %d: pixel %d,%d is %06x, should be %06x", what, step, i % area.width,
                i / area.width, have[i] & 0xffffff, truth[i] & 0xffffff);
    free(image);
}

static void fill(Fixture *f, guint32 color, int x, int y, int width, int height)
{
    xcb_change_gc(f->xcb, f->gc, XCB_GC_FOREGROUND, &color);
    xcb_poly_fill_rectangle(f->xcb, f->screen->root, f->gc, 1,
        &(xcb_rectangle_t){(gint16)x, (gint16)y, (guint16)width, (guint16)height});
}

static xcb_window_t make_window(Fixture *f, GRand *rand, int width, int height)
{
    xcb_window_t window = xcb_generate_id(f->xcb);
    xcb_create_window(f->xcb, XCB_COPY_FROM_PARENT, window, f->screen->root,
        (gint16)g_rand_int_range(rand, -20, width), (gint16)g_rand_int_range(rand, -20, height),
        (guint16)g_rand_int_range(rand, 10, width / 2),
        (guint16)g_rand_int_range(rand, 10, height / 2), 1, XCB_WINDOW_CLASS_INPUT_OUTPUT,
        XCB_COPY_FROM_PARENT, XCB_CW_BACK_PIXEL, (guint32[]){g_rand_int(rand) & 0xffffff});
    return window;
}

static void draw_something(Fixture *f, GRand *rand, xcb_window_t *windows, int count)
{
    int w = f->screen->width_in_pixels;
    int h = f->screen->height_in_pixels;
    xcb_window_t window = windows[g_rand_int_range(rand, 0, count)];
    switch (g_rand_int_range(rand, 0, 6)) {
    case 0:
        fill(f, g_rand_int(rand) & 0xffffff, g_rand_int_range(rand, -10, w),
            g_rand_int_range(rand, -10, h), g_rand_int_range(rand, 1, w),
            g_rand_int_range(rand, 1, h / 4));
        break;
    case 1: // scroll
        xcb_copy_area(f->xcb, f->screen->root, f->screen->root, f->gc, 0,
            (gint16)g_rand_int_range(rand, 1, 40), 0, 0, (guint16)w, (guint16)(h - 40));
        break;
    case 2:
        xcb_configure_window(f->xcb, window, XCB_CONFIG_WINDOW_X | XCB_CONFIG_WINDOW_Y,
            (guint32[]){
                (guint32)g_rand_int_range(rand, -20, w), (guint32)g_rand_int_range(rand, -20, h)});
        break;
    case 3:
        xcb_configure_window(f->xcb, window, XCB_CONFIG_WINDOW_WIDTH | XCB_CONFIG_WINDOW_HEIGHT,
            (guint32[]){
                (guint32)g_rand_int_range(rand, 1, w), (guint32)g_rand_int_range(rand, 1, h)});
        break;
    case 4:
        xcb_map_window(f->xcb, window);
        break;
    default:
        xcb_unmap_window(f->xcb, window);
    }
}

static void run_random_draws(const char *what, gboolean rows, guint32 seed)
{
    Fixture f;
    open_fixture(&f, "Xvfb", "648x486", rows);
    GRand *rand = g_rand_new_with_seed(seed);
    xcb_window_t windows[4];
    PoucePicture picture;
    for (int i = 0; i < 4; i++)
        windows[i] = make_window(&f, rand, 648, 486);
    grab(&f, &picture);
    check_exact(&f, what, -1);
    for (int step = 0; step < 300; step++) {
        int draws = g_rand_int_range(rand, 1, 6);
        for (int i = 0; i < draws; i++)
            draw_something(&f, rand, windows, 4);
        // Something that surely changes the picture, so that there is an event to wait for.
        fill(&f, (guint32)step * 77777u & 0xffffff, step % 640, step % 480, 3, 2);
        sync_client(&f);
        if (!wait_until(NULL, is_damaged, &f, DEADLINE_MS))
            fail_msg("%s, seed %u, step %d: no damage was told", what, seed, step);
        grab(&f, &picture);
        check_exact(&f, what, step);
    }
    g_rand_free(rand);
    close_fixture(&f);
}

static void random_draws_arrive_exactly(void **state)
{
    run_random_draws("shared pixmap", FALSE, 20260101);
}

static void random_draws_arrive_exactly_by_rows(void **state)
{
    run_random_draws("rows", TRUE, 20260102);
}

static void a_small_change_damages_little(void **state)
{
    Fixture f;
    PoucePicture picture;
    open_fixture(&f, "Xvfb", "640x480", FALSE);
    grab(&f, &picture);
    assert_int_equal(pouce_damage_count(picture.damage), 40 * 30);
    wait_until(NULL, is_damaged, &f, 200); // the new Damage's own report of everything
    grab(&f, &picture);
    fill(&f, 0x123456, 100, 100, 2, 2);
    sync_client(&f);
    assert_true(wait_until(NULL, is_damaged, &f, DEADLINE_MS));
    grab(&f, &picture);
    assert_int_equal(pouce_damage_count(picture.damage), 1);
    assert_true(pouce_damage_get(picture.damage, 6, 6));
    grab(&f, &picture);
    assert_true(pouce_damage_is_empty(picture.damage));
    close_fixture(&f);
}

static gboolean has_shape_8x6(void *data)
{
    Fixture *f = data;
    return f->shapes > 0 && f->shape.width_px == 8 && f->shape.height_px == 6;
}

static xcb_render_pictformat_t find_argb32(xcb_connection_t *xcb)
{
    xcb_render_query_pict_formats_reply_t *formats =
        xcb_render_query_pict_formats_reply(xcb, xcb_render_query_pict_formats(xcb), NULL);
    xcb_render_pictforminfo_iterator_t it = xcb_render_query_pict_formats_formats_iterator(formats);
    xcb_render_pictformat_t found = 0;
    for (; it.rem > 0; xcb_render_pictforminfo_next(&it))
        if (it.data->depth == 32 && it.data->direct.alpha_mask == 0xff &&
            it.data->direct.alpha_shift == 24 && it.data->direct.red_shift == 16)
            found = it.data->id;
    free(formats);
    return found;
}

static void set_root_cursor(Fixture *f, const guint32 *argb, int width, int height)
{
    xcb_connection_t *xcb = f->xcb;
    xcb_pixmap_t pixmap = xcb_generate_id(xcb);
    xcb_gcontext_t gc = xcb_generate_id(xcb);
    xcb_render_picture_t picture = xcb_generate_id(xcb);
    xcb_cursor_t cursor = xcb_generate_id(xcb);
    xcb_create_pixmap(xcb, 32, pixmap, f->screen->root, (guint16)width, (guint16)height);
    xcb_create_gc(xcb, gc, pixmap, 0, NULL);
    xcb_put_image(xcb, XCB_IMAGE_FORMAT_Z_PIXMAP, pixmap, gc, (guint16)width, (guint16)height, 0, 0,
        0, 32, (guint32)(width * height * 4), (const guint8 *)argb);
    xcb_render_create_picture(xcb, picture, pixmap, find_argb32(xcb), 0, NULL);
    xcb_render_create_cursor(xcb, cursor, picture, 3, 2);
    xcb_change_window_attributes(xcb, f->screen->root, XCB_CW_CURSOR, &cursor);
    xcb_free_gc(xcb, gc);
    xcb_free_pixmap(xcb, pixmap);
    sync_client(f);
}

static void cursor_shapes_come_unmultiplied(void **state)
{
    Fixture f;
    open_fixture(&f, "Xvfb", "640x480", FALSE);
    guint32 argb[8 * 6] = {0};
    argb[0] = 0xffaabbcc;
    argb[1] = 0x80400000; // half transparent: red 64 of 128 is full half red
    argb[2] = 0x01000001; // nearly nothing
    set_root_cursor(&f, argb, 8, 6);
    assert_true(wait_until(NULL, has_shape_8x6, &f, DEADLINE_MS));
    assert_int_equal(f.shape.hot_x_px, 3);
    assert_int_equal(f.shape.hot_y_px, 2);
    assert_int_not_equal(f.shape.id, 0);
    const guint8 want[] = {0xaa, 0xbb, 0xcc, 0xff, 128, 0, 0, 0x80, 0, 0, 255, 1, 0, 0, 0, 0};
    assert_memory_equal(f.rgba, want, sizeof want);
    close_fixture(&f);
}

static gboolean shape_is_large_one(void *data)
{
    Fixture *f = data;
    return f->shapes > 0 && f->shape.width_px == POUCE_CURSOR_SIDE_MAX;
}

static void a_huge_cursor_is_made_smaller(void **state)
{
    Fixture f;
    open_fixture(&f, "Xvfb", "640x480", FALSE);
    g_autofree guint32 *argb = g_new0(guint32, 192 * 120);
    for (int i = 0; i < 192 * 120; i++)
        argb[i] = 0xff102030;
    set_root_cursor(&f, argb, 192, 120);
    assert_true(wait_until(NULL, shape_is_large_one, &f, DEADLINE_MS));
    assert_int_equal(f.shape.height_px, 60);
    assert_int_equal(f.shape.hot_x_px, 1);
    assert_int_equal(f.rgba[(96 * 60 - 1) * 4], 0x10);
    close_fixture(&f);
}

static gboolean cursor_at_123_77(void *data)
{
    Fixture *f = data;
    return f->cursor_x == 123 && f->cursor_y == 77 && f->cursor_visible;
}

static void cursor_moves_are_told_without_damage(void **state)
{
    Fixture f;
    PoucePicture picture;
    open_fixture(&f, "Xvfb", "640x480", FALSE);
    grab(&f, &picture);
    wait_until(NULL, is_damaged, &f, 200);
    grab(&f, &picture);
    for (int i = 0; i <= 20; i++)
        xcb_test_fake_input(
            f.xcb, XCB_MOTION_NOTIFY, 0, 0, f.screen->root, (gint16)(103 + i), (gint16)(57 + i), 0);
    sync_client(&f);
    assert_true(wait_until(NULL, cursor_at_123_77, &f, DEADLINE_MS));
    assert_int_equal(f.cursor_shape, f.shape.id);
    assert_int_equal(f.damaged, 0);
    close_fixture(&f);
}

static gboolean cursor_at_50(void *data)
{
    return ((Fixture *)data)->cursor_x == 50;
}

static void move_to(Fixture *f, gint16 x, gint16 y)
{
    xcb_test_fake_input(f->xcb, XCB_MOTION_NOTIFY, 0, 0, f->screen->root, x, y, 0);
    sync_client(f);
}

// Nobody serves the capture here, as when its thread encodes.
static void moves_do_not_wait_for_the_picture(void **state)
{
    Fixture f;
    g_autoptr(GMainContext) busy = g_main_context_new();
    open_fixture(&f, "Xvfb", "320x240", FALSE);
    pouce_capture_free(f.capture);
    g_autofree char *spec = g_strdup_printf("x11:%s", f.server.display);
    PouceCaptureConfig config = {.spec = spec, .context = busy, .listener = &listener, .data = &f};
    f.capture = pouce_capture_open(&config, NULL);
    for (int i = 0; i < 5; i++) {
        move_to(&f, 50, 50);
        assert_true(wait_until(NULL, cursor_at_50, &f, DEADLINE_MS));
        move_to(&f, 123, 77);
        assert_true(wait_until(NULL, cursor_at_123_77, &f, DEADLINE_MS));
    }
    close_fixture(&f);
}

static void add_monitor(Fixture *f, const char *name, const char *geometry)
{
    const char *argv[] = {"xrandr", "--setmonitor", name, geometry, "none", NULL};
    assert_int_equal(xserver_run(&f->server, argv), 0);
}

static void monitors_can_be_chosen(void **state)
{
    Fixture f;
    PoucePicture picture;
    open_fixture(&f, "Xvfb", "800x400", FALSE);
    add_monitor(&f, "left", "300/80x400/100+0+0");
    add_monitor(&f, "*right", "500/120x390/100+300+10");
    pouce_capture_free(f.capture);
    g_autofree char *spec = g_strdup_printf("x11:%s", f.server.display);
    PouceCaptureConfig config = {.spec = spec, .listener = &listener, .data = &f};
    f.capture = pouce_capture_open(&config, NULL);
    int count, left = -1, right = -1;
    const PouceCaptureMonitor *monitors = pouce_capture_monitors(f.capture, &count);
    for (int i = 0; i < count; i++) {
        assert_int_equal(monitors[i].id, i);
        if (strcmp(monitors[i].name, "left") == 0)
            left = i;
        if (strcmp(monitors[i].name, "right") == 0)
            right = i;
    }
    assert_true(left >= 0 && right >= 0);
    assert_int_equal(pouce_capture_monitor(f.capture), right);
    fill(&f, 0x334455, 250, 0, 100, 400);
    sync_client(&f);
    grab(&f, &picture);
    assert_int_equal(picture.width_px, 500);
    assert_int_equal(picture.height_px, 390);
    check_exact(&f, "right", 0);
    f.monitors_changed = 0;
    assert_true(pouce_capture_choose(f.capture, left));
    assert_int_equal(f.monitors_changed, 1);
    grab(&f, &picture);
    assert_int_equal(picture.width_px, 300);
    check_exact(&f, "left", 0);
    fill(&f, 0x998877, 280, 100, 100, 50);
    sync_client(&f);
    assert_true(wait_until(NULL, is_damaged, &f, DEADLINE_MS));
    grab(&f, &picture);
    check_exact(&f, "left", 1);
    assert_false(pouce_capture_choose(f.capture, count));
    close_fixture(&f);
}

static gboolean monitors_did_change(void *data)
{
    return ((Fixture *)data)->monitors_changed > 0;
}

static void check_resized(Fixture *f, int width, int height)
{
    PoucePicture picture;
    f->monitors_changed = 0;
    g_autofree char *size = g_strdup_printf("%dx%d", width, height);
    const char *argv[] = {"xrandr", "-s", size, NULL};
    assert_int_equal(xserver_run(&f->server, argv), 0);
    assert_true(wait_until(NULL, monitors_did_change, f, DEADLINE_MS));
    for (int tries = 0; tries < 20; tries++) { // the events come in several pieces
        grab(f, &picture);
        if (picture.width_px == width && picture.height_px == height)
            break;
        assert_true(wait_until(NULL, is_damaged, f, DEADLINE_MS));
    }
    assert_int_equal(picture.width_px, width);
    assert_int_equal(picture.height_px, height);
    fill(f, 0x00ff00 + (guint32)width, width - 30, height - 30, 30, 30);
    sync_client(f);
    assert_true(wait_until(NULL, is_damaged, f, DEADLINE_MS));
    grab(f, &picture);
    check_exact(f, size, 0);
}

static void a_resize_is_survived(void **state)
{
    Fixture f;
    PoucePicture picture;
    open_fixture(&f, "Xtigervnc", "1024x768", FALSE);
    if (!f.capture)
        skip(); // not installed
    grab(&f, &picture);
    check_resized(&f, 800, 600);
    check_resized(&f, 1280, 960);
    check_resized(&f, 640, 480);
    close_fixture(&f);
}

static gboolean is_lost(void *data)
{
    return ((Fixture *)data)->lost > 0;
}

static void a_server_that_goes_away_is_told_once(void **state)
{
    Fixture f;
    PoucePicture picture;
    g_autoptr(GError) error = NULL;
    open_fixture(&f, "Xvfb", "640x480", FALSE);
    grab(&f, &picture);
    xserver_stop(&f.server);
    assert_true(wait_until(NULL, is_lost, &f, DEADLINE_MS));
    assert_false(pouce_capture_grab(f.capture, 0, &picture, &error));
    assert_true(g_error_matches(error, POUCE_CAPTURE_ERROR, POUCE_CAPTURE_ERROR_LOST));
    assert_int_equal(f.lost, 1);
    close_fixture(&f);
}

static void a_missing_server_is_told_in_words(void **state)
{
    g_autoptr(GError) error = NULL;
    PouceCaptureConfig config = {.spec = "x11::63999"};
    assert_null(pouce_capture_open(&config, &error));
    assert_non_null(strstr(error->message, ":63999"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_draws_arrive_exactly),
        cmocka_unit_test(random_draws_arrive_exactly_by_rows),
        cmocka_unit_test(a_small_change_damages_little),
        cmocka_unit_test(cursor_shapes_come_unmultiplied),
        cmocka_unit_test(a_huge_cursor_is_made_smaller),
        cmocka_unit_test(cursor_moves_are_told_without_damage),
        cmocka_unit_test(moves_do_not_wait_for_the_picture),
        cmocka_unit_test(monitors_can_be_chosen),
        cmocka_unit_test(a_resize_is_survived),
        cmocka_unit_test(a_server_that_goes_away_is_told_once),
        cmocka_unit_test(a_missing_server_is_told_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
