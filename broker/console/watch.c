// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/console/watch.h"

#include <string.h>
#include <time.h>

#include "signaling/wire/json.h"

#define TICK_MS 1000
/* Today's sums are read again this often, which bounds what an open page costs the store. */
#define TOTALS_EVERY 3
#define PEOPLE_MAX 200
#define STATS_FRESH_US (10 * G_USEC_PER_SEC)

struct PouceWatch {
    PouceWatchConfig config;
    GPtrArray *streams; /* of Stream, owned */
    PouceSessionTotals today;
    gint64 started_us;
    guint tick_id, ticks;
    gboolean reading;
    gboolean stopped;
};

typedef struct {
    PouceWatch *watch;
    PouceCall *call; /* reference */
} Stream;

static void stream_free(gpointer data)
{
    Stream *stream = data;
    pouce_call_unref(stream->call);
    g_free(stream);
}

/* --- today's figures --- */

static gint64 midnight_s(gint64 now_s)
{
    time_t now = now_s;
    struct tm local;
    localtime_r(&now, &local);
    local.tm_hour = local.tm_min = local.tm_sec = 0;
    local.tm_isdst = -1;
    return mktime(&local);
}

typedef struct {
    PouceWatch *watch;
    PouceSessionTotals totals;
} Reading;

static gboolean read_totals(PouceDb *db, gpointer data, GError **error)
{
    Reading *reading = data;
    gint64 from_s = midnight_s(g_get_real_time() / G_USEC_PER_SEC);
    return pouce_sessions_totals(db, from_s, G_MAXINT64, &reading->totals, error);
}

static void on_totals(gpointer data, const GError *error)
{
    Reading *reading = data;
    reading->watch->reading = FALSE;
    if (!error)
        reading->watch->today = reading->totals;
}

static void refresh_totals(PouceWatch *watch)
{
    if (watch->reading)
        return;
    Reading *reading = g_new0(Reading, 1);
    reading->watch = watch;
    watch->reading =
        pouce_store_read(watch->config.store, read_totals, on_totals, reading, g_free, NULL);
}

/* --- the snapshot --- */

typedef struct {
    json_t *list;
    const PouceView *view;
} People;

static void add_person(gpointer data, const PouceWho *who, gboolean available)
{
    People *people = data;
    if (json_array_size(people->list) >= PEOPLE_MAX)
        return;
    const PouceHelperCard *card =
        pouce_directory_find(pouce_desk_directory(people->view->desk), who->account);
    PouceAvailability state =
        available
            ? pouce_directory_available(pouce_desk_directory(people->view->desk), who->account)
            : POUCE_FREE_AWAY;
    json_array_append_new(
        people->list, json_pack("{s:s, s:s, s:b, s:s, s:s}", "id", who->account, "name", who->name,
                          "helper", card != NULL, "available", pouce_availability_name(state),
                          "place", card ? card->place : ""));
}

static json_t *session_json(PouceWatch *watch, const PouceSessionRow *row, gint64 now_us)
{
    json_t *json = json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:s}", "id", row->id,
        "state", row->state, "seeker", row->seeker.name ? row->seeker.name : "", "helper",
        row->helper.name ? row->helper.name : "", "need", row->need, "created_s",
        (json_int_t)row->created_s, "signed_ms", (json_int_t)row->signed_ms, "cost_minor",
        (json_int_t)row->cost_minor, "rate_minor_per_min", (json_int_t)row->rate_minor_per_min,
        "currency", watch->config.view->currency);
    PouceLineStats stats;
    if (pouce_exchange_stats(watch->config.exchange, row->id, &stats) &&
        now_us - stats.at_us < STATS_FRESH_US)
        json_object_set_new(json, "stats",
            json_pack("{s:I, s:I, s:I, s:I, s:I}", "fps", (json_int_t)stats.fps, "bitrate_bps",
                (json_int_t)stats.bitrate_bps, "rtt_ms", (json_int_t)stats.rtt_ms, "lost",
                (json_int_t)stats.lost, "bytes", (json_int_t)stats.bytes));
    else
        json_object_set_new(json, "stats", json_null());
    return json;
}

static gboolean is_live(const char *state)
{
    return strcmp(state, "live") == 0 || strcmp(state, "paused") == 0;
}

