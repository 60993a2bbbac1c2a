// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The encode thread between a real source and a peer: what leaves, when, and that it lets go.

#include "agent/core/media.h"
#include "signaling/wire/cursor.h"
#include "tests/support/xserver.h"
#include "tests/unit/signaling/peer/ends.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <xcb/xcb.h>

#define DEADLINE_MS 15000

typedef struct {
    Ends *ends;
    PouceMedia *media;
    guint screens, shapes, cursors, lost;
    PouceMediaScreen screen;
    guint32 shape;
    guint wanted;
} Fixture;

static void on_screen(const PouceMediaScreen *screen, void *data)
{
    Fixture *f = data;
    f->screens++;
    f->screen = *screen;
}

static void on_shape(GBytes *message, guint32 shape, void *data)
{
    Fixture *f = data;
    PouceCursor cursor;
    gsize bytes;
    const void *wire = g_bytes_get_data(message, &bytes);
    assert_true(pouce_cursor_parse(wire, bytes, &cursor));
    assert_int_equal(cursor.shape, shape);
    f->shapes++;
    f->shape = shape;
}

static void on_cursor(const PouceMediaCursor *cursor, void *data)
{
    ((Fixture *)data)->cursors++;
}

static void on_lost(const char *sentence, void *data)
{
    assert_true(strlen(sentence) > 10);
    ((Fixture *)data)->lost++;
}

static const PouceMediaListener listener = {
    .screen = on_screen, .cursor_shape = on_shape, .cursor = on_cursor, .lost = on_lost};

static void open_fixture(Fixture *f, const char *source, const char *encoder)
{
    g_autoptr(GError) error = NULL;
    PouceMediaConfig config = {.source = source, .encoder = encoder, .monitor = -1};
    memset(f, 0, sizeof *f);
    f->ends = ends_connect("loopback");
    f->media = pouce_media_new(&config, &listener, f, &error);
    if (!f->media)
        fail_msg("%s", error->message);
    pouce_peer_allow_media(f->ends->offerer.peer);
    pouce_peer_allow_media(f->ends->answerer.peer);
}

static void close_fixture(Fixture *f)
{
    pouce_media_free(f->media);
    ends_free(f->ends);
}

static gboolean has_frames(void *data)
{
    Fixture *f = data;
    return end_frames(&f->ends->answerer) >= f->wanted;
}

static void expect_frames(Fixture *f, guint more)
{
    f->wanted = end_frames(&f->ends->answerer) + more;
    if (!wait_until(NULL, has_frames, f, DEADLINE_MS))
        fail_msg("%u frames came, should be %u", end_frames(&f->ends->answerer), f->wanted);
}

static gboolean never(void *data)
{
    return FALSE;
}

static void moving_pictures_flow_and_pause(void **state)
{
    const char *encoders[] = {"vpx", "screen"};
    for (gsize i = 0; i < G_N_ELEMENTS(encoders); i++) {
        Fixture f;
        open_fixture(&f, "pattern:320x240", encoders[i]);
        wait_until(NULL, never, &f, 200);
        assert_int_equal(end_frames(&f.ends->answerer), 0); // nothing before there is a peer
        pouce_media_set_peer(f.media, f.ends->offerer.peer);
        expect_frames(&f, 20);
        assert_int_equal(f.screens, 1);
        assert_int_equal(f.screen.width_px, 320);
        pouce_media_set_paused(f.media, TRUE);
        wait_until(NULL, never, &f, 200); // what was under way
        guint before = end_frames(&f.ends->answerer);
        wait_until(NULL, never, &f, 500);
        assert_int_equal(end_frames(&f.ends->answerer), before);
        pouce_media_set_paused(f.media, FALSE);
        pouce_media_set_bitrate(f.media, 300000);
        pouce_media_request_key(f.media);
        expect_frames(&f, 10);
        close_fixture(&f);
    }
}

static gboolean has_width(void *data)
{
    Fixture *f = data;
    g_mutex_lock(&f->ends->answerer.lock);
    int width_px = f->ends->answerer.key_width_px;
    g_mutex_unlock(&f->ends->answerer.lock);
    return width_px == (int)f->wanted;
}

