// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The owner's hand is played through the X server's own devices, the helper's through XTEST.

#include "agent/input/injector.h"
#include "agent/input/local.h"
#include "tests/support/xserver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include <X11/Xlib.h>
#include <X11/extensions/XInput.h>
#include <X11/extensions/XTest.h>
#include <X11/keysym.h>

#define DEADLINE_MS 10000
#define EVDEV_A 30

typedef struct {
    XServer server;
    Display *display;
    XDevice *mouse;
    XDevice *keyboard;
    PouceLocal *local;
    PouceInjector *injector;
    guint motions, buttons, keys, stops, lost;
    gint64 last_us;
} Fixture;

static void on_input(PouceLocalKind kind, void *data)
{
    Fixture *f = data;
    f->last_us = g_get_monotonic_time();
    f->motions += kind == POUCE_LOCAL_MOTION;
    f->buttons += kind == POUCE_LOCAL_BUTTON;
    f->keys += kind == POUCE_LOCAL_KEY;
}

static void on_stop(void *data)
{
    ((Fixture *)data)->stops++;
}

static void on_lost(void *data)
{
    ((Fixture *)data)->lost++;
}

static const PouceLocalListener listener = {.input = on_input, .stop = on_stop, .lost = on_lost};

static XDevice *open_device(Display *display, const char *name)
{
    int count;
    XDevice *device = NULL;
    XDeviceInfo *devices = XListInputDevices(display, &count);
    for (int i = 0; i < count && !device; i++)
        if (strcmp(devices[i].name, name) == 0)
            device = XOpenDevice(display, devices[i].id);
    XFreeDeviceList(devices);
    return device;
}

static void open_fixture(Fixture *f, const char *stop_key)
{
    g_autoptr(GError) error = NULL;
    memset(f, 0, sizeof *f);
    assert_true(xserver_start(&f->server, "Xvfb", "640x480"));
    f->display = XOpenDisplay(f->server.display);
    f->mouse = open_device(f->display, "Xvfb mouse");
    f->keyboard = open_device(f->display, "Xvfb keyboard");
    assert_non_null(f->mouse);
    assert_non_null(f->keyboard);
    f->local = pouce_local_open(f->server.display, stop_key, NULL, &listener, f, &error);
    if (!f->local)
        fail_msg("%s", error->message);
    g_autofree char *spec = g_strdup_printf("xtest:%s", f->server.display);
    f->injector = pouce_injector_open(spec, NULL, &error);
    assert_non_null(f->injector);
}

static void close_fixture(Fixture *f)
{
    pouce_local_free(f->local);
    pouce_injector_free(f->injector);
    XCloseDevice(f->display, f->mouse);
    XCloseDevice(f->display, f->keyboard);
    XCloseDisplay(f->display);
    xserver_stop(&f->server);
}

static gboolean moved(void *data)
{
    return ((Fixture *)data)->motions > 0;
}

static gboolean clicked(void *data)
{
    return ((Fixture *)data)->buttons >= 2;
}

static gboolean keyed(void *data)
{
    return ((Fixture *)data)->keys >= 2;
}

static gboolean stopped(void *data)
{
    return ((Fixture *)data)->stops > 0;
}

static void move_hand(Fixture *f, int x, int y)
{
    int axes[] = {x, y};
    XTestFakeDeviceMotionEvent(f->display, f->mouse, False, 0, axes, 2, 0);
    XSync(f->display, False);
}

static void press(Fixture *f, KeySym keysym, Bool down)
{
    XTestFakeDeviceKeyEvent(
        f->display, f->keyboard, XKeysymToKeycode(f->display, keysym), down, NULL, 0, 0);
    XSync(f->display, False);
}

static void the_hand_is_noticed_within_100_ms(void **state)
{
    Fixture f;
    gint64 worst_us = 0;
    open_fixture(&f, NULL);
    for (int i = 0; i < 200; i++) {
        f.motions = 0;
        gint64 before_us = g_get_monotonic_time();
        move_hand(&f, 10 + i, 20 + i % 50);
        assert_true(wait_until(NULL, moved, &f, DEADLINE_MS));
        worst_us = MAX(worst_us, f.last_us - before_us);
    }
    printf("motion noticed within %" G_GINT64_FORMAT " us at worst\n", worst_us);
    assert_true(worst_us <= 100000);
    XTestFakeDeviceButtonEvent(f.display, f.mouse, 1, True, NULL, 0, 0);
    XTestFakeDeviceButtonEvent(f.display, f.mouse, 1, False, NULL, 0, 0);
    XSync(f.display, False);
    assert_true(wait_until(NULL, clicked, &f, DEADLINE_MS));
    press(&f, XK_q, True);
    press(&f, XK_q, False);
    assert_true(wait_until(NULL, keyed, &f, DEADLINE_MS));
    close_fixture(&f);
}

