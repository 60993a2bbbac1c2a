// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/console/order.h"

#include <string.h>

#include "broker/exports/tables.h"
#include "broker/http/ice.h"
#include "broker/http/input.h"
#include "broker/store/audit.h"
#include "broker/store/roster.h"
#include "signaling/wire/base64u.h"
#include "signaling/wire/id.h"
#include "signaling/wire/json.h"

#define ROWS_MAX 1000000
#define MEMO "credited by the operator"

static gint64 wall_s(void)
{
    return g_get_real_time() / G_USEC_PER_SEC;
}

static const char *text(const PouceOrder *order, const char *key)
{
    const char *value = json_string_value(json_object_get(order->request, key));
    return value ? value : "";
}

static void add(PouceOrder *order, const char *key, json_t *value)
{
    json_object_set_new(order->answer, key, value);
}

static gboolean missing(GError **error, const char *format, const char *what)
{
    g_set_error(error, POUCE_DB_ERROR, POUCE_DB_ERROR_MISSING, format, what);
    return FALSE;
}

static PouceAccountRow *person(PouceDb *db, const char *login, GError **error)
{
    g_autoptr(GError) problem = NULL;
    PouceAccountRow *row = pouce_accounts_find_login(db, login, &problem);
    if (problem)
        g_propagate_error(error, g_steal_pointer(&problem));
    else if (!row)
        missing(error, "There is no account with the login \"%s\". See `poucectl account list`.",
            login);
    return row;
}

/* --- accounts --- */

static gboolean account_add(PouceDb *db, gpointer data, GError **error)
{
    PouceOrder *order = data;
    const char *login, *name;
    if (!pouce_input_login(order->request, &login, error) ||
        !pouce_input_text(order->request, "name", 1, POUCE_NAME_MAX_CHARS, FALSE, &name, error))
        return FALSE;
    char id[POUCE_ID_CHARS + 1];
    pouce_id_make(g_get_real_time() / 1000, id);
    const char *locale = *text(order, "locale") ? text(order, "locale") : "en";
    PouceAccountRow row = {
        .id = id,
        .login = (char *)login,
        .name = (char *)name,
        .locale = (char *)locale,
        .salt = order->secret.salt,
        .password = order->secret.key,
        .scrypt_n = order->secret.n,
        .scrypt_r = order->secret.r,
        .scrypt_p = order->secret.p,
        .created_s = wall_s(),
    };
    if (!pouce_accounts_insert(db, &row, error)) {
        if (error && g_error_matches(*error, POUCE_DB_ERROR, POUCE_DB_ERROR_CONFLICT)) {
            g_clear_error(error);
            g_set_error(error, POUCE_DB_ERROR, POUCE_DB_ERROR_CONFLICT,
                "The login \"%s\" is taken.", login);
        }
        return FALSE;
    }
    if (json_is_true(json_object_get(order->request, "operator")) &&
        !pouce_operators_set(db, id, TRUE, row.created_s, error))
        return FALSE;
    add(order, "id", json_string(id));
    add(order, "login", json_string(login));
    return pouce_audit_append(db, row.created_s, "operator", id, "account.created", login, error);
}

static gboolean account_list(PouceDb *db, gpointer data, GError **error)
{
    PouceOrder *order = data;
    const char *currency = order->api->view.currency;
    g_autoptr(GPtrArray) rows = pouce_roster_list(db, "", ROWS_MAX, error);
    if (!rows)
        return FALSE;
    json_t *list = json_array();
    add(order, "accounts", list);
    add(order, "currency", json_string(currency));
    for (guint i = 0; i < rows->len; i++) {
        const PouceRosterRow *row = rows->pdata[i];
        PoucePurse purse;
        if (!pouce_view_read_purse(db, row->id, currency, &purse, error))
            return FALSE;
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:s, s:b, s:b, s:I, s:I, s:I, s:I}", "id", row->id, "login",
                      row->login, "name", row->name, "operator", row->is_operator, "helper",
                      row->is_helper, "balance_minor", (json_int_t)purse.balance_minor,
                      "held_minor", (json_int_t)purse.held_minor, "earned_minor",
                      (json_int_t)purse.earned_minor, "created_s", (json_int_t)row->created_s));
    }
    return TRUE;
}

