// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Input by the XTEST extension. Events pass through a queue, because a character that the layout
// lacks has to wait until the applications know its key; without such characters the queue is empty
// again before inject returns.

#include "agent/input/injector.h"
#include "agent/input/xtest_keys.h"

#include <stdlib.h>
#include <string.h>
#include <xcb/xtest.h>

// Borrowed keys are given back after this idle time: someone who types Russian on a French
// keyboard pays the settling once, not for each word.
#define GIVE_BACK_MS 10000
// Keys held by their meaning at a time.
#define HELD_KEYSYMS_MAX 32
#define EVDEV_OFFSET 8 // X keycodes of the evdev rules

typedef struct {
    xkb_keysym_t keysym;
    xcb_keycode_t keycode;
} Held;

typedef struct {
    PouceInjector base;
    PouceX11 x11;
    GSource *source;
    GSource *timer;
    PouceKeys keys;
    PouceInjectorEvent queue[POUCE_INJECTOR_QUEUE_MAX];
    int head;
    int count;
    guint64 dropped;
    gint64 wait_until_us;
    guint8 down[256]; // keycodes that we hold
    guint buttons;    // bit 1 << button
    Held held[HELD_KEYSYMS_MAX];
    int held_count;
    int wheel_x; // not yet a whole notch
    int wheel_y;
    xcb_keycode_t lifted[8]; // our modifiers let go for the length of one stroke
    int lifted_count;
} XtestInput;

static void fake(XtestInput *input, guint8 type, guint8 detail)
{
    xcb_test_fake_input(input->x11.xcb, type, detail, XCB_CURRENT_TIME, XCB_NONE, 0, 0, 0);
}

static void fake_key(XtestInput *input, xcb_keycode_t keycode, gboolean down)
{
    if (input->down[keycode] == down)
        return;
    input->down[keycode] = (guint8)down;
    fake(input, down ? XCB_KEY_PRESS : XCB_KEY_RELEASE, keycode);
}

static void move_to(XtestInput *input, int x_px, int y_px)
{
    xcb_test_fake_input(input->x11.xcb, XCB_MOTION_NOTIFY, FALSE, XCB_CURRENT_TIME,
        input->x11.screen->root, (gint16)CLAMP(x_px, 0, G_MAXINT16),
        (gint16)CLAMP(y_px, 0, G_MAXINT16), 0);
}

static void fake_button(XtestInput *input, guint8 button, gboolean down)
{
    if (((input->buttons >> button) & 1) == (guint)down)
        return;
    input->buttons ^= 1u << button;
    fake(input, down ? XCB_BUTTON_PRESS : XCB_BUTTON_RELEASE, button);
}

static void notches(XtestInput *input, int *remainder, int delta, guint8 back, guint8 forth)
{
    *remainder = CLAMP(*remainder + delta, -1200, 1200); // ten notches an event
    for (; *remainder >= 120; *remainder -= 120) {
        fake(input, XCB_BUTTON_PRESS, forth);
        fake(input, XCB_BUTTON_RELEASE, forth);
    }
    for (; *remainder <= -120; *remainder += 120) {
        fake(input, XCB_BUTTON_PRESS, back);
        fake(input, XCB_BUTTON_RELEASE, back);
    }
}

typedef enum { PLAIN, SHIFT, LEVEL3, COMMAND } Role;

static Role role_of(XtestInput *input, xcb_keycode_t keycode)
{
    switch (pouce_keys_keysym(&input->keys, keycode)) {
    case XKB_KEY_Shift_L:
    case XKB_KEY_Shift_R:
        return SHIFT;
    case XKB_KEY_ISO_Level3_Shift:
    case XKB_KEY_Mode_switch:
        return LEVEL3;
    case XKB_KEY_Control_L:
    case XKB_KEY_Control_R:
    case XKB_KEY_Alt_L:
    case XKB_KEY_Alt_R:
    case XKB_KEY_Meta_L:
    case XKB_KEY_Meta_R:
    case XKB_KEY_Super_L:
    case XKB_KEY_Super_R:
        return COMMAND;
    default:
        return PLAIN;
    }
}

// Presses or lifts one modifier so that it is as @wanted for the coming stroke.
static void arrange(XtestInput *input, Role role, gboolean wanted, xcb_keycode_t keycode,
    xcb_keycode_t *out_pressed)
{
    gboolean have = FALSE;
    for (int code = 8; code < 256; code++) {
        if (!input->down[code] || role_of(input, (xcb_keycode_t)code) != role)
            continue;
        have = TRUE;
        if (!wanted && input->lifted_count < (int)G_N_ELEMENTS(input->lifted)) {
            input->lifted[input->lifted_count++] = (xcb_keycode_t)code;
            fake_key(input, (xcb_keycode_t)code, FALSE);
        }
    }
    if (wanted && !have) {
        fake_key(input, keycode, TRUE);
        *out_pressed = keycode;
    }
}

static gboolean holds_command(XtestInput *input)
{
    for (int code = 8; code < 256; code++)
        if (input->down[code] && role_of(input, (xcb_keycode_t)code) == COMMAND)
            return TRUE;
    return FALSE;
}

