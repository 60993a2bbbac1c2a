// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/program/broker.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "broker/console/admin.h"
#include "broker/console/watch.h"
#include "broker/http/api.h"
#include "broker/program/desk_clock.h"
#include "broker/switchboard/exchange.h"
#include "signaling/wire/json.h"

#define SOCKETS_MAX 6000
#define STOP_US (5 * G_USEC_PER_SEC)
#define STOP_POLL_MS 20

/* Rows of the API and the console's own, with one app for both. */
typedef struct {
    PouceApi api; /* first: the API's handlers see this */
    PouceWatch *watch;
} App;

struct PouceBroker {
    const PouceBrokerOptions *options;
    App app;
    int lock_fd;
    PouceStore *store;
    PouceTokens *tokens;
    PoucePasswords *passwords;
    PouceDesk *desk;
    GSource *clock;
    PouceFiles *files;
    PouceServer *server;
    PouceExchange *exchange;
    PouceWatch *watch;
    PouceAdmin *admin;
    PouceRoute *routes;
    GMainLoop *loop;
    gint64 stop_us;
    guint stop_id;
    int exit_code;
};

static void serve_events(PouceCall *call, gpointer app)
{
    pouce_watch_serve_events(((App *)app)->watch, call);
}

static void serve_metrics(PouceCall *call, gpointer app)
{
    pouce_watch_serve_metrics(((App *)app)->watch, call);
}

static const PouceRoute console_routes[] = {
    {"GET", "/console/events", POUCE_AUTH_OPERATOR, POUCE_RATE_PLAIN, FALSE, FALSE, serve_events},
    {"GET", "/metrics", POUCE_AUTH_NONE, POUCE_RATE_PLAIN, FALSE, FALSE, serve_metrics},
};

/* --- making --- */

static gboolean lock_folder(PouceBroker *broker, GError **error)
{
    const char *data = broker->options->data;
    if (g_mkdir_with_parents(data, 0700) != 0) {
        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno),
            "Cannot make the data folder %s: %s.", data, g_strerror(errno));
        return FALSE;
    }
    g_autofree char *path = g_build_filename(data, "lock", NULL);
    broker->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (broker->lock_fd < 0) {
        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno),
            "Cannot write in the data folder %s: %s.", data, g_strerror(errno));
        return FALSE;
    }
    if (flock(broker->lock_fd, LOCK_EX | LOCK_NB) == 0)
        return TRUE;
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_AGAIN,
        "Another broker uses the data folder %s. Stop it, or give this one a folder of its own.",
        data);
    return FALSE;
}

static void on_fatal(gpointer data, const GError *error)
{
    g_printerr(
        "pouce-broker: the database failed, so nothing more can be promised: %s\n", error->message);
    _exit(1);
}

static gboolean make_store(PouceBroker *broker, GError **error)
{
    PouceStoreConfig config = {.uri = broker->options->database, .on_fatal = on_fatal};
    broker->store = pouce_store_new(&config, error);
    if (!broker->store)
        return FALSE;
    broker->tokens = pouce_tokens_new(broker->store);
    broker->passwords = pouce_passwords_new(NULL);
    g_autoptr(PouceDb) db = pouce_db_open(broker->options->database, POUCE_DB_READ, error);
    if (!db)
        return FALSE;
    broker->exchange = pouce_exchange_new(broker->tokens);
    PouceDeskConfig desk = {
        .store = broker->store,
        .listener = &pouce_exchange_listener,
        .data = broker->exchange,
        .currency = broker->options->currency,
        .fee_bp = broker->options->fee_bp,
        .now_us = g_get_monotonic_time(),
        .now_s = g_get_real_time() / G_USEC_PER_SEC,
        .db = db,
    };
    broker->desk = pouce_desk_new(&desk, error);
    return broker->desk != NULL;
}

static void on_line_gone(gpointer server)
{
    pouce_server_ws_gone(server);
}

static void make_api(PouceBroker *broker)
{
    PouceApi *api = &broker->app.api;
    api->store = broker->store;
    api->desk = broker->desk;
    api->tokens = broker->tokens;
    api->passwords = broker->passwords;
    api->view = (PouceView){
        .desk = broker->desk,
        .ice = &broker->options->ice,
        .currency = broker->options->currency,
    };
    api->name = broker->options->name;
    api->logged_out = pouce_exchange_drop;
    api->logged_out_data = broker->exchange;
}

static gboolean make_server(PouceBroker *broker, GError **error)
{
    const PouceBrokerOptions *options = broker->options;
    gsize count = pouce_api_route_count + G_N_ELEMENTS(console_routes);
    broker->routes = g_new(PouceRoute, count);
    memcpy(broker->routes, pouce_api_routes, pouce_api_route_count * sizeof(PouceRoute));
    memcpy(broker->routes + pouce_api_route_count, console_routes, sizeof console_routes);
    broker->files = pouce_files_load(options->web, error);
    if (!broker->files)
        return FALSE;
    PouceServerConfig config = {
        .routes = broker->routes,
        .route_count = count,
        .app = &broker->app,
        .tokens = broker->tokens,
        .files = broker->files,
        .limits = options->limits,
        .behind_proxy = options->behind_proxy,
    };
    broker->server = pouce_server_new(&config);
    broker->app.api.server = broker->server;
    pouce_exchange_connect(broker->exchange, &broker->app.api.view, on_line_gone, broker->server);
    pouce_server_ws(broker->server, "/api/v1/ws", SOCKETS_MAX,
        (const char *const *)options->origins, pouce_exchange_accept, broker->exchange);
    return pouce_server_listen(broker->server, options->listen, error);
}

