// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Inside the ledger: one transfer with its postings, its link in the chain and the balances,
// written together. Not for use outside broker/ledger.

#include "broker/ledger/ledger.h"

G_BEGIN_DECLS

/** hold → 2, post → 4: held, balance, earnings, fees. */
#define POUCE_POSTINGS_MAX 4

typedef struct {
    PouceMoneyKind kind;
    char *owner; // borrowed when written, owned when read
    gint64 amount;
} PoucePosting;

typedef struct {
    gint64 seq;
    char *id;
    char *key;
    char *kind;    // credit, hold, post, void
    char *session; // NULL: none
    char *owner;
    char *currency;
    gint64 amount; // what the verb was asked for
    gint64 fee;
    char *memo;
    gint64 created_s;
    char *hash;
    PoucePosting postings[POUCE_POSTINGS_MAX];
    int posting_count;
} PouceTransfer;

void pouce_transfer_clear(PouceTransfer *transfer); // of one that was read
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PouceTransfer, pouce_transfer_clear)

/** pouce_transfer_phase - credit, hold, or settle for post and void */
const char *pouce_transfer_phase(const char *kind);

/** pouce_transfer_link - hash of everything in @transfer but its hash; owned */
char *pouce_transfer_link(const PouceTransfer *transfer, const char *previous);

/**
 * pouce_transfer_write - give it a number and a hash, write it, move the balances
 * @transfer: seq and hash are the verb's; postings must sum to zero; those of 0 are left out
 * Errors: POUCE_LEDGER_ERROR_DENIED when a balance would fall below zero
 */
gboolean pouce_transfer_write(PouceDb *db, const PouceTransfer *transfer, GError **error);

typedef enum {
    POUCE_TRANSFER_NONE,
    POUCE_TRANSFER_FOUND, // @out is filled (without postings), to be cleared
    POUCE_TRANSFER_FAILED,
} PouceTransferFound;

PouceTransferFound pouce_transfer_find_key(
    PouceDb *db, const char *key, PouceTransfer *out, GError **error);
PouceTransferFound pouce_transfer_find_phase(
    PouceDb *db, const char *session, const char *phase, PouceTransfer *out, GError **error);

/** The columns that pouce_transfer_take reads, from 0. */
#define POUCE_TRANSFER_COLUMNS                                                                     \
    "seq, id, key, kind, session, owner, currency, amount, fee, memo, created_s, hash"
void pouce_transfer_take(PouceDbRows *rows, PouceTransfer *out);

gboolean pouce_money_kind_from_name(const char *name, PouceMoneyKind *out);

/** pouce_receipts_issue - number and write @row; its number is set (owned by the row) */
gboolean pouce_receipts_issue(PouceDb *db, PouceReceiptRow *row, GError **error);

G_END_DECLS
