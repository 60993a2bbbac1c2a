// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <string.h>

#include "broker/http/api.h"
#include "broker/http/input.h"
#include "signaling/wire/id.h"
#include "signaling/wire/json.h"

#define CAP_MAX_MINOR 100000000
#define LIST_MAX 100

/* --- what the desk answers --- */

typedef struct {
    PouceCall *call;
    const PouceApi *api;
} Asked;

static Asked *asked_new(PouceCall *call, gpointer app)
{
    Asked *asked = g_new0(Asked, 1);
    asked->call = pouce_call_ref(call);
    asked->api = app;
    return asked;
}

static void asked_free(Asked *asked)
{
    pouce_call_unref(asked->call);
    g_free(asked);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Asked, asked_free)

static json_t *session_json(const PouceApi *api, PouceCall *call, const PouceSessionRow *row)
{
    json_t *json = pouce_view_session_json(
        &api->view, row, pouce_call_who(call)->account, pouce_call_now_s(call));
    return json ? json_pack("{s:o}", "session", json) : NULL;
}

static void on_session(gpointer data, const PouceSessionRow *row, const GError *error)
{
    g_autoptr(Asked) asked = data;
    if (error) {
        pouce_api_fail(asked->call, error);
        return;
    }
    json_t *json = session_json(asked->api, asked->call, row);
    if (json)
        pouce_call_answer(asked->call, 200, json);
    else
        pouce_call_fail(asked->call, POUCE_PROBLEM_NOT_FOUND, "This session is no longer yours.");
}

/* --- create --- */

static GBytes *make_answer(gpointer data, const PouceSessionRow *row)
{
    const Asked *asked = data;
    g_autoptr(json_t) json = session_json(asked->api, asked->call, row);
    char *text = json_dumps(json, JSON_COMPACT);
    return g_bytes_new_with_free_func(text, strlen(text), free, text);
}

static void on_created(gpointer data, GBytes *answer, const GError *error)
{
    g_autoptr(Asked) asked = data;
    if (error)
        pouce_api_fail(asked->call, error);
    else
        pouce_call_answer_bytes(asked->call, 201, "application/json", answer);
}

static gboolean read_helper(json_t *body, const char **out, GError **error)
{
    static char id[POUCE_ID_CHARS + 1]; /* main thread; copied by the desk within the call */
    *out = NULL;
    json_t *helper = json_object_get(body, "helper");
    if (json_is_null(helper))
        return TRUE;
    if (!pouce_json_get_id(body, "helper", id, error))
        return FALSE;
    *out = id;
    return TRUE;
}

void pouce_api_create_session(PouceCall *call, gpointer app)
{
    const PouceApi *api = app;
    json_t *body = pouce_call_body(call);
    PouceDeskRequest request = {.idempotency_key = pouce_call_key(call)};
    g_autoptr(GError) error = NULL;
    if (!pouce_input_text(body, "need", 1, POUCE_NEED_MAX_CHARS, TRUE, &request.need, &error) ||
        !read_helper(body, &request.helper, &error) ||
        !pouce_json_get_text(
            body, "language", 0, POUCE_LANGUAGE_MAX_BYTES, &request.language, &error) ||
        !pouce_input_text(body, "place", 0, POUCE_PLACE_MAX_CHARS, FALSE, &request.place, &error) ||
        !pouce_json_get_int(body, "cap_minor", 0, CAP_MAX_MINOR, &request.cap_minor, &error)) {
        pouce_call_refuse(call, error);
        return;
    }
    if (!pouce_input_tag_valid(request.language, TRUE)) {
        pouce_call_fail(
            call, POUCE_PROBLEM_MALFORMED, "language must be a tag such as fr, or empty.");
        return;
    }
    g_autoptr(GBytes) hash = pouce_call_hash(call);
    request.body_hash = hash;
    request.make = make_answer;
    request.done = on_created;
    request.data = asked_new(call, app);
    PouceDeskCall who = pouce_api_desk_call(call);
    pouce_desk_create(api->desk, &who, &request);
}

/* --- read --- */

typedef struct {
    PouceCall *call;
    const PouceApi *api;
    gint64 limit;
    GPtrArray *rows;
    PouceSessionRow *row;
    PouceReceiptRow *receipt;
} Lookup;

static void lookup_free(gpointer data)
{
    Lookup *lookup = data;
    g_clear_pointer(&lookup->rows, g_ptr_array_unref);
    pouce_session_row_free(lookup->row);
    pouce_receipt_row_free(lookup->receipt);
    pouce_call_unref(lookup->call);
    g_free(lookup);
}

