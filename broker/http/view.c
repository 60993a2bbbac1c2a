// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/http/view.h"

#include <string.h>

#include "signaling/wire/base64u.h"
#include "signaling/wire/id.h"

static void copy_text(char *out, gsize size, const char *text)
{
    g_strlcpy(out, text ? text : "", size);
}

static PouceParty *party(const PoucePartyRow *row)
{
    if (!row->account || !*row->account)
        return NULL;
    PouceParty *out = g_new0(PouceParty, 1);
    copy_text(out->id, sizeof out->id, row->account);
    copy_text(out->device_id, sizeof out->device_id, row->device);
    out->name = g_strdup(row->name);
    if (row->key && g_bytes_get_size(row->key) == POUCE_KEY_BYTES) {
        out->has_key = TRUE;
        memcpy(out->device_key, g_bytes_get_data(row->key, NULL), POUCE_KEY_BYTES);
    }
    return out;
}

static PouceCapability capabilities(const char *words)
{
    PouceCapability set = POUCE_CAPABILITY_NONE;
    g_auto(GStrv) word = g_strsplit(words ? words : "", " ", -1);
    for (char **each = word; *each; each++) {
        PouceCapability one;
        if (pouce_capability_parse(*each, &one))
            set |= one;
    }
    return set;
}

static void fill_price(const PouceSessionRow *row, PouceSession *session)
{
    session->has_price = row->price && *row->price;
    if (!session->has_price)
        return;
    copy_text(session->price_id, sizeof session->price_id, row->price);
    copy_text(session->price.session, sizeof session->price.session, row->id);
    copy_text(session->price.currency, sizeof session->price.currency, row->currency);
    session->price.rate_minor_per_min = row->rate_minor_per_min;
    session->price.cap_minor = row->cap_minor;
}

PouceSession *pouce_view_session(
    const PouceView *view, const PouceSessionRow *row, const char *account, gint64 now_s)
{
    gboolean seeker = g_strcmp0(row->seeker.account, account) == 0;
    if (!seeker && g_strcmp0(row->helper.account, account) != 0)
        return NULL;
    PouceSession *session = g_new0(PouceSession, 1);
    copy_text(session->id, sizeof session->id, row->id);
    session->role = seeker ? POUCE_ROLE_SEEKER : POUCE_ROLE_HELPER;
    if (!pouce_state_parse(row->state, &session->state))
        session->state = POUCE_STATE_FAILED;
    if (!pouce_end_reason_parse(row->end_reason, &session->end_reason))
        session->end_reason = POUCE_END_NONE;
    session->need = g_strdup(row->need);
    session->seeker = party(&row->seeker);
    session->helper = party(&row->helper);
    if (session->helper)
        session->helper_card =
            pouce_view_helper(view, row->helper.account, row->seeker.account, row->need);
    fill_price(row, session);
    session->may = capabilities(row->may);
    session->expires_s = row->expires_s;
    session->signed_ms = row->signed_ms;
    session->cost_minor = row->cost_minor;
    session->receipt_number = g_strdup(row->receipt ? row->receipt : "");
    session->created_s = row->created_s;
    const char *device = seeker ? row->seeker.device : row->helper.device;
    if (session->state >= POUCE_STATE_ACCEPTED && session->state <= POUCE_STATE_PAUSED && device &&
        *device)
        pouce_ice_fill(view->ice, device, now_s, session);
    return session;
}

json_t *pouce_view_session_json(
    const PouceView *view, const PouceSessionRow *row, const char *account, gint64 now_s)
{
    g_autoptr(PouceSession) session = pouce_view_session(view, row, account, now_s);
    return session ? pouce_session_to_json(session) : NULL;
}

