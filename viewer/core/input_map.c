// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewer/core/input_map.h"

#include <string.h>

// X11/keysymdef.h
#define KEYSYM_SHIFT_L 0xffe1
#define KEYSYM_CONTROL_R 0xffe4
#define KEYSYM_META_L 0xffe7
#define KEYSYM_ALT_L 0xffe9
#define KEYSYM_SUPER_R 0xffec
#define KEYSYM_ISO_LEVEL5_LOCK 0xfe13
#define KEYSYM_MODE_SWITCH 0xff7e

void pouce_input_map_init(PouceInputMap *map)
{
    memset(map, 0, sizeof(*map));
}

// Shift, Control, Meta, Alt, Super; Caps and Shift Lock act on the helper's side alone.
static gboolean is_modifier(guint32 keysym)
{
    return (keysym >= KEYSYM_SHIFT_L && keysym <= KEYSYM_CONTROL_R) ||
           (keysym >= KEYSYM_META_L && keysym <= KEYSYM_SUPER_R);
}

static gboolean is_tap(guint32 keysym)
{
    return keysym >= KEYSYM_ALT_L && keysym <= KEYSYM_SUPER_R;
}

// Chooses characters on the helper's side; nothing of it is the seeker's business.
static gboolean is_level(guint32 keysym)
{
    return (keysym >= 0xfe01 && keysym <= KEYSYM_ISO_LEVEL5_LOCK) || keysym == KEYSYM_MODE_SWITCH ||
           keysym == 0xffe5 || keysym == 0xffe6;
}

static PouceInput keysym_input(guint32 keysym, gboolean down)
{
    return (PouceInput){.kind = POUCE_INPUT_KEYSYM, .keysym = keysym, .down = down};
}

static guint use_modifiers(PouceInputMap *map, PouceInput *out)
{
    guint count = 0;
    for (guint n = 0; n < POUCE_INPUT_MAP_MODIFIERS; n++) {
        PouceHeldModifier *modifier = &map->modifiers[n];
        modifier->used = TRUE;
        if (!modifier->keysym || modifier->sent)
            continue;
        modifier->sent = TRUE;
        out[count++] = keysym_input(modifier->keysym, TRUE);
    }
    return count;
}

// Before text: a modifier that the seeker holds would change what is typed.
static guint park_modifiers(PouceInputMap *map, PouceInput *out)
{
    guint count = 0;
    for (guint n = 0; n < POUCE_INPUT_MAP_MODIFIERS; n++) {
        PouceHeldModifier *modifier = &map->modifiers[n];
        modifier->used = TRUE;
        if (!modifier->keysym || !modifier->sent)
            continue;
        modifier->sent = FALSE;
        out[count++] = keysym_input(modifier->keysym, FALSE);
    }
    return count;
}

static guint take_modifier(PouceInputMap *map, guint32 keysym, gboolean down, PouceInput *out)
{
    PouceHeldModifier *found = NULL, *room = NULL;
    for (guint n = 0; n < POUCE_INPUT_MAP_MODIFIERS; n++) {
        if (map->modifiers[n].keysym == keysym)
            found = &map->modifiers[n];
        else if (!map->modifiers[n].keysym && !room)
            room = &map->modifiers[n];
    }
    if (down) {
        if (!found && room)
            *room = (PouceHeldModifier){.keysym = keysym};
        return 0;
    }
    if (!found)
        return 0;
    PouceHeldModifier was = *found;
    *found = (PouceHeldModifier){0};
    guint count = 0;
    if (!was.sent && (was.used || !is_tap(keysym)))
        return 0;
    if (!was.sent)
        out[count++] = keysym_input(keysym, TRUE);
    out[count++] = keysym_input(keysym, FALSE);
    return count;
}

static gboolean is_text(const PouceKeyEvent *event)
{
    return event->unicode >= 0x20 && event->unicode != 0x7f && !event->ctrl && !event->alt &&
           !event->super;
}

