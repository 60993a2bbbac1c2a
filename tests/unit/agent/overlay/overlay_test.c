// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Ink and pointer as they stand on a real screen, with and without a compositor. The test plays the
// compositor's announcement itself; what a real one would blend is the window's own business.

#include "agent/overlay/overlay.h"
#include "tests/support/xserver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <xcb/damage.h>
#include <xcb/xcb.h>
#include <xcb/xtest.h>

#define DEADLINE_MS 10000
#define GROUND 0x204060
#define INK 0x10c020

typedef struct {
    XServer server;
    xcb_connection_t *xcb;
    xcb_screen_t *screen;
    xcb_window_t window; // an ordinary program that covers everything
    PouceOverlay *overlay;
    guint clicks;
    int x, y; // what the wait below looks at
    guint32 wanted;
} Fixture;

static void sync_client(Fixture *f)
{
    free(xcb_get_input_focus_reply(f->xcb, xcb_get_input_focus(f->xcb), NULL));
}

static void open_fixture(Fixture *f)
{
    g_autoptr(GError) error = NULL;
    memset(f, 0, sizeof *f);
    assert_true(xserver_start(&f->server, "Xvfb", "640x480"));
    f->xcb = xcb_connect(f->server.display, NULL);
    f->screen = xcb_setup_roots_iterator(xcb_get_setup(f->xcb)).data;
    f->window = xcb_generate_id(f->xcb);
    xcb_create_window(f->xcb, XCB_COPY_FROM_PARENT, f->window, f->screen->root, 0, 0, 640, 480, 0,
        XCB_WINDOW_CLASS_INPUT_OUTPUT, XCB_COPY_FROM_PARENT, XCB_CW_BACK_PIXEL | XCB_CW_EVENT_MASK,
        (guint32[]){GROUND, XCB_EVENT_MASK_BUTTON_PRESS});
    xcb_map_window(f->xcb, f->window);
    sync_client(f);
    f->overlay = pouce_overlay_new(f->server.display, NULL, (PouceRect){0, 0, 640, 480}, &error);
    if (!f->overlay)
        fail_msg("%s", error->message);
}

static void close_fixture(Fixture *f)
{
    pouce_overlay_free(f->overlay);
    xcb_disconnect(f->xcb);
    xserver_stop(&f->server);
}

static guint32 pixel_at(Fixture *f, int x, int y)
{
    xcb_get_image_reply_t *image = xcb_get_image_reply(f->xcb,
        xcb_get_image(
            f->xcb, XCB_IMAGE_FORMAT_Z_PIXMAP, f->screen->root, (gint16)x, (gint16)y, 1, 1, ~0u),
        NULL);
    guint32 pixel;
    memcpy(&pixel, xcb_get_image_data(image), 4);
    free(image);
    return pixel & 0xffffff;
}

static gboolean has_pixel(void *data)
{
    Fixture *f = data;
    return pixel_at(f, f->x, f->y) == f->wanted;
}

static gboolean on_poll(gpointer data)
{
    return G_SOURCE_CONTINUE; // wakes the loop, so that the screen is looked at again
}

static void check_pixel(Fixture *f, int x, int y, guint32 wanted)
{
    f->x = x;
    f->y = y;
    f->wanted = wanted;
    guint poll = g_timeout_add(5, on_poll, NULL);
    gboolean found = wait_until(NULL, has_pixel, f, DEADLINE_MS);
    g_source_remove(poll);
    if (!found)
        fail_msg("pixel %d,%d is %06x, should be %06x", x, y, pixel_at(f, x, y), wanted);
}

static void draw_cross(Fixture *f)
{
    const PouceInkPoint across[] = {{100, 100}, {200, 100}};
    const PouceInkPoint further[] = {{300, 100}};
    const PouceInkPoint down[] = {{200, 50}, {200, 150}};
    pouce_overlay_ink(f->overlay, 1, INK, across, 2);
    pouce_overlay_ink(f->overlay, 1, INK, further, 1);
    pouce_overlay_ink(f->overlay, 2, INK, down, 2);
}

static int clicks_heard(Fixture *f)
{
    int clicks = 0;
    xcb_generic_event_t *event;
    sync_client(f);
    while ((event = xcb_poll_for_event(f->xcb))) {
        clicks += (event->response_type & 0x7f) == XCB_BUTTON_PRESS;
        free(event);
    }
    return clicks;
}

static void click(Fixture *f, int x, int y)
{
    xcb_test_fake_input(f->xcb, XCB_MOTION_NOTIFY, 0, 0, f->screen->root, (gint16)x, (gint16)y, 0);
    xcb_test_fake_input(f->xcb, XCB_BUTTON_PRESS, 1, 0, 0, 0, 0, 0);
    xcb_test_fake_input(f->xcb, XCB_BUTTON_RELEASE, 1, 0, 0, 0, 0, 0);
}

static void ink_shows_joins_and_goes(void **state)
{
    Fixture f;
    open_fixture(&f);
    assert_false(pouce_overlay_is_composited(f.overlay));
    draw_cross(&f);
    check_pixel(&f, 150, 100, INK);
    check_pixel(&f, 250, 100, INK); // joined on
    check_pixel(&f, 200, 60, INK);
    check_pixel(&f, 150, 110, GROUND);
    check_pixel(&f, 400, 400, GROUND); // no black screen
    pouce_overlay_clear(f.overlay);
    check_pixel(&f, 150, 100, GROUND);
    const PouceInkPoint dot[] = {{320, 240}};
    pouce_overlay_ink(f.overlay, 1, 0xff0000, dot, 1);
    check_pixel(&f, 320, 240, 0xff0000);
    close_fixture(&f);
}

