// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What the two halves of the session's rules share. Not for use outside broker/market.

#include "broker/market/session.h"

G_BEGIN_DECLS

/** pouce_market_ring_candidate - the price and the helper's end become those of @index */
void pouce_market_ring_candidate(PouceMarketSession *session, int index);
/** pouce_market_effect - one more; the effect for its fields */
PouceEffect *pouce_market_effect(PouceEffects *effects, PouceEffectKind kind);
/** pouce_market_start_billing - chains from nothing, once both keys are known */
void pouce_market_start_billing(PouceMarketSession *session);

G_END_DECLS
