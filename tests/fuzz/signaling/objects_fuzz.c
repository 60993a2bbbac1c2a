// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Any bytes as what the broker answers over HTTP: each object is read, and what was read reads
// again as itself. The first byte chooses the object.

#include <string.h>

#include "signaling/wire/json.h"
#include "signaling/wire/session.h"

#define ANSWER_MAX_BYTES (64 * 1024)

int LLVMFuzzerTestOneInput(const guint8 *data, gsize bytes);

// NULL when it is none; else what was read, written again.
static json_t *pass(char kind, json_t *json)
{
    g_autoptr(GError) error = NULL;
    json_t *again = NULL;
    if (kind == 'h') {
        g_autoptr(PouceHelper) helper = pouce_helper_from_json(json, &error);
        again = helper ? pouce_helper_to_json(helper) : NULL;
    } else if (kind == 'a') {
        g_autoptr(PouceAccount) account = pouce_account_from_json(json, &error);
        again = account ? pouce_account_to_json(account) : NULL;
    } else if (kind == 's') {
        g_autoptr(PouceSession) session = pouce_session_from_json(json, &error);
        again = session ? pouce_session_to_json(session) : NULL;
    } else if (kind == 'r') {
        g_autoptr(PouceReceipt) receipt = pouce_receipt_from_json(json, &error);
        again = receipt ? pouce_receipt_to_json(receipt) : NULL;
    } else {
        g_autoptr(PouceParty) party = pouce_party_from_json(json, &error);
        again = party ? pouce_party_to_json(party) : NULL;
    }
    g_assert(again || (error && g_utf8_validate(error->message, -1, NULL)));
    return again;
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize bytes)
{
    if (bytes < 1)
        return 0;
    char kind = (char)data[0];
    g_autoptr(json_t) json = pouce_json_parse(data + 1, bytes - 1, ANSWER_MAX_BYTES, NULL);
    g_autoptr(json_t) first = json ? pass(kind, json) : NULL;
    if (!first)
        return 0;
    g_autoptr(json_t) second = pass(kind, first);
    g_assert(second && json_equal(first, second));
    return 0;
}