static void a_very_slow_line_halves_the_picture_for_a_while(void **state)
{
    const struct {
        int bps;
        guint width_px;
    } steps[] = {{4000000, 1920}, {100000, 960}, {4000000, 1920}};
    Fixture f;
    open_fixture(&f, "pattern:1920x1080", "screen");
    pouce_media_set_peer(f.media, f.ends->offerer.peer);
    for (gsize i = 0; i < G_N_ELEMENTS(steps); i++) {
        pouce_media_set_bitrate(f.media, steps[i].bps);
        f.wanted = steps[i].width_px;
        if (!wait_until(NULL, has_width, &f, DEADLINE_MS))
            fail_msg("at %d b/s the picture should be %u wide", steps[i].bps, f.wanted);
        expect_frames(&f, 2);
    }
    assert_int_equal(f.screens, 1); // its true size was told, and is what it was
    assert_int_equal(f.screen.width_px, 1920);
    close_fixture(&f);
}

typedef struct {
    Fixture *f;
    const XServer *server;
    guint painted;
} Painter;

static gboolean paint_until_width(void *data)
{
    Painter *painter = data;
    const char *const paint[] = {
        "xsetroot", "-solid", painter->painted++ % 2 ? "#204060" : "#a0c0e0", NULL};
    assert_int_equal(xserver_run(painter->server, paint), 0);
    return has_width(painter->f);
}

static void a_still_screen_gets_its_whole_picture_back(void **state)
{
    Fixture f;
    XServer server;
    assert_true(xserver_start(&server, "Xvfb", "1920x1080"));
    g_autofree char *source = g_strdup_printf("x11:%s", server.display);
    open_fixture(&f, source, "screen");
    pouce_media_set_peer(f.media, f.ends->offerer.peer);
    pouce_media_set_bitrate(f.media, 100000);
    Painter painter = {&f, &server, 0};
    f.wanted = 960;
    assert_true(wait_until(NULL, paint_until_width, &painter, DEADLINE_MS));
    pouce_media_set_bitrate(f.media, 4000000);
    f.wanted = 1920;
    if (!wait_until(NULL, has_width, &f, DEADLINE_MS))
        fail_msg("the picture should be whole again without a change on the screen");
    close_fixture(&f);
    xserver_stop(&server);
}

static void a_peer_may_leave_at_any_moment(void **state)
{
    Fixture f;
    open_fixture(&f, "pattern:320x240", "vpx");
    for (int i = 0; i < 30; i++) {
        pouce_media_set_peer(f.media, f.ends->offerer.peer);
        wait_until(NULL, never, &f, 5 + i % 40);
        pouce_media_set_peer(f.media, NULL);
    }
    pouce_media_set_peer(f.media, f.ends->offerer.peer);
    expect_frames(&f, 3);
    pouce_media_set_peer(f.media, NULL);
    ends_free(f.ends); // nobody touches it any more
    f.ends = ends_connect("loopback");
    pouce_peer_allow_media(f.ends->offerer.peer);
    pouce_peer_allow_media(f.ends->answerer.peer);
    pouce_media_set_peer(f.media, f.ends->offerer.peer);
    expect_frames(&f, 3); // a new peer behind the same encoder
    close_fixture(&f);
}

static gboolean has_shape(void *data)
{
    Fixture *f = data;
    return f->shapes > 0 && f->cursors > 0;
}

static gboolean is_lost(void *data)
{
    return ((Fixture *)data)->lost > 0;
}

