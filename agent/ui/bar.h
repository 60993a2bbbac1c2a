// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The bar of a session under way: always on screen, above all windows. Made and freed with it; all
// functions accept NULL and do nothing then. Main thread only.

#include "agent/ui/flow.h"

PouceBar *pouce_bar_new(PouceFlow *flow);
void pouce_bar_free(PouceBar *bar);
/** pouce_bar_follow - shows or hides it, and says what @phase means */
void pouce_bar_follow(PouceBar *bar, PouceAgentPhase phase);
void pouce_bar_set_time(PouceBar *bar, gint64 live_ms, gboolean running);
void pouce_bar_set_cost(PouceBar *bar, gint64 cost_minor);
void pouce_bar_set_unread(PouceBar *bar, guint unread);
void pouce_bar_set_paused(PouceBar *bar, gboolean by_us, gboolean by_helper);
/** pouce_bar_set_voice - which microphones are open */
void pouce_bar_set_voice(PouceBar *bar, const PouceAgentVoice *voice);
/** pouce_bar_refresh_loan - after a grant, a revocation, and each second */
void pouce_bar_refresh_loan(PouceBar *bar);
void pouce_bar_set_screens(
    PouceBar *bar, const PouceCaptureMonitor *monitors, int count, int chosen);
/** pouce_bar_say - a sentence under the bar; NULL takes it away */
void pouce_bar_say(PouceBar *bar, const char *sentence);
/** pouce_bar_choose_sound - offers the devices: one could not be had */
void pouce_bar_choose_sound(PouceBar *bar);
