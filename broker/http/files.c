// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/http/files.h"

#include <gio/gio.h>
#include <string.h>

struct PouceFiles {
    GHashTable *by_path; /* "/viewer/index.html" -> PouceFile */
    gsize total_bytes;
};

static void file_free(gpointer data)
{
    PouceFile *file = data;
    g_bytes_unref(file->bytes);
    g_free(file->etag);
    g_free(file);
}

static const char *type_of(const char *name)
{
    static const struct {
        const char *suffix;
        const char *type;
    } types[] = {
        {".html", "text/html; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".json", "application/json"},
        {".map", "application/json"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".jpg", "image/jpeg"},
        {".webp", "image/webp"},
        {".ico", "image/x-icon"},
        {".woff2", "font/woff2"},
        {".webmanifest", "application/manifest+json"},
        {".txt", "text/plain; charset=utf-8"},
        {".wasm", "application/wasm"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++) {
        if (g_str_has_suffix(name, types[i].suffix))
            return types[i].type;
    }
    return NULL;
}

static gboolean add(PouceFiles *files, const char *on_disk, const char *path, GError **error)
{
    const char *type = type_of(path);
    if (!type)
        return TRUE;
    char *text = NULL;
    gsize bytes = 0;
    if (!g_file_get_contents(on_disk, &text, &bytes, error))
        return FALSE;
    files->total_bytes += bytes;
    if (files->total_bytes > POUCE_FILES_MAX_BYTES ||
        g_hash_table_size(files->by_path) >= POUCE_FILES_MAX_COUNT) {
        g_free(text);
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC,
            "The web folder holds more than %u MiB or %d files: is it the right folder?",
            POUCE_FILES_MAX_BYTES >> 20, POUCE_FILES_MAX_COUNT);
        return FALSE;
    }
    PouceFile *file = g_new0(PouceFile, 1);
    file->bytes = g_bytes_new_take(text, bytes);
    file->type = type;
    g_autofree char *hash = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, file->bytes);
    hash[32] = '\0';
    file->etag = g_strdup_printf("\"%s\"", hash);
    g_hash_table_insert(files->by_path, g_strdup(path), file);
    return TRUE;
}

static gboolean walk(
    PouceFiles *files, const char *folder, const char *path, guint depth, GError **error)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, error);
    if (!dir)
        return FALSE;
    for (const char *name = g_dir_read_name(dir); name; name = g_dir_read_name(dir)) {
        if (name[0] == '.')
            continue;
        g_autofree char *on_disk = g_build_filename(folder, name, NULL);
        g_autofree char *below = g_strconcat(path, "/", name, NULL);
        if (g_file_test(on_disk, G_FILE_TEST_IS_DIR)) {
            if (depth < 8 && !walk(files, on_disk, below, depth + 1, error))
                return FALSE;
        } else if (!add(files, on_disk, below, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

PouceFiles *pouce_files_load(const char *folder, GError **error)
{
    g_autoptr(PouceFiles) files = g_new0(PouceFiles, 1);
    files->by_path = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, file_free);
    if (folder && !walk(files, folder, "", 0, error))
        return NULL;
    return g_steal_pointer(&files);
}

void pouce_files_free(PouceFiles *files)
{
    if (!files)
        return;
    g_hash_table_unref(files->by_path);
    g_free(files);
}

const PouceFile *pouce_files_find(const PouceFiles *files, const char *path)
{
    const PouceFile *file = g_hash_table_lookup(files->by_path, path);
    if (file || !g_str_has_suffix(path, "/"))
        return file;
    g_autofree char *index = g_strconcat(path, "index.html", NULL);
    return g_hash_table_lookup(files->by_path, index);
}

guint pouce_files_count(const PouceFiles *files)
{
    return g_hash_table_size(files->by_path);
}