static gboolean make_console(PouceBroker *broker, GError **error)
{
    PouceWatchConfig watch = {
        .store = broker->store,
        .server = broker->server,
        .view = &broker->app.api.view,
        .exchange = broker->exchange,
    };
    const PouceBrokerOptions *options = broker->options;
    broker->watch = broker->app.watch = pouce_watch_new(&watch);
    g_autoptr(json_t) status = json_pack("{s:s, s:s, s:s, s:s?, s:i, s:b, s:b, s:s, s:I}", "url",
        pouce_server_url(broker->server), "version", POUCE_VERSION, "database", options->database,
        "web", options->web, "web_files", (int)pouce_files_count(broker->files), "stun",
        options->ice.stun && options->ice.stun[0], "turn",
        options->ice.turn && options->ice.turn[0], "currency", options->currency, "fee_bp",
        (json_int_t)options->fee_bp);
    PouceAdminConfig admin = {.api = &broker->app.api, .data = options->data, .status = status};
    broker->admin = pouce_admin_new(&admin, error);
    return broker->admin != NULL;
}

static gboolean nothing(PouceDb *db, gpointer data, GError **error)
{
    return TRUE;
}

static void on_nothing(gpointer data, const GError *error)
{
    *(gboolean *)data = TRUE;
}

/* Waits until what the desk took up is written, so that nobody reads a state from before the
 * restart. */
static void settle_restart(PouceBroker *broker)
{
    for (int round = 0; round < 2; round++) { /* a settlement is written in answer to the first */
        gboolean done = FALSE;
        if (!pouce_store_write(broker->store, nothing, on_nothing, &done, NULL, NULL))
            return;
        while (!done)
            g_main_context_iteration(NULL, TRUE);
    }
}

PouceBroker *pouce_broker_new(const PouceBrokerOptions *options, GError **error)
{
    g_autoptr(PouceBroker) broker = g_new0(PouceBroker, 1);
    broker->options = options;
    broker->lock_fd = -1;
    broker->loop = g_main_loop_new(NULL, FALSE);
    if (!lock_folder(broker, error) || !make_store(broker, error))
        return NULL;
    make_api(broker);
    pouce_exchange_connect(broker->exchange, &broker->app.api.view, on_line_gone, NULL);
    settle_restart(broker);
    if (!make_server(broker, error) || !make_console(broker, error))
        return NULL;
    broker->clock = pouce_desk_clock_new(broker->desk);
    return g_steal_pointer(&broker);
}

const char *pouce_broker_url(const PouceBroker *broker)
{
    return pouce_server_url(broker->server);
}

/* --- running and ending --- */

int pouce_broker_run(PouceBroker *broker)
{
    g_main_loop_run(broker->loop);
    return broker->exit_code;
}

static gboolean on_stop_poll(gpointer data)
{
    PouceBroker *broker = data;
    PouceServerCounts counts;
    pouce_server_counts(broker->server, &counts);
    gboolean idle = counts.waiting == 0 && counts.sockets == 0;
    if (!idle && g_get_monotonic_time() < broker->stop_us)
        return G_SOURCE_CONTINUE;
    broker->stop_id = 0;
    g_main_loop_quit(broker->loop);
    return G_SOURCE_REMOVE;
}

void pouce_broker_quit(PouceBroker *broker)
{
    if (broker->stop_us)
        return;
    broker->stop_us = g_get_monotonic_time() + STOP_US;
    pouce_server_stop(broker->server);
    pouce_watch_stop(broker->watch);
    pouce_exchange_stop(broker->exchange);
    broker->stop_id = g_timeout_add(STOP_POLL_MS, on_stop_poll, broker);
}

void pouce_broker_free(PouceBroker *broker)
{
    if (!broker)
        return;
    g_clear_handle_id(&broker->stop_id, g_source_remove);
    pouce_admin_free(broker->admin);
    if (broker->watch)
        pouce_watch_stop(broker->watch);
    if (broker->clock) {
        g_source_destroy(broker->clock);
        g_source_unref(broker->clock);
    }
    /* what was accepted is finished and reported while everything that may be told still stands */
    pouce_passwords_free(broker->passwords);
    pouce_store_free(broker->store);
    pouce_desk_free(broker->desk);
    while (g_main_context_iteration(NULL, FALSE))
        continue;
    pouce_watch_free(broker->watch);
    pouce_exchange_free(broker->exchange);
    pouce_server_free(broker->server);
    pouce_tokens_free(broker->tokens);
    pouce_files_free(broker->files);
    g_free(broker->routes);
    g_main_loop_unref(broker->loop);
    if (broker->lock_fd >= 0)
        close(broker->lock_fd);
    g_free(broker);
}
