// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "signaling/wire/session.h"

static void reasons_clear(PouceHelper *helper)
{
    for (guint i = 0; i < helper->n_reasons; i++) {
        g_free(helper->reasons[i].code);
        g_free(helper->reasons[i].value);
    }
}

void pouce_helper_free(PouceHelper *helper)
{
    if (!helper)
        return;
    reasons_clear(helper);
    g_free(helper->name);
    g_strfreev(helper->skills);
    g_strfreev(helper->languages);
    g_free(helper->place);
    g_free(helper->about);
    g_free(helper);
}

void pouce_account_free(PouceAccount *account)
{
    if (!account)
        return;
    g_free(account->login);
    g_free(account->name);
    g_free(account->locale);
    pouce_helper_free(account->helper);
    g_free(account);
}

void pouce_party_free(PouceParty *party)
{
    if (!party)
        return;
    g_free(party->name);
    g_free(party);
}

void pouce_session_free(PouceSession *session)
{
    if (!session)
        return;
    g_free(session->need);
    pouce_party_free(session->seeker);
    pouce_party_free(session->helper);
    pouce_helper_free(session->helper_card);
    for (guint i = 0; i < session->n_ice_servers; i++) {
        g_strfreev(session->ice_servers[i].urls);
        g_free(session->ice_servers[i].username);
        g_free(session->ice_servers[i].credential);
    }
    g_free(session->receipt_number);
    g_free(session);
}

void pouce_receipt_free(PouceReceipt *receipt)
{
    if (!receipt)
        return;
    g_free(receipt->number);
    g_free(receipt->seeker);
    g_free(receipt->helper);
    g_free(receipt->need);
    g_free(receipt);
}

static PouceParty *party_copy(const PouceParty *party)
{
    if (!party)
        return NULL;
    PouceParty *copy = g_memdup2(party, sizeof *party);
    copy->name = g_strdup(party->name);
    return copy;
}

static PouceHelper *helper_copy(const PouceHelper *helper)
{
    if (!helper)
        return NULL;
    PouceHelper *copy = g_memdup2(helper, sizeof *helper);
    copy->name = g_strdup(helper->name);
    copy->skills = g_strdupv(helper->skills);
    copy->languages = g_strdupv(helper->languages);
    copy->place = g_strdup(helper->place);
    copy->about = g_strdup(helper->about);
    for (guint i = 0; i < helper->n_reasons; i++) {
        copy->reasons[i].code = g_strdup(helper->reasons[i].code);
        copy->reasons[i].value = g_strdup(helper->reasons[i].value);
    }
    return copy;
}

PouceSession *pouce_session_copy(const PouceSession *session)
{
    PouceSession *copy = g_memdup2(session, sizeof *session);
    copy->need = g_strdup(session->need);
    copy->seeker = party_copy(session->seeker);
    copy->helper = party_copy(session->helper);
    copy->helper_card = helper_copy(session->helper_card);
    for (guint i = 0; i < session->n_ice_servers; i++) {
        copy->ice_servers[i].urls = g_strdupv(session->ice_servers[i].urls);
        copy->ice_servers[i].username = g_strdup(session->ice_servers[i].username);
        copy->ice_servers[i].credential = g_strdup(session->ice_servers[i].credential);
    }
    copy->receipt_number = g_strdup(session->receipt_number);
    return copy;
}
