// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The chat: a small window above the others, opened from the bar. Made and freed with the session.
// Main thread only.

#include "agent/ui/flow.h"

PouceChat *pouce_chat_new(PouceFlow *flow);
void pouce_chat_free(PouceChat *chat);
void pouce_chat_show(PouceChat *chat);
void pouce_chat_hide(PouceChat *chat);
void pouce_chat_add(PouceChat *chat, const char *text, gboolean own);