json_t *pouce_watch_snapshot(PouceWatch *watch, gint64 now_us)
{
    const PouceView *view = watch->config.view;
    People people = {.list = json_array(), .view = view};
    json_t *open = json_array(), *live = json_array();
    pouce_exchange_foreach(watch->config.exchange, add_person, &people);
    g_autoptr(GPtrArray) rows = pouce_desk_unfinished(view->desk, NULL);
    for (guint i = 0; i < rows->len; i++) {
        const PouceSessionRow *row = rows->pdata[i];
        json_t *list = is_live(row->state) ? live : open;
        if (json_array_size(list) < PEOPLE_MAX)
            json_array_append_new(list, session_json(watch, row, now_us));
    }
    const PouceSessionTotals *today = &watch->today;
    return json_pack("{s:I, s:s, s:i, s:i, s:o, s:o, s:o, s:{s:I, s:I, s:I, s:I, s:I}}", "time_s",
        (json_int_t)(g_get_real_time() / G_USEC_PER_SEC), "currency", view->currency, "online",
        (int)pouce_exchange_lines(watch->config.exchange), "helpers",
        (int)pouce_directory_count(pouce_desk_directory(view->desk)), "people", people.list, "open",
        open, "live", live, "today", "sessions", (json_int_t)today->created, "settled",
        (json_int_t)today->settled, "failed", (json_int_t)today->failed, "signed_ms",
        (json_int_t)today->signed_ms, "cost_minor", (json_int_t)today->cost_minor);
}

/* --- events --- */

static void on_gone(gpointer data)
{
    Stream *stream = data;
    g_ptr_array_remove_fast(stream->watch->streams, stream);
}

static gboolean tick(gpointer data)
{
    PouceWatch *watch = data;
    if (watch->ticks++ % TOTALS_EVERY == 0)
        refresh_totals(watch);
    if (watch->streams->len == 0)
        return G_SOURCE_CONTINUE;
    g_autoptr(json_t) json = pouce_watch_snapshot(watch, g_get_monotonic_time());
    char *text = json_dumps(json, JSON_COMPACT);
    g_autofree char *event = g_strdup_printf("event: state\ndata: %s\n\n", text);
    free(text);
    for (guint i = 0; i < watch->streams->len; i++) {
        Stream *stream = watch->streams->pdata[i];
        pouce_call_stream_send(stream->call, event);
    }
    return G_SOURCE_CONTINUE;
}

void pouce_watch_serve_events(PouceWatch *watch, PouceCall *call)
{
    if (watch->stopped || watch->streams->len >= POUCE_WATCH_MAX_STREAMS) {
        pouce_call_fail(call, POUCE_PROBLEM_TOO_MANY, "Too many consoles are open. Close one.");
        return;
    }
    Stream *stream = g_new0(Stream, 1);
    stream->watch = watch;
    stream->call = pouce_call_ref(call);
    g_ptr_array_add(watch->streams, stream);
    pouce_call_stream(call, "text/event-stream", on_gone, stream);
    g_autoptr(json_t) json = pouce_watch_snapshot(watch, g_get_monotonic_time());
    char *text = json_dumps(json, JSON_COMPACT);
    g_autofree char *event = g_strdup_printf("retry: 2000\nevent: state\ndata: %s\n\n", text);
    free(text);
    pouce_call_stream_send(call, event);
}

/* --- metrics --- */

static void gauge(GString *out, const char *name, const char *help, gint64 value)
{
    g_string_append_printf(out,
        "# HELP pouce_%s %s\n# TYPE pouce_%s gauge\npouce_%s %" G_GINT64_FORMAT "\n", name, help,
        name, name, value);
}

static void counter(GString *out, const char *name, const char *help, guint64 value)
{
    g_string_append_printf(out,
        "# HELP pouce_%s %s\n# TYPE pouce_%s counter\npouce_%s_total %" G_GUINT64_FORMAT "\n", name,
        help, name, name, value);
}

static void session_gauges(PouceWatch *watch, GString *out)
{
    static const char *const states[] = {"ringing", "accepted", "connecting", "live", "paused"};
    g_autoptr(GPtrArray) rows = pouce_desk_unfinished(watch->config.view->desk, NULL);
    g_string_append(
        out, "# HELP pouce_sessions Unfinished sessions by state.\n# TYPE pouce_sessions gauge\n");
    for (gsize i = 0; i < G_N_ELEMENTS(states); i++) {
        guint count = 0;
        for (guint j = 0; j < rows->len; j++)
            count += strcmp(((PouceSessionRow *)rows->pdata[j])->state, states[i]) == 0;
        g_string_append_printf(out, "pouce_sessions{state=\"%s\"} %u\n", states[i], count);
    }
}

