// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "broker/ledger/transfer.h"

#include <string.h>

#include "broker/store/chain.h"

static const char *const kind_names[] = {"balance", "held", "earnings", "fees", "clearing"};

const char *pouce_money_kind_name(PouceMoneyKind kind)
{
    return kind_names[kind];
}

gboolean pouce_money_kind_from_name(const char *name, PouceMoneyKind *out)
{
    for (gsize i = 0; i < G_N_ELEMENTS(kind_names); i++) {
        if (strcmp(name, kind_names[i]) == 0) {
            *out = (PouceMoneyKind)i;
            return TRUE;
        }
    }
    return FALSE;
}

void pouce_transfer_clear(PouceTransfer *transfer)
{
    g_free(transfer->id);
    g_free(transfer->key);
    g_free(transfer->kind);
    g_free(transfer->session);
    g_free(transfer->owner);
    g_free(transfer->currency);
    g_free(transfer->memo);
    g_free(transfer->hash);
    for (int i = 0; i < transfer->posting_count; i++) {
        g_free(transfer->postings[i].owner);
    }
    memset(transfer, 0, sizeof *transfer);
}

const char *pouce_transfer_phase(const char *kind)
{
    return strcmp(kind, "post") == 0 || strcmp(kind, "void") == 0 ? "settle" : kind;
}

char *pouce_transfer_link(const PouceTransfer *transfer, const char *previous)
{
    PouceChain *chain = pouce_chain_begin("pouce-ledger-v1", previous);

    pouce_chain_int(chain, transfer->seq);
    pouce_chain_text(chain, transfer->id);
    pouce_chain_text(chain, transfer->key);
    pouce_chain_text(chain, transfer->kind);
    pouce_chain_text(chain, transfer->session);
    pouce_chain_text(chain, transfer->owner);
    pouce_chain_text(chain, transfer->currency);
    pouce_chain_int(chain, transfer->amount);
    pouce_chain_int(chain, transfer->fee);
    pouce_chain_text(chain, transfer->memo);
    pouce_chain_int(chain, transfer->created_s);
    for (int i = 0; i < transfer->posting_count; i++) {
        pouce_chain_text(chain, pouce_money_kind_name(transfer->postings[i].kind));
        pouce_chain_text(chain, transfer->postings[i].owner);
        pouce_chain_int(chain, transfer->postings[i].amount);
    }
    return pouce_chain_end(chain);
}

static gboolean move_balance(
    PouceDb *db, const PouceTransfer *transfer, const PoucePosting *posting, GError **error)
{
    gint64 balance = 0;

    if (!pouce_ledger_balance(
            db, posting->kind, posting->owner, transfer->currency, &balance, error)) {
        return FALSE;
    }
    gint64 after = 0;

    if (__builtin_add_overflow(balance, posting->amount, &after)) {
        g_set_error_literal(error, POUCE_LEDGER_ERROR, POUCE_LEDGER_ERROR_LIMIT,
            "The balance would not fit in 63 bits.");
        return FALSE;
    }
    if (after < 0 && posting->kind != POUCE_MONEY_CLEARING) {
        g_set_error(error, POUCE_LEDGER_ERROR, POUCE_LEDGER_ERROR_DENIED,
            "Not enough money: %" G_GINT64_FORMAT " is needed and %" G_GINT64_FORMAT
            " is there (in hundredths of %s). Credit the account or lower the cap.",
            -posting->amount, balance, transfer->currency);
        return FALSE;
    }
    return pouce_db_exec(db, error,
        "INSERT INTO ledger_balances (kind, owner, currency, balance) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (kind, owner, currency) DO UPDATE SET balance = excluded.balance",
        "ttti", pouce_money_kind_name(posting->kind), posting->owner, transfer->currency, after);
}

static gboolean write_posting(PouceDb *db, const PouceTransfer *transfer, int line, GError **error)
{
    const PoucePosting *posting = &transfer->postings[line];

    return move_balance(db, transfer, posting, error) &&
           pouce_db_exec(db, error,
               "INSERT INTO ledger_postings (transfer, line, kind, owner, currency, amount) "
               "VALUES ($1, $2, $3, $4, $5, $6)",
               "iittti", transfer->seq, (gint64)line, pouce_money_kind_name(posting->kind),
               posting->owner, transfer->currency, posting->amount);
}

