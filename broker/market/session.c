// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "broker/market/session.h"

#include <stdlib.h>
#include <string.h>

#include "broker/market/parts.h"
#include "signaling/wire/id.h"

G_DEFINE_QUARK(pouce - market - error - quark, pouce_market_error)

static void end_clear(PouceSessionEnd *end)
{
    g_free(end->account);
    g_free(end->name);
    g_free(end->device);
}

PouceMarketSession *pouce_market_session_blank(void)
{
    PouceMarketSession *session = g_new0(PouceMarketSession, 1);

    session->id = g_strdup("");
    for (int i = 0; i < 2; i++) {
        session->ends[i].account = g_strdup("");
        session->ends[i].name = g_strdup("");
        session->ends[i].device = g_strdup("");
    }
    session->need = g_strdup("");
    session->language = g_strdup("");
    session->place = g_strdup("");
    session->receipt = g_strdup("");
    session->comment = g_strdup("");
    session->due_us = -1;
    return session;
}

void pouce_market_session_free(PouceMarketSession *session)
{
    if (!session) {
        return;
    }
    g_free(session->id);
    end_clear(&session->ends[POUCE_ROLE_SEEKER]);
    end_clear(&session->ends[POUCE_ROLE_HELPER]);
    g_free(session->need);
    g_free(session->language);
    g_free(session->place);
    for (int i = 0; i < session->candidate_count; i++) {
        g_free(session->candidates[i].helper);
        g_free(session->candidates[i].name);
    }
    pouce_billing_free(session->billing);
    g_free(session->receipt);
    g_free(session->comment);
    g_free(session);
}

void pouce_market_ring_candidate(PouceMarketSession *session, int index)
{
    PouceSessionEnd *helper = &session->ends[POUCE_ROLE_HELPER];
    const PouceRanked *candidate = &session->candidates[index];

    end_clear(helper);
    *helper = (PouceSessionEnd){
        .account = g_strdup(candidate->helper),
        .name = g_strdup(candidate->name),
        .device = g_strdup(""),
    };
    session->candidate = index;
    session->price.rate_minor_per_min = candidate->rate_minor_per_min;
}

PouceEffect *pouce_market_effect(PouceEffects *effects, PouceEffectKind kind)
{
    g_assert(effects->count < POUCE_EFFECTS_MAX);
    PouceEffect *effect = &effects->list[effects->count++];

    *effect = (PouceEffect){.kind = kind};
    return effect;
}

void pouce_market_start_billing(PouceMarketSession *session)
{
    PouceBillingConfig config = {.price = session->price};

    memcpy(config.seeker_key, session->ends[POUCE_ROLE_SEEKER].key, POUCE_KEY_BYTES);
    memcpy(config.helper_key, session->ends[POUCE_ROLE_HELPER].key, POUCE_KEY_BYTES);
    pouce_billing_free(session->billing);
    session->billing = pouce_billing_new(&config);
}

static gboolean refuse(GError **error, const char *why)
{
    g_set_error_literal(error, POUCE_MARKET_ERROR, POUCE_MARKET_ERROR_MALFORMED, why);
    return FALSE;
}

static gboolean check_request(const PouceSessionRequest *request, GError **error)
{
    if (!pouce_id_valid(request->id) || !pouce_currency_valid(request->currency)) {
        return refuse(error, "The session's id or currency is malformed.");
    }
    if (request->candidate_count < 1 || request->candidate_count > POUCE_RANKED_MAX) {
        return refuse(error, "A session needs one to eight helpers to ring.");
    }
    if (request->cap_minor < 0 || request->cap_minor > POUCE_CAP_MAX_MINOR) {
        return refuse(error, "The cap is out of range.");
    }
    for (int i = 0; i < request->candidate_count; i++) {
        const PouceRanked *candidate = &request->candidates[i];

        if (strcmp(candidate->helper, request->seeker) == 0) {
            return refuse(error, "Nobody can ask for their own help: choose somebody else.");
        }
        if (candidate->rate_minor_per_min < 0 ||
            candidate->rate_minor_per_min > POUCE_CAP_MAX_MINOR) {
            return refuse(error, "The helper's rate is out of range.");
        }
        if (candidate->rate_minor_per_min > 0 && request->cap_minor == 0) {
            return refuse(error, "This helper is paid by the minute: set a cap above zero.");
        }
    }
    return TRUE;
}

static void copy_candidates(PouceMarketSession *session, const PouceSessionRequest *request)
{
    session->candidate_count = request->candidate_count;
    for (int i = 0; i < request->candidate_count; i++) {
        const PouceRanked *from = &request->candidates[i];

        session->candidates[i] = (PouceRanked){
            .helper = g_strdup(from->helper),
            .name = g_strdup(from->name),
            .rate_minor_per_min = from->rate_minor_per_min,
        };
        if (from->rate_minor_per_min > 0) {
            session->hold_minor = request->cap_minor;
        }
    }
}