static void a_still_desktop_keeps_alive_and_says_when_it_is_gone(void **state)
{
    const char *encoders[] = {"vpx", "screen"};
    for (gsize i = 0; i < G_N_ELEMENTS(encoders); i++) {
        Fixture f;
        XServer server;
        assert_true(xserver_start(&server, "Xvfb", "640x480"));
        g_autofree char *source = g_strdup_printf("x11:%s", server.display);
        open_fixture(&f, source, encoders[i]);
        pouce_media_set_peer(f.media, f.ends->offerer.peer);
        assert_true(wait_until(NULL, has_shape, &f, DEADLINE_MS));
        assert_int_not_equal(f.shape, 0);
        expect_frames(&f, 1);
        wait_until(NULL, never, &f, 1500); // sharp by now
        guint before = end_frames(&f.ends->answerer);
        wait_until(NULL, never, &f, 2 * POUCE_MEDIA_KEEPALIVE_MS + 500);
        assert_in_range(end_frames(&f.ends->answerer) - before, 2, 3);
        xserver_stop(&server);
        assert_true(wait_until(NULL, is_lost, &f, DEADLINE_MS));
        assert_int_equal(f.lost, 1);
        close_fixture(&f);
    }
}

// A window's worth of changes, 4 ms apart; Returns: frames that were sent meanwhile.
static guint draw_for_200_ms(Fixture *f, xcb_connection_t *xcb, gboolean expect)
{
    xcb_screen_t *screen = xcb_setup_roots_iterator(xcb_get_setup(xcb)).data;
    xcb_gcontext_t gc = xcb_generate_id(xcb);
    xcb_create_gc(xcb, gc, screen->root, 0, NULL);
    guint before = pouce_media_frames(f->media);
    for (int i = 0; i < 50; i++) {
        if (expect)
            pouce_media_expect(f->media);
        xcb_change_gc(xcb, gc, XCB_GC_FOREGROUND, (guint32[]){(guint32)i * 0x050505});
        xcb_poly_fill_rectangle(xcb, screen->root, gc, 1, &(xcb_rectangle_t){40, 40, 16, 16});
        xcb_flush(xcb);
        wait_until(NULL, never, f, 4);
    }
    xcb_free_gc(xcb, gc);
    return pouce_media_frames(f->media) - before;
}

static void what_the_helper_does_passes_the_frame_ceiling(void **state)
{
    Fixture f;
    XServer server;
    guint expected = 0;
    assert_true(xserver_start(&server, "Xvfb", "640x480"));
    xcb_connection_t *xcb = xcb_connect(server.display, NULL);
    g_autofree char *source = g_strdup_printf("x11:%s", server.display);
    open_fixture(&f, source, "screen");
    pouce_media_set_bitrate(f.media, 50000000);
    pouce_media_set_peer(f.media, f.ends->offerer.peer);
    expect_frames(&f, 1);
    gint64 began_us = g_get_monotonic_time();
    guint usual = draw_for_200_ms(&f, xcb, FALSE);
    guint most = 1 + (guint)((g_get_monotonic_time() - began_us) / (1000000 / POUCE_MEDIA_FPS_MAX));
    assert_in_range(usual, 1, most);
    // A busy machine may not manage more the first time.
    for (int i = 0; i < 50 && expected < 20; i++)
        expected = draw_for_200_ms(&f, xcb, TRUE);
    assert_in_range(expected, 20, 50);
    xcb_disconnect(xcb);
    close_fixture(&f);
    xserver_stop(&server);
}

static void what_cannot_be_opened_is_said(void **state)
{
    const PouceMediaConfig wrong[] = {
        {.source = "x11::63999", .encoder = "vpx", .monitor = -1},
        {.source = "nothing", .encoder = "vpx", .monitor = -1},
        {.source = "pattern", .encoder = "vpx", .monitor = 7},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        assert_null(pouce_media_new(&wrong[i], &listener, NULL, &error));
        assert_non_null(error);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moving_pictures_flow_and_pause),
        cmocka_unit_test(a_very_slow_line_halves_the_picture_for_a_while),
        cmocka_unit_test(a_still_screen_gets_its_whole_picture_back),
        cmocka_unit_test(a_peer_may_leave_at_any_moment),
        cmocka_unit_test(a_still_desktop_keeps_alive_and_says_when_it_is_gone),
        cmocka_unit_test(what_the_helper_does_passes_the_frame_ceiling),
        cmocka_unit_test(what_cannot_be_opened_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
