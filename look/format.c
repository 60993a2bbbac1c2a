// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Amounts, rates, times, languages and names as people read them.

#include "look/format.h"

#include "look/money.h"

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

char *pouce_format_language(const char *tag)
{
    static const struct {
        const char *tag, *name;
    } known[] = {
        {"ar", N_("Arabic")},
        {"de", N_("German")},
        {"en", N_("English")},
        {"es", N_("Spanish")},
        {"fr", N_("French")},
        {"it", N_("Italian")},
        {"nl", N_("Dutch")},
        {"pl", N_("Polish")},
        {"pt", N_("Portuguese")},
        {"ro", N_("Romanian")},
        {"ru", N_("Russian")},
        {"tr", N_("Turkish")},
        {"uk", N_("Ukrainian")},
        {"zh", N_("Chinese")},
    };
    gsize bytes = strcspn(tag, "-_");
    for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
        if (bytes == strlen(known[i].tag) && g_ascii_strncasecmp(tag, known[i].tag, bytes) == 0)
            return g_strdup(_(known[i].name));
    return g_strdup(tag);
}

char *pouce_format_initials(const char *name)
{
    g_auto(GStrv) words = g_strsplit_set(name ? name : "", " -", -1);
    g_autoptr(GString) text = g_string_new(NULL);
    gunichar last = 0;
    for (gsize i = 0; words[i]; i++) {
        gunichar letter = g_utf8_get_char(words[i]);
        if (!g_unichar_isalnum(letter))
            continue;
        if (text->len == 0)
            g_string_append_unichar(text, g_unichar_toupper(letter));
        else
            last = g_unichar_toupper(letter);
    }
    if (last)
        g_string_append_unichar(text, last);
    return g_strdup(text->str);
}
