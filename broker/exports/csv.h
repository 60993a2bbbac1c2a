// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// CSV as RFC 4180 has it: a header, CRLF, quotes where needed. Texts that a spreadsheet would run
// as a formula get an apostrophe in front; numbers are written as they are. Pure; any thread.
#pragma once

#include <glib.h>

typedef struct PouceCsv PouceCsv;

PouceCsv *pouce_csv_new(void);
void pouce_csv_free(PouceCsv *csv);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceCsv, pouce_csv_free)

/** A text of people's making; NULL is an empty cell. */
void pouce_csv_text(PouceCsv *csv, const char *text);
void pouce_csv_int(PouceCsv *csv, gint64 value);

/** Minor units as a decimal number with @digits after the point: 1250, 2 → 12.50. */
void pouce_csv_money(PouceCsv *csv, gint64 minor, guint digits);

/** Seconds since 1970 as RFC 3339 in UTC; 0 is an empty cell. */
void pouce_csv_time(PouceCsv *csv, gint64 unix_s);

void pouce_csv_end_row(PouceCsv *csv);

/** The whole text; the csv is used up and freed. */
char *pouce_csv_take(PouceCsv *csv);
