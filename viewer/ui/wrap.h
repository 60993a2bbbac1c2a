// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gtk/gtk.h>

/**
 * pouce_wrap_new - a box whose children stand side by side and go on in the next line, each at its
 * own width; a GtkBox, without its spacing. GtkFlowBox makes columns, which waste half a line
 * when children differ. @role: what a screen reader calls it
 */
GtkWidget *pouce_wrap_new(GtkAccessibleRole role);
