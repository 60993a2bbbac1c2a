// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "broker/exports/tables.h"
#include "broker/program/poucectl.h"

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