static gboolean account_credit(PouceDb *db, gpointer data, GError **error)
{
    PouceOrder *order = data;
    const char *currency = order->api->view.currency;
    gint64 amount;
    if (!pouce_currency_parse(text(order, "amount"), currency, &amount) || amount == 0)
        return missing(error, "\"%s\" is not an amount: write for example 20 or 12.50.",
            text(order, "amount"));
    g_autoptr(PouceAccountRow) row = person(db, text(order, "login"), error);
    if (!row)
        return FALSE;
    char id[POUCE_ID_CHARS + 1];
    pouce_id_make(g_get_real_time() / 1000, id);
    g_autofree char *key =
        g_strconcat("credit ", *text(order, "key") ? text(order, "key") : id, NULL);
    PouceLedgerRequest request = {
        .key = key,
        .transfer = id,
        .currency = (char *)currency,
        .now_s = wall_s(),
    };
    const char *memo = *text(order, "memo") ? text(order, "memo") : MEMO;
    gint64 balance;
    if (!pouce_ledger_credit(db, &request, row->id, amount, memo, error) ||
        !pouce_ledger_balance(db, POUCE_MONEY_BALANCE, row->id, currency, &balance, error) ||
        !pouce_audit_append(
            db, request.now_s, "operator", row->id, "account.credited", memo, error))
        return FALSE;
    add(order, "balance_minor", json_integer(balance));
    add(order, "currency", json_string(currency));
    add(order, "login", json_string(row->login));
    return TRUE;
}

static gboolean account_operator(PouceDb *db, gpointer data, GError **error)
{
    PouceOrder *order = data;
    gboolean is = !json_is_false(json_object_get(order->request, "operator"));
    g_autoptr(PouceAccountRow) row = person(db, text(order, "login"), error);
    if (!row)
        return FALSE;
    order->changed_rights = TRUE;
    add(order, "login", json_string(row->login));
    add(order, "operator", json_boolean(is));
    return pouce_operators_set(db, row->id, is, wall_s(), error) &&
           pouce_audit_append(db, wall_s(), "operator", row->id,
               is ? "account.operator" : "account.no_operator", row->login, error);
}

/* --- sessions --- */

static json_t *session_json(const PouceSessionRow *row)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:s, s:I, s:I, s:I, s:s, s:s, s:I, "
                     "s:I, s:I, s:I}",
        "id", row->id, "state", row->state, "seeker_id", row->seeker.account, "seeker",
        row->seeker.name, "helper_id", row->helper.account ? row->helper.account : "", "helper",
        row->helper.name ? row->helper.name : "", "need", row->need, "rate_minor_per_min",
        (json_int_t)row->rate_minor_per_min, "currency", row->currency, "cap_minor",
        (json_int_t)row->cap_minor, "signed_ms", (json_int_t)row->signed_ms, "cost_minor",
        (json_int_t)row->cost_minor, "end_reason", row->end_reason, "receipt", row->receipt,
        "created_s", (json_int_t)row->created_s, "live_s", (json_int_t)row->live_s, "ended_s",
        (json_int_t)row->ended_s, "stars", (json_int_t)row->stars);
}

static gboolean session_list(PouceDb *db, gpointer data, GError **error)
{
    PouceOrder *order = data;
    gint64 limit = json_integer_value(json_object_get(order->request, "limit"));
    g_autoptr(GPtrArray) rows =
        pouce_sessions_list(db, NULL, 0, G_MAXINT64, limit > 0 ? limit : 50, error);
    if (!rows)
        return FALSE;
    json_t *list = json_array();
    add(order, "sessions", list);
    for (guint i = 0; i < rows->len; i++)
        json_array_append_new(list, session_json(rows->pdata[i]));
    return TRUE;
}

