// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The pages: everything under the web folder, read once at start, so that no path of a request ever
// reaches the file system. Immutable after loading.
#pragma once

#include <glib.h>

/** All files together; a web folder is some hundred kilobytes. */
#define POUCE_FILES_MAX_BYTES (32u << 20)
#define POUCE_FILES_MAX_COUNT 2048

typedef struct PouceFiles PouceFiles;

typedef struct {
    GBytes *bytes;
    const char *type; /* Content-Type, static */
    char *etag;       /* quoted */
} PouceFile;

/** Loads @folder; NULL folder: no pages. NULL with G_FILE_ERROR if it cannot be read or is too
 * large. */
PouceFiles *pouce_files_load(const char *folder, GError **error);
void pouce_files_free(PouceFiles *files);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceFiles, pouce_files_free)

/** The file for a request path ("/", "/viewer/", "/pouce.css"); NULL if there is none. Borrowed. */
const PouceFile *pouce_files_find(const PouceFiles *files, const char *path);

/** How many were loaded. */
guint pouce_files_count(const PouceFiles *files);