// By meaning; a character that the seeker's keyboard may not have, by place.
static PouceInput press_of(const PouceInputMap *map, const PouceKeyEvent *event)
{
    gboolean far = event->unicode > 0xff;
    if (event->evdev && (map->by_place || far || !event->keysym))
        return (PouceInput){.kind = POUCE_INPUT_KEY, .code = event->evdev, .down = TRUE};
    return keysym_input(event->keysym, TRUE);
}

static PouceHeldKey *find_held(PouceInputMap *map, guint16 evdev)
{
    for (guint n = 0; n < POUCE_INPUT_MAP_HELD_MAX; n++)
        if (map->held[n].press.kind && map->held[n].evdev == evdev)
            return &map->held[n];
    return NULL;
}

static guint release(PouceInputMap *map, const PouceKeyEvent *event, PouceInput *out)
{
    PouceHeldKey *held = find_held(map, event->evdev);
    if (!held)
        return 0;
    out[0] = held->press;
    out[0].down = FALSE;
    *held = (PouceHeldKey){0};
    return 1;
}

static guint press(PouceInputMap *map, const PouceKeyEvent *event, PouceInput *out)
{
    PouceHeldKey *room = NULL;
    for (guint n = 0; n < POUCE_INPUT_MAP_HELD_MAX && !room; n++)
        if (!map->held[n].press.kind)
            room = &map->held[n];
    PouceInput made = press_of(map, event);
    gboolean nothing = made.kind == POUCE_INPUT_KEYSYM && !made.keysym;
    if (!room || nothing || find_held(map, event->evdev))
        return 0;
    guint count = map->by_place ? 0 : use_modifiers(map, out);
    out[count++] = made;
    *room = (PouceHeldKey){.evdev = event->evdev, .press = made};
    return count;
}

guint pouce_input_map_key(
    PouceInputMap *map, const PouceKeyEvent *event, PouceInput out[POUCE_INPUT_MAP_OUT_MAX])
{
    if (!map->by_place) {
        if (is_level(event->keysym))
            return 0;
        if (is_modifier(event->keysym))
            return take_modifier(map, event->keysym, event->down, out);
    }
    if (!event->down)
        return release(map, event, out);
    if (map->by_place || !is_text(event))
        return press(map, event, out);
    guint count = park_modifiers(map, out);
    out[count++] = (PouceInput){.kind = POUCE_INPUT_CHARACTER, .scalar = event->unicode};
    return count;
}

guint pouce_input_map_button(PouceInputMap *map, guint button, gboolean down, guint16 x, guint16 y,
    PouceInput out[POUCE_INPUT_MAP_OUT_MAX])
{
    if (button < 1 || button > 3 || down == ((map->buttons >> button & 1) != 0))
        return 0;
    map->buttons ^= 1u << button;
    guint count = down ? use_modifiers(map, out) : 0;
    out[count++] = (PouceInput){
        .kind = POUCE_INPUT_BUTTON, .button = (guint8)button, .down = down, .x = x, .y = y};
    return count;
}

guint pouce_input_map_wheel(PouceInputMap *map, int dx, int dy, guint16 x, guint16 y,
    PouceInput out[POUCE_INPUT_MAP_OUT_MAX])
{
    if (!dx && !dy)
        return 0;
    guint count = use_modifiers(map, out);
    out[count++] = (PouceInput){.kind = POUCE_INPUT_WHEEL,
        .dx = (gint16)CLAMP(dx, G_MININT16, G_MAXINT16),
        .dy = (gint16)CLAMP(dy, G_MININT16, G_MAXINT16),
        .x = x,
        .y = y};
    return count;
}

guint pouce_input_map_release_all(PouceInputMap *map, PouceInput out[POUCE_INPUT_MAP_OUT_MAX])
{
    gboolean any = map->buttons != 0;
    for (guint n = 0; n < POUCE_INPUT_MAP_HELD_MAX; n++)
        any = any || map->held[n].press.kind;
    for (guint n = 0; n < POUCE_INPUT_MAP_MODIFIERS; n++)
        any = any || map->modifiers[n].sent;
    gboolean by_place = map->by_place;
    pouce_input_map_init(map);
    map->by_place = by_place;
    if (any)
        out[0] = (PouceInput){.kind = POUCE_INPUT_RELEASE_ALL};
    return any ? 1 : 0;
}
