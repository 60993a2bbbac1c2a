// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The ledger: whose money is where, and why, for ever.
//
// Every transfer is a list of postings that sums to zero. Transfers and postings are append-only
// (the tables refuse UPDATE and DELETE) and each transfer carries the SHA-256 of the one before it.
// Balances are sums kept beside them, in the same transaction; pouce_ledger_verify recomputes all.
//
// A session's money moves in two phases. hold: from the seeker's balance to the seeker's held
// account. settle, once a session: post (what is due to the helper and the fee, the rest back), or
// void (all back). A hold of 0 is a hold like any other, so that free sessions take the same way.
//
// All verbs run inside a closure of broker/store/store.h that writes. Money is gint64 minor units
// of one currency an account; sums are checked for overflow. Each request carries a key that never
// expires: the same key with the same request gives the first result, with another one MISMATCH.

#include "broker/store/db.h"

G_BEGIN_DECLS

#define POUCE_LEDGER_ERROR (pouce_ledger_error_quark())
GQuark pouce_ledger_error_quark(void);

typedef enum {
    POUCE_LEDGER_ERROR_DENIED,   // not enough money
    POUCE_LEDGER_ERROR_MISMATCH, // the key was used for another request
    POUCE_LEDGER_ERROR_CONFLICT, // this session is held or settled already, otherwise
    POUCE_LEDGER_ERROR_MISSING,  // no hold to settle
    POUCE_LEDGER_ERROR_LIMIT,    // an amount out of range, or an overflow
} PouceLedgerError;

/** Most in one transfer: 10^12 minor units; sums of a million of them still fit in 63 bits. */
#define POUCE_LEDGER_AMOUNT_MAX G_GINT64_CONSTANT(1000000000000)

/** What kinds of account there are. Only clearing may go below zero: it mirrors the outside. */
typedef enum {
    POUCE_MONEY_BALANCE,  // a person's money to spend
    POUCE_MONEY_HELD,     // the same person's money, promised to sessions
    POUCE_MONEY_EARNINGS, // a helper's, not yet paid out
    POUCE_MONEY_FEES,     // the operator's income; owner ""
    POUCE_MONEY_CLEARING, // the payment provider's side; owner ""
} PouceMoneyKind;

const char *pouce_money_kind_name(PouceMoneyKind kind);

typedef struct {
    const char *key;      // idempotency key, unique in the ledger
    const char *transfer; // id of the transfer, made by the caller
    const char *currency; // ISO 4217
    gint64 now_s;
} PouceLedgerRequest;

/** pouce_ledger_balance - 0 for an account that never moved */
gboolean pouce_ledger_balance(PouceDb *db, PouceMoneyKind kind, const char *owner,
    const char *currency, gint64 *out_minor, GError **error);

/** pouce_ledger_credit - money came in from outside (poucectl credit); @amount_minor > 0 */
gboolean pouce_ledger_credit(PouceDb *db, const PouceLedgerRequest *request, const char *owner,
    gint64 amount_minor, const char *memo, GError **error);

/** pouce_ledger_hold - once a session; DENIED when @seeker has less than @amount_minor (>= 0) */
gboolean pouce_ledger_hold(PouceDb *db, const PouceLedgerRequest *request, const char *session,
    const char *seeker, gint64 amount_minor, GError **error);

typedef struct {
    const char *session;
    const char *seeker;
    const char *helper;
    const char *seeker_name; // for the receipt
    const char *helper_name;
    const char *need;
    gint64 signed_ms;
    gint64 rate_minor_per_min;
    gint64 amount_minor; // 0 … the hold
    gint64 fee_minor;    // 0 … amount; see pouce_ledger_fee
} PouceLedgerSettlement;

typedef struct {
    char *number; // "2026-000001": continuous in its year, in order of issue
    char *session;
    char *seeker; // account ids and the names of the day
    char *helper;
    char *seeker_name;
    char *helper_name;
    char *need;
    gint64 signed_ms;
    gint64 rate_minor_per_min;
    char *currency;
    gint64 amount_minor;
    gint64 helper_amount_minor;
    gint64 fee_minor;
    gint64 issued_s;
} PouceReceiptRow;

void pouce_receipt_row_free(PouceReceiptRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceReceiptRow, pouce_receipt_row_free)

/**
 * pouce_ledger_fee - the operator's share of @amount_minor
 * @fee_bp: basis points, 0 … 10000; halves go to the helper
 */
gint64 pouce_ledger_fee(gint64 amount_minor, gint64 fee_bp);

/**
 * pouce_ledger_post - settle a session's hold: pay, give back the rest, write the receipt
 * @out_receipt: owned; settled before in the same way: the first receipt
 * Errors: CONFLICT when it was voided, or posted with another amount; LIMIT when amount > hold
 */
gboolean pouce_ledger_post(PouceDb *db, const PouceLedgerRequest *request,
    const PouceLedgerSettlement *settlement, PouceReceiptRow **out_receipt, GError **error);

/** pouce_ledger_void - give all of a session's hold back; no receipt; twice is once */
gboolean pouce_ledger_void(
    PouceDb *db, const PouceLedgerRequest *request, const char *session, GError **error);

PouceReceiptRow *pouce_receipts_find(PouceDb *db, const char *session, GError **error);
/** pouce_receipts_list - issued in [from, to), in order of number; the array frees its rows */
GPtrArray *pouce_receipts_list(PouceDb *db, gint64 from_s, gint64 to_s, GError **error);

/**
 * pouce_ledger_verify - recompute everything: sums to zero, chain, balances, receipts, settlements
 * @out_transfers: how many hold
 * @out_problem:   owned; NULL: all agrees. Otherwise one sentence about the first difference
 */
gboolean pouce_ledger_verify(
    PouceDb *db, gint64 *out_transfers, char **out_problem, GError **error);

G_END_DECLS
