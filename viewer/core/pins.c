// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewer/core/pins.h"

#include <glib/gstdio.h>

struct PoucePins {
    char *path;
    GKeyFile *file; // a group for each own account; far account = key
};

PoucePins *pouce_pins_load(const char *path, GError **error)
{
    g_autoptr(PoucePins) pins = g_new0(PoucePins, 1);
    pins->path = g_strdup(path);
    pins->file = g_key_file_new();
    g_autoptr(GError) why = NULL;
    if (!g_key_file_load_from_file(pins->file, path, G_KEY_FILE_NONE, &why) &&
        !g_error_matches(why, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
        g_autofree char *said = g_utf8_make_valid(why->message, -1); // it quotes the file
        g_set_error(error, why->domain, why->code, "the known devices in %s cannot be read: %s",
            path, said);
        return NULL;
    }
    return g_steal_pointer(&pins);
}

void pouce_pins_free(PoucePins *pins)
{
    if (!pins)
        return;
    g_key_file_unref(pins->file);
    g_free(pins->path);
    g_free(pins);
}

PoucePin pouce_pins_check(
    PoucePins *pins, const char *own, const char *peer, const char *key, char **out_pinned)
{
    g_autofree char *pinned = g_key_file_get_string(pins->file, own, peer, NULL);
    if (!pinned)
        return POUCE_PIN_NEW;
    if (g_str_equal(pinned, key))
        return POUCE_PIN_KNOWN;
    *out_pinned = g_steal_pointer(&pinned);
    return POUCE_PIN_CHANGED;
}

gboolean pouce_pins_set(
    PoucePins *pins, const char *own, const char *peer, const char *key, GError **error)
{
    g_key_file_set_string(pins->file, own, peer, key);
    gsize bytes = 0;
    g_autofree char *text = g_key_file_to_data(pins->file, &bytes, NULL);
    g_autofree char *folder = g_path_get_dirname(pins->path);
    g_mkdir_with_parents(folder, 0700);
    return g_file_set_contents_full(pins->path, text, (gssize)bytes,
        G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, error);
}
