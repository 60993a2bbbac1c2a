// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Sessions as people read them: trust, ends, troubles, the receipt.

#include "agent/ui/format.h"

#include "look/trouble.h"

#include <glib/gi18n.h>

char *pouce_format_trust(PouceAgentTrust trust, const char *name)
{
    switch (trust) {
    case POUCE_AGENT_TRUST_KNOWN:
        return g_strdup_printf(
            _("You know %s already: same person, same computer as last time."), name);
    case POUCE_AGENT_TRUST_DEVICE:
        return g_strdup_printf(
            _("You know %s already, but not this computer. Ask in the chat if you are not sure."),
            name);
    case POUCE_AGENT_TRUST_CHANGED:
        return g_strdup_printf(_("Careful! The computer that answers as %s is not the one of last "
                                 "time. If you are not sure who it is, say no."),
            name);
    case POUCE_AGENT_TRUST_NEW:
        break;
    }
    return g_strdup_printf(_("It is the first time that %s helps you."), name);
}

char *pouce_format_end(const PouceSession *session)
{
    switch (session ? session->end_reason : POUCE_END_NONE) {
    case POUCE_END_SEEKER:
        return g_strdup(_("You ended it. Nobody sees your screen any more."));
    case POUCE_END_HELPER:
        return g_strdup(_("Your helper ended it. Nobody sees your screen any more."));
    case POUCE_END_CAP:
        return g_strdup(_("The amount that you had set is used up. Nobody sees your screen any "
                          "more."));
    case POUCE_END_SILENCE:
        return g_strdup(_("The connection was lost for too long. Only the time before is paid."));
    case POUCE_END_WITHDRAWN:
        return g_strdup(_("You withdrew your call. You pay nothing."));
    case POUCE_END_DECLINED:
        return g_strdup(_("Your helper cannot help you now. You pay nothing."));
    case POUCE_END_EXPIRED:
        return g_strdup(_("Nobody answered in time. You pay nothing."));
    case POUCE_END_FAILED:
        return g_strdup(_("The connection could not be made. You pay only for time that was "
                          "really spent together."));
    case POUCE_END_BROKER:
        return g_strdup(_("The service ended it. Nobody sees your screen any more."));
    case POUCE_END_NONE:
        break;
    }
    return g_strdup(_("Nobody sees your screen any more."));
}

// What this program names beside what every window knows (look/trouble.h).
static const PouceTrouble troubles[] = {
    {"denied", N_("Whoever answered could not prove to be the person whom you chose. Nothing was "
                  "shown.")},
    {"failed", N_("The connection with your helper could not be made. You pay only for time "
                  "that was really spent together.")},
    {"no_screen", N_("This screen cannot be shown. Sign in to a desktop of the kind X11 or "
                     "“Xorg”, then try again.")},
    {"no_overlay", N_("Your helper cannot draw on this screen.")},
    {"no_hands", N_("Your mouse and keyboard cannot be lent on this computer.")},
    {"not_kept", N_("This helper’s computer cannot be remembered: is the disk full?")},
    {"wrong_certificate", N_("Another computer than your helper's answered. Nothing was shown.")},
    {"misfit", N_("Your helper's program and this one do not understand each other. Both may "
                  "need an update.")},
    {"flood", N_("Your helper's program sent more than this computer can take, so the session "
                 "was ended.")},
    {"closed", N_("Your helper's program closed the connection.")},
    {"refused", N_("Your helper's program refused the connection: it could not verify that it "
                   "is yours.")},
    {"source_lost", N_("Your screen can no longer be shown, so the session was ended.")},
    {"silence", N_("The connection did not come back within a minute. Only the time before is "
                   "paid.")},
    {"tick", N_("The time that your helper counts does not fit with ours: it is not paid.")},
    {NULL, NULL},
};

char *pouce_format_trouble(const char *code)
{
    return g_strdup(pouce_trouble_say(troubles, code));
}

char *pouce_format_key(const char *key)
{
    // Translators: the key that ends everything, with the names that stand on the keyboard.
    if (g_strcmp0(key, "Ctrl+Alt+End") == 0)
        return g_strdup(_("Ctrl+Alt+End"));
    return g_strdup(key);
}

char *pouce_format_receipt(const PouceReceipt *receipt)
{
    g_autoptr(GDateTime) issued = g_date_time_new_from_unix_local(receipt->issued_s);
    // Translators: a date and time for strftime, on a receipt.
    g_autofree char *date = issued ? g_date_time_format(issued, _("%Y-%m-%d %H:%M")) : g_strdup("");
    g_autofree char *time = pouce_format_duration(receipt->signed_ms);
    g_autofree char *rate = pouce_format_rate(receipt->rate_minor_per_min, receipt->currency);
    g_autofree char *amount = pouce_format_money(receipt->amount_minor, receipt->currency);
    return g_strdup_printf(_("Receipt %1$s\n\n"
                             "Date: %2$s\n"
                             "Helped: %3$s\n"
                             "Helper: %4$s\n"
                             "About: %5$s\n\n"
                             "Time signed by both: %6$s\n"
                             "Price: %7$s\n"
                             "Amount: %8$s\n"),
        receipt->number, date, receipt->seeker, receipt->helper, receipt->need, time, rate, amount);
}
