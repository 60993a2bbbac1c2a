// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// Where the broker is and who logs in there, as a program is told it: options win over the
// environment, the environment over the program's file. Main thread.

#include <glib.h>

G_BEGIN_DECLS

/** pouce_setting - @option, else @variable (NULL: none), else @file's; owned, NULL if none is set
 */
char *pouce_setting(
    GKeyFile *file, const char *group, const char *key, const char *variable, const char *option);

/**
 * pouce_setting_password - the first line of the file @path; with NULL, POUCE_PASSWORD, which is
 *                          removed from the environment: it is not for programs started from here
 * @out: owned; NULL without a password
 * Errors: G_FILE_ERROR, also for a file that is too long
 */
gboolean pouce_setting_password(const char *path, char **out, GError **error);

G_END_DECLS
