// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// One link of a hash chain: SHA-256 over the previous link and the fields, each with its length, so
// that no two different entries have the same bytes.

#include <glib.h>

G_BEGIN_DECLS

/** The link before the first: 64 zeros. */
#define POUCE_CHAIN_START "0000000000000000000000000000000000000000000000000000000000000000"

typedef struct PouceChain PouceChain;

/** pouce_chain_begin - @domain: what is chained, "pouce-audit-v1" */
PouceChain *pouce_chain_begin(const char *domain, const char *previous);
void pouce_chain_text(PouceChain *chain, const char *value); // NULL counts as ""
void pouce_chain_int(PouceChain *chain, gint64 value);
/** pouce_chain_end - frees @chain; Returns: owned hex */
char *pouce_chain_end(PouceChain *chain);

G_END_DECLS
