// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What the directory and the matcher share. Not for use outside broker/market.

#include "broker/market/directory.h"

G_BEGIN_DECLS

typedef struct {
    char *id;
    gboolean available;
} PoucePresentDevice;

typedef struct {
    PoucePresentDevice devices[POUCE_DEVICES_MAX];
    int device_count;
    char *busy;                                // session id; NULL: free
    const char *listed[POUCE_DEVICES_MAX + 1]; // of pouce_directory_devices
} PoucePresence;

typedef struct {
    PouceHelperCard card; // strings owned here
    char ***skill_words;  // of each skill
    char **about_words;
    char *place_folded;
    char **place_words;
} PouceListed;

struct PouceDirectory {
    GHashTable *helpers;  // id -> PouceListed
    GHashTable *presence; // account -> PoucePresence
    GHashTable *known;    // "seeker helper" -> count, as gsize
    guint online;
};

gint64 pouce_directory_known(
    const PouceDirectory *directory, const char *seeker, const char *helper);

G_END_DECLS
