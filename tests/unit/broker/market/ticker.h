// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Two ends that sign: doubly signed ticks of both chains, one after another.

#include <string.h>

#include "signaling/wire/identity.h"
#include "signaling/wire/price.h"
#include "signaling/wire/tick.h"

typedef struct {
    PouceIdentity *identities[2]; // by role
    PouceTick next[2];
} PouceTicker;

static inline void pouce_ticker_init(PouceTicker *ticker, guint32 number)
{
    memset(ticker, 0, sizeof *ticker);
    for (int role = 0; role < 2; role++) {
        guint8 seed[POUCE_KEY_BYTES] = {(guint8)(role + 1)};

        memcpy(seed + 4, &number, sizeof number);
        ticker->identities[role] = pouce_identity_new_from_seed(seed);
    }
}

static inline void pouce_ticker_clear(PouceTicker *ticker)
{
    pouce_identity_free(ticker->identities[0]);
    pouce_identity_free(ticker->identities[1]);
}

static inline const guint8 *pouce_ticker_key(const PouceTicker *ticker, PouceRole role)
{
    return pouce_identity_peek_key(ticker->identities[role]);
}

/** pouce_ticker_begin - the session is bound */
static inline void pouce_ticker_begin(PouceTicker *ticker, const PoucePrice *price)
{
    for (int role = 0; role < 2; role++) {
        PouceTick *next = &ticker->next[role];

        *next = (PouceTick){.role = (PouceRole)role, .seq = 1};
        g_strlcpy(next->session, price->session, sizeof next->session);
        pouce_price_id(price, next->price);
        memset(next->own_fp, role ? 'b' : 'a', POUCE_HEX64_CHARS);
        memset(next->peer_fp, role ? 'a' : 'b', POUCE_HEX64_CHARS);
        memset(next->prev, '0', POUCE_HEX64_CHARS);
        memset(next->nonce, '1', POUCE_HEX32_CHARS);
        memset(next->peer_nonce, '0', POUCE_HEX32_CHARS);
    }
}

/** pouce_ticker_make - the next tick of @role with @live_ms, signed by both */
static inline void pouce_ticker_make(
    PouceTicker *ticker, PouceRole role, gint64 live_ms, PouceSignedTick *out)
{
    PouceTick *next = &ticker->next[role];

    next->live_ms = live_ms;
    g_snprintf(next->nonce, sizeof next->nonce, "%032x", (guint)next->seq);
    pouce_tick_sign(next, ticker->identities[role], out);
    pouce_signed_tick_countersign(out, ticker->identities[pouce_role_other(role)]);
    out->countersigned = TRUE;
    pouce_signed_tick_hash(out, next->prev);
    next->seq++;
}
