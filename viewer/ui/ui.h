// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The helper's window: log in, be available, be rung, help, read the receipt; what the browser
// viewer offers, in the same words. It drives viewer/core/desk.h and draws what that tells.

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
    const char *broker_url;
    const char *login;      // NULL: asked
    const char *password;   // NULL: the log-in of an earlier time, else asked
    const char *folder;     // of all logins: each has its own in it
    const char *settings;   // path of the configuration file: the login is kept there
    const char *record;     // path of the recording; NULL: named by date when asked for
    const char *microphone; // NULL: the system's choice
    const char *speaker;
    gboolean available; // at once, and not as last time
} PouceViewerUiConfig;

/**
 * pouce_viewer_ui_run - shows the window until it is closed
 * @config: borrowed
 * Returns: the exit status; 1 without a screen, with a sentence on stderr
 * Thread:  main, once a process; sets GSK_RENDERER where no GPU is and nobody set it
 */
int pouce_viewer_ui_run(const PouceViewerUiConfig *config);

G_END_DECLS
