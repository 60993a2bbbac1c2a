// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "broker/desk/desk.h"

#include <string.h>

#include "broker/desk/parts.h"
#include "broker/store/people.h"

// Closures that one call may still need after it was let in.
#define ROOM 64
// Deadlines are seconds; looking through the sessions more often than this is waste.
#define LOOK_US (50 * 1000)

static void entry_free(gpointer data)
{
    PouceDeskEntry *entry = data;

    pouce_market_session_free(entry->session);
    g_free(entry);
}

void pouce_desk_watch(PouceDesk *desk, gint64 due_us)
{
    if (due_us >= 0 && (desk->next_due_us < 0 || due_us < desk->next_due_us)) {
        desk->next_due_us = due_us;
    }
}

gboolean pouce_desk_has_room(PouceDesk *desk, GError **error)
{
    if (pouce_store_waiting(desk->store) + ROOM > POUCE_STORE_QUEUE_MAX) {
        g_set_error_literal(error, POUCE_DB_ERROR, POUCE_DB_ERROR_CLOSED,
            "The broker has too much to write: try again in a moment.");
        return FALSE;
    }
    return TRUE;
}

static gboolean is_active(const PouceMarketSession *session)
{
    return session->state != POUCE_STATE_OPEN && !pouce_state_is_over(session->state);
}

// A helper rings or helps in one session at a time.
void pouce_desk_set_busy(PouceDesk *desk, const PouceMarketSession *session, const char *before)
{
    const char *helper = session->ends[POUCE_ROLE_HELPER].account;

    if (before && strcmp(before, helper) != 0) {
        pouce_directory_set_busy(desk->directory, before, NULL);
    }
    pouce_directory_set_busy(desk->directory, helper, is_active(session) ? session->id : NULL);
}

void pouce_desk_forget(PouceDesk *desk, const char *id)
{
    PouceDeskEntry *entry = g_hash_table_lookup(desk->entries, id);

    if (entry) {
        if (!entry->placed) {
            pouce_desk_set_busy(desk, entry->session, NULL);
        }
        g_hash_table_remove(desk->entries, id);
    }
}

static gboolean is_free(gpointer data, const char *helper)
{
    return pouce_directory_available(data, helper) == POUCE_FREE_NOW;
}

gboolean pouce_desk_apply(PouceDesk *desk, PouceMarketSession *session,
    const PouceMarketEvent *event, PouceDeskWrite *write, GError **error)
{
    g_autofree char *before = g_strdup(session->ends[POUCE_ROLE_HELPER].account);
    gboolean was_active = is_active(session);
    PouceEffects effects;

    if (event->kind == POUCE_MARKET_DECLINE || event->kind == POUCE_MARKET_TIME) {
        pouce_market_session_prune(session, is_free, desk->directory);
    }
    if (!pouce_market_session_apply(session, event, &effects, error)) {
        return FALSE;
    }
    if (was_active) {
        pouce_desk_set_busy(desk, session, before);
    }
    pouce_desk_watch(desk, session->due_us);
    if (write) {
        pouce_desk_write_add(write, session, &effects, event->tick);
    } else if (effects.count > 0) {
        PouceDeskWrite *own = pouce_desk_write_new(desk, event->now_us, event->now_s);

        pouce_desk_write_add(own, session, &effects, event->tick);
        pouce_desk_write_queue(own, session);
    }
    return TRUE;
}

gboolean pouce_desk_publish(PouceDesk *desk, const PouceHelperRow *row)
{
    PouceHelperCard card = {
        .id = row->account,
        .name = row->name,
        .skills = (const char *const *)row->skills,
        .languages = (const char *const *)row->languages,
        .place = row->place,
        .about = row->about,
        .rate_minor_per_min = row->rate_minor_per_min,
        .ratings = row->ratings,
        .stars = row->stars,
        .sessions = row->sessions,
    };
    return pouce_directory_put(desk->directory, &card);
}

