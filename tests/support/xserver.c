// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/support/xserver.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define START_DEADLINE_MS 20000

static void in_child(gpointer data)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL); // a failed test leaves no server behind
    dup2(GPOINTER_TO_INT(data), 3);
}

static gboolean read_number(int fd, char *out, gsize bytes)
{
    gint64 until_us = g_get_monotonic_time() + START_DEADLINE_MS * 1000;
    gsize have = 0;
    while (have + 1 < bytes) {
        GPollFD poll = {.fd = fd, .events = G_IO_IN};
        gint64 left_ms = (until_us - g_get_monotonic_time()) / 1000;
        if (left_ms <= 0 || g_poll(&poll, 1, (int)left_ms) <= 0)
            return FALSE;
        gssize got = read(fd, out + have, 1);
        if (got != 1)
            return FALSE;
        if (out[have] == '\n')
            break;
        have++;
    }
    out[have] = '\0';
    return have > 0;
}

gboolean xserver_start(XServer *server, const char *program, const char *size)
{
    int fds[2];
    gboolean vnc = strcmp(program, "Xtigervnc") == 0;
    g_autofree char *screen = vnc ? g_strdup(size) : g_strdup_printf("%sx24", size);
    const char *vnc_argv[] = {program, "-displayfd", "3", "-geometry", screen, "-depth", "24",
        "-SecurityTypes", "None", "-rfbport", "-1", "-nolisten", "tcp", "-noreset", NULL};
    const char *xvfb_argv[] = {
        program, "-displayfd", "3", "-screen", "0", screen, "-nolisten", "tcp", "-noreset", NULL};
    memset(server, 0, sizeof *server);
    g_autofree char *path = g_find_program_in_path(program);
    if (!path || !g_unix_open_pipe(fds, 0, NULL))
        return FALSE;
    g_autoptr(GError) error = NULL;
    gboolean started = g_spawn_async(NULL, (char **)(vnc ? vnc_argv : xvfb_argv), NULL,
        G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_LEAVE_DESCRIPTORS_OPEN |
            G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
        in_child, GINT_TO_POINTER(fds[1]), &server->pid, &error);
    close(fds[1]);
    char number[12];
    if (!started || !read_number(fds[0], number, sizeof number))
        g_error("%s does not start: %s", program, error ? error->message : "it named no display");
    close(fds[0]);
    g_snprintf(server->display, sizeof server->display, ":%s", number);
    return TRUE;
}

void xserver_stop(XServer *server)
{
    if (!server->pid)
        return;
    kill(server->pid, SIGTERM);
    waitpid(server->pid, NULL, 0);
    server->pid = 0;
}

int xserver_run(const XServer *server, const char *const *argv)
{
    g_auto(GStrv) env = g_environ_setenv(g_get_environ(), "DISPLAY", server->display, TRUE);
    int status = -1;
    g_autofree char *err = NULL;
    if (!g_spawn_sync(
            NULL, (char **)argv, env, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, &err, &status, NULL))
        return -1;
    if (status != 0)
        g_printerr("%s: %s\n", argv[0], err);
    return status;
}

static gboolean on_deadline(gpointer data)
{
    *(gboolean *)data = TRUE;
    return G_SOURCE_REMOVE;
}

gboolean wait_until(
    GMainContext *context, gboolean (*done)(void *data), void *data, int deadline_ms)
{
    gboolean late = FALSE;
    g_autoptr(GSource) timer = g_timeout_source_new((guint)deadline_ms);
    g_source_set_callback(timer, on_deadline, &late, NULL);
    g_source_attach(timer, context);
    while (!done(data) && !late)
        g_main_context_iteration(context, TRUE);
    g_source_destroy(timer);
    return done(data);
}