static void clicks_fall_through(void **state)
{
    Fixture f;
    open_fixture(&f);
    draw_cross(&f);
    pouce_overlay_pointer(f.overlay, TRUE, 400, 300);
    check_pixel(&f, 150, 100, INK);
    check_pixel(&f, 404, 312, 0xe0452f);
    click(&f, 150, 100);
    click(&f, 404, 312);
    click(&f, 10, 10);
    assert_int_equal(clicks_heard(&f), 3);
    close_fixture(&f);
}

static void own_composite_selection(Fixture *f, gboolean own)
{
    const char *name = "_NET_WM_CM_S0";
    xcb_intern_atom_reply_t *atom = xcb_intern_atom_reply(
        f->xcb, xcb_intern_atom(f->xcb, 0, (guint16)strlen(name), name), NULL);
    xcb_set_selection_owner(f->xcb, own ? f->window : XCB_NONE, atom->atom, XCB_CURRENT_TIME);
    free(atom);
    sync_client(f);
}

static gboolean became_composited(void *data)
{
    return pouce_overlay_is_composited(((Fixture *)data)->overlay);
}

static gboolean became_plain(void *data)
{
    return !became_composited(data);
}

static void a_compositor_may_come_and_go(void **state)
{
    Fixture f;
    open_fixture(&f);
    draw_cross(&f);
    check_pixel(&f, 150, 100, INK);
    own_composite_selection(&f, TRUE);
    assert_true(wait_until(NULL, became_composited, &f, DEADLINE_MS));
    click(&f, 150, 100);
    click(&f, 500, 400);
    assert_int_equal(clicks_heard(&f), 2);
    check_pixel(&f, 150, 100, INK);
    own_composite_selection(&f, FALSE);
    assert_true(wait_until(NULL, became_plain, &f, DEADLINE_MS));
    check_pixel(&f, 150, 100, INK);
    check_pixel(&f, 400, 400, GROUND);
    close_fixture(&f);
}

static void the_pointer_moves_and_hides(void **state)
{
    Fixture f;
    open_fixture(&f);
    for (int i = 0; i < 50; i++)
        pouce_overlay_pointer(f.overlay, TRUE, 100 + i, 200);
    check_pixel(&f, 149 + 4, 200 + 12, 0xe0452f); // the last place, though paced
    check_pixel(&f, 100 + 2, 200 + 12, GROUND);
    pouce_overlay_pointer(f.overlay, TRUE, 5000, -70);
    check_pixel(&f, 639, 12, 0xffffff); // kept on the screen: the rim of its left edge
    pouce_overlay_pointer(f.overlay, FALSE, 0, 0);
    check_pixel(&f, 639, 12, GROUND);
    close_fixture(&f);
}

static guint damage_events(Fixture *f, guint8 first)
{
    guint count = 0;
    xcb_generic_event_t *event;
    sync_client(f);
    while ((event = xcb_poll_for_event(f->xcb))) {
        count += (event->response_type & 0x7f) == first + XCB_DAMAGE_NOTIFY;
        free(event);
    }
    return count;
}

static void an_unmoved_pointer_damages_nothing(void **state)
{
    Fixture f;
    open_fixture(&f);
    pouce_overlay_pointer(f.overlay, TRUE, 100, 100);
    check_pixel(&f, 104, 112, 0xe0452f);
    guint8 first = xcb_get_extension_data(f.xcb, &xcb_damage_id)->first_event;
    free(xcb_damage_query_version_reply(f.xcb, xcb_damage_query_version(f.xcb, 1, 1), NULL));
    xcb_damage_damage_t damage = xcb_generate_id(f.xcb);
    xcb_damage_create(f.xcb, damage, f.screen->root, XCB_DAMAGE_REPORT_LEVEL_RAW_RECTANGLES);
    damage_events(&f, first);
    for (int i = 0; i < 100; i++)
        pouce_overlay_pointer(f.overlay, TRUE, 100, 100);
    pouce_overlay_pointer(f.overlay, FALSE, 0, 0);
    check_pixel(&f, 104, 112, GROUND);
    assert_in_range(damage_events(&f, first), 1, 4); // the hiding alone
    close_fixture(&f);
}

static void endless_ink_is_bounded(void **state)
{
    Fixture f;
    open_fixture(&f);
    PouceInkPoint points[128];
    for (int stroke = 0; stroke < 300; stroke++) {
        for (int i = 0; i < 128; i++)
            points[i] = (PouceInkPoint){(gint16)(i * 5), (gint16)(stroke % 480)};
        pouce_overlay_ink(f.overlay, stroke, INK, points, 128);
    }
    for (int i = 0; i < 200; i++) // one stroke without an end
        pouce_overlay_ink(f.overlay, 1000, INK, points, 128);
    check_pixel(&f, 300, 299, INK);
    pouce_overlay_set_area(f.overlay, (PouceRect){100, 100, 200, 200});
    check_pixel(&f, 300, 299, GROUND);
    const PouceInkPoint inside[] = {{150, 150}, {500, 150}};
    pouce_overlay_ink(f.overlay, 1, INK, inside, 2);
    check_pixel(&f, 200, 150, INK);
    check_pixel(&f, 400, 150, GROUND); // beyond the shared monitor
    close_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ink_shows_joins_and_goes),
        cmocka_unit_test(clicks_fall_through),
        cmocka_unit_test(a_compositor_may_come_and_go),
        cmocka_unit_test(the_pointer_moves_and_hides),
        cmocka_unit_test(an_unmoved_pointer_damages_nothing),
        cmocka_unit_test(endless_ink_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
