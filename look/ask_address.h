// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/**
 * pouce_ask_address - a window that asks where the service is; before the program's own window
 * @program: its name, for the desktop and for errors
 * @path:    of the file that keeps the answer, as "broker" in @group
 * Returns:  owned; NULL if it was closed, or without a screen
 * Thread:   main
 */
char *pouce_ask_address(const char *program, const char *group, const char *path);
