// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The helper asks for more: a clear question above everything, with "No" as the easy answer. The
// agent refuses all injected input while it is shown. Made and freed with the session; ask and
// withdraw accept NULL. Main thread only.

#include "agent/ui/flow.h"

PouceQuestion *pouce_question_new(PouceFlow *flow);
void pouce_question_free(PouceQuestion *question);
void pouce_question_ask(PouceQuestion *question, guint32 id, PouceCapability what, guint32 ms);
/** pouce_question_withdraw - @id is no longer asked */
void pouce_question_withdraw(PouceQuestion *question, guint32 id);
