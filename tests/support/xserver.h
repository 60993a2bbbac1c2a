// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// An X server of a test's own, on a display number that the server picks, and the wait for an event
// with a deadline. Fails the program with a sentence when no server can be started.

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
    GPid pid;
    char display[16]; // ":7"
} XServer;

/** xserver_start - @program "Xvfb" or "Xtigervnc"; @size "640x480"; FALSE if not installed */
gboolean xserver_start(XServer *server, const char *program, const char *size);
void xserver_stop(XServer *server);

/** xserver_run - a client program to its end, with DISPLAY set; its exit status */
int xserver_run(const XServer *server, const char *const *argv);

/** wait_until - runs @context (NULL: default) until @done(@data) or the deadline; its last answer
 */
gboolean wait_until(
    GMainContext *context, gboolean (*done)(void *data), void *data, int deadline_ms);

G_END_DECLS
