// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the admin socket can be asked: a table of commands, each a closure of the store and an
// answer. Used by admin.c alone.
#pragma once

#include "broker/http/api.h"

/** One request on its way; owned by whoever answers it, freed by the answer. */
typedef struct PouceOrder PouceOrder;
struct PouceOrder {
    const PouceApi *api;
    json_t *request; /* reference */
    json_t *status;  /* borrowed */
    json_t *answer;  /* being built, on any thread that holds the order; {"ok": true} at first */
    char *reached;   /* id of the account that the command found */
    PouceSecret secret;
    gboolean changed_rights;
    void (*reply)(PouceOrder *order, const char *detail); /* NULL detail: done */
    gpointer connection;
};

/** pouce_order_run - finds the command and runs it; answers later or at once, exactly once. */
void pouce_order_run(PouceOrder *order);