// @up: also let the key go. With Ctrl, Alt or Super held it is a shortcut: its modifiers stay.
static void stroke_key(XtestInput *input, PouceStroke stroke, gboolean up)
{
    xcb_keycode_t shift = 0, level3 = 0;
    if (!holds_command(input)) {
        arrange(input, SHIFT, stroke.shift, input->keys.shift, &shift);
        arrange(input, LEVEL3, stroke.level3, input->keys.level3, &level3);
    }
    fake_key(input, stroke.keycode, FALSE); // held by its place: strike anew
    fake_key(input, stroke.keycode, TRUE);
    if (up)
        fake_key(input, stroke.keycode, FALSE);
    if (level3)
        fake_key(input, level3, FALSE);
    if (shift)
        fake_key(input, shift, FALSE);
    while (input->lifted_count > 0)
        fake_key(input, input->lifted[--input->lifted_count], TRUE);
}

static void release_keysym(XtestInput *input, xkb_keysym_t keysym)
{
    for (int i = 0; i < input->held_count; i++) {
        if (input->held[i].keysym != keysym)
            continue;
        fake_key(input, input->held[i].keycode, FALSE);
        input->held[i] = input->held[--input->held_count];
        return;
    }
}

static void press_keysym(XtestInput *input, xkb_keysym_t keysym, PouceStroke stroke)
{
    gboolean room = input->held_count < HELD_KEYSYMS_MAX;
    for (int i = 0; i < input->held_count; i++)
        if (input->held[i].keysym == keysym)
            return; // repeats are the X server's affair
    stroke_key(input, stroke, !room);
    if (room)
        input->held[input->held_count++] = (Held){keysym, stroke.keycode};
}

// Returns once the server has done all that was asked of it.
static void sync_server(XtestInput *input)
{
    xcb_connection_t *xcb = input->x11.xcb;
    free(xcb_get_input_focus_reply(xcb, xcb_get_input_focus(xcb), NULL));
}

static void release_all(XtestInput *input)
{
    input->count = 0;
    input->wait_until_us = 0;
    for (int code = 0; code < 256; code++)
        fake_key(input, (xcb_keycode_t)code, FALSE);
    for (guint8 button = 1; button <= 3; button++)
        fake_button(input, button, FALSE);
    input->held_count = 0;
    input->wheel_x = input->wheel_y = 0;
    sync_server(input);
}

static xkb_keysym_t keysym_of_character(guint32 scalar)
{
    if (scalar > 0x10ffff || (scalar >= 0xd800 && scalar <= 0xdfff))
        return XKB_KEY_NoSymbol;
    if (scalar == '\n')
        return XKB_KEY_Return;
    return xkb_utf32_to_keysym(scalar);
}

static xkb_keysym_t wanted_keysym(const PouceInjectorEvent *event)
{
    if (event->kind == POUCE_INJECT_CHARACTER)
        return keysym_of_character(event->code);
    return event->kind == POUCE_INJECT_KEYSYM && event->down ? event->code : XKB_KEY_NoSymbol;
}

// Lends keys to all waiting characters at once, so that a text waits once.
static gint64 borrow_for_queue(XtestInput *input, gint64 now_us)
{
    gint64 until_us = 0;
    PouceStroke stroke;
    for (int i = 0; i < input->count; i++) {
        const PouceInjectorEvent *event =
            &input->queue[(input->head + i) % POUCE_INJECTOR_QUEUE_MAX];
        xkb_keysym_t keysym = wanted_keysym(event);
        if (keysym == XKB_KEY_NoSymbol || pouce_keys_find(&input->keys, keysym, now_us, &stroke))
            continue;
        until_us = pouce_keys_borrow(&input->keys, keysym, now_us);
        if (until_us != 0) {
            if (i > 0)
                until_us = 0; // the first one has its key
            break;
        }
    }
    return until_us == 0 ? input->keys.ready_us : until_us;
}

// FALSE: the event has to wait until wait_until_us.
static gboolean perform(XtestInput *input, const PouceInjectorEvent *event, gint64 now_us)
{
    PouceStroke stroke;
    xkb_keysym_t keysym = wanted_keysym(event);
    if (keysym != XKB_KEY_NoSymbol) {
        if (!pouce_keys_find(&input->keys, keysym, now_us, &stroke)) {
            input->wait_until_us = borrow_for_queue(input, now_us);
            if (input->wait_until_us > now_us)
                return FALSE;
            input->dropped++; // no key can be had for it
        } else if (event->kind == POUCE_INJECT_CHARACTER) {
            stroke_key(input, stroke, TRUE);
        } else {
            press_keysym(input, keysym, stroke);
        }
        return TRUE;
    }
    switch (event->kind) {
    case POUCE_INJECT_KEY:
        if (event->code >= 1 && event->code + EVDEV_OFFSET <= 255)
            fake_key(input, (xcb_keycode_t)(event->code + EVDEV_OFFSET), event->down);
        break;
    case POUCE_INJECT_KEYSYM:
        if (!event->down)
            release_keysym(input, event->code);
        break;
    case POUCE_INJECT_BUTTON:
        move_to(input, event->x_px, event->y_px);
        fake_button(input, (guint8)event->code, event->down);
        break;
    case POUCE_INJECT_WHEEL:
        move_to(input, event->x_px, event->y_px);
        notches(input, &input->wheel_y, event->dy, 4, 5);
        notches(input, &input->wheel_x, event->dx, 6, 7);
        break;
    default:
        break;
    }
    return TRUE;
}

