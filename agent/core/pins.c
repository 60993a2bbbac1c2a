// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "agent/core/pins.h"

#include "signaling/wire/base64u.h"

struct PoucePins {
    char *path;
    GKeyFile *file; // [own account/helper's account] device = key
};

PoucePins *pouce_pins_load(const char *path, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autoptr(GKeyFile) file = g_key_file_new();
    if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, &failure) &&
        !g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
        g_autofree char *why = g_utf8_make_valid(failure->message, -1); // it quotes the file
        g_set_error(error, failure->domain, failure->code,
            "The list of known helpers %s cannot be read: %s", path, why);
        return NULL;
    }
    PoucePins *pins = g_new0(PoucePins, 1);
    pins->path = g_strdup(path);
    pins->file = g_steal_pointer(&file);
    return pins;
}

void pouce_pins_free(PoucePins *pins)
{
    if (!pins)
        return;
    g_key_file_unref(pins->file);
    g_free(pins->path);
    g_free(pins);
}

static char *group_of(const char *own_account, const PouceParty *party)
{
    return g_strdup_printf("%s/%s", own_account, party->id);
}

PouceAgentTrust pouce_pins_check(PoucePins *pins, const char *own_account, const PouceParty *party)
{
    g_autofree char *group = group_of(own_account, party);
    g_autofree char *key = pouce_base64u_encode(party->device_key, POUCE_KEY_BYTES);
    if (!g_key_file_has_group(pins->file, group))
        return POUCE_AGENT_TRUST_NEW;
    g_autofree char *pinned = g_key_file_get_string(pins->file, group, party->device_id, NULL);
    if (!pinned)
        return POUCE_AGENT_TRUST_DEVICE;
    return g_str_equal(pinned, key) ? POUCE_AGENT_TRUST_KNOWN : POUCE_AGENT_TRUST_CHANGED;
}

gboolean pouce_pins_set(
    PoucePins *pins, const char *own_account, const PouceParty *party, GError **error)
{
    g_autofree char *group = group_of(own_account, party);
    g_autofree char *key = pouce_base64u_encode(party->device_key, POUCE_KEY_BYTES);
    g_auto(GStrv) groups = g_key_file_get_groups(pins->file, NULL);
    if (pouce_pins_check(pins, own_account, party) == POUCE_AGENT_TRUST_KNOWN ||
        g_strv_length(groups) >= POUCE_PINS_MAX)
        return TRUE;
    g_key_file_set_string(pins->file, group, party->device_id, key);
    gsize bytes = 0;
    g_autofree char *text = g_key_file_to_data(pins->file, &bytes, NULL);
    return g_file_set_contents_full(
        pins->path, text, (gssize)bytes, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}