char *pouce_watch_metrics(PouceWatch *watch)
{
    GString *out = g_string_new(NULL);
    PouceServerCounts http;
    PouceExchangeCounts lines;
    pouce_server_counts(watch->config.server, &http);
    pouce_exchange_counts(watch->config.exchange, &lines);
    gauge(out, "uptime_seconds", "Seconds since the broker started.",
        (g_get_monotonic_time() - watch->started_us) / G_USEC_PER_SEC);
    gauge(out, "devices_online", "Devices on the switchboard.",
        pouce_exchange_lines(watch->config.exchange));
    gauge(out, "helpers", "People with a helper profile.",
        pouce_directory_count(pouce_desk_directory(watch->config.view->desk)));
    gauge(out, "connections", "Open TCP connections.", http.connections);
    gauge(out, "requests_waiting", "HTTP requests not yet answered.", http.waiting);
    gauge(out, "store_waiting", "Closures waiting for the store's writer.",
        pouce_store_waiting(watch->config.store));
    session_gauges(watch, out);
    g_string_append(out,
        "# HELP pouce_http_answers HTTP answers by class.\n# TYPE pouce_http_answers counter\n");
    for (guint i = 1; i < G_N_ELEMENTS(http.answers); i++)
        g_string_append_printf(out,
            "pouce_http_answers_total{class=\"%uxx\"} %" G_GUINT64_FORMAT "\n", i, http.answers[i]);
    counter(out, "http_too_many", "Requests refused by a rate limit.", http.too_many);
    counter(out, "switchboard_messages", "Messages received on the switchboard.", lines.messages);
    counter(out, "switchboard_relayed", "Messages relayed between two ends.", lines.relayed);
    counter(out, "switchboard_refused", "Messages that were not relayed.", lines.refused);
    counter(
        out, "switchboard_malformed", "Messages that closed their connection.", lines.malformed);
    gauge(out, "today_sessions", "Sessions created since midnight.", watch->today.created);
    gauge(out, "today_signed_milliseconds", "Signed time of today's sessions.",
        watch->today.signed_ms);
    gauge(out, "today_turnover_minor", "Cost of today's sessions in minor units.",
        watch->today.cost_minor);
    g_string_append(out, "# EOF\n");
    return g_string_free(out, FALSE);
}

void pouce_watch_serve_metrics(PouceWatch *watch, PouceCall *call)
{
    g_autoptr(GInetAddress) address = g_inet_address_new_from_string(pouce_call_address(call));
    if (!address || !g_inet_address_get_is_loopback(address)) {
        pouce_call_fail(
            call, POUCE_PROBLEM_FORBIDDEN, "Metrics are read from the broker's own machine.");
        return;
    }
    char *text = pouce_watch_metrics(watch);
    g_autoptr(GBytes) bytes = g_bytes_new_take(text, strlen(text));
    pouce_call_answer_bytes(
        call, 200, "application/openmetrics-text; version=1.0.0; charset=utf-8", bytes);
}

/* --- life --- */

PouceWatch *pouce_watch_new(const PouceWatchConfig *config)
{
    PouceWatch *watch = g_new0(PouceWatch, 1);
    watch->config = *config;
    watch->streams = g_ptr_array_new_with_free_func(stream_free);
    watch->started_us = g_get_monotonic_time();
    watch->tick_id = g_timeout_add(TICK_MS, tick, watch);
    refresh_totals(watch);
    return watch;
}

void pouce_watch_stop(PouceWatch *watch)
{
    watch->stopped = TRUE;
    g_clear_handle_id(&watch->tick_id, g_source_remove);
    for (guint i = 0; i < watch->streams->len; i++)
        pouce_call_stream_end(((Stream *)watch->streams->pdata[i])->call);
    g_ptr_array_set_size(watch->streams, 0);
}

void pouce_watch_free(PouceWatch *watch)
{
    if (!watch)
        return;
    pouce_watch_stop(watch);
    g_ptr_array_unref(watch->streams);
    g_free(watch);
}
