// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#include "signaling/rendezvous/settings.h"

#include <string.h>

#define PASSWORD_FILE_MAX_BYTES 4096

char *pouce_setting(
    GKeyFile *file, const char *group, const char *key, const char *variable, const char *option)
{
    const char *value = variable ? g_getenv(variable) : NULL;
    if (option)
        return g_strdup(option);
    if (value && *value)
        return g_strdup(value);
    return g_key_file_get_string(file, group, key, NULL);
}

gboolean pouce_setting_password(const char *path, char **out, GError **error)
{
    g_autofree char *text = NULL;
    gsize bytes = 0;
    if (!path) {
        *out = g_strdup(g_getenv("POUCE_PASSWORD"));
        g_unsetenv("POUCE_PASSWORD");
        return TRUE;
    }
    if (!g_file_get_contents(path, &text, &bytes, error))
        return FALSE;
    if (bytes > PASSWORD_FILE_MAX_BYTES) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s is too long for a password", path);
        return FALSE;
    }
    text[strcspn(text, "\r\n")] = '\0';
    *out = g_steal_pointer(&text);
    return TRUE;
}