PouceHelper *pouce_view_match(const PouceView *view, const PouceMatch *match)
{
    const PouceHelperCard *card = match->card;
    PouceHelper *helper = g_new0(PouceHelper, 1);
    copy_text(helper->id, sizeof helper->id, card->id);
    copy_text(helper->currency, sizeof helper->currency, view->currency);
    helper->name = g_strdup(card->name);
    helper->stars_hundredths = pouce_helper_card_stars_hundredths(card);
    helper->ratings = card->ratings;
    helper->sessions = card->sessions;
    helper->skills = g_strdupv((char **)card->skills);
    helper->languages = g_strdupv((char **)card->languages);
    helper->place = g_strdup(card->place);
    helper->about = g_strdup(card->about);
    helper->rate_minor_per_min = card->rate_minor_per_min;
    helper->available = match->available;
    for (int i = 0; i < match->reason_count && helper->n_reasons < POUCE_REASONS_MAX; i++) {
        PouceReason *reason = &helper->reasons[helper->n_reasons++];
        reason->code = g_strdup(match->reasons[i].code);
        reason->value = g_utf8_make_valid(match->reasons[i].value, -1);
    }
    return helper;
}

PouceHelper *pouce_view_helper(
    const PouceView *view, const char *id, const char *seeker, const char *need)
{
    PouceMatchQuery query = {.seeker = seeker, .need = need, .limit = 1};
    PouceMatch match;
    if (!pouce_directory_explain(pouce_desk_directory(view->desk), &query, id, &match))
        return NULL;
    return pouce_view_match(view, &match);
}

json_t *pouce_view_receipt_json(const PouceReceiptRow *row)
{
    PouceReceipt receipt = {
        .number = row->number,
        .seeker = row->seeker_name,
        .helper = row->helper_name,
        .need = row->need,
        .signed_ms = row->signed_ms,
        .rate_minor_per_min = row->rate_minor_per_min,
        .amount_minor = row->amount_minor,
        .helper_amount_minor = row->helper_amount_minor,
        .fee_minor = row->fee_minor,
        .issued_s = row->issued_s,
    };
    copy_text(receipt.session, sizeof receipt.session, row->session);
    copy_text(receipt.currency, sizeof receipt.currency, row->currency);
    return pouce_receipt_to_json(&receipt);
}

static char *in_base64u(GBytes *bytes)
{
    gsize size;
    gconstpointer data = g_bytes_get_data(bytes, &size);
    return pouce_base64u_encode(data, size);
}

json_t *pouce_view_tick_json(const PouceTickRow *row)
{
    g_autofree char *text = in_base64u(row->text);
    g_autofree char *sig = in_base64u(row->sig);
    g_autofree char *counter_sig = in_base64u(row->counter_sig);
    return json_pack("{s:s, s:s, s:s}", "tick", text, "sig", sig, "counter_sig", counter_sig);
}

gboolean pouce_view_read_purse(
    PouceDb *db, const char *account, const char *currency, PoucePurse *out, GError **error)
{
    return pouce_ledger_balance(
               db, POUCE_MONEY_BALANCE, account, currency, &out->balance_minor, error) &&
           pouce_ledger_balance(db, POUCE_MONEY_HELD, account, currency, &out->held_minor, error) &&
           pouce_ledger_balance(
               db, POUCE_MONEY_EARNINGS, account, currency, &out->earned_minor, error);
}

json_t *pouce_view_account_json(
    const PouceView *view, const PouceAccountRow *row, const PoucePurse *purse)
{
    g_autoptr(PouceHelper) helper = pouce_view_helper(view, row->id, NULL, NULL);
    PouceAccount account = {
        .login = row->login,
        .name = row->name,
        .locale = row->locale,
        .balance_minor = purse->balance_minor,
        .held_minor = purse->held_minor,
        .helper = helper,
    };
    copy_text(account.id, sizeof account.id, row->id);
    copy_text(account.currency, sizeof account.currency, view->currency);
    json_t *json = pouce_account_to_json(&account);
    json_object_set_new(json, "earned_minor", json_integer(purse->earned_minor));
    return json;
}
