// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What GTK 4 left to the window manager: a window above the others, out of the taskbar, in a given
// place. Does nothing on displays other than X11.

#include <gtk/gtk.h>

/** pouce_x11_keep_above - @window stays above and out of taskbar and pager from its map on
 *  @top_centre: also puts it there each time that it appears */
void pouce_x11_keep_above(GtkWindow *window, gboolean top_centre);

/** pouce_x11_present - shows @window and gives it the keyboard, though nobody clicked on it just
 * now */
void pouce_x11_present(GtkWindow *window);
