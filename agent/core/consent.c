// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "agent/core/consent.h"

#include <gio/gio.h>
#include <string.h>

static const char *const may_names[POUCE_MAY_COUNT] = {
    "view", "pointer", "control", "record", "voice", "clipboard", "files"};
static const char *const by_names[] = {"owner", "local_input", "timeout", "helper", "policy"};

const char *pouce_may_name(PouceMay may)
{
    return may < POUCE_MAY_COUNT ? may_names[may] : "";
}

PouceMay pouce_may_from_name(const char *name)
{
    for (int i = 0; i < POUCE_MAY_COUNT; i++)
        if (strcmp(name, may_names[i]) == 0)
            return i;
    return POUCE_MAY_COUNT;
}

const char *pouce_consent_by_name(PouceConsentBy by)
{
    return by_names[by];
}

gboolean pouce_may_parse_list(const char *text, guint *out_may, GError **error)
{
    g_auto(GStrv) words = g_strsplit(text, ",", POUCE_MAY_COUNT + 1);
    guint bits = 0;
    for (char **word = words; *word; word++) {
        PouceMay may = pouce_may_from_name(g_strstrip(*word));
        if (may == POUCE_MAY_COUNT) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                "\"%s\" is nothing that can be consented to: use view, pointer, control, record, "
                "voice, clipboard, files, separated by commas.",
                *word);
            return FALSE;
        }
        bits |= 1u << may;
    }
    *out_may = bits;
    return TRUE;
}

static void emit(PouceConsent *consent, PouceConsentEffect effect)
{
    if (consent->sink)
        consent->sink(&effect, consent->data);
}

void pouce_consent_init(PouceConsent *consent, guint may, PouceConsentSink sink, void *data)
{
    *consent = (PouceConsent){.may = may, .sink = sink, .data = data};
}

static void unask(PouceConsent *consent, PouceMay may)
{
    PouceConsentItem *item = &consent->items[may];
    if (!item->asked)
        return;
    item->asked = FALSE;
    consent->questions--;
    emit(consent, (PouceConsentEffect){POUCE_CONSENT_UNASK, .id = item->ask_id, .may = may});
}

static void refuse(PouceConsent *consent, PouceMay may, gint64 now_us)
{
    PouceConsentItem *item = &consent->items[may];
    if (!item->asked)
        return;
    unask(consent, may);
    item->refused_until_us = now_us + POUCE_CONSENT_REFUSED_MS * 1000;
    emit(consent, (PouceConsentEffect){POUCE_CONSENT_REFUSE, .id = item->ask_id, .may = may});
}

static void end_loan(PouceConsent *consent, PouceMay may, PouceConsentBy by)
{
    PouceConsentItem *item = &consent->items[may];
    if (!item->held)
        return;
    item->held = FALSE;
    emit(consent, (PouceConsentEffect){POUCE_CONSENT_REVOKE, .may = may, .by = by});
}

static guint32 loan_ms(PouceMay may, guint32 ms)
{
    if (may != POUCE_MAY_CONTROL)
        return ms;
    return ms == 0 ? POUCE_CONSENT_LOAN_DEFAULT_MS : MIN(ms, POUCE_CONSENT_LOAN_MAX_MS);
}

static void grant(PouceConsent *consent, guint32 id, PouceMay may, guint32 ms, gint64 now_us)
{
    PouceConsentItem *item = &consent->items[may];
    ms = loan_ms(may, ms);
    item->held = TRUE;
    item->until_us = ms ? now_us + (gint64)ms * 1000 : 0;
    if (may == POUCE_MAY_CONTROL)
        consent->settled_us = now_us + (gint64)consent->settle_ms * 1000;
    emit(consent, (PouceConsentEffect){POUCE_CONSENT_GRANT, .id = id, .may = may, .ms = ms});
}

void pouce_consent_set_bound(PouceConsent *consent, gboolean bound, gint64 now_us)
{
    if (bound == consent->bound)
        return;
    consent->bound = bound;
    for (int may = 0; may < POUCE_MAY_COUNT; may++) {
        if (!bound) {
            refuse(consent, may, now_us);
            end_loan(consent, may, POUCE_CONSENT_BY_POLICY);
        } else if (may != POUCE_MAY_CONTROL && (consent->may & 1u << may)) {
            grant(consent, 0, may, 0, now_us);
        }
    }
}

void pouce_consent_set_paused(PouceConsent *consent, gboolean paused, gint64 now_us)
{
    consent->paused = paused;
    if (!paused)
        return;
    refuse(consent, POUCE_MAY_CONTROL, now_us);
    end_loan(consent, POUCE_MAY_CONTROL, POUCE_CONSENT_BY_POLICY);
}

