// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "broker/ledger/ledger.h"

#include <string.h>

#include "broker/ledger/transfer.h"
#include "broker/store/chain.h"

// Walks the whole ledger once; the first problem stops it.
typedef struct {
    PouceDb *db;
    GHashTable *balances; // "kind owner currency" -> gint64 *
    char *previous;       // link
    gint64 transfers;
    char *problem; // owned; NULL: none so far
} Walk;

static void walk_clear(Walk *walk)
{
    g_hash_table_unref(walk->balances);
    g_free(walk->previous);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Walk, walk_clear)

static void add_balance(Walk *walk, const PouceTransfer *transfer, const PoucePosting *posting)
{
    g_autofree char *name = g_strdup_printf(
        "%s %s %s", pouce_money_kind_name(posting->kind), posting->owner, transfer->currency);
    gint64 *balance = g_hash_table_lookup(walk->balances, name);

    if (!balance) {
        balance = g_new0(gint64, 1);
        g_hash_table_insert(walk->balances, g_strdup(name), balance);
    }
    if (__builtin_add_overflow(*balance, posting->amount, balance)) {
        walk->problem = g_strdup_printf("The balance of %s does not fit in 63 bits.", name);
    } else if (*balance < 0 && posting->kind != POUCE_MONEY_CLEARING) {
        walk->problem = g_strdup_printf(
            "Transfer %" G_GINT64_FORMAT " takes %s below zero.", transfer->seq, name);
    }
}

static gboolean read_postings(Walk *walk, PouceTransfer *transfer, GError **error)
{
    g_autoptr(PouceDbRows) rows = pouce_db_query(walk->db, error,
        "SELECT kind, owner, currency, amount, line FROM ledger_postings WHERE transfer = $1 "
        "ORDER BY line",
        "i", transfer->seq);
    PouceDbStep step = rows ? POUCE_DB_ROW : POUCE_DB_FAILED;
    gint64 sum = 0;

    while (step == POUCE_DB_ROW && (step = pouce_db_next(rows, error)) == POUCE_DB_ROW) {
        PoucePosting *posting = &transfer->postings[transfer->posting_count];

        if (transfer->posting_count == POUCE_POSTINGS_MAX ||
            pouce_db_int(rows, 4) != transfer->posting_count ||
            !pouce_money_kind_from_name(pouce_db_text(rows, 0), &posting->kind) ||
            strcmp(pouce_db_text(rows, 2), transfer->currency) != 0) {
            walk->problem = g_strdup_printf(
                "Transfer %" G_GINT64_FORMAT " has a posting that cannot be.", transfer->seq);
            return TRUE;
        }
        posting->owner = g_strdup(pouce_db_text(rows, 1));
        posting->amount = pouce_db_int(rows, 3);
        transfer->posting_count++;
        if (__builtin_add_overflow(sum, posting->amount, &sum)) {
            sum = G_MAXINT64;
        }
    }
    if (step != POUCE_DB_FAILED && sum != 0) {
        walk->problem = g_strdup_printf(
            "The postings of transfer %" G_GINT64_FORMAT " do not sum to zero.", transfer->seq);
    }
    return step != POUCE_DB_FAILED;
}

static gboolean check_transfer(Walk *walk, PouceTransfer *transfer, GError **error)
{
    if (transfer->seq != walk->transfers + 1) {
        walk->problem =
            g_strdup_printf("Transfer %" G_GINT64_FORMAT " is missing.", walk->transfers + 1);
        return TRUE;
    }
    if (!read_postings(walk, transfer, error)) {
        return FALSE;
    }
    if (walk->problem) {
        return TRUE;
    }
    g_autofree char *link = pouce_transfer_link(transfer, walk->previous);

    if (strcmp(link, transfer->hash) != 0) {
        walk->problem =
            g_strdup_printf("Transfer %" G_GINT64_FORMAT " does not fit its hash.", transfer->seq);
    }
    for (int i = 0; i < transfer->posting_count && !walk->problem; i++) {
        add_balance(walk, transfer, &transfer->postings[i]);
    }
    g_free(walk->previous);
    walk->previous = g_steal_pointer(&link);
    walk->transfers += walk->problem ? 0 : 1;
    return TRUE;
}

static gboolean walk_transfers(Walk *walk, GError **error)
{
    g_autoptr(PouceDbRows) rows = pouce_db_query(walk->db, error,
        "SELECT " POUCE_TRANSFER_COLUMNS " FROM ledger_transfers ORDER BY seq", "");
    PouceDbStep step = rows ? POUCE_DB_ROW : POUCE_DB_FAILED;

    while (!walk->problem && step == POUCE_DB_ROW &&
           (step = pouce_db_next(rows, error)) == POUCE_DB_ROW) {
        g_auto(PouceTransfer) transfer = {0};

        pouce_transfer_take(rows, &transfer);
        if (!check_transfer(walk, &transfer, error)) {
            return FALSE;
        }
    }
    return step != POUCE_DB_FAILED;
}

