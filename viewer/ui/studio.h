// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The page of a running session: picture, tools, loan, chat, time and figures, all driven by one
// viewing. Made once; begin and finish around each session. Main thread only.

#include "viewer/ui/canvas.h"
#include "viewer/ui/front.h"

PouceStudio *pouce_studio_new(PouceFront *front);
PoucePage *pouce_studio_page(PouceStudio *studio);
PouceCanvas *pouce_studio_canvas(PouceStudio *studio);
void pouce_studio_begin(PouceStudio *studio);
void pouce_studio_finish(PouceStudio *studio);
void pouce_studio_told(PouceStudio *studio, const PouceViewingEvent *event);
/** pouce_studio_say - a sentence above the picture, read out; NULL takes it away */
void pouce_studio_say(PouceStudio *studio, const char *sentence);
