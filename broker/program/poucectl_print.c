// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <gio/gio.h>
#include <stdio.h>
#include <string.h>

#include "broker/exports/tables.h"
#include "broker/program/poucectl.h"

#define PROBE_TIMEOUT_S 5

static const char *text(json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));
    return value ? value : "";
}

static gint64 number(json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

char *pouce_ctl_money(gint64 minor, const char *currency)
{
    g_autofree char *amount = pouce_currency_text(minor, currency);
    return g_strdup_printf("%s %s", amount, currency);
}

static char *money(json_t *object, const char *key, const char *currency)
{
    return pouce_ctl_money(number(object, key), currency);
}

static char *moment(gint64 unix_s)
{
    g_autoptr(GDateTime) time = unix_s ? g_date_time_new_from_unix_local(unix_s) : NULL;
    return time ? g_date_time_format(time, "%Y-%m-%d %H:%M:%S") : g_strdup("-");
}

void pouce_ctl_print_accounts(json_t *answer)
{
    const char *currency = text(answer, "currency");
    size_t index;
    json_t *each;
    printf(
        "%-24s %-28s %14s %14s %14s  %s\n", "login", "name", "balance", "held", "earned", "roles");
    json_array_foreach(json_object_get(answer, "accounts"), index, each)
    {
        g_autofree char *balance = money(each, "balance_minor", currency);
        g_autofree char *held = money(each, "held_minor", currency);
        g_autofree char *earned = money(each, "earned_minor", currency);
        printf("%-24s %-28s %14s %14s %14s  %s%s\n", text(each, "login"), text(each, "name"),
            balance, held, earned, json_is_true(json_object_get(each, "helper")) ? "helper " : "",
            json_is_true(json_object_get(each, "operator")) ? "operator" : "");
    }
}

void pouce_ctl_print_sessions(json_t *answer)
{
    size_t index;
    json_t *each;
    printf("%-36s %-10s %-19s %-20s %-20s %10s %14s\n", "session", "state", "created", "seeker",
        "helper", "signed s", "cost");
    json_array_foreach(json_object_get(answer, "sessions"), index, each)
    {
        g_autofree char *cost = money(each, "cost_minor", text(each, "currency"));
        g_autofree char *created = moment(number(each, "created_s"));
        printf("%-36s %-10s %-19s %-20s %-20s %10.1f %14s\n", text(each, "id"), text(each, "state"),
            created, text(each, "seeker"), text(each, "helper"), number(each, "signed_ms") / 1000.0,
            cost);
    }
}

void pouce_ctl_print_session(json_t *answer)
{
    json_t *session = json_object_get(answer, "session");
    const char *currency = text(session, "currency");
    g_autofree char *rate = money(session, "rate_minor_per_min", currency);
    g_autofree char *cap = money(session, "cap_minor", currency);
    g_autofree char *cost = money(session, "cost_minor", currency);
    printf(
        "session    %s\nstate      %s %s\nseeker     %s (%s)\nhelper     %s (%s)\nneed       %s\n",
        text(session, "id"), text(session, "state"), text(session, "end_reason"),
        text(session, "seeker"), text(session, "seeker_id"), text(session, "helper"),
        text(session, "helper_id"), text(session, "need"));
    printf("rate       %s a minute, at most %s\nsigned     %.3f s\ncost       %s\nreceipt    "
           "%s\n\n",
        rate, cap, number(session, "signed_ms") / 1000.0, cost, text(session, "receipt"));
    size_t index;
    json_t *each;
    json_array_foreach(json_object_get(answer, "audit"), index, each)
    {
        g_autofree char *time = moment(number(each, "time_s"));
        printf("%s  %-20s %-36s %s\n", time, text(each, "event"), text(each, "actor"),
            text(each, "detail"));
    }
}

/* --- doctor --- */

static gboolean answers(const char *url)
{
    g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_NONE, NULL);
    if (!uri)
        return FALSE;
    const char *host = g_uri_get_host(uri);
    if (strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0)
        host = "localhost";
    g_autoptr(GSocketClient) client = g_socket_client_new();
    g_socket_client_set_timeout(client, PROBE_TIMEOUT_S);
    g_socket_client_set_enable_proxy(client, FALSE);
    g_autoptr(GSocketConnection) connection =
        g_socket_client_connect_to_host(client, host, g_uri_get_port(uri), NULL, NULL);
    if (!connection)
        return FALSE;
    static const char request[] = "GET /api/v1/ HTTP/1.0\r\nHost: doctor\r\n\r\n";
    char reply[64] = {0};
    gsize got = 0;
    return g_output_stream_write_all(g_io_stream_get_output_stream(G_IO_STREAM(connection)),
               request, sizeof request - 1, NULL, NULL, NULL) &&
           g_input_stream_read_all(g_io_stream_get_input_stream(G_IO_STREAM(connection)), reply,
               sizeof reply - 1, &got, NULL, NULL) &&
           strstr(reply, " 200 ");
}

static void finding(
    json_t *list, gboolean json, const char *state, const char *what, const char *detail)
{
    if (!json)
        printf("%-8s %-10s %s\n", state, what, detail);
    json_array_append_new(
        list, json_pack("{s:s, s:s, s:s}", "state", state, "part", what, "detail", detail));
}

static gboolean examine(const PouceCtl *ctl, json_t *status, json_t *list)
{
    const char *url = text(status, "url");
    gboolean fine = answers(url);
    finding(list, ctl->json, fine ? "ok" : "broken", "listen",
        fine ? url
             : "The broker runs, but its address does not answer: look for a firewall rule or a "
               "wrong --listen.");
    finding(list, ctl->json, "ok", "database", text(status, "database"));
    gboolean pages = number(status, "web_files") > 0;
    finding(list, ctl->json, pages ? "ok" : "broken", "pages",
        pages ? text(status, "web") : "No pages are served: start the broker with --web DIR.");
    gboolean stun = json_is_true(json_object_get(status, "stun"));
    gboolean turn = json_is_true(json_object_get(status, "turn"));
    finding(list, ctl->json, stun || turn ? "ok" : "missing", "stun",
        stun || turn
            ? "configured"
            : "No STUN server: ends behind different routers will not find each other. Set "
              "stun= in [ice].");
    finding(list, ctl->json, turn ? "ok" : "missing", "turn",
        turn ? "configured"
             : "No TURN relay: ends behind strict routers cannot connect. Set turn= and "
               "turn_secret= "
               "in [ice].");
    return fine && pages;
}

gboolean pouce_ctl_doctor(const PouceCtl *ctl)
{
    g_autoptr(GError) error = NULL;
    json_t *status = pouce_ctl_ask(ctl, json_pack("{s:s}", "command", "status"), &error);
    json_t *list = json_array();
    gboolean fine = status != NULL;
    finding(list, ctl->json, status ? "ok" : "broken", "broker",
        status ? text(status, "version") : error->message);
    if (status)
        fine = examine(ctl, status, list);
    if (ctl->json) {
        json_t *all = json_pack("{s:b, s:O}", "ok", fine, "findings", list);
        char *line = json_dumps(all, JSON_COMPACT);
        printf("%s\n", line);
        free(line);
        json_decref(all);
    }
    json_decref(list);
    json_decref(status);
    return fine;
}