void pouce_consent_ask(PouceConsent *consent, guint32 id, PouceMay may, guint32 ms, gint64 now_us)
{
    if (may >= POUCE_MAY_COUNT)
        return;
    PouceConsentItem *item = &consent->items[may];
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
    consent->questions++;
    emit(
        consent, (PouceConsentEffect){POUCE_CONSENT_ASK, .id = id, .may = may, .ms = item->ask_ms});
}

gboolean pouce_consent_answer(
    PouceConsent *consent, guint32 id, gboolean yes, guint32 ms, gint64 now_us)
{
    pouce_consent_tick(consent, now_us);
    for (int may = 0; may < POUCE_MAY_COUNT; may++) {
        PouceConsentItem *item = &consent->items[may];
        if (!item->asked || item->ask_id != id)
            continue;
        if (!yes) {
            refuse(consent, may, now_us);
            return TRUE;
        }
        unask(consent, may);
        consent->may |= 1u << may;
        grant(consent, id, may, ms ? ms : item->ask_ms, now_us);
        return TRUE;
    }
    return FALSE;
}

gboolean pouce_consent_lend(PouceConsent *consent, PouceMay may, guint32 ms, gint64 now_us)
{
    if (!consent->bound || consent->paused || may >= POUCE_MAY_COUNT)
        return FALSE;
    unask(consent, may);
    consent->may |= 1u << may;
    grant(consent, 0, may, ms, now_us);
    return TRUE;
}

void pouce_consent_revoke(PouceConsent *consent, PouceMay may, PouceConsentBy by, gint64 now_us)
{
    if (may >= POUCE_MAY_COUNT)
        return;
    if (by == POUCE_CONSENT_BY_OWNER && may != POUCE_MAY_CONTROL)
        consent->may &= ~(1u << may);
    refuse(consent, may, now_us);
    end_loan(consent, may, by);
}

void pouce_consent_local_input(PouceConsent *consent, gint64 now_us)
{
    if (now_us < consent->settled_us)
        consent->quiet_until_us = now_us + POUCE_CONSENT_QUIET_MS * 1000;
    else
        end_loan(consent, POUCE_MAY_CONTROL, POUCE_CONSENT_BY_LOCAL_INPUT);
}

void pouce_consent_stall(PouceConsent *consent, gint64 now_us)
{
    refuse(consent, POUCE_MAY_CONTROL, now_us);
    end_loan(consent, POUCE_MAY_CONTROL, POUCE_CONSENT_BY_POLICY);
}

void pouce_consent_question(PouceConsent *consent, gboolean open)
{
    consent->questions += open ? 1 : -1;
    g_assert(consent->questions >= 0);
}

void pouce_consent_tick(PouceConsent *consent, gint64 now_us)
{
    for (int may = 0; may < POUCE_MAY_COUNT; may++) {
        PouceConsentItem *item = &consent->items[may];
        if (item->asked && now_us >= item->ask_until_us)
            refuse(consent, may, now_us);
        if (item->held && item->until_us && now_us >= item->until_us)
            end_loan(consent, may, POUCE_CONSENT_BY_TIMEOUT);
    }
}

gint64 pouce_consent_next_due_us(const PouceConsent *consent)
{
    gint64 due = -1;
    for (int may = 0; may < POUCE_MAY_COUNT; may++) {
        const PouceConsentItem *item = &consent->items[may];
        if (item->asked && (due < 0 || item->ask_until_us < due))
            due = item->ask_until_us;
        if (item->held && item->until_us && (due < 0 || item->until_us < due))
            due = item->until_us;
    }
    return due;
}

gboolean pouce_consent_allows(const PouceConsent *consent, PouceMay may, gint64 now_us)
{
    if (!consent->bound || may >= POUCE_MAY_COUNT)
        return FALSE;
    const PouceConsentItem *item = &consent->items[may];
    return item->held && (item->until_us == 0 || now_us < item->until_us);
}

gboolean pouce_consent_allows_input(const PouceConsent *consent, gint64 now_us)
{
    return consent->questions == 0 && !consent->paused && now_us >= consent->quiet_until_us &&
           pouce_consent_allows(consent, POUCE_MAY_CONTROL, now_us);
}

gint64 pouce_consent_left_ms(const PouceConsent *consent, PouceMay may, gint64 now_us)
{
    if (!pouce_consent_allows(consent, may, now_us))
        return 0;
    gint64 until_us = consent->items[may].until_us;
    return until_us == 0 ? -1 : MAX((until_us - now_us) / 1000, 1);
}
