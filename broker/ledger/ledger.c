// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "broker/ledger/ledger.h"

#include <string.h>

#include "broker/ledger/transfer.h"

G_DEFINE_QUARK(pouce - ledger - error - quark, pouce_ledger_error)

gboolean pouce_ledger_balance(PouceDb *db, PouceMoneyKind kind, const char *owner,
    const char *currency, gint64 *out_minor, GError **error)
{
    g_autoptr(PouceDbRows) rows = pouce_db_query(db, error,
        "SELECT balance FROM ledger_balances WHERE kind = $1 AND owner = $2 AND currency = $3",
        "ttt", pouce_money_kind_name(kind), owner, currency);
    PouceDbStep step = rows ? pouce_db_next(rows, error) : POUCE_DB_FAILED;

    if (step == POUCE_DB_FAILED) {
        return FALSE;
    }
    *out_minor = step == POUCE_DB_ROW ? pouce_db_int(rows, 0) : 0;
    return TRUE;
}

gint64 pouce_ledger_fee(gint64 amount_minor, gint64 fee_bp)
{
    g_assert(amount_minor >= 0 && amount_minor <= POUCE_LEDGER_AMOUNT_MAX);
    g_assert(fee_bp >= 0 && fee_bp <= 10000);
    gint64 tenths = amount_minor * fee_bp; // at most 10^16

    return tenths / 10000 + (tenths % 10000 > 5000 ? 1 : 0);
}

static gboolean check_amount(gint64 amount, gint64 least, GError **error)
{
    if (amount < least || amount > POUCE_LEDGER_AMOUNT_MAX) {
        g_set_error(error, POUCE_LEDGER_ERROR, POUCE_LEDGER_ERROR_LIMIT,
            "An amount must be between %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT
            " hundredths, and %" G_GINT64_FORMAT " is not.",
            least, POUCE_LEDGER_AMOUNT_MAX, amount);
        return FALSE;
    }
    return TRUE;
}

static gboolean is_same(const PouceTransfer *a, const PouceTransfer *b)
{
    return strcmp(a->kind, b->kind) == 0 && g_strcmp0(a->session, b->session) == 0 &&
           strcmp(a->owner, b->owner) == 0 && strcmp(a->currency, b->currency) == 0 &&
           a->amount == b->amount && a->fee == b->fee;
}

typedef enum {
    DO_IT,
    DONE_BEFORE,
    NO,
} Answered;

// Has this key, or this phase of the session, been done already?
static Answered was_done(PouceDb *db, const PouceTransfer *wanted, GError **error)
{
    g_auto(PouceTransfer) first = {0};
    PouceTransferFound found = pouce_transfer_find_key(db, wanted->key, &first, error);
    int code = POUCE_LEDGER_ERROR_MISMATCH;

    if (found == POUCE_TRANSFER_NONE && wanted->session) {
        found = pouce_transfer_find_phase(
            db, wanted->session, pouce_transfer_phase(wanted->kind), &first, error);
        code = POUCE_LEDGER_ERROR_CONFLICT;
    }
    if (found == POUCE_TRANSFER_FAILED) {
        return NO;
    }
    if (found == POUCE_TRANSFER_NONE) {
        return DO_IT;
    }
    if (is_same(&first, wanted)) {
        return DONE_BEFORE;
    }
    g_set_error(error, POUCE_LEDGER_ERROR, code,
        "There is already a %s of %" G_GINT64_FORMAT " with this %s; it stands.", first.kind,
        first.amount, code == POUCE_LEDGER_ERROR_MISMATCH ? "key" : "session");
    return NO;
}

static PouceTransfer begin(const PouceLedgerRequest *request, const char *kind, const char *session,
    const char *owner, gint64 amount)
{
    return (PouceTransfer){
        .id = (char *)request->transfer,
        .key = (char *)request->key,
        .kind = (char *)kind,
        .session = (char *)session,
        .owner = (char *)owner,
        .currency = (char *)request->currency,
        .amount = amount,
        .memo = (char *)"",
        .created_s = request->now_s,
    };
}

static void add(PouceTransfer *transfer, PouceMoneyKind kind, const char *owner, gint64 amount)
{
    g_assert(transfer->posting_count < POUCE_POSTINGS_MAX);
    transfer->postings[transfer->posting_count++] = (PoucePosting){kind, (char *)owner, amount};
}

gboolean pouce_ledger_credit(PouceDb *db, const PouceLedgerRequest *request, const char *owner,
    gint64 amount_minor, const char *memo, GError **error)
{
    if (!check_amount(amount_minor, 1, error)) {
        return FALSE;
    }
    PouceTransfer credit = begin(request, "credit", NULL, owner, amount_minor);

    credit.memo = (char *)memo;
    add(&credit, POUCE_MONEY_CLEARING, "", -amount_minor);
    add(&credit, POUCE_MONEY_BALANCE, owner, amount_minor);
    Answered answered = was_done(db, &credit, error);

    return answered == DONE_BEFORE ||
           (answered == DO_IT && pouce_transfer_write(db, &credit, error));
}

