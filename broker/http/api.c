// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/http/api.h"

#include <string.h>

/* The OpenAPI document, embedded from openapi.json at build time. */
extern const char pouce_openapi_json[];
extern const gsize pouce_openapi_json_bytes;

static void about(PouceCall *call, gpointer app)
{
    const PouceApi *api = app;
    pouce_call_answer(call, 200,
        json_pack("{s:s, s:s, s:s, s:i}", "name", api->name, "version", POUCE_VERSION, "currency",
            api->view.currency, "protocol", POUCE_PROTOCOL_VERSION));
}

static void document(PouceCall *call, gpointer app)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static(pouce_openapi_json, pouce_openapi_json_bytes);
    pouce_call_answer_bytes(call, 200, "application/json", bytes);
}

void pouce_api_check(PouceCall *call, gpointer app)
{
    const PouceApi *api = app;
    json_t *servers =
        pouce_ice_check_json(api->view.ice, pouce_call_who(call)->device, pouce_call_now_s(call));
    pouce_call_answer(call, 200,
        json_pack("{s:o, s:i}", "ice_servers", servers, "expires_in_s", POUCE_ICE_CHECK_LIFE_S));
}

#define NONE POUCE_AUTH_NONE
#define ACCOUNT POUCE_AUTH_ACCOUNT
#define PLAIN POUCE_RATE_PLAIN

const PouceRoute pouce_api_routes[] = {
    {"GET", "/api/v1/", NONE, PLAIN, FALSE, FALSE, about},
    {"GET", "/api/v1/openapi.json", NONE, PLAIN, FALSE, FALSE, document},
    {"POST", "/api/v1/accounts", NONE, POUCE_RATE_SIGN_UP, TRUE, FALSE, pouce_api_sign_up},
    {"POST", "/api/v1/login", NONE, POUCE_RATE_LOG_IN, TRUE, FALSE, pouce_api_log_in},
    {"POST", "/api/v1/logout", ACCOUNT, PLAIN, FALSE, FALSE, pouce_api_log_out},
    {"GET", "/api/v1/me", ACCOUNT, PLAIN, FALSE, FALSE, pouce_api_me},
    {"POST", "/api/v1/check", ACCOUNT, POUCE_RATE_REQUEST, FALSE, FALSE, pouce_api_check},
    {"PUT", "/api/v1/me/helper", ACCOUNT, PLAIN, TRUE, FALSE, pouce_api_put_helper},
    {"GET", "/api/v1/helpers", ACCOUNT, PLAIN, FALSE, FALSE, pouce_api_helpers},
    {"GET", "/api/v1/helpers/{id}", ACCOUNT, PLAIN, FALSE, FALSE, pouce_api_helper},
    {"POST", "/api/v1/sessions", ACCOUNT, POUCE_RATE_REQUEST, TRUE, TRUE, pouce_api_create_session},
    {"GET", "/api/v1/sessions", ACCOUNT, PLAIN, FALSE, FALSE, pouce_api_sessions},
    {"GET", "/api/v1/sessions/{id}", ACCOUNT, PLAIN, FALSE, FALSE, pouce_api_session},
    {"POST", "/api/v1/sessions/{id}/accept", ACCOUNT, PLAIN, FALSE, FALSE, pouce_api_accept},
    {"POST", "/api/v1/sessions/{id}/decline", ACCOUNT, PLAIN, FALSE, FALSE, pouce_api_decline},
    {"POST", "/api/v1/sessions/{id}/confirm", ACCOUNT, PLAIN, TRUE, FALSE, pouce_api_confirm},
    {"POST", "/api/v1/sessions/{id}/end", ACCOUNT, PLAIN, TRUE, FALSE, pouce_api_end},
    {"POST", "/api/v1/sessions/{id}/rating", ACCOUNT, PLAIN, TRUE, FALSE, pouce_api_rate},
    {"GET", "/api/v1/sessions/{id}/receipt", ACCOUNT, PLAIN, FALSE, FALSE, pouce_api_receipt},
    {"GET", "/api/v1/sessions/{id}/ticks", ACCOUNT, PLAIN, FALSE, FALSE, pouce_api_ticks},
};
const gsize pouce_api_route_count = G_N_ELEMENTS(pouce_api_routes);

static PouceProblem of_market(int code)
{
    switch ((PouceMarketError)code) {
    case POUCE_MARKET_ERROR_CONFLICT:
        return POUCE_PROBLEM_CONFLICT;
    case POUCE_MARKET_ERROR_FORBIDDEN:
        return POUCE_PROBLEM_FORBIDDEN;
    case POUCE_MARKET_ERROR_MISSING:
        return POUCE_PROBLEM_NOT_FOUND;
    case POUCE_MARKET_ERROR_UNAVAILABLE:
        return POUCE_PROBLEM_HELPER_UNAVAILABLE;
    case POUCE_MARKET_ERROR_MALFORMED:
        return POUCE_PROBLEM_MALFORMED;
    case POUCE_MARKET_ERROR_LIMIT:
        return POUCE_PROBLEM_TOO_MANY;
    }
    return POUCE_PROBLEM_INTERNAL;
}

PouceProblem pouce_api_problem(const GError *error)
{
    if (error->domain == POUCE_MARKET_ERROR)
        return of_market(error->code);
    if (g_error_matches(error, POUCE_LEDGER_ERROR, POUCE_LEDGER_ERROR_DENIED))
        return POUCE_PROBLEM_NOT_ENOUGH_MONEY;
    if (g_error_matches(error, POUCE_LEDGER_ERROR, POUCE_LEDGER_ERROR_MISMATCH))
        return POUCE_PROBLEM_IDEMPOTENCY_MISMATCH;
    if (error->domain == POUCE_LEDGER_ERROR)
        return POUCE_PROBLEM_CONFLICT;
    if (g_error_matches(error, POUCE_DB_ERROR, POUCE_DB_ERROR_CLOSED))
        return POUCE_PROBLEM_STOPPING;
    if (g_error_matches(error, POUCE_DB_ERROR, POUCE_DB_ERROR_MISSING))
        return POUCE_PROBLEM_NOT_FOUND;
    return POUCE_PROBLEM_INTERNAL;
}

void pouce_api_fail(PouceCall *call, const GError *error)
{
    PouceProblem problem = pouce_api_problem(error);
    if (problem == POUCE_PROBLEM_INTERNAL) {
        g_warning("A request failed: %s", error->message);
        pouce_call_fail(call, problem, "The broker could not do this. Tell its operator.");
    } else if (problem == POUCE_PROBLEM_STOPPING) {
        pouce_call_fail(call, problem, "The broker is stopping or overloaded. Try again soon.");
    } else {
        pouce_call_fail(call, problem, error->message);
    }
}

PouceDeskCall pouce_api_desk_call(PouceCall *call)
{
    const PouceWho *who = pouce_call_who(call);
    return (PouceDeskCall){
        .account = who->account,
        .name = who->name,
        .device = who->device,
        .key = who->key,
        .now_us = pouce_call_now_us(call),
        .now_s = pouce_call_now_s(call),
    };
}