static gboolean load_helpers(PouceDesk *desk, PouceDb *db, GError **error)
{
    g_autoptr(GPtrArray) helpers = pouce_helpers_all(db, error);
    g_autoptr(GPtrArray) pairs = helpers ? pouce_sessions_pairs(db, error) : NULL;

    if (!pairs) {
        return FALSE;
    }
    for (guint i = 0; i < helpers->len; i++)
        pouce_desk_publish(desk, helpers->pdata[i]);
    for (guint i = 0; i < pairs->len; i++) {
        const PoucePairRow *row = pairs->pdata[i];

        pouce_directory_know(desk->directory, row->seeker, row->helper, row->sessions);
    }
    return TRUE;
}

static gboolean take_up(PouceDesk *desk, const PouceDeskConfig *config, GError **error)
{
    g_autoptr(GPtrArray) rows = pouce_sessions_unfinished(config->db, error);

    for (guint i = 0; rows && i < rows->len; i++) {
        PouceMarketSession *session = pouce_desk_revive(rows->pdata[i], error);
        PouceMarketEvent event = {
            .kind = POUCE_MARKET_RESTART, .now_us = config->now_us, .now_s = config->now_s};

        if (!session) {
            return FALSE;
        }
        PouceDeskEntry *entry = g_new0(PouceDeskEntry, 1);

        entry->session = session;
        entry->placed = TRUE;
        g_hash_table_replace(desk->entries, session->id, entry);
        if (!pouce_desk_apply(desk, session, &event, NULL, error)) {
            return FALSE;
        }
    }
    return rows != NULL;
}

PouceDesk *pouce_desk_new(const PouceDeskConfig *config, GError **error)
{
    g_autoptr(PouceDesk) desk = g_new0(PouceDesk, 1);

    g_assert(config->fee_bp >= 0 && config->fee_bp <= 10000);
    g_assert(pouce_currency_valid(config->currency));
    desk->store = config->store;
    desk->listener = *config->listener;
    desk->data = config->data;
    desk->currency = g_strdup(config->currency);
    desk->fee_bp = config->fee_bp;
    desk->directory = pouce_directory_new();
    desk->entries = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, entry_free);
    desk->creating =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, pouce_desk_creation_free);
    desk->next_due_us = -1;
    if (!load_helpers(desk, config->db, error) || !take_up(desk, config, error)) {
        return NULL;
    }
    return g_steal_pointer(&desk);
}

void pouce_desk_free(PouceDesk *desk)
{
    if (!desk) {
        return;
    }
    g_hash_table_unref(desk->creating);
    g_hash_table_unref(desk->entries);
    pouce_directory_free(desk->directory);
    g_free(desk->currency);
    g_free(desk);
}

PouceDirectory *pouce_desk_directory(PouceDesk *desk)
{
    return desk->directory;
}

static gboolean has_device(const PouceMarketSession *session, PouceRole role, const char *device)
{
    return *device && strcmp(session->ends[role].device, device) == 0;
}

static void tell_presence(PouceDesk *desk, const PouceDeskCall *call, gboolean present)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, desk->entries);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        PouceMarketSession *session = ((PouceDeskEntry *)value)->session;
        PouceMarketEvent event = {.kind = POUCE_MARKET_PRESENT,
            .now_us = call->now_us,
            .now_s = call->now_s,
            .flag = present};

        // Presence has no effects of its own: nothing is queued, so the table stays as it is.
        if (pouce_market_session_role(session, call->account, &event.role) &&
            has_device(session, event.role, call->device)) {
            pouce_desk_apply(desk, session, &event, NULL, NULL);
        }
    }
}

void pouce_desk_device_up(PouceDesk *desk, const PouceDeskCall *call, gboolean available)
{
    pouce_directory_device_up(desk->directory, call->account, call->device, available);
    tell_presence(desk, call, TRUE);
}

