// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewer/ui/words.h"

#include <glib/gi18n.h>
#include <string.h>

#include "look/format.h"

#define KEY_CHARS 24
#define KEY_GROUP 4

char *pouce_fill(const char *text, const char *mark, const char *value)
{
    const char *at = strstr(text, mark);
    if (!at)
        return g_strdup(text);
    g_autoptr(GString) out = g_string_new_len(text, at - text);
    g_string_append(out, value ? value : "");
    g_string_append(out, at + strlen(mark));
    return g_strdup(out->str);
}

char *pouce_words_end(PouceEndReason reason, const char *name)
{
    const char *text = "";
    switch (reason) {
    case POUCE_END_SEEKER:
        text = _("{name} ended it.");
        break;
    case POUCE_END_HELPER:
        text = _("You ended it.");
        break;
    case POUCE_END_CAP:
        text = _("The amount that {name} had set aside was used up.");
        break;
    case POUCE_END_SILENCE:
        text = _("The connection was interrupted for too long.");
        break;
    case POUCE_END_WITHDRAWN:
        text = _("{name} withdrew the request.");
        break;
    case POUCE_END_DECLINED:
        text = _("The request was declined.");
        break;
    case POUCE_END_EXPIRED:
        text = _("Nobody answered in time.");
        break;
    case POUCE_END_FAILED:
        text = _("No connection could be made between the two computers.");
        break;
    case POUCE_END_BROKER:
        text = _("Pouce ended it.");
        break;
    case POUCE_END_NONE:
        break;
    }
    return pouce_fill(text, "{name}", name);
}

char *pouce_words_loan_over(PouceRevokeBy by, const char *name)
{
    const char *text = "";
    switch (by) {
    case POUCE_REVOKE_OWNER:
        text = _("{name} took control back.");
        break;
    case POUCE_REVOKE_LOCAL_INPUT:
        text = _("{name} touched the mouse or the keyboard: control is theirs again.");
        break;
    case POUCE_REVOKE_TIMEOUT:
        text = _("The loan is over: its time has run out.");
        break;
    case POUCE_REVOKE_HELPER:
        text = _("You gave control back.");
        break;
    case POUCE_REVOKE_POLICY:
        text = _("The loan is over: the connection was interrupted.");
        break;
    }
    return pouce_fill(text, "{name}", name);
}

char *pouce_words_ring_over(const char *reason, const char *name)
{
    const char *text = _("The call was answered on another device.");
    if (g_str_equal(reason, "expired"))
        text = _("The call has ended: the time to answer was over.");
    else if (g_str_equal(reason, "withdrawn"))
        text = _("{name} withdrew the request.");
    return pouce_fill(text, "{name}", name);
}

char *pouce_words_problem(const char *code, const char *sentence)
{
    static const struct {
        const char *code, *text;
    } known[] = {
        {"wrong_credentials", N_("Login or password is wrong.")},
        {"conflict", N_("Too late: the request is no longer open.")},
        {"too_many", N_("Too many attempts. Wait a minute and try again.")},
        {"unauthenticated", N_("You were logged out. Log in again.")},
        {"unreachable", N_("Pouce does not answer. Check your connection and try again.")},
        {"stopping", N_("The broker is busy. Try again in a moment.")},
        {"internal", N_("Something went wrong at the broker. Please try again later.")},
    };
    for (gsize n = 0; n < G_N_ELEMENTS(known); n++)
        if (g_strcmp0(code, known[n].code) == 0)
            return g_strdup(_(known[n].text));
    return g_strdup(sentence ? sentence : "");
}

char *pouce_words_price(const PouceSession *session)
{
    const PouceHelper *card = session->helper_card;
    gint64 rate = session->has_price ? session->price.rate_minor_per_min
                  : card             ? card->rate_minor_per_min
                                     : 0;
    const char *currency = session->has_price ? session->price.currency
                           : card             ? card->currency
                                              : "EUR";
    return pouce_format_rate(rate, currency);
}

char *pouce_words_languages(char *const *tags)
{
    g_autoptr(GString) out = g_string_new(NULL);
    for (; tags && *tags; tags++) {
        g_autofree char *name = pouce_format_language(*tags);
        g_string_append_printf(out, "%s%s", out->len ? ", " : "", name);
    }
    return g_strdup(out->str);
}

char *pouce_words_key(const char *key)
{
    g_autoptr(GString) out = g_string_new(NULL);
    for (int n = 0; n < KEY_CHARS && key[n]; n++) {
        if (n > 0 && n % KEY_GROUP == 0)
            g_string_append_c(out, ' ');
        g_string_append_c(out, key[n]);
    }
    return g_strdup(out->str);
}

static char *with_decimals(gint64 value, int decimals, const char *unit)
{
    g_autofree char *number = g_strdup_printf("%.*f", decimals, (double)value / 1e6);
    return g_strdup_printf("%s %s", number, unit);
}

char *pouce_words_rate(gint64 bps)
{
    return with_decimals(bps, 2, _("Mb/s"));
}

char *pouce_words_bytes(gint64 bytes)
{
    return with_decimals(bytes, 1, _("MB"));
}
