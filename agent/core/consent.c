// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "agent/core/consent.h"

#include <gio/gio.h>
#include <string.h>

gboolean pouce_consent_parse_list(const char *text, PouceCapability *out_may, GError **error)
{
    g_auto(GStrv) words = g_strsplit(text, ",", POUCE_CONSENT_SLOTS + 1);
    PouceCapability set = POUCE_CAPABILITY_NONE;
    for (char **word = words; *word; word++) {
        PouceCapability one;
        if (!pouce_capability_parse(g_strstrip(*word), &one)) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                "\"%s\" is nothing that can be consented to: use view, pointer, control, record, "
                "voice, clipboard, files, separated by commas.",
                *word);
            return FALSE;
        }
        set |= one;
    }
    *out_may = set;
    return TRUE;
}

static gboolean is_one(PouceCapability may)
{
    return may > 0 && may <= POUCE_CAPABILITY_FILES && (may & (may - 1)) == 0;
}

static PouceConsentItem *item_of(PouceConsent *consent, PouceCapability may)
{
    return &consent->items[g_bit_nth_lsf(may, -1)];
}

static const PouceConsentItem *peek_item(const PouceConsent *consent, PouceCapability may)
{
    return &consent->items[g_bit_nth_lsf(may, -1)];
}

static void emit(PouceConsent *consent, PouceConsentEffect effect)
{
    if (consent->sink)
        consent->sink(&effect, consent->data);
}

void pouce_consent_init(
    PouceConsent *consent, PouceCapability may, PouceConsentSink sink, void *data)
{
    *consent = (PouceConsent){.may = may, .sink = sink, .data = data};
}

static void unask(PouceConsent *consent, PouceCapability may)
{
    PouceConsentItem *item = item_of(consent, may);
    if (!item->asked)
        return;
    item->asked = FALSE;
    emit(consent, (PouceConsentEffect){POUCE_CONSENT_UNASK, .id = item->ask_id, .may = may});
}

static void refuse(PouceConsent *consent, PouceCapability may, gint64 now_us)
{
    PouceConsentItem *item = item_of(consent, may);
    if (!item->asked)
        return;
    unask(consent, may);
    item->refused_until_us = now_us + POUCE_CONSENT_REFUSED_MS * 1000;
    emit(consent, (PouceConsentEffect){POUCE_CONSENT_REFUSE, .id = item->ask_id, .may = may});
}

static void end_loan(PouceConsent *consent, PouceCapability may, PouceRevokeBy by)
{
    PouceConsentItem *item = item_of(consent, may);
    if (!item->held)
        return;
    item->held = FALSE;
    emit(consent, (PouceConsentEffect){POUCE_CONSENT_REVOKE, .may = may, .by = by});
}

static guint32 loan_ms(PouceCapability may, guint32 ms)
{
    if (may != POUCE_CAPABILITY_CONTROL)
        return ms;
    return ms == 0 ? POUCE_CONSENT_LOAN_DEFAULT_MS : MIN(ms, POUCE_CONSENT_LOAN_MAX_MS);
}

static void grant(PouceConsent *consent, guint32 id, PouceCapability may, guint32 ms, gint64 now_us)
{
    PouceConsentItem *item = item_of(consent, may);
    ms = loan_ms(may, ms);
    item->held = TRUE;
    item->until_us = ms ? now_us + (gint64)ms * 1000 : 0;
    if (may == POUCE_CAPABILITY_CONTROL)
        consent->settled_us = now_us + (gint64)consent->settle_ms * 1000;
    emit(consent, (PouceConsentEffect){POUCE_CONSENT_GRANT, .id = id, .may = may, .ms = ms});
}

void pouce_consent_set_bound(PouceConsent *consent, gboolean bound, gint64 now_us)
{
    if (bound == consent->bound)
        return;
    consent->bound = bound;
    for (PouceCapability may = 1; may < POUCE_CAPABILITY_ALL; may <<= 1) {
        if (!bound) {
            refuse(consent, may, now_us);
            end_loan(consent, may, POUCE_REVOKE_POLICY);
        } else if (may != POUCE_CAPABILITY_CONTROL && (consent->may & may)) {
            grant(consent, 0, may, 0, now_us);
        }
    }
}

void pouce_consent_set_paused(PouceConsent *consent, gboolean paused, gint64 now_us)
{
    consent->paused = paused;
    if (!paused)
        return;
    refuse(consent, POUCE_CAPABILITY_CONTROL, now_us);
    end_loan(consent, POUCE_CAPABILITY_CONTROL, POUCE_REVOKE_POLICY);
}

