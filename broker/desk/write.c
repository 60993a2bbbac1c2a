// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// One call's effects, made durable in one closure and told afterwards.

#include <string.h>

#include "broker/desk/parts.h"
#include "broker/store/audit.h"
#include "signaling/wire/id.h"

PouceDeskWrite *pouce_desk_write_new(PouceDesk *desk, gint64 now_us, gint64 now_s)
{
    PouceDeskWrite *write = g_new0(PouceDeskWrite, 1);

    write->refs = 1;
    write->desk = desk;
    write->audit = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    write->ticks = g_ptr_array_new_with_free_func((GDestroyNotify)pouce_tick_row_free);
    write->over = g_ptr_array_new_with_free_func(g_free);
    write->fee_bp = desk->fee_bp;
    write->now_us = now_us;
    write->now_s = now_s;
    return write;
}

// The owner's thread only, like everything that is counted here.
void pouce_desk_write_unref(PouceDeskWrite *write)
{
    if (--write->refs > 0) {
        return;
    }
    pouce_session_row_free(write->row);
    g_ptr_array_unref(write->audit);
    g_ptr_array_unref(write->ticks);
    g_ptr_array_unref(write->over);
    g_free(write->key);
    g_free(write->account);
    g_clear_pointer(&write->body_hash, g_bytes_unref);
    g_clear_pointer(&write->answer, g_bytes_unref);
    g_free(write->receipt);
    g_clear_error(&write->refused);
    g_free(write);
}

static void add_audit(PouceDeskWrite *write, const PouceEffect *effect)
{
    // Ticks are evidence of their own; only what they change is a transition.
    if (effect->from == effect->to && effect->event == POUCE_MARKET_TICK) {
        return;
    }
    char **line = g_new0(char *, 4);

    line[0] = g_strdup(effect->actor);
    line[1] = g_strdup_printf("session.%s", pouce_market_event_name(effect->event));
    line[2] =
        g_strdup_printf("%s -> %s", pouce_state_name(effect->from), pouce_state_name(effect->to));
    g_ptr_array_add(write->audit, line);
}

static void add_tick(PouceDeskWrite *write, const PouceMarketSession *session,
    const PouceEffect *effect, const PouceSignedTick *tick)
{
    PouceTickRow *row = g_new0(PouceTickRow, 1);

    row->session = g_strdup(session->id);
    row->role = g_strdup(pouce_role_name(effect->role));
    row->seq = effect->seq;
    row->live_ms = effect->live_ms;
    row->text = g_bytes_new(tick->text, tick->text_bytes);
    row->sig = g_bytes_new(tick->sig, POUCE_SIG_BYTES);
    row->counter_sig = g_bytes_new(tick->counter_sig, POUCE_SIG_BYTES);
    row->received_s = write->now_s;
    g_ptr_array_add(write->ticks, row);
}

void pouce_desk_write_add(PouceDeskWrite *write, const PouceMarketSession *session,
    const PouceEffects *effects, const PouceSignedTick *tick)
{
    for (int i = 0; i < effects->count; i++) {
        const PouceEffect *effect = &effects->list[i];

        switch (effect->kind) {
        case POUCE_EFFECT_HOLD:
            write->hold = TRUE;
            break;
        case POUCE_EFFECT_SAVE:
            write->save = TRUE;
            write->settled = write->settled || effect->to == POUCE_STATE_SETTLED;
            add_audit(write, effect);
            break;
        case POUCE_EFFECT_RING:
            write->ring = TRUE;
            break;
        case POUCE_EFFECT_RING_OVER:
            g_ptr_array_add(write->over, g_strdup(session->candidates[effect->candidate].helper));
            write->over_why = effect->why;
            break;
        case POUCE_EFFECT_TELL:
            write->tell = TRUE;
            break;
        case POUCE_EFFECT_SETTLE:
            write->settle = TRUE;
            break;
        case POUCE_EFFECT_VOID:
            write->release = TRUE;
            break;
        case POUCE_EFFECT_TICK:
            add_tick(write, session, effect, tick);
            break;
        case POUCE_EFFECT_ACK:
            write->ack = TRUE;
            break;
        case POUCE_EFFECT_RATE:
            write->rate = TRUE;
            break;
        case POUCE_EFFECT_FORGET:
            write->forget = TRUE;
            break;
        }
    }
}

