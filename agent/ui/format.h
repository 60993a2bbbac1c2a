// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What the seeker reads: reasons, states, ends, in the language of the process; amounts and times
// are look/format.h. Pure; every text is owned by the caller unless said otherwise.

#include "agent/core/agent.h"
#include "look/format.h"

G_BEGIN_DECLS

/** pouce_format_reason - why somebody is in the list; NULL if there is nothing worth saying */
char *pouce_format_reason(const PouceReason *reason);
/** pouce_format_stars - "★★★★☆"; "" without ratings */
char *pouce_format_stars(const PouceHelper *helper);
/** pouce_format_rating - "4.8 of 5 stars, 12 opinions" or "no opinion yet" */
char *pouce_format_rating(const PouceHelper *helper);
char *pouce_format_available(PouceAvailability available);
/** pouce_format_trust - a sentence for the consent card */
char *pouce_format_trust(PouceAgentTrust trust, const char *name);
/** pouce_format_end - how a session ended, a sentence */
char *pouce_format_end(const PouceSession *session);
/** pouce_format_trouble - a sentence in the user's language, for any code */
char *pouce_format_trouble(const char *code);
/** pouce_format_key - "Ctrl+Alt+End" as it stands on the user's keyboard */
char *pouce_format_key(const char *key);
/** pouce_format_receipt - the receipt as a text file */
char *pouce_format_receipt(const PouceReceipt *receipt);

G_END_DECLS
