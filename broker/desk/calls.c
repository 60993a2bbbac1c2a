// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The calls about a session that exists. One that is over is not in memory any more: it is read
// from the store, so that a rating finds it and everything else gets a true answer.

#include <string.h>

#include "broker/desk/parts.h"

typedef struct {
    PouceDesk *desk;
    PouceMarketEvent event; // its texts are owned below
    char *session;
    char *account;
    char *device;
    char *text;
    guint8 key[POUCE_KEY_BYTES];
    PouceDeskDone done;
    gpointer data;
    PouceSessionRow *row; // read
} Late;

static void late_free(gpointer data)
{
    Late *late = data;

    g_free(late->session);
    g_free(late->account);
    g_free(late->device);
    g_free(late->text);
    pouce_session_row_free(late->row);
    g_free(late);
}

static void refuse(PouceDeskDone done, gpointer data, PouceMarketError code, const char *why)
{
    g_autoptr(GError) error = g_error_new_literal(POUCE_MARKET_ERROR, code, why);

    if (done) {
        done(data, NULL, error);
    }
}

static gboolean check_device(const PouceMarketSession *session, const PouceMarketEvent *event,
    const char *device, GError **error)
{
    if (event->kind == POUCE_MARKET_BOUND &&
        strcmp(session->ends[event->role].device, device) != 0) {
        g_set_error_literal(error, POUCE_MARKET_ERROR, POUCE_MARKET_ERROR_FORBIDDEN,
            "Another of your devices is in this session.");
        return FALSE;
    }
    return TRUE;
}

static void apply_one(PouceDesk *desk, PouceMarketSession *session, PouceMarketEvent *event,
    const char *device, PouceDeskDone done, gpointer data)
{
    g_autoptr(GError) error = NULL;
    PouceDeskWrite *write = pouce_desk_write_new(desk, event->now_us, event->now_s);

    if (!check_device(session, event, device, &error) ||
        !pouce_desk_apply(desk, session, event, write, &error)) {
        pouce_desk_write_unref(write);
        if (done) {
            done(data, NULL, error);
        }
        return;
    }
    write->done = done;
    write->done_data = data;
    pouce_desk_write_queue(write, session);
}

static gboolean read_session(PouceDb *db, gpointer data, GError **error)
{
    Late *late = data;
    GError *failure = NULL;

    late->row = pouce_sessions_find(db, late->session, &failure);
    if (failure) {
        g_propagate_error(error, failure);
    }
    return !failure;
}

static void on_read(gpointer data, const GError *error)
{
    Late *late = data;
    g_autoptr(GError) failure = NULL;

    if (error) {
        if (late->done) {
            late->done(late->data, NULL, error);
        }
        return;
    }
    g_autoptr(PouceMarketSession) session =
        late->row ? pouce_desk_revive(late->row, &failure) : NULL;

    if (!session || !pouce_market_session_role(session, late->account, &late->event.role)) {
        refuse(late->done, late->data, POUCE_MARKET_ERROR_MISSING, "There is no such session.");
        return;
    }
    late->event.key = late->key;
    late->event.device = late->device;
    late->event.text = late->text;
    if (pouce_state_is_over(session->state) && session->state != POUCE_STATE_ENDED) {
        apply_one(late->desk, session, &late->event, late->device, late->done, late->data);
    } else { // it left memory between the look there and the read: stopping
        refuse(late->done, late->data, POUCE_MARKET_ERROR_CONFLICT, "Try again in a moment.");
    }
}

static void apply_late(PouceDesk *desk, const PouceDeskCall *call, const char *session,
    const PouceMarketEvent *event, PouceDeskDone done, gpointer data)
{
    g_autoptr(GError) error = NULL;
    Late *late = g_new0(Late, 1);

    late->desk = desk;
    late->event = *event;
    late->event.tick = NULL;
    late->session = g_strdup(session);
    late->account = g_strdup(call->account);
    late->device = g_strdup(call->device);
    late->text = g_strdup(event->text);
    late->done = done;
    late->data = data;
    if (!pouce_store_read(desk->store, read_session, on_read, late, late_free, &error) && done) {
        done(data, NULL, error);
    }
}

