// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "agent/input/xtest_keys.h"

#include "agent/input/injector.h"

#include <stdlib.h>
#include <string.h>
#include <xcb/xcb.h>
#define explicit explicit_ // a field of xcb/xkb.h
#include <xcb/xkb.h>
#undef explicit
#include <xkbcommon/xkbcommon-x11.h>

// Real modifiers of the core protocol.
#define SHIFT_BIT (1u << 0)
#define LOCK_BIT (1u << 1)
#define MOD5_BIT (1u << 7)

static gboolean is_keypad(xkb_keysym_t keysym)
{
    return keysym >= XKB_KEY_KP_Space && keysym <= XKB_KEY_KP_Equal;
}

static xkb_layout_index_t group_of(PouceKeys *keys, xkb_keycode_t keycode)
{
    xkb_layout_index_t count = xkb_keymap_num_layouts_for_key(keys->keymap, keycode);
    return count ? keys->group % count : XKB_LAYOUT_INVALID;
}

static xkb_keysym_t keysym_at(PouceKeys *keys, xkb_keycode_t keycode, xkb_level_index_t level)
{
    const xkb_keysym_t *syms;
    xkb_layout_index_t group = group_of(keys, keycode);
    if (group == XKB_LAYOUT_INVALID)
        return XKB_KEY_NoSymbol;
    int count = xkb_keymap_key_get_syms_by_level(keys->keymap, keycode, group, level, &syms);
    return count == 1 ? syms[0] : XKB_KEY_NoSymbol;
}

xkb_keysym_t pouce_keys_keysym(PouceKeys *keys, xcb_keycode_t keycode)
{
    return keys->keymap ? keysym_at(keys, keycode, 0) : XKB_KEY_NoSymbol;
}

// The modifiers that reach @level, if Shift and the third-level key are enough.
static gboolean reach(
    PouceKeys *keys, xkb_keycode_t keycode, xkb_level_index_t level, PouceStroke *out_stroke)
{
    xkb_mod_mask_t masks[8];
    gsize count = xkb_keymap_key_get_mods_for_level(
        keys->keymap, keycode, group_of(keys, keycode), level, masks, G_N_ELEMENTS(masks));
    for (gsize i = 0; i < count; i++) {
        if ((masks[i] & 0xff) & ~(SHIFT_BIT | MOD5_BIT))
            continue;
        gboolean shift = (masks[i] & SHIFT_BIT) != 0;
        gboolean level3 = (masks[i] & MOD5_BIT) != 0;
        if ((shift && !keys->shift) || (level3 && !keys->level3))
            continue;
        *out_stroke =
            (PouceStroke){.keycode = (xcb_keycode_t)keycode, .shift = shift, .level3 = level3};
        return TRUE;
    }
    return FALSE;
}

static gboolean gives(xkb_keysym_t have, xkb_keysym_t wanted, gboolean by_meaning)
{
    if (!by_meaning)
        return have == wanted;
    guint32 scalar = xkb_keysym_to_utf32(wanted);
    return scalar && !is_keypad(have) && xkb_keysym_to_utf32(have) == scalar;
}

static gboolean find_in_layout(
    PouceKeys *keys, xkb_keysym_t keysym, gboolean by_meaning, PouceStroke *out_stroke)
{
    xkb_keycode_t last = MIN(xkb_keymap_max_keycode(keys->keymap), 255);
    for (xkb_level_index_t level = 0; level < 4; level++) {
        for (xkb_keycode_t code = xkb_keymap_min_keycode(keys->keymap); code <= last; code++) {
            xkb_layout_index_t group = group_of(keys, code);
            if (group == XKB_LAYOUT_INVALID ||
                level >= xkb_keymap_num_levels_for_key(keys->keymap, code, group))
                continue;
            if (gives(keysym_at(keys, code, level), keysym, by_meaning) &&
                reach(keys, code, level, out_stroke))
                return TRUE;
        }
    }
    return FALSE;
}

static PouceSpareKey *spare_of(PouceKeys *keys, xkb_keysym_t keysym, int *out_column)
{
    for (int i = 0; i < keys->spare_count; i++)
        for (int column = 0; column < 2; column++)
            if (keys->spares[i].keysyms[column] == keysym) {
                *out_column = column;
                return &keys->spares[i];
            }
    return NULL;
}

