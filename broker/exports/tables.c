// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/exports/tables.h"

#include <string.h>

#include "broker/exports/csv.h"

guint pouce_currency_digits(const char *currency)
{
    static const char *const none[] = {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW",
        "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF", NULL};
    static const char *const three[] = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND", NULL};
    if (g_strv_contains(none, currency))
        return 0;
    return g_strv_contains(three, currency) ? 3 : 2;
}

gboolean pouce_currency_parse(const char *text, const char *currency, gint64 *out_minor)
{
    guint digits = pouce_currency_digits(currency), seen = 0;
    gint64 minor = 0;
    gboolean point = FALSE, any = FALSE;
    for (; *text; text++) {
        if ((*text == '.' || *text == ',') && !point && digits > 0) {
            point = TRUE;
            continue;
        }
        if (!g_ascii_isdigit(*text) || (point && seen >= digits) || minor > POUCE_LEDGER_AMOUNT_MAX)
            return FALSE;
        minor = minor * 10 + (*text - '0');
        any = TRUE;
        if (point)
            seen++;
    }
    for (; seen < digits; seen++)
        minor *= 10;
    if (!any || minor > POUCE_LEDGER_AMOUNT_MAX)
        return FALSE;
    *out_minor = minor;
    return TRUE;
}

char *pouce_currency_text(gint64 minor, const char *currency)
{
    g_autoptr(PouceCsv) csv = pouce_csv_new();
    pouce_csv_money(csv, minor, pouce_currency_digits(currency));
    return pouce_csv_take(g_steal_pointer(&csv));
}

static void header(PouceCsv *csv, const char *const *names)
{
    for (; *names; names++)
        pouce_csv_text(csv, *names);
    pouce_csv_end_row(csv);
}

char *pouce_export_sessions(GPtrArray *rows)
{
    static const char *const names[] = {"session", "state", "created", "live", "ended", "seeker_id",
        "seeker", "helper_id", "helper", "need", "rate_per_min", "currency", "cap", "signed_ms",
        "cost", "end_reason", "receipt", "stars", NULL};
    PouceCsv *csv = pouce_csv_new();
    header(csv, names);
    for (guint i = 0; i < rows->len; i++) {
        const PouceSessionRow *row = rows->pdata[i];
        guint digits = pouce_currency_digits(row->currency);
        pouce_csv_text(csv, row->id);
        pouce_csv_text(csv, row->state);
        pouce_csv_time(csv, row->created_s);
        pouce_csv_time(csv, row->live_s);
        pouce_csv_time(csv, row->ended_s);
        pouce_csv_text(csv, row->seeker.account);
        pouce_csv_text(csv, row->seeker.name);
        pouce_csv_text(csv, row->helper.account);
        pouce_csv_text(csv, row->helper.name);
        pouce_csv_text(csv, row->need);
        pouce_csv_money(csv, row->rate_minor_per_min, digits);
        pouce_csv_text(csv, row->currency);
        pouce_csv_money(csv, row->cap_minor, digits);
        pouce_csv_int(csv, row->signed_ms);
        pouce_csv_money(csv, row->cost_minor, digits);
        pouce_csv_text(csv, row->end_reason);
        pouce_csv_text(csv, row->receipt);
        pouce_csv_int(csv, row->stars);
        pouce_csv_end_row(csv);
    }
    return pouce_csv_take(csv);
}

char *pouce_export_receipts(GPtrArray *rows)
{
    static const char *const names[] = {"number", "issued", "session", "seeker_id", "seeker",
        "helper_id", "helper", "need", "signed_ms", "rate_per_min", "currency", "amount",
        "helper_amount", "fee", NULL};
    PouceCsv *csv = pouce_csv_new();
    header(csv, names);
    for (guint i = 0; i < rows->len; i++) {
        const PouceReceiptRow *row = rows->pdata[i];
        guint digits = pouce_currency_digits(row->currency);
        pouce_csv_text(csv, row->number);
        pouce_csv_time(csv, row->issued_s);
        pouce_csv_text(csv, row->session);
        pouce_csv_text(csv, row->seeker);
        pouce_csv_text(csv, row->seeker_name);
        pouce_csv_text(csv, row->helper);
        pouce_csv_text(csv, row->helper_name);
        pouce_csv_text(csv, row->need);
        pouce_csv_int(csv, row->signed_ms);
        pouce_csv_money(csv, row->rate_minor_per_min, digits);
        pouce_csv_text(csv, row->currency);
        pouce_csv_money(csv, row->amount_minor, digits);
        pouce_csv_money(csv, row->helper_amount_minor, digits);
        pouce_csv_money(csv, row->fee_minor, digits);
        pouce_csv_end_row(csv);
    }
    return pouce_csv_take(csv);
}
