// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What people read in any window: amounts, times, languages, in the language of the process. Pure;
// every text is owned by the caller. Languages come from gettext, domain "pouce".

#include <glib.h>

G_BEGIN_DECLS

/** pouce_format_money - "€12.50", "12,50 €" */
char *pouce_format_money(gint64 minor, const char *currency);
/** pouce_format_rate - "€0.60 a minute" or "free of charge" */
char *pouce_format_rate(gint64 rate_minor_per_min, const char *currency);
/** pouce_format_lasts - how long @cap_minor lasts at that rate: "€6.00 lasts 10 minutes" */
char *pouce_format_lasts(gint64 cap_minor, gint64 rate_minor_per_min, const char *currency);
/** pouce_format_clock - "0:07", "12:05", "1:02:05"; negative counts as 0 */
char *pouce_format_clock(gint64 ms);
/** pouce_format_duration - in words: "12 minutes 5 seconds" */
char *pouce_format_duration(gint64 ms);
/** pouce_format_minutes - "1 minute", "15 minutes" */
char *pouce_format_minutes(gint64 minutes);
/** pouce_format_language - "French" for "fr" or "fr-CA"; the tag itself if not known */
char *pouce_format_language(const char *tag);
/** pouce_format_initials - at most two letters */
char *pouce_format_initials(const char *name);

G_END_DECLS
