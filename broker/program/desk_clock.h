// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The one clock of the broker's rules: a source of the main loop that asks the desk when it is due
// and then tells it the time. Nothing has to remember to set a timer.
#pragma once

#include <glib.h>

#include "broker/desk/desk.h"

/** Attached to the default context; destroy and unref it before the desk is freed. */
GSource *pouce_desk_clock_new(PouceDesk *desk);
