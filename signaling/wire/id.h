// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
//
// Ids are UUIDv7 (RFC 9562) in lower case: sortable by time of creation, unguessable enough for a
// primary key, never a secret.
#pragma once

#include <glib.h>

#include "signaling/wire/limits.h"

/** pouce_id_make - a new id for the wall-clock time @unix_ms; @out is NUL-terminated */
void pouce_id_make(gint64 unix_ms, char out[POUCE_ID_CHARS + 1]);

/** pouce_id_valid - TRUE for 36 characters, lower case, version 7, RFC variant; NULL is FALSE */
gboolean pouce_id_valid(const char *text);
