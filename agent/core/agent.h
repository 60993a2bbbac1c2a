// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The seeker's side of Pouce without a window: signing in, choosing a helper, one session with all
// that belongs to it, and its bill. A window or the headless program drives it and listens.
//
// Lifecycle: new -> sign_in (or resume) -> READY -> find -> request -> RINGING -> CONSENT ->
// confirm -> CONNECTING -> LIVE (PAUSED, DROPPED) -> ENDING -> OVER -> rate or another request.
// Everything happens on the thread that made it, in its thread-default main context; capture and
// encoding run on a thread of their own inside. Callbacks are never called after free, and may call
// any function here except free. Pointers they get are borrowed for the call.
//
// Whatever goes wrong comes as `trouble`, a sentence for people; where a request failed, the phase
// falls back to READY or OVER afterwards.

#include "agent/capture/capture.h"
#include "signaling/wire/identity.h"
#include "signaling/wire/session.h"

#include <glib.h>

G_BEGIN_DECLS

#define POUCE_AGENT_ERROR (pouce_agent_error_quark())
GQuark pouce_agent_error_quark(void);

typedef enum {
    POUCE_AGENT_ERROR_USAGE, // a wrong option or amount
} PouceAgentError;

/** How long a dropped session is kept for its far end to come back. */
#define POUCE_AGENT_GRACE_MS (60 * 1000)

typedef struct {
    const char *broker_url;
    const char *source;     // as PouceCaptureConfig.spec; NULL: "x11"
    int monitor;            // -1: the primary one
    const char *encoder;    // NULL: the best there is
    int bitrate_bps;        // 0: 4 Mb/s
    const char *config_dir; // NULL: $XDG_CONFIG_HOME/pouce; device key, token, pinned helpers
    const char *stop_key;   // NULL: POUCE_LOCAL_STOP_KEY_DEFAULT
    const char *microphone; // as pouce_voice_devices names them; NULL: the system's choice
    const char *speaker;
    guint32 settle_ms; // as in consent.h: 1000 with a window, 0 without
} PouceAgentConfig;

typedef enum {
    POUCE_AGENT_SIGNED_OUT,
    POUCE_AGENT_SIGNING_IN,
    POUCE_AGENT_READY,      // signed in; no session
    POUCE_AGENT_RINGING,    // asked; withdraw with end
    POUCE_AGENT_CONSENT,    // a helper accepted: show the consent card, then confirm or end
    POUCE_AGENT_CONNECTING, // consent given
    POUCE_AGENT_LIVE,
    POUCE_AGENT_PAUSED,
    POUCE_AGENT_DROPPED, // the line broke; comes back by itself or ends after the grace time
    POUCE_AGENT_ENDING,  // until the broker has settled
    POUCE_AGENT_OVER,    // session() says how; receipt came if there is one
} PouceAgentPhase;

/** What is known of the helper's device key; for the consent card. */
typedef enum {
    POUCE_AGENT_TRUST_NEW,     // first time with this helper
    POUCE_AGENT_TRUST_KNOWN,   // the device of last time
    POUCE_AGENT_TRUST_DEVICE,  // a known helper on a device not seen before
    POUCE_AGENT_TRUST_CHANGED, // the key of a known device changed: warn loudly
} PouceAgentTrust;

typedef struct {
    gint64 fps;
    gint64 bitrate_bps;
    gint64 estimate_bps; // what the line is thought to carry
    gint64 loss_permille;
    gint64 rtt_ms; // -1: unknown
    gint64 lost;
    guint64 bytes_sent;
    guint32 decoded; // frames at the helper
} PouceAgentStats;

/** The microphones of both ends. `open` is what the indicator shows. */
typedef struct {
    gboolean open; // ours captures now (or is about to)
    gboolean on;   // the person turned it on
    gboolean muted;
    gboolean push_to_talk;
    gboolean helper_open;
    const char *microphone; // chosen, borrowed; NULL: the system's choice
    const char *speaker;
    gboolean allowed;             // `voice` is granted and the session runs
    guint delay_ms;               // what the speaker holds back against jitter; 0: it is closed
    guint64 sent, received, lost; // packets on this connection
} PouceAgentVoice;