static void arm(XtestInput *input)
{
    gint64 due_us = input->keys.lent
                        ? pouce_keys_give_back(&input->keys, GIVE_BACK_MS, g_get_monotonic_time())
                        : -1;
    if (input->count > 0)
        due_us = input->wait_until_us;
    g_source_set_ready_time(input->timer, due_us);
}

static void drain(XtestInput *input)
{
    gboolean fresh = FALSE;
    while (input->count > 0) {
        gint64 now_us = g_get_monotonic_time();
        if (now_us < input->wait_until_us)
            break;
        const PouceInjectorEvent *event = &input->queue[input->head];
        if (!fresh && wanted_keysym(event) != XKB_KEY_NoSymbol) {
            pouce_keys_refresh(&input->keys);
            fresh = TRUE;
        }
        if (!perform(input, event, now_us))
            break;
        input->head = (input->head + 1) % POUCE_INJECTOR_QUEUE_MAX;
        input->count--;
    }
    xcb_flush(input->x11.xcb);
    arm(input);
}

static void xtest_inject(PouceInjector *base, const PouceInjectorEvent *event)
{
    XtestInput *input = (XtestInput *)base;
    if (event->kind == POUCE_INJECT_MOVE) {
        move_to(input, event->x_px, event->y_px);
        xcb_flush(input->x11.xcb);
    } else if (event->kind == POUCE_INJECT_RELEASE_ALL) {
        release_all(input);
    } else if (input->count == POUCE_INJECTOR_QUEUE_MAX) {
        input->dropped++;
    } else {
        input->queue[(input->head + input->count++) % POUCE_INJECTOR_QUEUE_MAX] = *event;
        drain(input);
    }
}

static gboolean on_timer(gpointer data)
{
    drain(data);
    return G_SOURCE_CONTINUE;
}

static gboolean timer_dispatch(GSource *source, GSourceFunc callback, gpointer data)
{
    g_source_set_ready_time(source, -1);
    return callback(data);
}

static GSourceFuncs timer_funcs = {.dispatch = timer_dispatch};

static void on_event(xcb_generic_event_t *event, void *data)
{
    pouce_keys_event(&((XtestInput *)data)->keys, event);
}

static const PouceX11Listener listener = {.event = on_event};

static gboolean need_xtest(PouceX11 *x11, GError **error)
{
    const xcb_query_extension_reply_t *reply = xcb_get_extension_data(x11->xcb, &xcb_test_id);
    if (reply && reply->present)
        return TRUE;
    g_set_error(error, POUCE_INJECTOR_ERROR, POUCE_INJECTOR_ERROR_UNSUPPORTED,
        "This X server lacks the XTEST extension, so control cannot be lent here.");
    return FALSE;
}

static void xtest_free(PouceInjector *base)
{
    XtestInput *input = (XtestInput *)base;
    if (input->timer) {
        release_all(input);
        gint64 now_us = g_get_monotonic_time();
        gint64 due_us = pouce_keys_give_back(&input->keys, POUCE_KEYS_HOLD_MS, now_us);
        if (due_us > now_us && !xcb_connection_has_error(input->x11.xcb)) {
            g_usleep((gulong)(due_us - now_us));
            pouce_keys_give_back(&input->keys, 0, due_us);
            sync_server(input);
        }
        g_source_destroy(input->timer);
        g_source_unref(input->timer);
        g_source_destroy(input->source);
        g_source_unref(input->source);
    }
    pouce_keys_close(&input->keys);
    pouce_x11_close(&input->x11);
    g_free(input);
}

static PouceInjector *xtest_open(const char *rest, GMainContext *context, GError **error)
{
    XtestInput *input = g_new0(XtestInput, 1);
    input->base.klass = &pouce_injector_xtest;
    if (!pouce_x11_open(&input->x11, rest, error) || !need_xtest(&input->x11, error) ||
        !pouce_keys_open(&input->keys, &input->x11, error)) {
        xtest_free(&input->base);
        return NULL;
    }
    input->source = pouce_x11_attach(&input->x11, context, &listener, input);
    input->timer = g_source_new(&timer_funcs, sizeof(GSource));
    g_source_set_callback(input->timer, on_timer, input, NULL);
    g_source_attach(input->timer, context);
    return &input->base;
}

const PouceInjectorClass pouce_injector_xtest = {
    .name = "xtest",
    .open = xtest_open,
    .free = xtest_free,
    .inject = xtest_inject,
};
