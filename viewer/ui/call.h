// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What calls the helper from elsewhere: a sound, a notification, the window's urgency. It never
// takes the keyboard: whoever is writing would answer by accident. Main thread only.

#include <gtk/gtk.h>

typedef struct PouceCall PouceCall;

/** pouce_call_new - @window: borrowed; comes to the front when the notification is clicked */
PouceCall *pouce_call_new(GtkWindow *window);
void pouce_call_free(PouceCall *call);
void pouce_call_begin(PouceCall *call, const char *title, const char *need);
void pouce_call_stop(PouceCall *call);