void pouce_desk_device_down(PouceDesk *desk, const PouceDeskCall *call)
{
    pouce_directory_device_down(desk->directory, call->account, call->device);
    tell_presence(desk, call, FALSE);
}

const char *pouce_desk_relay_to(
    PouceDesk *desk, const PouceDeskCall *call, const char *session, GError **error)
{
    PouceDeskEntry *entry = g_hash_table_lookup(desk->entries, session);
    PouceRole role = POUCE_ROLE_SEEKER;

    if (!entry || !pouce_market_session_role(entry->session, call->account, &role)) {
        g_set_error_literal(
            error, POUCE_MARKET_ERROR, POUCE_MARKET_ERROR_MISSING, "There is no such session.");
        return NULL;
    }
    if (!has_device(entry->session, role, call->device)) {
        g_set_error_literal(error, POUCE_MARKET_ERROR, POUCE_MARKET_ERROR_FORBIDDEN,
            "Another of your devices is in this session.");
        return NULL;
    }
    switch (entry->session->state) {
    case POUCE_STATE_ACCEPTED:
    case POUCE_STATE_CONNECTING:
    case POUCE_STATE_LIVE:
    case POUCE_STATE_PAUSED:
        return entry->session->ends[pouce_role_other(role)].device;
    default:
        g_set_error(error, POUCE_MARKET_ERROR, POUCE_MARKET_ERROR_CONFLICT,
            "The session is %s: nothing is relayed.", pouce_state_name(entry->session->state));
        return NULL;
    }
}

PouceSessionRow *pouce_desk_find(PouceDesk *desk, const char *session)
{
    PouceDeskEntry *entry = g_hash_table_lookup(desk->entries, session);

    return entry && entry->placed ? pouce_desk_row(entry->session) : NULL;
}

GPtrArray *pouce_desk_unfinished(PouceDesk *desk, const char *account)
{
    GPtrArray *rows = g_ptr_array_new_with_free_func((GDestroyNotify)pouce_session_row_free);
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, desk->entries);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const PouceDeskEntry *entry = value;
        PouceRole role = POUCE_ROLE_SEEKER;

        if (entry->placed && is_active(entry->session) &&
            (!account || pouce_market_session_role(entry->session, account, &role))) {
            g_ptr_array_add(rows, pouce_desk_row(entry->session));
        }
    }
    return rows;
}

gint64 pouce_desk_next_due_us(const PouceDesk *desk)
{
    return desk->next_due_us;
}

static GPtrArray *take_due(PouceDesk *desk, gint64 now_us)
{
    GPtrArray *due = g_ptr_array_new_with_free_func(g_free);
    GHashTableIter iter;
    gpointer value;

    desk->next_due_us = -1;
    g_hash_table_iter_init(&iter, desk->entries);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const PouceDeskEntry *entry = value;
        gint64 due_us = entry->placed ? entry->session->due_us : -1;

        if (due_us >= 0 && due_us <= now_us) {
            g_ptr_array_add(due, g_strdup(entry->session->id));
        } else if (due_us >= 0) {
            pouce_desk_watch(desk, MAX(due_us, now_us + LOOK_US));
        }
    }
    return due;
}

void pouce_desk_on_time(PouceDesk *desk, gint64 now_us, gint64 now_s)
{
    if (desk->next_due_us < 0 || now_us < desk->next_due_us) {
        return;
    }
    if (!pouce_desk_has_room(desk, NULL)) {
        desk->next_due_us = now_us + LOOK_US;
        return;
    }
    g_autoptr(GPtrArray) due = take_due(desk, now_us);

    for (guint i = 0; i < due->len; i++) {
        PouceDeskEntry *entry = g_hash_table_lookup(desk->entries, due->pdata[i]);
        PouceMarketEvent event = {.kind = POUCE_MARKET_TIME, .now_us = now_us, .now_s = now_s};

        if (entry) {
            pouce_desk_apply(desk, entry->session, &event, NULL, NULL);
        }
    }
}
