// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewer/ui/words.h"

#include <glib/gi18n.h>
#include <string.h>

#include "look/format.h"
#include "look/trouble.h"
#include "signaling/rendezvous/rendezvous.h"
#include "viewer/core/viewing.h"

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
        text = _("The loan is over: the session paused, or the connection was interrupted.");
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

// What this program names beside what every window knows (look/trouble.h).
static const PouceTrouble troubles[] = {
    {"not_found", N_("This is no longer there.")},
    // Why the connection was lost.
    {"silent", N_("Nothing is heard from {name}'s computer.")},
    {"anew", N_("{name}'s computer connects anew.")},
    {"wrong_certificate", N_("Another computer than {name}'s answered. It was refused.")},
    {"misfit", N_("{name}'s program and this one do not understand each other. Both may need an "
                  "update.")},
    {"flood", N_("{name}'s program sent more than this computer can take.")},
    // In a session.
    {"tick", N_("The time that {name}'s computer counts does not fit with ours: it is not "
                "counted.")},
    {"not_kept", N_("{name}'s computer cannot be remembered: is the disk full?")},
    {"not_granted", N_("{name} has not agreed to that. Ask first.")},
    {"offline", N_("There is no connection to {name}'s computer at the moment.")},
    {"beyond", N_("That is more than {name}'s computer takes at once.")},
    {"recording_file", N_("The recording cannot be written: its folder is missing or full, or "
                          "a file of this name is there already.")},
    {"recording_package",
        N_("To record, this computer needs the package gstreamer1.0-plugins-good.")},
    // Before one.
    {"address", N_("The address of the service is not right: it begins with https://.")},
    {"files", N_("The files of this program cannot be read or written: is the disk full?")},
    {NULL, NULL},
};

char *pouce_words_trouble(const char *code, const char *name)
{
    return pouce_fill(pouce_trouble_say(troubles, code), "{name}", name);
}

char *pouce_words_error(const GError *error, const char *name)
{
    const struct {
        GQuark domain;
        int code;
        const char *word;
    } known[] = {
        {POUCE_VIEWING_ERROR, POUCE_VIEWING_ERROR_DENIED, "not_granted"},
        {POUCE_VIEWING_ERROR, POUCE_VIEWING_ERROR_OFFLINE, "offline"},
        {POUCE_VIEWING_ERROR, POUCE_VIEWING_ERROR_INVALID, "beyond"},
        {POUCE_RECORDER_ERROR, POUCE_RECORDER_ERROR_FILE, "recording_file"},
        {POUCE_RECORDER_ERROR, POUCE_RECORDER_ERROR_UNSUPPORTED, "recording_package"},
        {POUCE_RENDEZVOUS_ERROR, POUCE_RENDEZVOUS_ERROR_UNSUPPORTED, "address"},
    };
    for (gsize n = 0; n < G_N_ELEMENTS(known); n++)
        if (g_error_matches(error, known[n].domain, known[n].code))
            return pouce_words_trouble(known[n].word, name);
    return pouce_words_trouble("files", name); // all others are the system's
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
