// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Colours and sizes of the window: light, dark or high contrast as the desktop says.

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** pouce_theme_before_gtk - the renderer where no GPU is; before gtk_init */
void pouce_theme_before_gtk(void);
/** pouce_theme_apply - once a process: style of @display, and follows the desktop's choice from
 * then on */
void pouce_theme_apply(GdkDisplay *display);

G_END_DECLS