static void set_text(char **text, const char *value)
{
    g_free(*text);
    *text = g_strdup(value ? value : "");
}

PouceMarketSession *pouce_market_session_new(const PouceSessionRequest *request, gint64 now_us,
    gint64 now_s, PouceEffects *effects, GError **error)
{
    if (!check_request(request, error)) {
        return NULL;
    }
    PouceMarketSession *session = pouce_market_session_blank();
    PouceSessionEnd *seeker = &session->ends[POUCE_ROLE_SEEKER];

    set_text(&session->id, request->id);
    set_text(&seeker->account, request->seeker);
    set_text(&seeker->name, request->seeker_name);
    set_text(&seeker->device, request->seeker_device);
    memcpy(seeker->key, request->seeker_key, POUCE_KEY_BYTES);
    seeker->present = TRUE;
    set_text(&session->need, request->need);
    set_text(&session->language, request->language);
    set_text(&session->place, request->place);
    g_strlcpy(session->price.session, request->id, sizeof session->price.session);
    g_strlcpy(session->price.currency, request->currency, sizeof session->price.currency);
    session->price.cap_minor = request->cap_minor;
    copy_candidates(session, request);
    pouce_market_ring_candidate(session, 0);
    session->created_s = now_s;
    session->state = POUCE_STATE_RINGING;
    session->due_us = now_us + POUCE_RING_US;

    effects->count = 0;
    pouce_market_effect(effects, POUCE_EFFECT_HOLD);
    PouceEffect *save = pouce_market_effect(effects, POUCE_EFFECT_SAVE);
    save->from = POUCE_STATE_OPEN;
    save->to = POUCE_STATE_RINGING;
    save->event = POUCE_MARKET_COUNT; // the creation itself
    save->actor = seeker->account;
    pouce_market_effect(effects, POUCE_EFFECT_RING);
    return session;
}

void pouce_market_session_price_id(
    const PouceMarketSession *session, char out[POUCE_HEX64_CHARS + 1])
{
    pouce_price_id(&session->price, out);
}

gboolean pouce_market_session_role(
    const PouceMarketSession *session, const char *account, PouceRole *out)
{
    for (int role = 0; role < 2; role++) {
        if (strcmp(session->ends[role].account, account) == 0) {
            *out = (PouceRole)role;
            return TRUE;
        }
    }
    return FALSE;
}

void pouce_market_session_prune(PouceMarketSession *session,
    gboolean (*is_free)(gpointer data, const char *helper), gpointer data)
{
    int kept = session->candidate + 1;

    for (int i = kept; i < session->candidate_count; i++) {
        if (is_free(data, session->candidates[i].helper)) {
            session->candidates[kept++] = session->candidates[i];
        } else {
            g_free(session->candidates[i].helper);
            g_free(session->candidates[i].name);
        }
    }
    session->candidate_count = MIN(kept, session->candidate_count);
}

char *pouce_market_session_billing(const PouceMarketSession *session)
{
    if (!session->billing) {
        return g_strdup("");
    }
    json_t *root = json_pack("{s:o, s:b, s:b}", "chains", pouce_billing_save(session->billing),
        "seeker_pausing", session->ends[POUCE_ROLE_SEEKER].pausing, "helper_pausing",
        session->ends[POUCE_ROLE_HELPER].pausing);
    g_assert(root);
    char *text = json_dumps(root, JSON_COMPACT);
    char *copy = g_strdup(text);

    free(text);
    json_decref(root);
    return copy;
}

static gboolean restore_chains(PouceMarketSession *session, json_t *root, GError **error)
{
    PouceBillingConfig config = {.price = session->price};
    json_t *chains = NULL; // borrowed
    int seeker = 0;
    int helper = 0;

    if (!root || json_unpack(root, "{s:o, s:b, s:b}", "chains", &chains, "seeker_pausing", &seeker,
                     "helper_pausing", &helper) != 0) {
        return refuse(error, "The record of the signed time cannot be read.");
    }
    memcpy(config.seeker_key, session->ends[POUCE_ROLE_SEEKER].key, POUCE_KEY_BYTES);
    memcpy(config.helper_key, session->ends[POUCE_ROLE_HELPER].key, POUCE_KEY_BYTES);
    session->billing = pouce_billing_restore(&config, chains, error);
    session->ends[POUCE_ROLE_SEEKER].pausing = seeker;
    session->ends[POUCE_ROLE_HELPER].pausing = helper;
    return session->billing != NULL;
}

gboolean pouce_market_session_restore(
    PouceMarketSession *session, const char *billing, GError **error)
{
    if (!*billing) {
        return TRUE;
    }
    json_t *root = json_loads(billing, JSON_REJECT_DUPLICATES, NULL);
    gboolean ok = restore_chains(session, root, error);

    json_decref(root);
    return ok;
}
