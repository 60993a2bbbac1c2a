// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "look/money.h"

#include <gio/gio.h>
#include <string.h>

// Keeps every amount exact in 53 bits, whatever the exponent.
#define WHOLE_MAX G_GINT64_CONSTANT(1000000000)

int pouce_money_exponent(const char *currency)
{
    static const char *const none[] = {"JPY", "KRW", "CLP", "ISK", "VND", "XAF", "XOF", "XPF"};
    static const char *const three[] = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"};
    for (gsize i = 0; i < G_N_ELEMENTS(none); i++)
        if (g_strcmp0(currency, none[i]) == 0)
            return 0;
    for (gsize i = 0; i < G_N_ELEMENTS(three); i++)
        if (g_strcmp0(currency, three[i]) == 0)
            return 3;
    return 2;
}

static gint64 power_of_ten(int exponent)
{
    gint64 value = 1;
    while (exponent-- > 0)
        value *= 10;
    return value;
}

gboolean pouce_money_parse(
    const char *text, const char *currency, gint64 *out_minor, GError **error)
{
    int exponent = pouce_money_exponent(currency);
    const char *at = text;
    gint64 whole = 0, part = 0;
    int digits = 0, decimals = 0;
    for (; g_ascii_isdigit(*at) && whole < WHOLE_MAX; at++, digits++)
        whole = whole * 10 + (*at - '0');
    if (digits > 0 && (*at == '.' || *at == ','))
        for (at++; g_ascii_isdigit(*at) && decimals < exponent; at++, decimals++)
            part = part * 10 + (*at - '0');
    if (digits == 0 || *at != '\0' || whole >= WHOLE_MAX) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
            "\"%s\" is no amount: write it as in 12 or 12.50, with at most %d decimals.", text,
            exponent);
        return FALSE;
    }
    *out_minor = whole * power_of_ten(exponent) + part * power_of_ten(exponent - decimals);
    return TRUE;
}

char *pouce_money_text(gint64 minor, const char *currency)
{
    int exponent = pouce_money_exponent(currency);
    gint64 unit = power_of_ten(exponent);
    const char *sign = minor < 0 ? "-" : "";
    guint64 value = minor < 0 ? -(guint64)minor : (guint64)minor;
    if (exponent == 0)
        return g_strdup_printf("%s%" G_GUINT64_FORMAT, sign, value);
    return g_strdup_printf("%s%" G_GUINT64_FORMAT ".%0*" G_GUINT64_FORMAT, sign,
        value / (guint64)unit, exponent, value % (guint64)unit);
}
