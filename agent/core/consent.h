// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Who may do what until when. @may of the functions is exactly one capability. Pure: time is an
// argument, effects go to a callback, no clock, no socket, no allocation after init.
//
// The owner consents once per session to a list of capabilities. `view`, `pointer` and `record`
// are permissions: they hold while the session is bound, until taken back. `control` is a loan:
// only an explicit grant opens it, always with an end, and local input, the end of its time, the
// owner, a stall, a pause or a drop close it. A closed loan never opens again by itself: it takes
// a new grant. Nothing holds before both ends are bound, and nothing is injected while a question
// is on the owner's screen, or the helper could press its button.

#include "signaling/wire/role.h"

#include <glib.h>

G_BEGIN_DECLS

/** One slot a capability: bits of PouceCapability by their position. */
#define POUCE_CONSENT_SLOTS 7

/** Longest and usual loan of control. */
#define POUCE_CONSENT_LOAN_MAX_MS (60 * 60 * 1000)
#define POUCE_CONSENT_LOAN_DEFAULT_MS (5 * 60 * 1000)
/** A question that nobody answers is refused after this time. */
#define POUCE_CONSENT_QUESTION_MS (60 * 1000)
/** While a loan settles: injection waits until mouse and keyboard rested for this long. */
#define POUCE_CONSENT_QUIET_MS 300
/** After a refusal the same capability may not be asked again for this long: no nagging. */
#define POUCE_CONSENT_REFUSED_MS (3 * 1000)

typedef enum {
    POUCE_CONSENT_ASK,    // show the question @id for @may and @ms
    POUCE_CONSENT_UNASK,  // take question @id off the screen
    POUCE_CONSENT_GRANT,  // tell the helper: @id (0: unasked), @may, @ms (0: until revoked)
    POUCE_CONSENT_REFUSE, // tell the helper: @id, @may
    POUCE_CONSENT_REVOKE, // tell the helper and release all input: @may, @by
} PouceConsentEffectKind;

typedef struct {
    PouceConsentEffectKind kind;
    guint32 id;
    PouceCapability may;
    guint32 ms;
    PouceRevokeBy by;
} PouceConsentEffect;

typedef void (*PouceConsentSink)(const PouceConsentEffect *effect, void *data);

typedef struct {
    gboolean held;
    gint64 until_us; // 0: until revoked
    gboolean asked;
    guint32 ask_id;
    guint32 ask_ms;
    gint64 ask_until_us;
    gint64 refused_until_us;
} PouceConsentItem;

/** Caller's memory; read through the functions. */
typedef struct {
    /** A hand that just pressed "Lend" is still moving: local input within this time after a grant
     * of control does not end the loan, it only holds injection back. 0 (tests, headless): none. */
    guint32 settle_ms;
    PouceCapability may; // a set: what the owner agreed to on the consent card
    gboolean bound;
    gboolean paused;
    gint64 settled_us;     // end of the settling of the loan of control
    gint64 quiet_until_us; // nothing is injected before
    int questions;         // of the window's own, on screen now
    PouceConsentItem items[POUCE_CONSENT_SLOTS];
    PouceConsentSink sink;
    void *data;
} PouceConsent;

void pouce_consent_init(
    PouceConsent *consent, PouceCapability may, PouceConsentSink sink, void *data);

/** pouce_consent_set_bound - TRUE opens the permissions of the card; FALSE (a drop) closes loans
 *                            and questions, and everything else until bound again */
void pouce_consent_set_bound(PouceConsent *consent, gboolean bound, gint64 now_us);
void pouce_consent_set_paused(PouceConsent *consent, gboolean paused, gint64 now_us);

/** pouce_consent_ask - the helper asks; @ms 0 or too long is cut to what is allowed */
void pouce_consent_ask(
    PouceConsent *consent, guint32 id, PouceCapability may, guint32 ms, gint64 now_us);
/** pouce_consent_answer - the owner answers question @id; FALSE if it is no longer asked
 *  @ms: how long, 0: as asked; a yes also adds @may to the card */
gboolean pouce_consent_answer(
    PouceConsent *consent, guint32 id, gboolean yes, guint32 ms, gint64 now_us);
/** pouce_consent_lend - the owner grants unasked; FALSE before the bind or while paused */
gboolean pouce_consent_lend(PouceConsent *consent, PouceCapability may, guint32 ms, gint64 now_us);
/** pouce_consent_revoke - ends what is held and refuses what is asked; by the owner it also takes
 *                         @may off the card, except for control, which may be asked again */
void pouce_consent_revoke(
    PouceConsent *consent, PouceCapability may, PouceRevokeBy by, gint64 now_us);
/** pouce_consent_local_input - the owner touched mouse or keyboard: loans of control end */
void pouce_consent_local_input(PouceConsent *consent, gint64 now_us);
/** pouce_consent_stall - the far end is silent or ticks are missed: loans of control end */
void pouce_consent_stall(PouceConsent *consent, gint64 now_us);
/** pouce_consent_question - another question of ours is (no longer) on screen */
void pouce_consent_question(PouceConsent *consent, gboolean open);

/** pouce_consent_tick - ends what is over */
void pouce_consent_tick(PouceConsent *consent, gint64 now_us);
/** pouce_consent_next_due_us - when tick has something to do; -1: never */
gint64 pouce_consent_next_due_us(const PouceConsent *consent);

/** pouce_consent_allows - @may holds now (asks no tick before) */
gboolean pouce_consent_allows(const PouceConsent *consent, PouceCapability may, gint64 now_us);
/** pouce_consent_allows_input - control holds, no question is on screen, the owner's hand rests */
gboolean pouce_consent_allows_input(const PouceConsent *consent, gint64 now_us);
/** pouce_consent_left_ms - of the loan of @may; 0: not held; -1: until revoked */
gint64 pouce_consent_left_ms(const PouceConsent *consent, PouceCapability may, gint64 now_us);

/** pouce_consent_parse_list - "view,pointer,control" into a set; the error names the word */
gboolean pouce_consent_parse_list(const char *text, PouceCapability *out_may, GError **error);

G_END_DECLS
