// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A new session: was this request answered before, whom to ring, then hold, record and answer in
// one.

#include <string.h>

#include "broker/desk/parts.h"
#include "broker/store/audit.h"
#include "signaling/wire/id.h"

// Copies of a request, alive until it is answered.
typedef struct {
    PouceDesk *desk;
    PouceDeskRequest request; // texts owned here
    PouceDeskCall call;       // likewise
    guint8 device_key[POUCE_KEY_BYTES];
    char *slot; // "account key" in desk->creating
    PouceRequestSeen seen;
    gint64 status;
    GBytes *answer;
} Creation;

static void creation_free(gpointer data)
{
    Creation *creation = data;

    g_free((char *)creation->request.idempotency_key);
    g_clear_pointer(&creation->request.body_hash, g_bytes_unref);
    g_free((char *)creation->request.need);
    g_free((char *)creation->request.helper);
    g_free((char *)creation->request.language);
    g_free((char *)creation->request.place);
    g_free((char *)creation->call.account);
    g_free((char *)creation->call.name);
    g_free((char *)creation->call.device);
    g_free(creation->slot);
    g_clear_pointer(&creation->answer, g_bytes_unref);
    g_free(creation);
}

// Those that wait in one slot, the one in flight first.
void pouce_desk_creation_free(gpointer data)
{
    g_queue_free_full(data, creation_free);
}

static Creation *creation_new(
    PouceDesk *desk, const PouceDeskCall *call, const PouceDeskRequest *request)
{
    Creation *creation = g_new0(Creation, 1);

    creation->desk = desk;
    creation->request = *request;
    creation->request.idempotency_key = g_strdup(request->idempotency_key);
    creation->request.body_hash = g_bytes_ref(request->body_hash);
    creation->request.need = g_strdup(request->need ? request->need : "");
    creation->request.helper = g_strdup(request->helper);
    creation->request.language = g_strdup(request->language ? request->language : "");
    creation->request.place = g_strdup(request->place ? request->place : "");
    creation->call = *call;
    creation->call.account = g_strdup(call->account);
    creation->call.name = g_strdup(call->name);
    creation->call.device = g_strdup(call->device);
    memcpy(creation->device_key, call->key, POUCE_KEY_BYTES);
    creation->call.key = creation->device_key;
    creation->slot = g_strdup_printf("%s %s", call->account, request->idempotency_key);
    return creation;
}

static void start(Creation *creation);

// Answers the first of its slot and lets the next one look for that answer.
static void finish(Creation *creation, GBytes *answer, const GError *error)
{
    PouceDesk *desk = creation->desk;
    GQueue *slot = g_hash_table_lookup(desk->creating, creation->slot);

    g_assert(slot && g_queue_peek_head(slot) == creation);
    g_queue_pop_head(slot);
    creation->request.done(creation->request.data, error ? NULL : answer, error);
    if (g_queue_is_empty(slot)) {
        g_hash_table_remove(desk->creating, creation->slot);
    } else {
        start(g_queue_peek_head(slot));
    }
    creation_free(creation);
}

static void fail(Creation *creation, GQuark domain, int code, const char *why)
{
    g_autoptr(GError) error = g_error_new_literal(domain, code, why);

    finish(creation, NULL, error);
}

static void on_created(gpointer data, GBytes *answer, const GError *error)
{
    finish(data, answer, error);
}

// Fills @out; Returns: how many, 0 with @error.
static int choose(Creation *creation, PouceRanked *out, GError **error)
{
    PouceDirectory *directory = creation->desk->directory;
    const PouceDeskRequest *request = &creation->request;
    PouceMatch matches[POUCE_RANKED_MAX];
    PouceMatchQuery query = {
        .seeker = creation->call.account,
        .need = request->need,
        .language = request->language,
        .place = request->place,
        .free_only = TRUE,
        .limit = POUCE_RANKED_MAX,
    };
    int count = 0;

    if (!request->helper) {
        count = pouce_directory_match(directory, &query, matches);
    } else if (pouce_directory_explain(directory, &query, request->helper, &matches[0])) {
        count = matches[0].available == POUCE_FREE_NOW ? 1 : 0;
    } else {
        g_set_error_literal(
            error, POUCE_MARKET_ERROR, POUCE_MARKET_ERROR_MISSING, "There is no such helper.");
        return 0;
    }
    if (count == 0) {
        g_set_error_literal(error, POUCE_MARKET_ERROR, POUCE_MARKET_ERROR_UNAVAILABLE,
            request->helper ? "This helper is busy or away: choose another, or try later."
                            : "Nobody who fits is free at the moment: try again in a minute.");
    }
    for (int i = 0; i < count; i++) {
        out[i] = (PouceRanked){.helper = (char *)matches[i].card->id,
            .name = (char *)matches[i].card->name,
            .rate_minor_per_min = matches[i].card->rate_minor_per_min};
    }
    return count;
}

