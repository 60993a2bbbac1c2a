// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The admin socket: `admin.sock` in the data folder (0600), one JSON object a line each way.
// poucectl speaks it. A request is {"command": NAME, …}; the answer {"ok": true, …} or {"ok":
// false, "detail": SENTENCE}. Whoever can open the socket is the operator: the folder's owner. Main
// thread.
#pragma once

#include "broker/http/api.h"

#define POUCE_ADMIN_SOCKET "admin.sock"
#define POUCE_ADMIN_LINE_MAX_BYTES (256 * 1024)
#define POUCE_ADMIN_MAX_CONNECTIONS 16

typedef struct PouceAdmin PouceAdmin;

typedef struct {
    const PouceApi *api; /* borrowed, outlives this */
    const char *data;    /* the data folder */
    json_t *status;      /* what `status` answers: addresses and settings; a reference is taken */
} PouceAdminConfig;

PouceAdmin *pouce_admin_new(const PouceAdminConfig *config, GError **error);
void pouce_admin_free(PouceAdmin *admin);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceAdmin, pouce_admin_free)

/** The socket's address for a data folder of any length: through an open descriptor of the folder.
 * Both sides. */
GSocketAddress *pouce_admin_address(const char *data, int *out_folder_fd, GError **error);