static void injected_input_is_not_the_hand(void **state)
{
    Fixture f;
    open_fixture(&f, NULL);
    for (int i = 0; i < 50; i++) {
        pouce_injector_move(f.injector, 100 + i, 100);
        pouce_injector_button(f.injector, 1, TRUE, 100, 100 + i);
        pouce_injector_button(f.injector, 1, FALSE, 100, 100 + i);
        pouce_injector_wheel(f.injector, 0, 120, 100, 100);
        pouce_injector_key(f.injector, EVDEV_A, TRUE);
        pouce_injector_key(f.injector, EVDEV_A, FALSE);
    }
    for (const char *at = "é漢"; *at; at = g_utf8_next_char(at))
        pouce_injector_character(f.injector, g_utf8_get_char(at));
    // The hand's own event comes after all of them on the same connection.
    XSync(f.display, False);
    move_hand(&f, 3, 3);
    assert_true(wait_until(NULL, moved, &f, DEADLINE_MS));
    assert_int_equal(f.buttons, 0);
    assert_int_equal(f.keys, 0);
    assert_int_equal(f.motions, 1);
    close_fixture(&f);
}

static void press_stop_key(Fixture *f)
{
    press(f, XK_Control_L, True);
    press(f, XK_Alt_L, True);
    press(f, XK_End, True);
    press(f, XK_End, False);
    press(f, XK_Alt_L, False);
    press(f, XK_Control_L, False);
}

static void the_stop_key_stops_once_a_press(void **state)
{
    Fixture f;
    open_fixture(&f, NULL);
    press(&f, XK_End, True);
    press(&f, XK_End, False);
    press_stop_key(&f);
    assert_true(wait_until(NULL, stopped, &f, DEADLINE_MS));
    press(&f, XK_q, True);
    press(&f, XK_q, False);
    f.keys = 0;
    assert_true(wait_until(NULL, keyed, &f, DEADLINE_MS));
    assert_int_equal(f.stops, 1);
    press(&f, XK_Caps_Lock, True);
    press(&f, XK_Caps_Lock, False);
    f.stops = 0;
    press_stop_key(&f);
    assert_true(wait_until(NULL, stopped, &f, DEADLINE_MS));
    close_fixture(&f);
}

static void the_stop_key_works_while_another_holds_the_keyboard(void **state)
{
    Fixture f;
    open_fixture(&f, "Ctrl+Alt+End");
    assert_int_equal(XGrabKeyboard(f.display, DefaultRootWindow(f.display), False, GrabModeAsync,
                         GrabModeAsync, CurrentTime),
        GrabSuccess);
    press_stop_key(&f);
    assert_true(wait_until(NULL, stopped, &f, DEADLINE_MS));
    close_fixture(&f);
}

static void a_stop_key_taken_by_another_still_works(void **state)
{
    Fixture f;
    open_fixture(&f, "Pause");
    XGrabKey(f.display, XKeysymToKeycode(f.display, XK_F7), AnyModifier,
        DefaultRootWindow(f.display), False, GrabModeAsync, GrabModeAsync);
    XSync(f.display, False);
    pouce_local_free(f.local);
    f.local = pouce_local_open(f.server.display, "F7", NULL, &listener, &f, NULL);
    assert_non_null(f.local);
    press(&f, XK_F7, True);
    press(&f, XK_F7, False);
    assert_true(wait_until(NULL, stopped, &f, DEADLINE_MS));
    close_fixture(&f);
}

static void keys_are_named_in_words(void **state)
{
    const struct {
        const char *text;
        gboolean ok;
        guint32 keysym;
        guint modifiers;
    } rows[] = {
        {"Ctrl+Alt+End", TRUE, XK_End, ControlMask | Mod1Mask},
        {"ctrl+shift+F12", TRUE, XK_F12, ControlMask | ShiftMask},
        {"Pause", TRUE, XK_Pause, 0},
        {"Super+q", TRUE, XK_q, Mod4Mask},
        {"", FALSE, 0, 0},
        {"Ctrl+", FALSE, 0, 0},
        {"Hyper+q", FALSE, 0, 0},
        {"NoSuchKey", FALSE, 0, 0},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        guint32 keysym = 0;
        guint modifiers = 0;
        assert_int_equal(pouce_local_parse_key(rows[i].text, &keysym, &modifiers), rows[i].ok);
        assert_int_equal(keysym, rows[i].keysym);
        assert_int_equal(modifiers, rows[i].modifiers);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_hand_is_noticed_within_100_ms),
        cmocka_unit_test(injected_input_is_not_the_hand),
        cmocka_unit_test(the_stop_key_stops_once_a_press),
        cmocka_unit_test(the_stop_key_works_while_another_holds_the_keyboard),
        cmocka_unit_test(a_stop_key_taken_by_another_still_works),
        cmocka_unit_test(keys_are_named_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