static gboolean has_too_many(PouceDesk *desk, const char *seeker)
{
    GHashTableIter iter;
    gpointer value;
    int own = 0;

    g_hash_table_iter_init(&iter, desk->entries);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const PouceMarketSession *session = ((PouceDeskEntry *)value)->session;

        own += !pouce_state_is_over(session->state) &&
               strcmp(session->ends[POUCE_ROLE_SEEKER].account, seeker) == 0;
    }
    return own >= POUCE_DESK_OWN_MAX || g_hash_table_size(desk->entries) >= POUCE_DESK_SESSIONS_MAX;
}

static PouceMarketSession *make_session(Creation *creation, PouceEffects *effects, GError **error)
{
    PouceRanked ranked[POUCE_RANKED_MAX];
    char id[POUCE_ID_CHARS + 1];
    int count = choose(creation, ranked, error);

    if (count == 0) {
        return NULL;
    }
    if (has_too_many(creation->desk, creation->call.account)) {
        g_set_error_literal(error, POUCE_MARKET_ERROR, POUCE_MARKET_ERROR_LIMIT,
            "There are too many sessions at once: end one first.");
        return NULL;
    }
    pouce_id_make(creation->call.now_s * 1000, id);
    PouceSessionRequest request = {
        .id = id,
        .seeker = creation->call.account,
        .seeker_name = creation->call.name,
        .seeker_device = creation->call.device,
        .seeker_key = creation->call.key,
        .need = creation->request.need,
        .language = creation->request.language,
        .place = creation->request.place,
        .currency = creation->desk->currency,
        .cap_minor = creation->request.cap_minor,
        .candidates = ranked,
        .candidate_count = count,
    };

    return pouce_market_session_new(
        &request, creation->call.now_us, creation->call.now_s, effects, error);
}

static void place(Creation *creation)
{
    PouceDesk *desk = creation->desk;
    PouceEffects effects;
    g_autoptr(GError) error = NULL;
    PouceMarketSession *session =
        pouce_desk_has_room(desk, &error) ? make_session(creation, &effects, &error) : NULL;

    if (!session) {
        finish(creation, NULL, error);
        return;
    }
    PouceDeskEntry *entry = g_new0(PouceDeskEntry, 1);

    entry->session = session;
    g_hash_table_replace(desk->entries, session->id, entry);
    pouce_desk_set_busy(desk, session, NULL);
    PouceDeskWrite *write = pouce_desk_write_new(desk, creation->call.now_us, creation->call.now_s);

    pouce_desk_write_add(write, session, &effects, NULL);
    write->row = pouce_desk_row(session);
    write->account = g_strdup(creation->call.account);
    write->key = g_strdup(creation->request.idempotency_key);
    write->body_hash = g_bytes_ref(creation->request.body_hash);
    write->answer = creation->request.make(creation->request.data, write->row);
    write->created = on_created;
    write->done_data = creation;
    pouce_desk_write_queue(write, session);
}

static gboolean look_up(PouceDb *db, gpointer data, GError **error)
{
    Creation *creation = data;

    creation->seen =
        pouce_requests_find(db, creation->call.account, creation->request.idempotency_key,
            creation->request.body_hash, &creation->status, &creation->answer, error);
    return creation->seen != POUCE_REQUEST_FAILED;
}

static void on_looked_up(gpointer data, const GError *error)
{
    Creation *creation = data;

    if (error) {
        finish(creation, NULL, error);
    } else if (creation->seen == POUCE_REQUEST_REPLAY) {
        finish(creation, creation->answer, NULL);
    } else if (creation->seen == POUCE_REQUEST_MISMATCH) {
        fail(creation, POUCE_LEDGER_ERROR, POUCE_LEDGER_ERROR_MISMATCH,
            "This Idempotency-Key was used for another request: make a new key.");
    } else {
        place(creation);
    }
}

static void start(Creation *creation)
{
    g_autoptr(GError) error = NULL;

    if (!pouce_store_read(creation->desk->store, look_up, on_looked_up, creation, NULL, &error)) {
        finish(creation, NULL, error);
    }
}

void pouce_desk_create(PouceDesk *desk, const PouceDeskCall *call, const PouceDeskRequest *request)
{
    Creation *creation = creation_new(desk, call, request);
    GQueue *slot = g_hash_table_lookup(desk->creating, creation->slot);

    if (!slot) {
        slot = g_queue_new();
        g_hash_table_insert(desk->creating, g_strdup(creation->slot), slot);
    }
    g_queue_push_tail(slot, creation);
    if (slot->length == 1) {
        start(creation);
    }
}