static PouceSessionRow *session_row(PouceDb *db, PouceOrder *order, GError **error)
{
    g_autoptr(GError) problem = NULL;
    PouceSessionRow *row = pouce_sessions_find(db, text(order, "session"), &problem);
    if (problem)
        g_propagate_error(error, g_steal_pointer(&problem));
    else if (!row)
        missing(error, "There is no session \"%s\". See `poucectl session list`.",
            text(order, "session"));
    return row;
}

static gboolean session_show(PouceDb *db, gpointer data, GError **error)
{
    PouceOrder *order = data;
    g_autoptr(PouceSessionRow) row = session_row(db, order, error);
    g_autoptr(GPtrArray) audit = row ? pouce_audit_list(db, row->id, 0, 1000, error) : NULL;
    if (!audit)
        return FALSE;
    json_t *list = json_array();
    add(order, "session", session_json(row));
    add(order, "audit", list);
    for (guint i = 0; i < audit->len; i++) {
        const PouceAuditRow *entry = audit->pdata[i];
        json_array_append_new(
            list, json_pack("{s:I, s:s, s:s, s:s}", "time_s", (json_int_t)entry->time_s, "actor",
                      entry->actor, "event", entry->event, "detail", entry->detail));
    }
    return TRUE;
}

static json_t *key_json(GBytes *key)
{
    if (!key)
        return json_string("");
    gsize bytes;
    gconstpointer data = g_bytes_get_data(key, &bytes);
    g_autofree char *encoded = pouce_base64u_encode(data, bytes);
    return json_string(encoded);
}

static gboolean session_ticks(PouceDb *db, gpointer data, GError **error)
{
    PouceOrder *order = data;
    g_autoptr(PouceSessionRow) row = session_row(db, order, error);
    g_autoptr(GPtrArray) rows = row ? pouce_ticks_list(db, row->id, error) : NULL;
    if (!rows)
        return FALSE;
    json_t *list = json_array();
    add(order, "session", session_json(row));
    add(order, "seeker_key", key_json(row->seeker.key));
    add(order, "helper_key", key_json(row->helper.key));
    add(order, "ticks", list);
    for (guint i = 0; i < rows->len; i++)
        json_array_append_new(list, pouce_view_tick_json(rows->pdata[i]));
    return TRUE;
}

/* --- books --- */

static gboolean export_table(PouceDb *db, gpointer data, GError **error)
{
    PouceOrder *order = data;
    gboolean receipts = strcmp(text(order, "what"), "receipts") == 0;
    gint64 from_s = json_integer_value(json_object_get(order->request, "from_s"));
    gint64 to_s = json_integer_value(json_object_get(order->request, "to_s"));
    if (!receipts && strcmp(text(order, "what"), "sessions") != 0)
        return missing(
            error, "\"%s\" cannot be exported: choose sessions or receipts.", text(order, "what"));
    if (to_s <= 0)
        to_s = G_MAXINT64;
    g_autoptr(GPtrArray) rows = receipts
                                    ? pouce_receipts_list(db, from_s, to_s, error)
                                    : pouce_sessions_list(db, NULL, from_s, to_s, ROWS_MAX, error);
    if (!rows)
        return FALSE;
    g_autofree char *csv = receipts ? pouce_export_receipts(rows) : pouce_export_sessions(rows);
    add(order, "csv", json_string(csv));
    add(order, "rows", json_integer(rows->len));
    return TRUE;
}