static gboolean read_head(PouceDb *db, gint64 *out_seq, char **out_hash, GError **error)
{
    g_autoptr(PouceDbRows) rows = pouce_db_query(
        db, error, "SELECT seq, hash FROM ledger_transfers ORDER BY seq DESC LIMIT 1", "");
    PouceDbStep step = rows ? pouce_db_next(rows, error) : POUCE_DB_FAILED;

    if (step == POUCE_DB_FAILED) {
        return FALSE;
    }
    *out_seq = step == POUCE_DB_ROW ? pouce_db_int(rows, 0) : 0;
    *out_hash = g_strdup(step == POUCE_DB_ROW ? pouce_db_text(rows, 1) : POUCE_CHAIN_START);
    return TRUE;
}

gboolean pouce_transfer_write(PouceDb *db, const PouceTransfer *transfer, GError **error)
{
    PouceTransfer full = *transfer;
    g_autofree char *previous = NULL;
    gint64 sum = 0;

    g_assert(pouce_db_in_transaction(db));
    full.posting_count = 0;
    for (int i = 0; i < transfer->posting_count; i++) {
        g_assert(ABS(transfer->postings[i].amount) <= POUCE_LEDGER_AMOUNT_MAX);
        sum += transfer->postings[i].amount;
        if (transfer->postings[i].amount != 0) {
            full.postings[full.posting_count++] = transfer->postings[i];
        }
    }
    g_assert(sum == 0);
    if (!read_head(db, &full.seq, &previous, error)) {
        return FALSE;
    }
    full.seq++;
    g_autofree char *hash = pouce_transfer_link(&full, previous);

    if (!pouce_db_exec(db, error,
            "INSERT INTO ledger_transfers (seq, id, key, kind, phase, session, owner, currency, "
            "amount, fee, memo, created_s, hash) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            "itttttttiitit", full.seq, full.id, full.key, full.kind,
            pouce_transfer_phase(full.kind), full.session, full.owner, full.currency, full.amount,
            full.fee, full.memo, full.created_s, hash)) {
        return FALSE;
    }
    for (int i = 0; i < full.posting_count; i++) {
        if (!write_posting(db, &full, i, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

void pouce_transfer_take(PouceDbRows *rows, PouceTransfer *out)
{
    *out = (PouceTransfer){
        .seq = pouce_db_int(rows, 0),
        .id = g_strdup(pouce_db_text(rows, 1)),
        .key = g_strdup(pouce_db_text(rows, 2)),
        .kind = g_strdup(pouce_db_text(rows, 3)),
        .session = pouce_db_is_null(rows, 4) ? NULL : g_strdup(pouce_db_text(rows, 4)),
        .owner = g_strdup(pouce_db_text(rows, 5)),
        .currency = g_strdup(pouce_db_text(rows, 6)),
        .amount = pouce_db_int(rows, 7),
        .fee = pouce_db_int(rows, 8),
        .memo = g_strdup(pouce_db_text(rows, 9)),
        .created_s = pouce_db_int(rows, 10),
        .hash = g_strdup(pouce_db_text(rows, 11)),
    };
}

static PouceTransferFound take_one(PouceDbRows *rows, PouceTransfer *out, GError **error)
{
    PouceDbStep step = rows ? pouce_db_next(rows, error) : POUCE_DB_FAILED;

    if (step == POUCE_DB_ROW) {
        pouce_transfer_take(rows, out);
        return POUCE_TRANSFER_FOUND;
    }
    return step == POUCE_DB_END ? POUCE_TRANSFER_NONE : POUCE_TRANSFER_FAILED;
}

PouceTransferFound pouce_transfer_find_key(
    PouceDb *db, const char *key, PouceTransfer *out, GError **error)
{
    g_autoptr(PouceDbRows) rows = pouce_db_query(db, error,
        "SELECT " POUCE_TRANSFER_COLUMNS " FROM ledger_transfers WHERE key = $1", "t", key);

    return take_one(rows, out, error);
}

PouceTransferFound pouce_transfer_find_phase(
    PouceDb *db, const char *session, const char *phase, PouceTransfer *out, GError **error)
{
    g_autoptr(PouceDbRows) rows = pouce_db_query(db, error,
        "SELECT " POUCE_TRANSFER_COLUMNS " FROM ledger_transfers "
        "WHERE session = $1 AND phase = $2",
        "tt", session, phase);

    return take_one(rows, out, error);
}
