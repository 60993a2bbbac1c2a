// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "signaling/wire/session.h"

#include <gtk/gtk.h>

typedef void (*PouceHelperChosen)(const char *id, gpointer data);

/**
 * pouce_helper_row_new - card of one helper: who, opinions, price, where, why in the list
 * @cap_minor: what may be spent, said as minutes at this helper's rate
 * @chosen:    called with the helper's id; not offered for those who are not available
 */
GtkWidget *pouce_helper_row_new(
    const PouceHelper *helper, gint64 cap_minor, PouceHelperChosen chosen, gpointer data);
