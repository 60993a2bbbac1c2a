// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A session in memory and its record: the same facts twice, kept together here.

#include <string.h>

#include "broker/desk/parts.h"

static void set(char **text, const char *value)
{
    g_free(*text);
    *text = g_strdup(value);
}

static void party_to_row(const PouceSessionEnd *end, PoucePartyRow *row)
{
    set(&row->account, end->account);
    set(&row->name, end->name);
    set(&row->device, end->device);
    row->key = *end->device ? g_bytes_new(end->key, POUCE_KEY_BYTES) : NULL;
}

static char *candidates_text(const PouceMarketSession *session)
{
    GString *text = g_string_new(NULL);

    for (int i = session->candidate + 1; i < session->candidate_count; i++) {
        g_string_append_printf(text, "%s%s:%" G_GINT64_FORMAT, text->len ? " " : "",
            session->candidates[i].helper, session->candidates[i].rate_minor_per_min);
    }
    return g_string_free(text, FALSE);
}

static char *may_text(PouceCapability may)
{
    GString *text = g_string_new(NULL);

    for (guint bit = 1; bit & POUCE_CAPABILITY_ALL; bit <<= 1) {
        if (may & bit) {
            g_string_append_printf(
                text, "%s%s", text->len ? " " : "", pouce_capability_name((PouceCapability)bit));
        }
    }
    return g_string_free(text, FALSE);
}

PouceSessionRow *pouce_desk_row(const PouceMarketSession *session)
{
    PouceSessionRow *row = pouce_session_row_new();
    char price[POUCE_HEX64_CHARS + 1];

    pouce_market_session_price_id(session, price);
    set(&row->id, session->id);
    set(&row->state, pouce_state_name(session->state));
    party_to_row(&session->ends[POUCE_ROLE_SEEKER], &row->seeker);
    party_to_row(&session->ends[POUCE_ROLE_HELPER], &row->helper);
    set(&row->need, session->need);
    set(&row->language, session->language);
    set(&row->place, session->place);
    g_free(row->candidates);
    row->candidates = candidates_text(session);
    set(&row->price, price);
    row->rate_minor_per_min = session->price.rate_minor_per_min;
    set(&row->currency, session->price.currency);
    row->cap_minor = session->price.cap_minor;
    row->hold_minor = session->hold_minor;
    g_free(row->may);
    row->may = may_text(session->may);
    row->expires_s = session->expires_s;
    g_free(row->billing);
    row->billing = pouce_market_session_billing(session);
    row->broker_live_ms = session->broker_live_us / 1000;
    row->signed_ms = session->signed_ms;
    row->cost_minor = session->cost_minor;
    set(&row->end_reason, pouce_end_reason_name(session->end_reason));
    set(&row->receipt, session->receipt);
    row->created_s = session->created_s;
    row->live_s = session->live_s;
    row->ended_s = session->ended_s;
    row->stars = session->stars;
    set(&row->comment, session->comment);
    return row;
}

static void party_from_row(const PoucePartyRow *row, PouceSessionEnd *end)
{
    set(&end->account, row->account);
    set(&end->name, row->name);
    set(&end->device, row->device);
    if (row->key && g_bytes_get_size(row->key) == POUCE_KEY_BYTES) {
        memcpy(end->key, g_bytes_get_data(row->key, NULL), POUCE_KEY_BYTES);
    }
}

static PouceCapability may_from_text(const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    guint may = 0;

    for (gsize i = 0; words[i]; i++) {
        PouceCapability one = POUCE_CAPABILITY_NONE;

        if (pouce_capability_parse(words[i], &one)) {
            may |= one;
        }
    }
    return (PouceCapability)may;
}

PouceMarketSession *pouce_desk_revive(const PouceSessionRow *row, GError **error)
{
    g_autoptr(PouceMarketSession) session = pouce_market_session_blank();

    if (!pouce_state_parse(row->state, &session->state) ||
        !pouce_end_reason_parse(row->end_reason, &session->end_reason)) {
        g_set_error(error, POUCE_MARKET_ERROR, POUCE_MARKET_ERROR_MALFORMED,
            "The record of session %s cannot be read.", row->id);
        return NULL;
    }
    set(&session->id, row->id);
    party_from_row(&row->seeker, &session->ends[POUCE_ROLE_SEEKER]);
    party_from_row(&row->helper, &session->ends[POUCE_ROLE_HELPER]);
    set(&session->need, row->need);
    set(&session->language, row->language);
    set(&session->place, row->place);
    g_strlcpy(session->price.session, row->id, sizeof session->price.session);
    g_strlcpy(session->price.currency, row->currency, sizeof session->price.currency);
    session->price.rate_minor_per_min = row->rate_minor_per_min;
    session->price.cap_minor = row->cap_minor;
    session->hold_minor = row->hold_minor;
    session->may = may_from_text(row->may);
    session->expires_s = row->expires_s;
    session->broker_live_us = row->broker_live_ms * 1000;
    session->signed_ms = row->signed_ms;
    session->cost_minor = row->cost_minor;
    set(&session->receipt, row->receipt);
    session->created_s = row->created_s;
    session->live_s = row->live_s;
    session->ended_s = row->ended_s;
    session->stars = row->stars;
    set(&session->comment, row->comment);
    // The one who rings or rang, so that a late decision has somebody to be about.
    session->candidates[0] = (PouceRanked){.helper = g_strdup(row->helper.account),
        .name = g_strdup(row->helper.name),
        .rate_minor_per_min = row->rate_minor_per_min};
    session->candidate_count = 1;
    return pouce_market_session_restore(session, row->billing, error) ? g_steal_pointer(&session)
                                                                      : NULL;
}
