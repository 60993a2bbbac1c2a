// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "look/trouble.h"

#include <glib/gi18n.h>

static const PouceTrouble shared[] = {
    // The broker's: each code of PROTOCOL.md.
    {"malformed", N_("The service and this program do not understand each other. Check what "
                     "you wrote; if that is right, update the program.")},
    {"unauthenticated", N_("Please sign in again.")},
    {"wrong_credentials", N_("That login and password do not fit together. Try again.")},
    {"forbidden", N_("Your account may not do that.")},
    {"not_found", N_("This is no longer there. Look for helpers again.")},
    {"method_not_allowed", N_("This program is too old for the service, or too new. Update it.")},
    {"conflict", N_("It is too late for that: it is over, or somebody was faster.")},
    {"idempotency_mismatch", N_("This was asked before in another way. Ask again.")},
    {"login_taken", N_("Somebody else has this login already. Choose another one.")},
    {"not_enough_money", N_("There is not enough money on your account for that amount. Choose "
                            "a smaller one, or a helper who is free of charge.")},
    {"helper_unavailable", N_("This helper is no longer available. Choose another one.")},
    {"too_large", N_("That is too long. Shorten it and try again.")},
    {"unsupported_media", N_("This program is too old for the service, or too new. Update it.")},
    {"too_many", N_("That was too often in a short time. Wait a minute, then try again.")},
    {"internal", N_("The service has a problem. Try again in a minute.")},
    {"stopping", N_("The service is being restarted. Try again in a minute.")},
    // Of the way to the broker, of the connection, of sound.
    {"unreachable",
        N_("The service does not answer. Check your internet connection, then try again.")},
    {"not_met",
        N_("The two computers could not reach each other. A firewall may be in the way: try "
           "again on another network.")},
    {"not_prepared", N_("This computer could not prepare the connection. Is the program fully "
                        "installed?")},
    {"sound_microphone", N_("The microphone cannot be opened. See that it is plugged in and "
                            "not taken by another program, or choose another one.")},
    {"sound_speaker", N_("The loudspeaker cannot be opened. See that it is plugged in and not "
                         "taken by another program, or choose another one.")},
    {"sound_microphone_gone", N_("The microphone went away. Plug it in again or choose "
                                 "another one, then turn the microphone on.")},
    {"sound_speaker_gone",
        N_("The loudspeaker went away. Plug it in again or choose another one.")},
    {"sound_speaker_changed",
        N_("The loudspeaker went away: you now hear through the computer’s usual one.")},
    {NULL, NULL},
};

static const char *find(const PouceTrouble *troubles, const char *code)
{
    for (; troubles->code; troubles++)
        if (g_strcmp0(code, troubles->code) == 0)
            return _(troubles->sentence);
    return NULL;
}

const char *pouce_trouble_say(const PouceTrouble *own, const char *code)
{
    const char *sentence = find(own, code);
    if (!sentence)
        sentence = find(shared, code);
    return sentence ? sentence
                    : _("Something unexpected happened. Try again; if it happens again, tell "
                        "whoever runs the service.");
}
