// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Runs a fuzz target's entry point over every file of its corpus folder, so that each kept input,
// crashes included, is a test in ordinary builds. Exits 1 when the folder holds no file.

#include <glib.h>
#include <stdio.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize bytes);

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s CORPUS-FOLDER\n", argv[0]);
        return 2;
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(GDir) dir = g_dir_open(argv[1], 0, &error);
    if (!dir) {
        fprintf(stderr, "%s\n", error->message);
        return 1;
    }
    guint count = 0;
    const char *name;
    while ((name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(argv[1], name, NULL);
        g_autofree char *data = NULL;
        gsize bytes = 0;
        if (!g_file_get_contents(path, &data, &bytes, &error)) {
            fprintf(stderr, "%s\n", error->message);
            return 1;
        }
        LLVMFuzzerTestOneInput((const guint8 *)data, bytes);
        count++;
    }
    printf("%u inputs replayed\n", count);
    return count > 0 ? 0 : 1;
}
