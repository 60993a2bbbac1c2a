// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "agent/input/local.h"

#include <string.h>
#include <xcb/xcb.h>
#include <xkbcommon/xkbcommon.h>

static const struct {
    const char *name;
    guint bit;
} modifiers[] = {
    {"Ctrl", XCB_MOD_MASK_CONTROL},
    {"Alt", XCB_MOD_MASK_1},
    {"Shift", XCB_MOD_MASK_SHIFT},
    {"Super", XCB_MOD_MASK_4},
};

gboolean pouce_local_parse_key(const char *text, guint32 *out_keysym, guint *out_modifiers)
{
    g_auto(GStrv) words = g_strsplit(text, "+", 6);
    guint count = g_strv_length(words);
    guint bits = 0;
    for (guint i = 0; i + 1 < count; i++) {
        guint bit = 0;
        for (gsize m = 0; m < G_N_ELEMENTS(modifiers); m++)
            if (g_ascii_strcasecmp(words[i], modifiers[m].name) == 0)
                bit = modifiers[m].bit;
        if (!bit)
            return FALSE;
        bits |= bit;
    }
    if (count == 0)
        return FALSE;
    xkb_keysym_t keysym = xkb_keysym_from_name(words[count - 1], XKB_KEYSYM_CASE_INSENSITIVE);
    if (keysym == XKB_KEY_NoSymbol)
        return FALSE;
    *out_keysym = keysym;
    *out_modifiers = bits;
    return TRUE;
}