static gboolean is_spare(const PouceKeys *keys, xkb_keycode_t keycode)
{
    for (int i = 0; i < keys->spare_count; i++)
        if (keys->spares[i].keycode == keycode)
            return TRUE;
    return FALSE;
}

gboolean pouce_keys_find(
    PouceKeys *keys, xkb_keysym_t keysym, gint64 now_us, PouceStroke *out_stroke)
{
    int column;
    if (!keys->keymap || keysym == XKB_KEY_NoSymbol)
        return FALSE;
    PouceSpareKey *spare = spare_of(keys, keysym, &column);
    if (spare && now_us >= keys->ready_us) {
        spare->used_us[column] = now_us;
        *out_stroke = (PouceStroke){.keycode = spare->keycode, .shift = column == 1};
        return TRUE;
    }
    if (spare)
        return FALSE;
    return find_in_layout(keys, keysym, FALSE, out_stroke) ||
           find_in_layout(keys, keysym, TRUE, out_stroke);
}

// Both columns are always filled: a lone [Ж, NoSymbol] would type ж.
static void write_spare(PouceKeys *keys, const PouceSpareKey *spare)
{
    xkb_keysym_t plain = spare->keysyms[0];
    xkb_keysym_t shifted = spare->keysyms[1] ? spare->keysyms[1] : plain;
    xcb_change_keyboard_mapping(
        keys->x11->xcb, 1, spare->keycode, 2, (xcb_keysym_t[]){plain, shifted});
}

gint64 pouce_keys_borrow(PouceKeys *keys, xkb_keysym_t keysym, gint64 now_us)
{
    int column;
    if (spare_of(keys, keysym, &column))
        return 0;
    if (keys->spare_count == 0)
        return -1;
    PouceSpareKey *oldest = NULL;
    int oldest_column = 0;
    // The first columns first, so that Shift is needed only by the twentieth character; and a
    // second column is of use only where the first one holds something.
    for (int pass = 0; pass < (keys->shift ? 2 : 1); pass++)
        for (int i = 0; i < keys->spare_count; i++) {
            PouceSpareKey *spare = &keys->spares[i];
            if (pass == 1 && spare->keysyms[0] == 0)
                continue;
            if (!oldest || spare->used_us[pass] < oldest->used_us[oldest_column]) {
                oldest = spare;
                oldest_column = pass;
            }
        }
    if (oldest->keysyms[oldest_column] &&
        now_us < oldest->used_us[oldest_column] + POUCE_KEYS_HOLD_MS * 1000)
        return oldest->used_us[oldest_column] + POUCE_KEYS_HOLD_MS * 1000;
    oldest->keysyms[oldest_column] = keysym;
    oldest->used_us[oldest_column] = now_us;
    write_spare(keys, oldest);
    keys->lent = TRUE;
    keys->ready_us = now_us + POUCE_KEYS_SETTLE_MS * 1000;
    return 0;
}

gint64 pouce_keys_give_back(PouceKeys *keys, gint64 idle_ms, gint64 now_us)
{
    gint64 last_us = 0;
    if (!keys->lent)
        return -1;
    for (int i = 0; i < keys->spare_count; i++)
        for (int column = 0; column < 2; column++)
            if (keys->spares[i].keysyms[column])
                last_us = MAX(last_us, keys->spares[i].used_us[column]);
    if (now_us < last_us + idle_ms * 1000)
        return last_us + idle_ms * 1000;
    for (int i = 0; i < keys->spare_count; i++) {
        PouceSpareKey *spare = &keys->spares[i];
        if (!spare->keysyms[0] && !spare->keysyms[1])
            continue;
        memset(spare->keysyms, 0, sizeof spare->keysyms);
        memset(spare->used_us, 0, sizeof spare->used_us);
        write_spare(keys, spare);
    }
    keys->lent = FALSE;
    xcb_flush(keys->x11->xcb);
    return -1;
}

static void find_spares(PouceKeys *keys)
{
    keys->spare_count = 0;
    xkb_keycode_t first = MAX(xkb_keymap_min_keycode(keys->keymap), 8);
    xkb_keycode_t last = MIN(xkb_keymap_max_keycode(keys->keymap), 255);
    // From the top: the lower ones are more often real keys that the layout forgot.
    for (xkb_keycode_t code = last; code >= first; code--)
        if (xkb_keymap_num_layouts_for_key(keys->keymap, code) == 0 &&
            keys->spare_count < POUCE_KEYS_SPARE_MAX)
            keys->spares[keys->spare_count++].keycode = (xcb_keycode_t)code;
}

