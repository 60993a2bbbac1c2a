// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "agent/input/local.h"

#include "agent/input/injector.h"
#include "agent/x11/connection.h"

#include <stdlib.h>
#include <string.h>
#include <xcb/xinput.h>

// Device ids of an X server are below 256.
#define DEVICES_MAX 256
// What a modifier is grabbed with as well, so that Caps Lock and Num Lock make no difference.
static const guint16 lock_variants[] = {
    0, XCB_MOD_MASK_LOCK, XCB_MOD_MASK_2, XCB_MOD_MASK_LOCK | XCB_MOD_MASK_2};

struct PouceLocal {
    PouceX11 x11;
    GSource *source;
    const PouceLocalListener *listener;
    void *data;
    guint8 xinput_opcode;
    guint8 injected[DEVICES_MAX]; // by XTEST
    guint8 down[256];             // keycodes
    guint8 modifier[256];         // keycode -> bit index + 1, of Shift Lock Control Mod1..Mod5
    guint32 stop_keysym;
    guint stop_modifiers;
    guint8 is_stop[256]; // keycodes of the stop key
    gboolean stop_down;
    gboolean stale; // the keyboard map changed since it was read
};

static void read_devices(PouceLocal *local)
{
    xcb_connection_t *xcb = local->x11.xcb;
    memset(local->injected, 0, sizeof local->injected);
    xcb_input_xi_query_device_reply_t *reply = xcb_input_xi_query_device_reply(
        xcb, xcb_input_xi_query_device(xcb, XCB_INPUT_DEVICE_ALL), NULL);
    if (!reply)
        return;
    xcb_input_xi_device_info_iterator_t it = xcb_input_xi_query_device_infos_iterator(reply);
    for (; it.rem > 0; xcb_input_xi_device_info_next(&it)) {
        const char *name = xcb_input_xi_device_info_name(it.data);
        gsize length = (gsize)xcb_input_xi_device_info_name_length(it.data);
        if (it.data->deviceid < DEVICES_MAX && g_strstr_len(name, (gssize)length, "XTEST"))
            local->injected[it.data->deviceid] = TRUE;
    }
    free(reply);
}

static void read_modifiers(PouceLocal *local)
{
    xcb_connection_t *xcb = local->x11.xcb;
    memset(local->modifier, 0, sizeof local->modifier);
    xcb_get_modifier_mapping_reply_t *reply =
        xcb_get_modifier_mapping_reply(xcb, xcb_get_modifier_mapping(xcb), NULL);
    if (!reply)
        return;
    const xcb_keycode_t *codes = xcb_get_modifier_mapping_keycodes(reply);
    for (int bit = 0; bit < 8; bit++)
        for (int i = 0; i < reply->keycodes_per_modifier; i++) {
            xcb_keycode_t code = codes[bit * reply->keycodes_per_modifier + i];
            if (code)
                local->modifier[code] = (guint8)(bit + 1);
        }
    free(reply);
}

static void grab_stop_key(PouceLocal *local)
{
    xcb_connection_t *xcb = local->x11.xcb;
    xcb_window_t root = local->x11.screen->root;
    xcb_ungrab_key(xcb, XCB_GRAB_ANY, root, XCB_MOD_MASK_ANY);
    for (int code = 8; code < 256; code++)
        for (gsize i = 0; local->is_stop[code] && i < G_N_ELEMENTS(lock_variants); i++) {
            xcb_void_cookie_t cookie = xcb_grab_key_checked(xcb, FALSE, root,
                (guint16)(local->stop_modifiers | lock_variants[i]), (xcb_keycode_t)code,
                XCB_GRAB_MODE_ASYNC, XCB_GRAB_MODE_ASYNC);
            free(xcb_request_check(xcb, cookie)); // taken by another: the raw event remains
        }
}

