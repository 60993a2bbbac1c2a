// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The viewer without a window: for tests, servers, recording and benchmarks. Events leave as lines
// on stdout (JSON with --json, else a sentence), the probe as `monotonic_us value`; commands come
// as JSON lines on stdin: {"do": "chat", "text": "…"}. `pouce-viewer --help-commands` lists them.
//
// One owner thread; runs the thread-default main context until it is told to stop.

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
    const char *broker_url;
    const char *login;
    const char *password;   // NULL: the token of an earlier log-in
    const char *folder;     // keys, token and known devices
    const char *microphone; // NULL: the system's choice
    const char *speaker;
    gboolean voice;     // the microphone on once `voice` is granted
    const char *record; // path of the recording; NULL: none
    int probe_x_px;     // -1: none
    int probe_y_px;
    int probe_bits;  // as in PoucePictureConfig
    gboolean accept; // every ring
    gboolean once;   // stop after the first session
    gboolean json;
} PouceHeadlessConfig;

/** pouce_headless_run - Returns: the exit status, 0 or 1 */
int pouce_headless_run(const PouceHeadlessConfig *config);

/** pouce_headless_commands - static text: what stdin takes */
const char *pouce_headless_commands(void);

G_END_DECLS
