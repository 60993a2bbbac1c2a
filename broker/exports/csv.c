// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/exports/csv.h"

#include <string.h>

struct PouceCsv {
    GString *text;
    gboolean in_row;
};

PouceCsv *pouce_csv_new(void)
{
    PouceCsv *csv = g_new0(PouceCsv, 1);
    csv->text = g_string_new(NULL);
    return csv;
}

void pouce_csv_free(PouceCsv *csv)
{
    if (!csv)
        return;
    g_string_free(csv->text, TRUE);
    g_free(csv);
}

static void next_cell(PouceCsv *csv)
{
    if (csv->in_row)
        g_string_append_c(csv->text, ',');
    csv->in_row = TRUE;
}

void pouce_csv_text(PouceCsv *csv, const char *text)
{
    next_cell(csv);
    if (!text || !*text)
        return;
    /* spreadsheets look past white space, and some past a quote, for the sign that begins a formula
     */
    const char *first = text + strspn(text, " \t\r\n\"'");
    gboolean formula = strchr("=+-@|%", *first) && *first;
    gboolean control = *text == '\t' || *text == '\r' || *text == '\n';
    /* the full-width forms are formulas in some locales as well */
    static const char *const wide[] = {
        "\357\274\235", "\357\274\213", "\357\274\215", "\357\274\240"};
    for (gsize i = 0; i < G_N_ELEMENTS(wide); i++)
        formula |= g_str_has_prefix(first, wide[i]);
    gboolean guard = formula || control;
    gboolean quote =
        guard || strpbrk(text, ",\"\r\n") || *text == ' ' || text[strlen(text) - 1] == ' ';
    if (!quote) {
        g_string_append(csv->text, text);
        return;
    }
    g_string_append(csv->text, guard ? "\"'" : "\"");
    for (const char *at = text; *at; at++) {
        if (*at == '"')
            g_string_append_c(csv->text, '"');
        g_string_append_c(csv->text, *at);
    }
    g_string_append_c(csv->text, '"');
}

void pouce_csv_int(PouceCsv *csv, gint64 value)
{
    next_cell(csv);
    g_string_append_printf(csv->text, "%" G_GINT64_FORMAT, value);
}

void pouce_csv_money(PouceCsv *csv, gint64 minor, guint digits)
{
    next_cell(csv);
    guint64 size = minor < 0 ? 0 - (guint64)minor : (guint64)minor;
    guint64 unit = 1;
    for (guint i = 0; i < digits; i++)
        unit *= 10;
    g_string_append_printf(csv->text, "%s%" G_GUINT64_FORMAT, minor < 0 ? "-" : "", size / unit);
    if (digits)
        g_string_append_printf(csv->text, ".%0*" G_GUINT64_FORMAT, (int)digits, size % unit);
}

void pouce_csv_time(PouceCsv *csv, gint64 unix_s)
{
    next_cell(csv);
    g_autoptr(GDateTime) time = unix_s ? g_date_time_new_from_unix_utc(unix_s) : NULL;
    if (!time)
        return;
    g_autofree char *text = g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ");
    g_string_append(csv->text, text);
}

void pouce_csv_end_row(PouceCsv *csv)
{
    g_string_append(csv->text, "\r\n");
    csv->in_row = FALSE;
}

char *pouce_csv_take(PouceCsv *csv)
{
    char *text = g_string_free(csv->text, FALSE);
    g_free(csv);
    return text;
}
