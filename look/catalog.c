// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "look/catalog.h"

#include <glib.h>
#include <libintl.h>
#include <locale.h>

#define DOMAIN "pouce"

void pouce_catalog_use(void)
{
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = program ? g_path_get_dirname(program) : g_strdup(".");
    g_autofree char *beside = g_build_filename(folder, "..", "share", "locale", NULL);
    setlocale(LC_ALL, "");
    bindtextdomain(DOMAIN, g_file_test(beside, G_FILE_TEST_IS_DIR) ? beside : POUCE_LOCALE_DIR);
    bind_textdomain_codeset(DOMAIN, "UTF-8");
    textdomain(DOMAIN);
}