static void read_keys(PouceLocal *local)
{
    xcb_connection_t *xcb = local->x11.xcb;
    const xcb_setup_t *setup = xcb_get_setup(xcb);
    read_modifiers(local);
    memset(local->is_stop, 0, sizeof local->is_stop);
    xcb_get_keyboard_mapping_reply_t *reply = xcb_get_keyboard_mapping_reply(xcb,
        xcb_get_keyboard_mapping(
            xcb, setup->min_keycode, (guint8)(setup->max_keycode - setup->min_keycode + 1)),
        NULL);
    if (!reply)
        return;
    const xcb_keysym_t *keysyms = xcb_get_keyboard_mapping_keysyms(reply);
    int length = xcb_get_keyboard_mapping_keysyms_length(reply);
    for (int i = 0; i < length; i++)
        if (keysyms[i] == local->stop_keysym)
            local->is_stop[setup->min_keycode + i / reply->keysyms_per_keycode] = TRUE;
    free(reply);
    grab_stop_key(local);
}

static guint modifiers_down(const PouceLocal *local)
{
    guint bits = 0;
    for (int code = 8; code < 256; code++)
        if (local->down[code] && local->modifier[code])
            bits |= 1u << (local->modifier[code] - 1);
    return bits;
}

static void stop_pressed(PouceLocal *local)
{
    if (local->stop_down)
        return; // the grab and the raw event tell the same
    local->stop_down = TRUE;
    if (local->listener->stop)
        local->listener->stop(local->data);
}

static void on_raw_key(PouceLocal *local, guint32 code, gboolean down)
{
    if (code > 255)
        return;
    local->down[code] = (guint8)down;
    if (!local->is_stop[code])
        return;
    if (!down)
        local->stop_down = FALSE;
    else if ((modifiers_down(local) & local->stop_modifiers) == local->stop_modifiers)
        stop_pressed(local);
}

static void on_raw(PouceLocal *local, const xcb_input_raw_key_press_event_t *raw)
{
    static const struct {
        guint16 type;
        PouceLocalKind kind;
    } kinds[] = {
        {XCB_INPUT_RAW_MOTION, POUCE_LOCAL_MOTION},
        {XCB_INPUT_RAW_BUTTON_PRESS, POUCE_LOCAL_BUTTON},
        {XCB_INPUT_RAW_BUTTON_RELEASE, POUCE_LOCAL_BUTTON},
        {XCB_INPUT_RAW_KEY_PRESS, POUCE_LOCAL_KEY},
        {XCB_INPUT_RAW_KEY_RELEASE, POUCE_LOCAL_KEY},
    };
    gboolean injected = raw->sourceid < DEVICES_MAX && local->injected[raw->sourceid];
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (raw->event_type != kinds[i].type)
            continue;
        if (!injected && local->listener->input)
            local->listener->input(kinds[i].kind, local->data);
        if (kinds[i].kind == POUCE_LOCAL_KEY)
            on_raw_key(local, raw->detail, raw->event_type == XCB_INPUT_RAW_KEY_PRESS);
    }
}

static void on_event(xcb_generic_event_t *event, void *data)
{
    PouceLocal *local = data;
    int type = event->response_type & 0x7f;
    const xcb_ge_generic_event_t *generic = (const xcb_ge_generic_event_t *)event;
    if (type == XCB_KEY_PRESS) {
        stop_pressed(local);
    } else if (type == XCB_KEY_RELEASE) {
        // While our own grab is active, the release comes through it and not as a raw event.
        local->down[((const xcb_key_release_event_t *)event)->detail] = FALSE;
        local->stop_down = FALSE;
    } else if (type == XCB_MAPPING_NOTIFY) {
        if (((const xcb_mapping_notify_event_t *)event)->request != XCB_MAPPING_POINTER)
            local->stale = TRUE; // each change of hands at the keyboard sends several
    } else if (type == XCB_GE_GENERIC && generic->extension == local->xinput_opcode) {
        if (generic->event_type == XCB_INPUT_HIERARCHY)
            read_devices(local);
        else
            on_raw(local, (const xcb_input_raw_key_press_event_t *)event);
    }
}