static gboolean ledger_verify(PouceDb *db, gpointer data, GError **error)
{
    PouceOrder *order = data;
    gint64 transfers = 0, entries = 0;
    g_autofree char *money = NULL, *log = NULL;
    if (!pouce_ledger_verify(db, &transfers, &money, error) ||
        !pouce_audit_verify(db, &entries, &log, error))
        return FALSE;
    add(order, "whole", json_boolean(!money && !log));
    add(order, "transfers", json_integer(transfers));
    add(order, "audit_entries", json_integer(entries));
    add(order, "ledger_problem", money ? json_string(money) : json_null());
    add(order, "audit_problem", log ? json_string(log) : json_null());
    return TRUE;
}

/* --- running --- */

static void on_done(gpointer data, const GError *error)
{
    PouceOrder *order = data;
    if (!error && order->changed_rights)
        pouce_tokens_forget(order->api->tokens, NULL);
    order->reply(order, error ? error->message : NULL);
}

static void run_in_store(PouceOrder *order, PouceStoreWork work, gboolean writes)
{
    g_autoptr(GError) error = NULL;
    gboolean queued = writes
                          ? pouce_store_write(order->api->store, work, on_done, order, NULL, &error)
                          : pouce_store_read(order->api->store, work, on_done, order, NULL, &error);
    if (!queued)
        order->reply(order, error->message);
}

static void on_hashed(const PouceSecret *secret, gpointer data)
{
    PouceOrder *order = data;
    order->secret = *secret;
    g_bytes_ref(secret->salt);
    g_bytes_ref(secret->key);
    run_in_store(order, account_add, TRUE);
}

static void run_account_add(PouceOrder *order)
{
    const char *password;
    g_autoptr(GError) error = NULL;
    if (!pouce_input_password(order->request, &password, &error))
        order->reply(order, error->message);
    else if (!pouce_passwords_hash(order->api->passwords, password, on_hashed, order))
        order->reply(order, "The broker is busy. Try again.");
}

/* With credentials of their own, so that the doctor sees what an end would see. */
static json_t *ice_servers(const PouceOrder *order)
{
    PouceSession *session = g_new0(PouceSession, 1);
    g_strlcpy(session->id, "doctor", sizeof session->id);
    pouce_ice_fill(order->api->view.ice, "doctor", wall_s(), session);
    json_t *list = json_array();
    for (guint i = 0; i < session->n_ice_servers; i++) {
        const PouceIceServer *server = &session->ice_servers[i];
        json_t *urls = json_array();
        for (char **url = server->urls; *url; url++)
            json_array_append_new(urls, json_string(*url));
        json_array_append_new(list, json_pack("{s:o, s:s, s:s}", "urls", urls, "username",
                                        server->username, "credential", server->credential));
    }
    pouce_session_free(session);
    return list;
}

static void run_status(PouceOrder *order)
{
    json_object_update(order->answer, order->status);
    add(order, "ice_servers", ice_servers(order));
    order->reply(order, NULL);
}

static const struct {
    const char *command;
    PouceStoreWork work;
    gboolean writes;
    void (*run)(PouceOrder *order); /* instead of work */
} commands[] = {
    {"status", NULL, FALSE, run_status},
    {"account.add", NULL, FALSE, run_account_add},
    {"account.list", account_list, FALSE, NULL},
    {"account.credit", account_credit, TRUE, NULL},
    {"account.operator", account_operator, TRUE, NULL},
    {"session.list", session_list, FALSE, NULL},
    {"session.show", session_show, FALSE, NULL},
    {"session.ticks", session_ticks, FALSE, NULL},
    {"export", export_table, FALSE, NULL},
    {"ledger.verify", ledger_verify, FALSE, NULL},
};

void pouce_order_run(PouceOrder *order)
{
    const char *name = text(order, "command");
    for (gsize i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (strcmp(commands[i].command, name) != 0)
            continue;
        if (commands[i].run)
            commands[i].run(order);
        else
            run_in_store(order, commands[i].work, commands[i].writes);
        return;
    }
    order->reply(order,
        "This broker does not know that command; poucectl and broker must be of one version.");
}
