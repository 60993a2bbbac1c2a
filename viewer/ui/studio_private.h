// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Inside the page of a session: studio.c keeps it together, studio_hands.c follows mouse and keys,
// studio_tools.c has the tools below the picture, studio_voice.c those of the voice, studio_side.c
// chat and figures. Main thread only.

#include "viewer/core/input_map.h"
#include "viewer/ui/ink.h"
#include "viewer/ui/stage.h"
#include "viewer/ui/studio.h"

#define STUDIO_COLORS 5

typedef struct {
    GtkWidget *box, *list, *scroll, *entry, *send, *facts, *figures, *line;
    guint count, unread;
    gint64 first_ms; // first picture after; 0: none yet
} StudioSide;

typedef struct {
    GtkWidget *bar;
    GtkWidget *point, *draw, *colors[STUDIO_COLORS], *undo, *clear;
    GtkWidget *ask, *by_place, *record;
    GtkWidget *exact, *smoothing, *full, *side;
} StudioTools;

typedef struct {
    GtkWidget *group, *on, *mute, *hold, *microphone, *speaker, *state;
    GPtrArray *devices; // PouceVoiceDevice; NULL: not asked for
    gboolean wanted;    // asked for, or on
    gboolean writing;
} StudioVoice;

struct PouceStudio {
    PoucePage page;
    PouceStage *stage;
    PouceCanvas *canvas; // the stage's
    PouceInk *ink;
    PouceInputMap map;
    GtkIMContext *dead_keys;
    gboolean composing, inhibited;
    gboolean inside;  // the pointer is over the stage
    gboolean running; // between begin and finish
    gboolean asked;   // for control
    gboolean record_asked;
    char *recording; // path; NULL: none
    gboolean draws;
    guint32 rgb;
    gboolean pointing; // the seeker's screen shows our pointer
    guint16 last_x, last_y;
    gint64 lost_until_us; // 0: connected
    gint64 signed_ms, cost_minor;
    gboolean paused, paused_by_us;
    guint timer, quiet; // each second; the notice goes
    // widgets
    GtkWidget *face, *name, *need, *time, *cost, *counting, *pause, *end;
    GtkWidget *loan, *loan_left, *loan_back;
    GtkWidget *waiting; // over the stage while there is no picture
    StudioSide side;
    StudioTools tools;
    StudioVoice voice;
};

PouceViewing *studio_viewing(PouceStudio *studio);
/** studio_controls - mouse and keyboard are lent, and drawing does not use the mouse */
gboolean studio_controls(PouceStudio *studio);
const char *studio_seeker(PouceStudio *studio);
/** studio_say_filled - @text with the seeker's name for {name} */
void studio_say_filled(PouceStudio *studio, const char *text);
/** studio_check - @ok as it was; if not, says what @error is and clears it */
gboolean studio_check(PouceStudio *studio, gboolean ok, GError **error);
void studio_loan_changed(PouceStudio *studio);

void studio_hands_init(PouceStudio *studio);
/** studio_hands_rest - lets go of all that is held */
void studio_hands_rest(PouceStudio *studio);
/** studio_hands_follow - the keyboard is taken whole exactly while it is lent and used */
void studio_hands_follow(PouceStudio *studio);

GtkWidget *studio_tools_new(PouceStudio *studio);
void studio_tools_write(PouceStudio *studio);
void studio_tools_set_draws(PouceStudio *studio, gboolean draws);
void studio_tools_record_told(PouceStudio *studio, const PouceViewingEvent *event);
void studio_tools_ink_changed(PouceStudio *studio);

GtkWidget *studio_voice_new(PouceStudio *studio);
void studio_voice_told(PouceStudio *studio, const PouceViewingEvent *event);
void studio_voice_write(PouceStudio *studio);
void studio_voice_forget(PouceStudio *studio);
/** studio_voice_key - F8, held to talk; FALSE if it means nothing now */
gboolean studio_voice_key(PouceStudio *studio, guint keyval, gboolean down);

GtkWidget *studio_side_new(PouceStudio *studio);
void studio_side_clear(PouceStudio *studio);
/** studio_side_show - chat and figures beside the picture, or not */
void studio_side_show(PouceStudio *studio, gboolean show);
void studio_side_heard(PouceStudio *studio, const char *text, gboolean own);
void studio_side_figures(PouceStudio *studio, const PouceViewingEvent *event);