static void on_after(void *data)
{
    PouceLocal *local = data;
    if (local->stale)
        read_keys(local);
    local->stale = FALSE;
}

static void on_lost(void *data)
{
    PouceLocal *local = data;
    if (local->listener->lost)
        local->listener->lost(local->data);
}

static const PouceX11Listener x11_listener = {
    .event = on_event, .after = on_after, .lost = on_lost};

static gboolean select_events(PouceLocal *local, GError **error)
{
    xcb_connection_t *xcb = local->x11.xcb;
    const xcb_query_extension_reply_t *extension = xcb_get_extension_data(xcb, &xcb_input_id);
    xcb_input_xi_query_version_reply_t *version =
        extension && extension->present
            ? xcb_input_xi_query_version_reply(xcb, xcb_input_xi_query_version(xcb, 2, 2), NULL)
            : NULL;
    if (!version) {
        g_set_error(error, POUCE_INJECTOR_ERROR, POUCE_INJECTOR_ERROR_UNSUPPORTED,
            "This X server lacks XInput 2.2, so your own hand cannot be told from the helper's: "
            "control cannot be lent here.");
        return FALSE;
    }
    free(version);
    local->xinput_opcode = extension->major_opcode;
    typedef struct {
        xcb_input_event_mask_t head;
        guint32 bits;
    } Mask;
    Mask raw = {{.deviceid = XCB_INPUT_DEVICE_ALL_MASTER, .mask_len = 1},
        XCB_INPUT_XI_EVENT_MASK_RAW_MOTION | XCB_INPUT_XI_EVENT_MASK_RAW_BUTTON_PRESS |
            XCB_INPUT_XI_EVENT_MASK_RAW_BUTTON_RELEASE | XCB_INPUT_XI_EVENT_MASK_RAW_KEY_PRESS |
            XCB_INPUT_XI_EVENT_MASK_RAW_KEY_RELEASE};
    Mask hierarchy = {
        {.deviceid = XCB_INPUT_DEVICE_ALL, .mask_len = 1}, XCB_INPUT_XI_EVENT_MASK_HIERARCHY};
    xcb_input_xi_select_events(xcb, local->x11.screen->root, 1, &hierarchy.head);
    return pouce_x11_check(&local->x11,
        xcb_input_xi_select_events_checked(xcb, local->x11.screen->root, 1, &raw.head),
        "report your own mouse and keyboard", error);
}

static void read_keys_down(PouceLocal *local)
{
    xcb_query_keymap_reply_t *reply =
        xcb_query_keymap_reply(local->x11.xcb, xcb_query_keymap(local->x11.xcb), NULL);
    for (int code = 0; reply && code < 256; code++)
        local->down[code] = reply->keys[code / 8] >> (code % 8) & 1;
    free(reply);
}

PouceLocal *pouce_local_open(const char *display, const char *stop_key, GMainContext *context,
    const PouceLocalListener *listener, void *data, GError **error)
{
    g_autoptr(PouceLocal) local = g_new0(PouceLocal, 1);
    const char *key = stop_key ? stop_key : POUCE_LOCAL_STOP_KEY_DEFAULT;
    local->listener = listener;
    local->data = data;
    if (!pouce_local_parse_key(key, &local->stop_keysym, &local->stop_modifiers)) {
        g_set_error(error, POUCE_INJECTOR_ERROR, POUCE_INJECTOR_ERROR_USAGE,
            "\"%s\" is no key: write it as in Ctrl+Alt+End or Pause.", key);
        return NULL;
    }
    if (!pouce_x11_open(&local->x11, display, error) || !select_events(local, error))
        return NULL;
    read_devices(local);
    read_keys_down(local);
    read_keys(local);
    local->source = pouce_x11_attach(&local->x11, context, &x11_listener, local);
    return g_steal_pointer(&local);
}

void pouce_local_free(PouceLocal *local)
{
    if (!local)
        return;
    if (local->source) {
        g_source_destroy(local->source);
        g_source_unref(local->source);
    }
    pouce_x11_close(&local->x11);
    g_free(local);
}
