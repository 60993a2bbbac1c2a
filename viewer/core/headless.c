// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewer/core/headless.h"

#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "signaling/wire/json.h"
#include "viewer/core/desk.h"
#include "viewer/core/headless_private.h"

// After a signal: the last tick, the broker's word, the receipt.
#define STOP_WAIT_MS 6000
#define COMMAND_MAX_BYTES (32 * 1024)

// Events and probe lines come from several threads; each line is one write.
static GMutex output_lock;

static void write_line(const char *text, gsize bytes)
{
    g_mutex_lock(&output_lock);
    while (bytes > 0) {
        gssize done = write(STDOUT_FILENO, text, bytes);
        if (done <= 0)
            break;
        text += done;
        bytes -= (gsize)done;
    }
    g_mutex_unlock(&output_lock);
}

void headless_say(PouceHeadless *headless, const char *event, json_t *fields, const char *sentence)
{
    g_autoptr(json_t) object = json_object();
    json_object_set_new(object, "event", json_string(event));
    if (fields)
        json_object_update(object, fields);
    json_decref(fields);
    g_autofree char *text = headless->config.json ? pouce_json_text(object) : g_strdup(sentence);
    if (!text)
        return;
    g_autofree char *line = g_strconcat(text, "\n", NULL);
    write_line(line, strlen(line));
}

void headless_problem(PouceHeadless *headless, const char *sentence)
{
    if (headless->config.json)
        headless_say(headless, "problem", json_pack("{s:s}", "text", sentence), NULL);
    else
        fprintf(stderr, "pouce-viewer: %s\n", sentence);
}

// On the streaming thread.
static void on_probe(gpointer user, gint64 now_us, guint value)
{
    char line[48];
    int bytes = g_snprintf(line, sizeof(line), "%" G_GINT64_FORMAT " %u\n", now_us, value);
    write_line(line, (gsize)bytes);
}

void headless_quit(PouceHeadless *headless, int status)
{
    headless->status = MAX(headless->status, status);
    headless->done = TRUE;
    g_main_loop_quit(headless->loop);
}

static gboolean on_deadline(gpointer user)
{
    PouceHeadless *headless = user;
    headless->stop_timer = 0;
    headless_quit(headless, 0);
    return G_SOURCE_REMOVE;
}

void headless_stop(PouceHeadless *headless)
{
    if (headless->stopping)
        return;
    headless->stopping = TRUE;
    PouceViewing *viewing = pouce_desk_peek_viewing(headless->desk);
    if (viewing)
        pouce_viewing_end(viewing);
    if (viewing || pouce_desk_is_settling(headless->desk))
        headless->stop_timer = g_timeout_add(STOP_WAIT_MS, on_deadline, headless);
    else
        headless_quit(headless, 0);
}

static gboolean on_signal(gpointer user)
{
    headless_stop(user);
    return G_SOURCE_CONTINUE;
}

static void read_command(PouceHeadless *headless);

static void on_command(GObject *source, GAsyncResult *result, gpointer user)
{
    g_autoptr(GError) error = NULL;
    gsize bytes = 0;
    g_autofree char *line =
        g_data_input_stream_read_line_finish(G_DATA_INPUT_STREAM(source), result, &bytes, &error);
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    PouceHeadless *headless = user;
    if (!line) // end of input: go on without commands
        return;
    if (bytes > COMMAND_MAX_BYTES)
        headless_problem(headless, "a command is longer than 32 KiB: it was ignored");
    else if (bytes > 0)
        headless_command(headless, line, bytes);
    read_command(headless);
}

static void read_command(PouceHeadless *headless)
{
    g_data_input_stream_read_line_async(
        headless->commands, G_PRIORITY_DEFAULT, headless->cancellable, on_command, headless);
}

static gboolean make(PouceHeadless *headless, GError **error)
{
    const PouceHeadlessConfig *config = &headless->config;
    const PoucePictureConfig picture = {.probe_x_px = config->probe_x_px,
        .probe_y_px = config->probe_y_px,
        .probe_bits = config->probe_bits,
        .on_probe = on_probe};
    headless->picture = pouce_picture_new(&picture, error);
    if (!headless->picture)
        return FALSE;
    const PouceDeskConfig desk = {.broker_url = config->broker_url,
        .login = config->login,
        .password = config->password,
        .folder = config->folder,
        .picture = headless->picture,
        .microphone = config->microphone,
        .speaker = config->speaker};
    const PouceDeskEvents events = {
        .on_event = headless_on_desk, .on_viewing = headless_on_viewing};
    headless->desk = pouce_desk_new(&desk, &events, headless, error);
    return headless->desk != NULL;
}

int pouce_headless_run(const PouceHeadlessConfig *config)
{
    PouceHeadless headless = {.config = *config};
    g_autoptr(GError) error = NULL;
    if (!make(&headless, &error)) {
        fprintf(stderr, "pouce-viewer: %s\n", error->message);
        pouce_picture_free(headless.picture);
        return 1;
    }
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    g_autoptr(GInputStream) input = g_unix_input_stream_new(STDIN_FILENO, FALSE);
    g_autoptr(GDataInputStream) commands = g_data_input_stream_new(input);
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    headless.loop = loop;
    headless.commands = commands;
    headless.cancellable = cancellable;
    guint term = g_unix_signal_add(SIGTERM, on_signal, &headless);
    guint interrupt = g_unix_signal_add(SIGINT, on_signal, &headless);
    read_command(&headless);
    pouce_desk_start(headless.desk);
    if (!headless.done) // refused at once
        g_main_loop_run(loop);
    g_cancellable_cancel(cancellable);
    g_source_remove(term);
    g_source_remove(interrupt);
    if (headless.stop_timer)
        g_source_remove(headless.stop_timer);
    pouce_desk_free(headless.desk);
    pouce_picture_free(headless.picture);
    while (g_main_context_iteration(NULL, FALSE)) // the cancelled read
        ;
    return headless.status;
}
