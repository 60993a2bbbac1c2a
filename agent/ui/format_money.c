// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Amounts, rates and times as people read them.

#include "agent/ui/format.h"

#include "agent/core/money.h"

#include <glib/gi18n.h>
#include <string.h>

#define MS_PER_S 1000
#define S_PER_MIN 60
#define S_PER_HOUR 3600

static const char *symbol_of(const char *currency)
{
    static const struct {
        const char *code, *symbol;
    } known[] = {{"EUR", "€"}, {"USD", "$"}, {"GBP", "£"}, {"JPY", "¥"}};
    for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
        if (g_strcmp0(currency, known[i].code) == 0)
            return known[i].symbol;
    return currency ? currency : "";
}

char *pouce_format_money(gint64 minor, const char *currency)
{
    g_autofree char *amount = pouce_money_text(minor, currency);
    const char *symbol = symbol_of(currency);
    char *point = strchr(amount, '.');
    g_autoptr(GString) text = g_string_new(amount);
    if (point) {
        // Translators: what stands between the whole and the decimals of an amount.
        const char *mark = C_("decimal mark", ".");
        g_string_erase(text, point - amount, 1);
        g_string_insert(text, point - amount, mark);
    }
    if (g_ascii_isalpha(symbol[0]))
        // Translators: an amount of money with a currency's letters: code, then amount.
        return g_strdup_printf(C_("money", "%1$s %2$s"), symbol, text->str);
    // Translators: an amount of money: symbol, then amount.
    return g_strdup_printf(C_("money", "%1$s%2$s"), symbol, text->str);
}

char *pouce_format_rate(gint64 rate_minor_per_min, const char *currency)
{
    if (rate_minor_per_min == 0)
        return g_strdup(_("free of charge"));
    g_autofree char *money = pouce_format_money(rate_minor_per_min, currency);
    return g_strdup_printf(_("%s a minute"), money);
}

char *pouce_format_minutes(gint64 minutes)
{
    return g_strdup_printf(
        ngettext("%d minute", "%d minutes", (gulong)MAX(minutes, 0)), (int)minutes);
}

char *pouce_format_lasts(gint64 cap_minor, gint64 rate_minor_per_min, const char *currency)
{
    if (rate_minor_per_min <= 0)
        return g_strdup(_("You pay nothing, for as long as it takes."));
    g_autofree char *money = pouce_format_money(cap_minor, currency);
    gint64 minutes = cap_minor / rate_minor_per_min;
    if (minutes < 1)
        return g_strdup_printf(_("%s is not enough for a minute."), money);
    g_autofree char *time = pouce_format_minutes(minutes);
    return g_strdup_printf(_("%1$s lasts %2$s."), money, time);
}

char *pouce_format_clock(gint64 ms)
{
    int seconds = (int)MIN(MAX(ms, 0) / MS_PER_S, G_MAXINT);
    int rest = seconds % S_PER_HOUR;
    if (seconds >= S_PER_HOUR)
        return g_strdup_printf(
            "%d:%02d:%02d", seconds / S_PER_HOUR, rest / S_PER_MIN, rest % S_PER_MIN);
    return g_strdup_printf("%d:%02d", rest / S_PER_MIN, rest % S_PER_MIN);
}

char *pouce_format_duration(gint64 ms)
{
    int seconds = (int)MIN(MAX(ms, 0) / MS_PER_S, G_MAXINT);
    g_autofree char *minutes = pouce_format_minutes(seconds / S_PER_MIN);
    int rest = seconds % S_PER_MIN;
    g_autofree char *left =
        g_strdup_printf(ngettext("%d second", "%d seconds", (gulong)rest), rest);
    if (seconds < S_PER_MIN)
        return g_steal_pointer(&left);
    if (rest == 0)
        return g_steal_pointer(&minutes);
    // Translators: minutes, then seconds: "12 minutes 5 seconds".
    return g_strdup_printf(C_("duration", "%1$s %2$s"), minutes, left);
}