static gboolean compare_balances(Walk *walk, GError **error)
{
    g_autoptr(PouceDbRows) rows = pouce_db_query(walk->db, error,
        "SELECT kind, owner, currency, balance FROM ledger_balances ORDER BY kind, owner, currency",
        "");
    PouceDbStep step = rows ? POUCE_DB_ROW : POUCE_DB_FAILED;

    while (!walk->problem && step == POUCE_DB_ROW &&
           (step = pouce_db_next(rows, error)) == POUCE_DB_ROW) {
        g_autofree char *name = g_strdup_printf(
            "%s %s %s", pouce_db_text(rows, 0), pouce_db_text(rows, 1), pouce_db_text(rows, 2));
        const gint64 *balance = g_hash_table_lookup(walk->balances, name);
        gint64 wanted = balance ? *balance : 0;

        if (wanted != pouce_db_int(rows, 3)) {
            walk->problem = g_strdup_printf("The balance of %s says %" G_GINT64_FORMAT
                                            " and its postings sum to %" G_GINT64_FORMAT ".",
                name, pouce_db_int(rows, 3), wanted);
        }
        g_hash_table_remove(walk->balances, name);
    }
    GHashTableIter iter;
    gpointer name;
    gpointer value;

    g_hash_table_iter_init(&iter, walk->balances);
    while (step == POUCE_DB_END && !walk->problem && g_hash_table_iter_next(&iter, &name, &value)) {
        if (*(gint64 *)value != 0) {
            walk->problem = g_strdup_printf("The balance of %s is missing.", (char *)name);
        }
    }
    return step != POUCE_DB_FAILED;
}

// Each question gives the ids that must not exist.
static const struct {
    const char *sql;
    const char *sentence;
} questions[] = {
    {"SELECT t.session FROM ledger_transfers t LEFT JOIN receipts r ON r.session = t.session "
     "WHERE t.kind = 'post' AND (r.session IS NULL OR r.amount_minor <> t.amount "
     "OR r.fee_minor <> t.fee OR r.helper_amount_minor <> t.amount - t.fee) LIMIT 1",
        "Session %s was paid for without a receipt that says the same."},
    {"SELECT r.number FROM receipts r LEFT JOIN ledger_transfers t ON t.session = r.session "
     "AND t.kind = 'post' WHERE t.session IS NULL LIMIT 1",
        "Receipt %s belongs to no payment."},
    {"SELECT c.year FROM receipt_counters c WHERE c.last <> "
     "(SELECT COUNT(*) FROM receipts r WHERE r.year = c.year) LIMIT 1",
        "The receipts of %s are not numbered without a gap."},
    {"SELECT s.session FROM ledger_transfers s LEFT JOIN ledger_transfers h "
     "ON h.session = s.session AND h.phase = 'hold' WHERE s.phase = 'settle' "
     "AND (h.session IS NULL OR h.seq > s.seq OR s.amount > h.amount) LIMIT 1",
        "Session %s was settled without a hold that covers it."},
};

static gboolean ask_questions(Walk *walk, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(questions) && !walk->problem; i++) {
        g_autoptr(PouceDbRows) rows = pouce_db_query(walk->db, error, questions[i].sql, "");
        PouceDbStep step = rows ? pouce_db_next(rows, error) : POUCE_DB_FAILED;

        if (step == POUCE_DB_FAILED) {
            return FALSE;
        }
        if (step == POUCE_DB_ROW) {
            g_auto(GStrv) parts = g_strsplit(questions[i].sentence, "%s", 2);

            walk->problem = g_strconcat(parts[0], pouce_db_text(rows, 0), parts[1], NULL);
        }
    }
    return TRUE;
}

gboolean pouce_ledger_verify(PouceDb *db, gint64 *out_transfers, char **out_problem, GError **error)
{
    g_auto(Walk) walk = {
        .db = db,
        .balances = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
        .previous = g_strdup(POUCE_CHAIN_START),
    };

    if (!walk_transfers(&walk, error) || (!walk.problem && !compare_balances(&walk, error)) ||
        (!walk.problem && !ask_questions(&walk, error))) {
        g_free(walk.problem);
        return FALSE;
    }
    *out_transfers = walk.transfers;
    *out_problem = walk.problem;
    return TRUE;
}
