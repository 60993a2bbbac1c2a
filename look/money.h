// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Amounts as people write them, to and from whole minor units. Pure; never through floating point.

#include <glib.h>

G_BEGIN_DECLS

/** pouce_money_exponent - decimals of an ISO 4217 currency; 2 for unknown ones */
int pouce_money_exponent(const char *currency);

/**
 * pouce_money_parse - "12", "12.5", "12,50" with at most the currency's decimals, not negative
 * Errors: G_IO_ERROR_INVALID_ARGUMENT, a sentence
 */
gboolean pouce_money_parse(
    const char *text, const char *currency, gint64 *out_minor, GError **error);

/** pouce_money_text - "12.50"; owned */
char *pouce_money_text(gint64 minor, const char *currency);

G_END_DECLS
