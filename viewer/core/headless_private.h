// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Inside the viewer without a window: headless.c runs it, headless_events.c words what happens,
// headless_commands.c does what stdin asks. One owner thread.

#include <gio/gio.h>
#include <jansson.h>

#include "viewer/core/desk.h"
#include "viewer/core/headless.h"

typedef struct {
    PouceHeadlessConfig config;
    PouceDesk *desk;
    PoucePicture *picture;
    GMainLoop *loop;            // borrowed
    GDataInputStream *commands; // borrowed
    GCancellable *cancellable;  // borrowed
    guint stop_timer;
    gboolean stopping;
    gboolean done;
    gboolean record_asked;
    gboolean recording;
    guint recordings; // files begun
    int status;
    gint64 next_stroke;
    gboolean voiced;       // the microphone was turned on once
    gboolean session_over; // the first session has come to its end
} PouceHeadless;

/** headless_say - one line: with --json the event and @fields (taken), else @sentence unless NULL
 */
void headless_say(PouceHeadless *headless, const char *event, json_t *fields, const char *sentence);
void headless_problem(PouceHeadless *headless, const char *sentence);
void headless_quit(PouceHeadless *headless, int status);
/** headless_stop - ends a running session first */
void headless_stop(PouceHeadless *headless);

void headless_say_voice(PouceHeadless *headless, const PouceViewingVoice *voice);
void headless_on_desk(gpointer user, const PouceDeskEvent *event);
void headless_on_viewing(gpointer user, const PouceViewingEvent *event);
void headless_command(PouceHeadless *headless, const char *line, gsize bytes);