// One key for each phase of a session: the ledger does each once.
static gboolean move_money(PouceDb *db, PouceDeskWrite *write, const char *phase, GError **error)
{
    const PouceSessionRow *row = write->row;
    g_autofree char *key = g_strdup_printf("%s:%s", phase, row->id);
    char transfer[POUCE_ID_CHARS + 1];
    g_autoptr(PouceReceiptRow) receipt = NULL;

    pouce_id_make(write->now_s * 1000, transfer);
    PouceLedgerRequest request = {key, transfer, row->currency, write->now_s};

    if (strcmp(phase, "hold") == 0) {
        return pouce_ledger_hold(
            db, &request, row->id, row->seeker.account, row->hold_minor, error);
    }
    if (strcmp(phase, "void") == 0) {
        return pouce_ledger_void(db, &request, row->id, error);
    }
    PouceLedgerSettlement settlement = {
        .session = row->id,
        .seeker = row->seeker.account,
        .helper = row->helper.account,
        .seeker_name = row->seeker.name,
        .helper_name = row->helper.name,
        .need = row->need,
        .signed_ms = row->signed_ms,
        .rate_minor_per_min = row->rate_minor_per_min,
        .amount_minor = row->cost_minor,
        .fee_minor = pouce_ledger_fee(row->cost_minor, write->fee_bp),
    };
    GError *failure = NULL;

    // Settled before a crash, perhaps with the fee of that day: that one stands.
    receipt = pouce_receipts_find(db, row->id, &failure);
    if (failure) {
        g_propagate_error(error, failure);
        return FALSE;
    }
    if (!receipt && !pouce_ledger_post(db, &request, &settlement, &receipt, error)) {
        return FALSE;
    }
    write->receipt = g_strdup(receipt->number);
    return TRUE;
}

static gboolean write_records(PouceDb *db, PouceDeskWrite *write, GError **error)
{
    const PouceSessionRow *row = write->row;

    for (guint i = 0; i < write->ticks->len; i++) {
        if (!pouce_ticks_insert(db, write->ticks->pdata[i], error)) {
            return FALSE;
        }
    }
    if (write->rate && !pouce_ratings_insert(db, row->id, row->seeker.account, row->helper.account,
                           row->stars, row->comment, write->now_s, error)) {
        return FALSE;
    }
    for (guint i = 0; i < write->audit->len; i++) {
        char **line = write->audit->pdata[i];

        if (!pouce_audit_append(db, write->now_s, line[0], row->id, line[1], line[2], error)) {
            return FALSE;
        }
    }
    return !write->save || pouce_sessions_save(db, row, error);
}

static gboolean work(PouceDb *db, gpointer data, GError **error)
{
    PouceDeskWrite *write = data;

    if (write->key && !pouce_requests_put(db, write->account, write->key, write->body_hash, 201,
                          write->answer, write->now_s, error)) {
        return FALSE;
    }
    return (!write->hold || move_money(db, write, "hold", error)) &&
           (!write->release || move_money(db, write, "void", error)) &&
           (!write->settle || move_money(db, write, "settle", error)) &&
           write_records(db, write, error);
}

static void show(PouceDeskWrite *write)
{
    PouceDesk *desk = write->desk;
    const PouceDeskListener *listener = &desk->listener;

    for (guint i = 0; i < write->over->len && listener->ring_over; i++) {
        listener->ring_over(desk->data, write->row, write->over->pdata[i], write->over_why);
    }
    if (write->ring && listener->ring) {
        listener->ring(desk->data, write->row, POUCE_RING_US / 1000);
    }
    if (write->tell && listener->changed) {
        listener->changed(desk->data, write->row);
    }
    if (write->ack && listener->ticks) {
        listener->ticks(
            desk->data, write->row, write->seqs[POUCE_ROLE_SEEKER], write->seqs[POUCE_ROLE_HELPER]);
    }
    if (write->rate) {
        pouce_directory_rated(desk->directory, write->row->helper.account, write->row->stars);
    }
    if (write->settled) {
        pouce_directory_settled(
            desk->directory, write->row->seeker.account, write->row->helper.account);
    }
}

