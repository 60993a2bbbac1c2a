// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What accountants receive: sessions and receipts as tables. Pure over rows; any thread.
#pragma once

#include "broker/ledger/ledger.h"
#include "broker/store/sessions.h"

/** How many digits a currency has after the point: 2 but for the known exceptions (ISO 4217). */
guint pouce_currency_digits(const char *currency);

/** "12.50" to minor units; FALSE for signs, more digits than the currency has, or too large. */
gboolean pouce_currency_parse(const char *text, const char *currency, gint64 *out_minor);

/** Minor units as plain decimal text, "12.50"; owned. */
char *pouce_currency_text(gint64 minor, const char *currency);

/** The rows of PouceSessionRow, PouceReceiptRow as CSV with a header; owned. */
char *pouce_export_sessions(GPtrArray *rows);
char *pouce_export_receipts(GPtrArray *rows);