/** Any field may be NULL. */
typedef struct {
    void (*phase)(PouceAgentPhase phase, void *data);
    void (*online)(gboolean online, const char *reason, void *data); // the way to the broker
    void (*account)(const PouceAccount *account, void *data);
    void (*helpers)(PouceHelper *const *helpers, guint count, void *data); // answer of find, ranked
    void (*session)(const PouceSession *session, void *data);              // after each transition
    void (*screens)(const PouceCaptureMonitor *monitors, int count, int chosen, void *data);
    void (*bound)(void *data);       // both ends proved who they are; after each reconnection too
    void (*first_frame)(void *data); // the helper decoded a picture
    void (*lost)(void *data);        // the line broke
    /** @open: the helper asks for @what for @ms; show it, then answer. Else: take it away. */
    void (*question)(guint32 id, PouceCapability what, guint32 ms, gboolean open, void *data);
    void (*granted)(PouceCapability what, guint32 ms, void *data);
    void (*revoked)(PouceCapability what, PouceRevokeBy by, void *data);
    /** After each acknowledged tick: what both signed, and its price so far. */
    void (*tick)(gint64 signed_ms, gint64 cost_minor, void *data);
    /** Once a second while live: time counted here (not yet signed), and whether it runs. */
    void (*clock)(gint64 live_ms, gboolean running, void *data);
    void (*stats)(const PouceAgentStats *stats, void *data); // once a second while live
    void (*chat)(const char *text, gboolean own, void *data);
    void (*paused)(gboolean by_us, gboolean by_helper, void *data);
    void (*voice)(const PouceAgentVoice *voice, void *data); // after each change
    void (*stop_key)(void *data); // pressed; the session is already ending
    void (*receipt)(const PouceReceipt *receipt, void *data);
    /** @code: a problem code of the protocol, one of pouce_voice_trouble_codes, or denied, failed,
     *  malformed, no_hands, no_overlay, no_screen, not_kept, silence, source_lost, tick,
     *  unreachable. @sentence: in English, for a log */
    void (*trouble)(const char *code, const char *sentence, void *data);
} PouceAgentListener;

typedef struct PouceAgent PouceAgent;

/**
 * pouce_agent_new - @config is copied; @listener is kept
 * Errors: USAGE (no such encoder, source or key), POUCE_WIRE_ERROR_FILE (the device key)
 */
PouceAgent *pouce_agent_new(
    const PouceAgentConfig *config, const PouceAgentListener *listener, void *data, GError **error);
/** pouce_agent_free - a session under way is ended first, as far as 200 ms allow */
void pouce_agent_free(PouceAgent *agent);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceAgent, pouce_agent_free)

void pouce_agent_sign_up(
    PouceAgent *agent, const char *login, const char *name, const char *password); // and in
void pouce_agent_sign_in(PouceAgent *agent, const char *login, const char *password);
/** pouce_agent_resume - with the token of last time; FALSE if there is none */
gboolean pouce_agent_resume(PouceAgent *agent);
void pouce_agent_sign_out(PouceAgent *agent);

/** pouce_agent_find - ranked helpers for @need; @language and @place NULL or "" for any */
void pouce_agent_find(PouceAgent *agent, const char *need, const char *language, const char *place);
/**
 * pouce_agent_request - opens the screen, then rings
 * @helper:    NULL: the first free of the best
 * @cap_minor: most that it may cost; held on the account
 */
void pouce_agent_request(PouceAgent *agent, const char *need, const char *helper,
    const char *language, const char *place, gint64 cap_minor);
/** pouce_agent_confirm - the consent card's yes; in CONSENT only */
void pouce_agent_confirm(PouceAgent *agent, PouceCapability may);
/** pouce_agent_end - withdraws, declines the card, or ends; in any phase of a session */
void pouce_agent_end(PouceAgent *agent);
/** pouce_agent_rate - 1 to 5 stars, in OVER after a receipt */
void pouce_agent_rate(PouceAgent *agent, int stars, const char *comment);

void pouce_agent_answer(PouceAgent *agent, guint32 id, gboolean yes, guint32 ms);
void pouce_agent_lend(PouceAgent *agent, guint32 ms); // control, unasked; 0: the usual time
void pouce_agent_take_back(PouceAgent *agent, PouceCapability what);
/** pouce_agent_question_shown - a question of the window's own is (no longer) on screen: no input
 */
void pouce_agent_question_shown(PouceAgent *agent, gboolean shown);
void pouce_agent_pause(PouceAgent *agent, gboolean paused);
void pouce_agent_chat(PouceAgent *agent, const char *text); // cut to 2000 characters
void pouce_agent_clear_ink(PouceAgent *agent);
void pouce_agent_choose_monitor(PouceAgent *agent, int id);

/**
 * pouce_agent_voice - the microphone on or off; it is off when a session begins
 * Turning it on grants `voice` to the helper as well, unless it is granted already. Off, muted or
 * with the talk key up, the device is closed. Which devices there are: pouce_voice_devices.
 */
void pouce_agent_voice(PouceAgent *agent, gboolean on);
void pouce_agent_mute(PouceAgent *agent, gboolean muted);
void pouce_agent_push_to_talk(PouceAgent *agent, gboolean push_to_talk);
void pouce_agent_talk(PouceAgent *agent, gboolean held); // with push_to_talk: the key
void pouce_agent_choose_sound(PouceAgent *agent, const char *microphone, const char *speaker);
void pouce_agent_voice_state(PouceAgent *agent, PouceAgentVoice *out);

PouceAgentPhase pouce_agent_phase(PouceAgent *agent);
const PouceAccount *pouce_agent_account(PouceAgent *agent); // borrowed; NULL before
const PouceSession *pouce_agent_session(PouceAgent *agent); // the present or last one; NULL
PouceAgentTrust pouce_agent_trust(PouceAgent *agent);       // from CONSENT on
gboolean pouce_agent_allows(PouceAgent *agent, PouceCapability what);
/** pouce_agent_left_ms - of a loan; 0: not lent; -1: until revoked */
gint64 pouce_agent_left_ms(PouceAgent *agent, PouceCapability what);

const char *pouce_agent_phase_name(PouceAgentPhase phase);

G_END_DECLS