static void answer(PouceDeskWrite *write, const GError *error)
{
    if (write->created) {
        write->created(write->done_data, error ? NULL : write->answer, error);
    } else if (write->done) {
        write->done(write->done_data, error ? NULL : write->row, error);
    }
}

static void settle_in_memory(PouceDeskWrite *write)
{
    PouceDeskEntry *entry = g_hash_table_lookup(write->desk->entries, write->row->id);
    PouceMarketEvent event = {.kind = POUCE_MARKET_SETTLED,
        .now_us = write->now_us,
        .now_s = write->now_s,
        .text = write->receipt};
    g_autoptr(GError) error = NULL;

    if (entry && !pouce_desk_apply(write->desk, entry->session, &event, NULL, &error)) {
        g_warning("Session %s cannot be settled: %s", write->row->id, error->message);
    }
}

static void on_failed(PouceDeskWrite *write, const GError *error)
{
    if (write->hold) { // never existed for anybody else
        PouceDeskEntry *entry = g_hash_table_lookup(write->desk->entries, write->row->id);
        PouceMarketEvent event = {.kind = POUCE_MARKET_HOLD_DENIED};
        PouceEffects effects;

        if (entry) {
            pouce_market_session_apply(entry->session, &event, &effects, NULL);
            pouce_desk_forget(write->desk, write->row->id);
        }
    } else if (!g_error_matches(error, POUCE_DB_ERROR, POUCE_DB_ERROR_CLOSED) && !write->rate) {
        g_warning("Session %s could not be recorded: %s", write->row->id, error->message);
    }
    answer(write, error);
}

static void on_done(gpointer data, const GError *error)
{
    PouceDeskWrite *write = data;

    if (error) {
        on_failed(write, error);
        return;
    }
    PouceDeskEntry *entry = g_hash_table_lookup(write->desk->entries, write->row->id);

    if (entry && write->hold) {
        entry->placed = TRUE;
        pouce_desk_watch(write->desk, entry->session->due_us);
    }
    show(write);
    answer(write, write->refused);
    if (write->settle) {
        settle_in_memory(write);
    }
    if (write->forget) {
        pouce_desk_forget(write->desk, write->row->id);
    }
}

static void on_stored(gpointer data, const GError *error)
{
    PouceDeskWrite *write = data;

    write->desk->writing--;
    on_done(write, error);
}

static gboolean is_durable_already(const PouceDeskWrite *write)
{
    gboolean nothing = !write->hold && !write->save && write->ticks->len == 0 && !write->settle;

    // What was applied in memory a moment ago may still be on its way to the disk: a tick that both
    // ends deliver is news the first time only, and the second delivery must not be acknowledged
    // before the first one's commit.
    return nothing && write->desk->writing == 0;
}

void pouce_desk_write_queue(PouceDeskWrite *write, const PouceMarketSession *session)
{
    g_autoptr(GError) error = NULL;

    if (!write->row) {
        write->row = pouce_desk_row(session);
    }
    if (session->billing) {
        write->seqs[POUCE_ROLE_SEEKER] = pouce_billing_seq(session->billing, POUCE_ROLE_SEEKER);
        write->seqs[POUCE_ROLE_HELPER] = pouce_billing_seq(session->billing, POUCE_ROLE_HELPER);
    }
    if (is_durable_already(write)) {
        on_done(write, NULL);
        pouce_desk_write_unref(write);
        return;
    }
    write->refs++; // the store's, and ours until we know that it took it
    write->desk->writing++;
    if (!pouce_store_write(write->desk->store, work, on_stored, write,
            (GDestroyNotify)pouce_desk_write_unref, &error)) {
        write->desk->writing--;
        // Only while stopping: what is recorded is then true, not what is in memory.
        on_failed(write, error);
    }
    pouce_desk_write_unref(write);
}