static void apply(PouceDesk *desk, const PouceDeskCall *call, const char *session,
    PouceMarketEvent *event, PouceDeskDone done, gpointer data)
{
    PouceDeskEntry *entry = g_hash_table_lookup(desk->entries, session);
    g_autoptr(GError) error = NULL;

    event->now_us = call->now_us;
    event->now_s = call->now_s;
    event->device = call->device;
    event->key = call->key;
    if (!pouce_desk_has_room(desk, &error)) {
        if (done) {
            done(data, NULL, error);
        }
    } else if (!entry) {
        apply_late(desk, call, session, event, done, data);
    } else if (!entry->placed ||
               !pouce_market_session_role(entry->session, call->account, &event->role)) {
        refuse(done, data, POUCE_MARKET_ERROR_MISSING, "There is no such session.");
    } else {
        apply_one(desk, entry->session, event, call->device, done, data);
    }
}

void pouce_desk_accept(PouceDesk *desk, const PouceDeskCall *call, const char *session,
    PouceDeskDone done, gpointer data)
{
    PouceMarketEvent event = {.kind = POUCE_MARKET_ACCEPT};

    apply(desk, call, session, &event, done, data);
}

void pouce_desk_decline(PouceDesk *desk, const PouceDeskCall *call, const char *session,
    PouceDeskDone done, gpointer data)
{
    PouceMarketEvent event = {.kind = POUCE_MARKET_DECLINE};

    apply(desk, call, session, &event, done, data);
}

void pouce_desk_confirm(PouceDesk *desk, const PouceDeskCall *call, const char *session,
    PouceCapability may, PouceDeskDone done, gpointer data)
{
    PouceMarketEvent event = {.kind = POUCE_MARKET_CONFIRM, .may = may};

    apply(desk, call, session, &event, done, data);
}

void pouce_desk_end(PouceDesk *desk, const PouceDeskCall *call, const char *session,
    PouceEndReason reason, PouceDeskDone done, gpointer data)
{
    PouceMarketEvent event = {.kind = POUCE_MARKET_END, .reason = reason};

    apply(desk, call, session, &event, done, data);
}

void pouce_desk_rate(PouceDesk *desk, const PouceDeskCall *call, const char *session, gint64 stars,
    const char *comment, PouceDeskDone done, gpointer data)
{
    PouceMarketEvent event = {.kind = POUCE_MARKET_RATE, .stars = stars, .text = comment};

    apply(desk, call, session, &event, done, data);
}

void pouce_desk_bound(PouceDesk *desk, const PouceDeskCall *call, const char *session,
    PouceDeskDone done, gpointer data)
{
    PouceMarketEvent event = {.kind = POUCE_MARKET_BOUND};

    apply(desk, call, session, &event, done, data);
}

void pouce_desk_pause(PouceDesk *desk, const PouceDeskCall *call, const char *session,
    gboolean paused, PouceDeskDone done, gpointer data)
{
    PouceMarketEvent event = {.kind = POUCE_MARKET_PAUSE, .flag = paused};

    apply(desk, call, session, &event, done, data);
}

static void apply_ticks(PouceDesk *desk, const PouceDeskCall *call, PouceMarketSession *session,
    PouceRole role, const PouceSignedTick *ticks, guint count, PouceDeskWrite *write)
{
    for (guint i = 0; i < count && !write->refused; i++) {
        PouceMarketEvent event = {.kind = POUCE_MARKET_TICK,
            .role = role,
            .now_us = call->now_us,
            .now_s = call->now_s,
            .tick = &ticks[i]};

        pouce_desk_apply(desk, session, &event, write, &write->refused);
    }
}

void pouce_desk_ticks(PouceDesk *desk, const PouceDeskCall *call, const char *session,
    const PouceSignedTick *ticks, guint count, PouceDeskDone done, gpointer data)
{
    PouceDeskEntry *entry = g_hash_table_lookup(desk->entries, session);
    PouceMarketEvent event = {.kind = POUCE_MARKET_TICK};
    g_autoptr(GError) error = NULL;

    if (!entry || !entry->placed) { // over, or never was: the same answers as for everything else
        apply(desk, call, session, &event, done, data);
        return;
    }
    if (!pouce_market_session_role(entry->session, call->account, &event.role)) {
        refuse(done, data, POUCE_MARKET_ERROR_MISSING, "There is no such session.");
        return;
    }
    if (!pouce_desk_has_room(desk, &error)) {
        if (done) {
            done(data, NULL, error);
        }
        return;
    }
    PouceDeskWrite *write = pouce_desk_write_new(desk, call->now_us, call->now_s);

    apply_ticks(desk, call, entry->session, event.role, ticks, count, write);
    write->done = done;
    write->done_data = data;
    pouce_desk_write_queue(write, entry->session);
}