static void look_up(
    PouceCall *call, const PouceApi *api, gint64 limit, PouceStoreWork work, PouceStoreDone done)
{
    Lookup *lookup = g_new0(Lookup, 1);
    lookup->call = pouce_call_ref(call);
    lookup->api = api;
    lookup->limit = limit;
    g_autoptr(GError) error = NULL;
    if (!pouce_store_read(api->store, work, done, lookup, lookup_free, &error))
        pouce_api_fail(call, error);
}

static gboolean is_party(const PouceSessionRow *row, const char *account)
{
    return g_strcmp0(row->seeker.account, account) == 0 ||
           g_strcmp0(row->helper.account, account) == 0;
}

/* The caller's own session; FALSE with MISSING when there is none, so that ids cannot be probed. */
static gboolean find_own(PouceDb *db, Lookup *lookup, GError **error)
{
    g_autoptr(GError) problem = NULL;
    lookup->row = pouce_sessions_find(db, pouce_call_param(lookup->call, 0), &problem);
    if (problem) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return FALSE;
    }
    if (lookup->row && is_party(lookup->row, pouce_call_who(lookup->call)->account))
        return TRUE;
    g_set_error(error, POUCE_DB_ERROR, POUCE_DB_ERROR_MISSING, "You have no session with this id.");
    return FALSE;
}

static gboolean list_work(PouceDb *db, gpointer data, GError **error)
{
    Lookup *lookup = data;
    lookup->rows = pouce_sessions_list(
        db, pouce_call_who(lookup->call)->account, 0, G_MAXINT64, lookup->limit, error);
    return lookup->rows != NULL;
}

static void list_done(gpointer data, const GError *error)
{
    Lookup *lookup = data;
    if (error) {
        pouce_api_fail(lookup->call, error);
        return;
    }
    json_t *list = json_array();
    for (guint i = 0; i < lookup->rows->len; i++) {
        json_t *json = pouce_view_session_json(&lookup->api->view, lookup->rows->pdata[i],
            pouce_call_who(lookup->call)->account, pouce_call_now_s(lookup->call));
        if (json)
            json_array_append_new(list, json);
    }
    pouce_call_answer(lookup->call, 200, json_pack("{s:o}", "sessions", list));
}

void pouce_api_sessions(PouceCall *call, gpointer app)
{
    gint64 limit;
    if (pouce_call_query_int(call, "limit", 1, LIST_MAX, 20, &limit))
        look_up(call, app, limit, list_work, list_done);
}

static gboolean find_work(PouceDb *db, gpointer data, GError **error)
{
    return find_own(db, data, error);
}

static void find_done(gpointer data, const GError *error)
{
    Lookup *lookup = data;
    if (error)
        pouce_api_fail(lookup->call, error);
    else
        pouce_call_answer(lookup->call, 200, session_json(lookup->api, lookup->call, lookup->row));
}

void pouce_api_session(PouceCall *call, gpointer app)
{
    look_up(call, app, 0, find_work, find_done);
}

static gboolean receipt_work(PouceDb *db, gpointer data, GError **error)
{
    Lookup *lookup = data;
    if (!find_own(db, lookup, error))
        return FALSE;
    g_autoptr(GError) problem = NULL;
    lookup->receipt = pouce_receipts_find(db, lookup->row->id, &problem);
    if (problem)
        g_propagate_error(error, g_steal_pointer(&problem));
    else if (!lookup->receipt)
        g_set_error(error, POUCE_MARKET_ERROR, POUCE_MARKET_ERROR_CONFLICT,
            "There is a receipt once the session is settled.");
    return lookup->receipt != NULL;
}

static void receipt_done(gpointer data, const GError *error)
{
    Lookup *lookup = data;
    if (error)
        pouce_api_fail(lookup->call, error);
    else
        pouce_call_answer(lookup->call, 200,
            json_pack("{s:o}", "receipt", pouce_view_receipt_json(lookup->receipt)));
}

void pouce_api_receipt(PouceCall *call, gpointer app)
{
    look_up(call, app, 0, receipt_work, receipt_done);
}

static gboolean ticks_work(PouceDb *db, gpointer data, GError **error)
{
    Lookup *lookup = data;
    if (!find_own(db, lookup, error))
        return FALSE;
    lookup->rows = pouce_ticks_list(db, lookup->row->id, error);
    return lookup->rows != NULL;
}