void pouce_consent_ask(
    PouceConsent *consent, guint32 id, PouceCapability may, guint32 ms, gint64 now_us)
{
    if (!is_one(may))
        return;
    PouceConsentItem *item = item_of(consent, may);
    if (item->asked && now_us >= item->ask_until_us)
        refuse(consent, may, now_us);
    if (item->asked)
        return; // the first question stands
    PouceConsentEffect refused = {POUCE_CONSENT_REFUSE, .id = id, .may = may};
    if (!consent->bound || consent->paused || now_us < item->refused_until_us) {
        emit(consent, refused);
        return;
    }
    item->asked = TRUE;
    item->ask_id = id;
    item->ask_ms = loan_ms(may, ms);
    item->ask_until_us = now_us + POUCE_CONSENT_QUESTION_MS * 1000;
    emit(
        consent, (PouceConsentEffect){POUCE_CONSENT_ASK, .id = id, .may = may, .ms = item->ask_ms});
}

gboolean pouce_consent_answer(
    PouceConsent *consent, guint32 id, gboolean yes, guint32 ms, gint64 now_us)
{
    pouce_consent_tick(consent, now_us);
    for (PouceCapability may = 1; may < POUCE_CAPABILITY_ALL; may <<= 1) {
        PouceConsentItem *item = item_of(consent, may);
        if (!item->asked || item->ask_id != id)
            continue;
        if (!yes) {
            refuse(consent, may, now_us);
            return TRUE;
        }
        unask(consent, may);
        consent->may |= may;
        grant(consent, id, may, ms ? ms : item->ask_ms, now_us);
        return TRUE;
    }
    return FALSE;
}

gboolean pouce_consent_lend(PouceConsent *consent, PouceCapability may, guint32 ms, gint64 now_us)
{
    if (!consent->bound || consent->paused || !is_one(may))
        return FALSE;
    unask(consent, may);
    consent->may |= may;
    grant(consent, 0, may, ms, now_us);
    return TRUE;
}

void pouce_consent_revoke(
    PouceConsent *consent, PouceCapability may, PouceRevokeBy by, gint64 now_us)
{
    if (!is_one(may))
        return;
    if (by == POUCE_REVOKE_OWNER && may != POUCE_CAPABILITY_CONTROL)
        consent->may &= ~may;
    refuse(consent, may, now_us);
    end_loan(consent, may, by);
}

void pouce_consent_local_input(PouceConsent *consent, gint64 now_us)
{
    if (now_us < consent->settled_us)
        consent->quiet_until_us = now_us + POUCE_CONSENT_QUIET_MS * 1000;
    else
        end_loan(consent, POUCE_CAPABILITY_CONTROL, POUCE_REVOKE_LOCAL_INPUT);
}

void pouce_consent_stall(PouceConsent *consent, gint64 now_us)
{
    refuse(consent, POUCE_CAPABILITY_CONTROL, now_us);
    end_loan(consent, POUCE_CAPABILITY_CONTROL, POUCE_REVOKE_POLICY);
}

void pouce_consent_question(PouceConsent *consent, gboolean open)
{
    consent->questions = MAX(consent->questions + (open ? 1 : -1), 0);
}

void pouce_consent_tick(PouceConsent *consent, gint64 now_us)
{
    for (PouceCapability may = 1; may < POUCE_CAPABILITY_ALL; may <<= 1) {
        PouceConsentItem *item = item_of(consent, may);
        if (item->asked && now_us >= item->ask_until_us)
            refuse(consent, may, now_us);
        if (item->held && item->until_us && now_us >= item->until_us)
            end_loan(consent, may, POUCE_REVOKE_TIMEOUT);
    }
}

gint64 pouce_consent_next_due_us(const PouceConsent *consent)
{
    gint64 due = -1;
    for (PouceCapability may = 1; may < POUCE_CAPABILITY_ALL; may <<= 1) {
        const PouceConsentItem *item = peek_item(consent, may);
        if (item->asked && (due < 0 || item->ask_until_us < due))
            due = item->ask_until_us;
        if (item->held && item->until_us && (due < 0 || item->until_us < due))
            due = item->until_us;
    }
    return due;
}

gboolean pouce_consent_allows(const PouceConsent *consent, PouceCapability may, gint64 now_us)
{
    if (!consent->bound || !is_one(may))
        return FALSE;
    const PouceConsentItem *item = peek_item(consent, may);
    return item->held && (item->until_us == 0 || now_us < item->until_us);
}

static gboolean question_on_screen(const PouceConsent *consent)
{
    gboolean asked = consent->questions > 0;
    for (int i = 0; i < POUCE_CONSENT_SLOTS; i++)
        asked = asked || consent->items[i].asked;
    return asked;
}

gboolean pouce_consent_allows_input(const PouceConsent *consent, gint64 now_us)
{
    return !question_on_screen(consent) && !consent->paused && now_us >= consent->quiet_until_us &&
           pouce_consent_allows(consent, POUCE_CAPABILITY_CONTROL, now_us);
}

gint64 pouce_consent_left_ms(const PouceConsent *consent, PouceCapability may, gint64 now_us)
{
    if (!pouce_consent_allows(consent, may, now_us))
        return 0;
    gint64 until_us = peek_item(consent, may)->until_us;
    return until_us == 0 ? -1 : MAX((until_us - now_us) / 1000, 1);
}
