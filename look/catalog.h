// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Where the translations are: beside the program, in ../share/locale, both in a build tree and once
// installed; else where CMake was told to install them.

/** pouce_catalog_use - the process speaks the user's language from here on; before any thread */
void pouce_catalog_use(void);