static void ticks_done(gpointer data, const GError *error)
{
    Lookup *lookup = data;
    if (error) {
        pouce_api_fail(lookup->call, error);
        return;
    }
    json_t *list = json_array();
    for (guint i = 0; i < lookup->rows->len; i++)
        json_array_append_new(list, pouce_view_tick_json(lookup->rows->pdata[i]));
    pouce_call_answer(lookup->call, 200, json_pack("{s:o}", "ticks", list));
}

void pouce_api_ticks(PouceCall *call, gpointer app)
{
    look_up(call, app, 0, ticks_work, ticks_done);
}

/* --- transitions --- */

void pouce_api_accept(PouceCall *call, gpointer app)
{
    const PouceApi *api = app;
    PouceDeskCall who = pouce_api_desk_call(call);
    pouce_desk_accept(api->desk, &who, pouce_call_param(call, 0), on_session, asked_new(call, app));
}

static void set_text(char **text, const char *to)
{
    g_free(*text);
    *text = g_strdup(to);
}

/* Whoever declined may be no party any more, because another helper rings: he sees that it is over
 * for him. */
static void on_declined(gpointer data, const PouceSessionRow *row, const GError *error)
{
    g_autoptr(Asked) asked = data;
    if (error) {
        pouce_api_fail(asked->call, error);
        return;
    }
    json_t *json = session_json(asked->api, asked->call, row);
    if (!json) {
        g_autoptr(PouceSessionRow) own = pouce_session_row_copy(row);
        const PouceWho *who = pouce_call_who(asked->call);
        set_text(&own->helper.account, who->account);
        set_text(&own->helper.name, who->name);
        set_text(&own->helper.device, "");
        g_clear_pointer(&own->helper.key, g_bytes_unref);
        set_text(&own->state, pouce_state_name(POUCE_STATE_DECLINED));
        set_text(&own->price, "");
        json = session_json(asked->api, asked->call, own);
    }
    pouce_call_answer(asked->call, 200, json);
}

void pouce_api_decline(PouceCall *call, gpointer app)
{
    const PouceApi *api = app;
    PouceDeskCall who = pouce_api_desk_call(call);
    pouce_desk_decline(
        api->desk, &who, pouce_call_param(call, 0), on_declined, asked_new(call, app));
}

void pouce_api_confirm(PouceCall *call, gpointer app)
{
    const PouceApi *api = app;
    PouceCapability may = POUCE_CAPABILITY_NONE;
    g_autoptr(GError) error = NULL;
    if (!pouce_capabilities_from_json(
            json_object_get(pouce_call_body(call), "may"), &may, &error)) {
        pouce_call_refuse(call, error);
        return;
    }
    PouceDeskCall who = pouce_api_desk_call(call);
    pouce_desk_confirm(
        api->desk, &who, pouce_call_param(call, 0), may, on_session, asked_new(call, app));
}

void pouce_api_end(PouceCall *call, gpointer app)
{
    const PouceApi *api = app;
    const char *word;
    PouceEndReason reason;
    g_autoptr(GError) error = NULL;
    if (!pouce_json_get_text(pouce_call_body(call), "reason", 0, 16, &word, &error)) {
        pouce_call_refuse(call, error);
        return;
    }
    if (!pouce_end_reason_parse(word, &reason)) {
        pouce_call_fail(
            call, POUCE_PROBLEM_MALFORMED, "reason must be seeker, helper, cap or silence.");
        return;
    }
    PouceDeskCall who = pouce_api_desk_call(call);
    pouce_desk_end(
        api->desk, &who, pouce_call_param(call, 0), reason, on_session, asked_new(call, app));
}

void pouce_api_rate(PouceCall *call, gpointer app)
{
    const PouceApi *api = app;
    gint64 stars;
    const char *comment;
    g_autoptr(GError) error = NULL;
    json_t *body = pouce_call_body(call);
    if (!pouce_json_get_int(body, "stars", 1, 5, &stars, &error) ||
        !pouce_input_text(body, "comment", 0, POUCE_COMMENT_MAX_CHARS, TRUE, &comment, &error)) {
        pouce_call_refuse(call, error);
        return;
    }
    PouceDeskCall who = pouce_api_desk_call(call);
    pouce_desk_rate(api->desk, &who, pouce_call_param(call, 0), stars, comment, on_session,
        asked_new(call, app));
}
