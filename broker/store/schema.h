// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The numbered migrations, embedded at build time, and the step that applies the missing ones.

#include "broker/store/db.h"

G_BEGIN_DECLS

typedef struct {
    const char *name; // "0001_core"; ends in _ENGINE when it is for one engine alone
    const char *sql;
} PouceMigration;

/** Ends with a NULL name. */
extern const PouceMigration pouce_migrations[];

/**
 * pouce_db_migrate - apply what is missing, each in its own transaction
 * Errors: FATAL when the database is newer than this program
 */
gboolean pouce_db_migrate(PouceDb *db, GError **error);

G_END_DECLS