static xcb_keycode_t find_plain(PouceKeys *keys, xkb_keysym_t keysym)
{
    xkb_keycode_t last = MIN(xkb_keymap_max_keycode(keys->keymap), 255);
    for (xkb_keycode_t code = xkb_keymap_min_keycode(keys->keymap); code <= last; code++)
        if (!is_spare(keys, code) && keysym_at(keys, code, 0) == keysym)
            return (xcb_keycode_t)code;
    return 0;
}

static void read_keymap(PouceKeys *keys)
{
    struct xkb_keymap *keymap = xkb_x11_keymap_new_from_device(
        keys->context, keys->x11->xcb, keys->device, XKB_KEYMAP_COMPILE_NO_FLAGS);
    if (!keymap)
        return; // the old one is better than none
    xkb_keymap_unref(keys->keymap);
    keys->keymap = keymap;
    if (!keys->lent)
        find_spares(keys);
    keys->shift = find_plain(keys, XKB_KEY_Shift_L);
    if (!keys->shift)
        keys->shift = find_plain(keys, XKB_KEY_Shift_R);
    keys->level3 = find_plain(keys, XKB_KEY_ISO_Level3_Shift);
}

void pouce_keys_event(PouceKeys *keys, const xcb_generic_event_t *event)
{
    int type = event->response_type & 0x7f;
    if (type == XCB_MAPPING_NOTIFY || type == keys->xkb_event)
        keys->stale = TRUE;
}

void pouce_keys_refresh(PouceKeys *keys)
{
    xcb_connection_t *xcb = keys->x11->xcb;
    xcb_xkb_get_state_reply_t *state =
        xcb_xkb_get_state_reply(xcb, xcb_xkb_get_state(xcb, XCB_XKB_ID_USE_CORE_KBD), NULL);
    if (!state)
        return;
    keys->group = state->group;
    if (state->lockedMods & LOCK_BIT)
        xcb_xkb_latch_lock_state(xcb, XCB_XKB_ID_USE_CORE_KBD, LOCK_BIT, 0, 0, 0, 0, 0, 0);
    free(state);
    // What the reply brought along tells whether the map is still the one we know.
    xcb_generic_event_t *event;
    while ((event = xcb_poll_for_queued_event(xcb))) {
        pouce_keys_event(keys, event);
        free(event);
    }
    if (keys->stale || !keys->keymap) {
        keys->stale = FALSE;
        read_keymap(keys);
    }
}

gboolean pouce_keys_open(PouceKeys *keys, PouceX11 *x11, GError **error)
{
    memset(keys, 0, sizeof *keys);
    keys->x11 = x11;
    keys->context = xkb_context_new(XKB_CONTEXT_NO_FLAGS);
    if (!xkb_x11_setup_xkb_extension(x11->xcb, XKB_X11_MIN_MAJOR_XKB_VERSION,
            XKB_X11_MIN_MINOR_XKB_VERSION, XKB_X11_SETUP_XKB_EXTENSION_NO_FLAGS, NULL, NULL,
            &keys->xkb_event, NULL)) {
        g_set_error(error, POUCE_INJECTOR_ERROR, POUCE_INJECTOR_ERROR_UNSUPPORTED,
            "This X server lacks the XKEYBOARD extension, so nothing can be typed for you.");
        return FALSE;
    }
    keys->device = xkb_x11_get_core_keyboard_device_id(x11->xcb);
    guint16 events = XCB_XKB_EVENT_TYPE_NEW_KEYBOARD_NOTIFY | XCB_XKB_EVENT_TYPE_MAP_NOTIFY;
    xcb_xkb_select_events(x11->xcb, XCB_XKB_ID_USE_CORE_KBD, events, 0, events, 0xff, 0xff, NULL);
    pouce_keys_refresh(keys);
    if (!keys->keymap) {
        g_set_error(error, POUCE_INJECTOR_ERROR, POUCE_INJECTOR_ERROR_UNSUPPORTED,
            "The keyboard layout of this desktop cannot be read, so nothing can be typed for you.");
        return FALSE;
    }
    return TRUE;
}

void pouce_keys_close(PouceKeys *keys)
{
    xkb_keymap_unref(keys->keymap);
    xkb_context_unref(keys->context);
    memset(keys, 0, sizeof *keys);
}
