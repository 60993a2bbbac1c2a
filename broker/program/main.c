// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <glib-unix.h>
#include <jansson.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "broker/program/broker.h"
#include "broker/program/options.h"

static gboolean on_signal(gpointer data)
{
    pouce_broker_quit(data);
    return G_SOURCE_CONTINUE;
}

static void event(const PouceBrokerOptions *options, const char *name, const char *url)
{
    if (!options->json) {
        if (strcmp(name, "ready") == 0)
            printf("READY %s\n", url);
        fflush(stdout);
        return;
    }
    json_t *json = json_pack("{s:s, s:s}", "event", name, "url", url);
    char *text = json_dumps(json, JSON_COMPACT);
    printf("%s\n", text);
    fflush(stdout);
    free(text);
    json_decref(json);
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    signal(SIGPIPE, SIG_IGN);
    g_auto(PouceBrokerOptions) options = {0};
    g_autoptr(GError) error = NULL;
    PouceOptionsResult read = pouce_broker_options_read(argc, argv, &options, &error);
    if (read != POUCE_OPTIONS_RUN) {
        if (error)
            g_printerr("pouce-broker: %s\n", error->message);
        return read == POUCE_OPTIONS_DONE ? 0 : 2;
    }
    g_autoptr(PouceBroker) broker = pouce_broker_new(&options, &error);
    if (!broker) {
        g_printerr("pouce-broker: %s\n", error->message);
        return 1;
    }
    if (!options.web)
        g_printerr(
            "pouce-broker: the pages were not found, so only the API is served. Give --web DIR.\n");
    guint term = g_unix_signal_add(SIGTERM, on_signal, broker);
    guint interrupt = g_unix_signal_add(SIGINT, on_signal, broker);
    event(&options, "ready", pouce_broker_url(broker));
    int code = pouce_broker_run(broker);
    g_source_remove(term);
    g_source_remove(interrupt);
    event(&options, "stopped", pouce_broker_url(broker));
    return code;
}
