// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/unit/signaling/wire/vector.h"

#include <stdlib.h>
#include <string.h>

json_t *vector_load(const char *name)
{
    const char *root = g_getenv("POUCE_SOURCE_DIR");
    g_autofree char *path = g_build_filename(root ? root : ".", "tests", "vectors", name, NULL);
    json_error_t problem;
    json_t *json = json_load_file(path, 0, &problem);
    if (!json)
        g_error("%s:%d: %s", path, problem.line, problem.text);
    return json;
}

json_t *vector_at(json_t *root, const char *path)
{
    g_auto(GStrv) keys = g_strsplit(path, ".", -1);
    for (guint i = 0; keys[i]; i++) {
        root = json_object_get(root, keys[i]);
        if (!root)
            g_error("The vectors have no %s", path);
    }
    return root;
}

GBytes *vector_bytes(const char *hex)
{
    gsize bytes = strlen(hex) / 2;
    guint8 *data = g_malloc(bytes);
    for (gsize i = 0; i < bytes; i++)
        data[i] =
            (guint8)(g_ascii_xdigit_value(hex[2 * i]) << 4 | g_ascii_xdigit_value(hex[2 * i + 1]));
    return g_bytes_new_take(data, bytes);
}

PouceIdentity *vector_identity(PouceRole role)
{
    json_t *texts = vector_load("texts.json");
    const char *hex =
        json_string_value(json_object_get(vector_at(texts, "seeds"), pouce_role_name(role)));
    g_autoptr(GBytes) seed = vector_bytes(hex);
    g_assert(g_bytes_get_size(seed) == POUCE_KEY_BYTES);
    PouceIdentity *identity = pouce_identity_new_from_seed(g_bytes_get_data(seed, NULL));
    json_decref(texts);
    return identity;
}
