// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A database in a folder of its own that is removed at the end.

#include <glib.h>
#include <glib/gstdio.h>

typedef struct {
    char *folder;
    char *uri;
} PouceScratch;

static inline void pouce_scratch_init(PouceScratch *scratch)
{
    scratch->folder = g_dir_make_tmp("pouce-test-XXXXXX", NULL);
    g_assert_nonnull(scratch->folder);
    scratch->uri = g_strdup_printf("sqlite:%s/pouce.db", scratch->folder);
}

static inline void pouce_scratch_clear(PouceScratch *scratch)
{
    GDir *dir = g_dir_open(scratch->folder, 0, NULL);

    for (const char *name = dir ? g_dir_read_name(dir) : NULL; name; name = g_dir_read_name(dir)) {
        g_autofree char *path = g_build_filename(scratch->folder, name, NULL);

        g_unlink(path);
    }
    g_dir_close(dir);
    g_rmdir(scratch->folder);
    g_free(scratch->folder);
    g_free(scratch->uri);
}