gboolean pouce_ledger_hold(PouceDb *db, const PouceLedgerRequest *request, const char *session,
    const char *seeker, gint64 amount_minor, GError **error)
{
    if (!check_amount(amount_minor, 0, error)) {
        return FALSE;
    }
    PouceTransfer hold = begin(request, "hold", session, seeker, amount_minor);

    add(&hold, POUCE_MONEY_BALANCE, seeker, -amount_minor);
    add(&hold, POUCE_MONEY_HELD, seeker, amount_minor);
    Answered answered = was_done(db, &hold, error);

    return answered == DONE_BEFORE || (answered == DO_IT && pouce_transfer_write(db, &hold, error));
}

static gboolean find_hold(PouceDb *db, const char *session, PouceTransfer *out, GError **error)
{
    PouceTransferFound found = pouce_transfer_find_phase(db, session, "hold", out, error);

    if (found == POUCE_TRANSFER_NONE) {
        g_set_error(error, POUCE_LEDGER_ERROR, POUCE_LEDGER_ERROR_MISSING,
            "Session %s has no hold to settle.", session);
    }
    return found == POUCE_TRANSFER_FOUND;
}

static gboolean check_settlement(
    const PouceLedgerSettlement *settlement, const PouceTransfer *hold, GError **error)
{
    if (settlement->amount_minor < 0 || settlement->amount_minor > hold->amount) {
        g_set_error(error, POUCE_LEDGER_ERROR, POUCE_LEDGER_ERROR_LIMIT,
            "%" G_GINT64_FORMAT " cannot be taken from a hold of %" G_GINT64_FORMAT ".",
            settlement->amount_minor, hold->amount);
        return FALSE;
    }
    if (settlement->fee_minor < 0 || settlement->fee_minor > settlement->amount_minor ||
        strcmp(settlement->seeker, hold->owner) != 0) {
        g_set_error_literal(error, POUCE_LEDGER_ERROR, POUCE_LEDGER_ERROR_LIMIT,
            "The fee is more than the amount, or the hold is somebody else's.");
        return FALSE;
    }
    return TRUE;
}

static gboolean write_post(PouceDb *db, const PouceLedgerSettlement *settlement,
    const PouceTransfer *hold, PouceTransfer *post, GError **error)
{
    add(post, POUCE_MONEY_HELD, settlement->seeker, -hold->amount);
    add(post, POUCE_MONEY_BALANCE, settlement->seeker, hold->amount - settlement->amount_minor);
    add(post, POUCE_MONEY_EARNINGS, settlement->helper,
        settlement->amount_minor - settlement->fee_minor);
    add(post, POUCE_MONEY_FEES, "", settlement->fee_minor);
    return pouce_transfer_write(db, post, error);
}

static gboolean write_receipt(PouceDb *db, const PouceLedgerRequest *request,
    const PouceLedgerSettlement *settlement, GError **error)
{
    g_autoptr(PouceReceiptRow) row = g_new0(PouceReceiptRow, 1);

    row->session = g_strdup(settlement->session);
    row->seeker = g_strdup(settlement->seeker);
    row->helper = g_strdup(settlement->helper);
    row->seeker_name = g_strdup(settlement->seeker_name);
    row->helper_name = g_strdup(settlement->helper_name);
    row->need = g_strdup(settlement->need);
    row->signed_ms = settlement->signed_ms;
    row->rate_minor_per_min = settlement->rate_minor_per_min;
    row->currency = g_strdup(request->currency);
    row->amount_minor = settlement->amount_minor;
    row->helper_amount_minor = settlement->amount_minor - settlement->fee_minor;
    row->fee_minor = settlement->fee_minor;
    row->issued_s = request->now_s;
    return pouce_receipts_issue(db, row, error);
}

gboolean pouce_ledger_post(PouceDb *db, const PouceLedgerRequest *request,
    const PouceLedgerSettlement *settlement, PouceReceiptRow **out_receipt, GError **error)
{
    g_auto(PouceTransfer) hold = {0};

    if (!find_hold(db, settlement->session, &hold, error) ||
        !check_settlement(settlement, &hold, error)) {
        return FALSE;
    }
    PouceTransfer post =
        begin(request, "post", settlement->session, settlement->seeker, settlement->amount_minor);

    post.fee = settlement->fee_minor;
    Answered answered = was_done(db, &post, error);

    if (answered == NO) {
        return FALSE;
    }
    if (answered == DO_IT && (!write_post(db, settlement, &hold, &post, error) ||
                                 !write_receipt(db, request, settlement, error))) {
        return FALSE;
    }
    // Read back, so that the first time and every later time say the same.
    PouceReceiptRow *receipt = pouce_receipts_find(db, settlement->session, error);

    if (!receipt) {
        if (error && !*error) {
            g_set_error(error, POUCE_LEDGER_ERROR, POUCE_LEDGER_ERROR_MISSING,
                "Session %s is settled without a receipt.", settlement->session);
        }
        return FALSE;
    }
    *out_receipt = receipt;
    return TRUE;
}

gboolean pouce_ledger_void(
    PouceDb *db, const PouceLedgerRequest *request, const char *session, GError **error)
{
    g_auto(PouceTransfer) hold = {0};

    if (!find_hold(db, session, &hold, error)) {
        return FALSE;
    }
    PouceTransfer undo = begin(request, "void", session, hold.owner, hold.amount);

    add(&undo, POUCE_MONEY_HELD, hold.owner, -hold.amount);
    add(&undo, POUCE_MONEY_BALANCE, hold.owner, hold.amount);
    Answered answered = was_done(db, &undo, error);

    return answered == DONE_BEFORE || (answered == DO_IT && pouce_transfer_write(db, &undo, error));
}
