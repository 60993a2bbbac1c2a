// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The parts of the agent, each with its share of the struct:
//   agent.c          life, phases, the alarm clock
//   agent_broker.c   requests to the broker and what it says
//   agent_session.c  the session's states, from ringing to the receipt
//   agent_link.c     the connection: offer, bind, drop, rebuild
//   agent_control.c  messages on the channels, consent, input, ink
//   agent_voice.c    microphone and speaker
//   agent_meter.c    ticks, time and statistics
// Included by them alone. Everything on the owner's thread.

#include "agent/core/agent.h"
#include "agent/core/consent.h"
#include "agent/core/media.h"
#include "agent/core/pins.h"
#include "agent/input/injector.h"
#include "agent/input/local.h"
#include "agent/overlay/overlay.h"
#include "codec/rate/estimator.h"
#include "codec/voice/voice.h"
#include "signaling/meter/meter.h"
#include "signaling/peer/peer.h"
#include "signaling/rendezvous/rendezvous.h"
#include "signaling/wire/bind.h"
#include "signaling/wire/control.h"
#include "signaling/wire/switchboard.h"

#define POUCE_AGENT_SHAPES_MAX 512
#define POUCE_AGENT_NEVER G_MAXINT64

typedef struct {
    PoucePeer *peer;
    PouceBind own; // once own.session is set
    gboolean bind_sent;
    gboolean bound;      // both binds hold on this peer
    gboolean ever_bound; // in this session
    gboolean lost;       // after bound: nothing is heard
    guint candidates;
    guint tries; // connections begun before the first bind
    gint64 lost_since_us;
    gint64 rebuild_us; // when to try again; POUCE_AGENT_NEVER
    PouceEstimator *estimator;
    int bitrate_bps;
} AgentLink;

typedef struct {
    PouceMedia *media;
    gboolean screen_known;
    PouceMediaScreen screen;
    GHashTable *shapes; // shape -> GBytes: told by the source
    GHashTable *sent;   // shapes that this peer has
    PouceMediaCursor cursor;
    guint32 cursor_seq;
    gboolean failed;
} AgentPicture;

typedef struct {
    PouceConsent consent;
    PouceInjector *injector; // NULL: control cannot be lent
    PouceLocal *local;
    PouceOverlay *overlay; // NULL: nothing to draw on
    gboolean pointer_heard;
    guint32 pointer_seq;
    gint64 next_chat;
    guint64 refused_input; // events without a loan
    guint64 malformed;
} AgentHands;

typedef struct {
    PouceMeter *meter;
    gint64 handed[2]; // last seq given to the rendezvous, by role
    gboolean running; // frames arrive
    gboolean stalled;
    gboolean heard_last; // the helper's answer to our last tick, with a tick of its own
    gboolean paused_us;
    gboolean paused_told; // what the far end was told last of that
    gboolean paused_far;
    gboolean first_told;
    guint32 decoded;
    gint64 decoded_us; // when it last grew
    gint64 started_us; // of the running interval, for the clock shown
    gint64 second_us;  // next round of once-a-second work
    guint64 bytes;     // at the last round
    guint frames;
    guint seconds;
    PouceAgentStats stats;
} AgentClock;

typedef struct {
    PouceVoice *voice; // from consent to the end of the session
    char *microphone;  // chosen; NULL: the system's
    char *speaker;
    gboolean push_to_talk;
    gboolean frugal; // the line is narrow
    GMutex lock;
    PoucePeer *peer; // under lock: where the microphone's packets go; NULL: nowhere
} AgentVoice;

struct PouceAgent {
    // Configuration, copied.
    char *source;
    char *encoder;
    char *stop_key;
    int monitor;
    int bitrate_bps;
    guint32 settle_ms;
    const PouceAgentListener *listener;
    void *data;

    PouceIdentity *identity;
    PoucePins *pins;
    PouceRendezvous *rendezvous;
    PouceAgentPhase phase;
    PouceAccount *account;
    char device[POUCE_ID_CHARS + 1];
    GSource *alarm;
    gboolean freeing;

    PouceSession *session;
    PouceSession *early; // told before the answer to our own request
    gboolean requesting;
    PouceAgentTrust trust;
    PouceCapability may;
    gint64 leave_us;  // ENDING: when to wait no longer for the last tick
    gint64 settle_us; // ENDING: when to ask the broker what became of it
    guint settle_asked;
    PouceEndReason leaving; // why, while the last tick is on its way
    gboolean end_told;

    AgentLink link;
    AgentPicture picture;
    AgentHands hands;
    AgentClock clock;
    AgentVoice voice;
};

#define TELL(agent, what, ...)                                                                     \
    do {                                                                                           \
        if ((agent)->listener->what && !(agent)->freeing)                                          \
            (agent)->listener->what(__VA_ARGS__ __VA_OPT__(, )(agent)->data);                      \
    } while (0)

// agent.c
void agent_set_phase(PouceAgent *agent, PouceAgentPhase phase);
void agent_trouble(PouceAgent *agent, const char *code, const char *sentence);
gboolean agent_in_session(const PouceAgent *agent); // CONNECTING to ENDING
/** agent_rearm - the alarm rings at the next thing due; call after anything that may change it */
void agent_rearm(PouceAgent *agent);

// agent_broker.c
void agent_broker_open(PouceAgent *agent, const PouceAgentConfig *config, GError **error);
/** agent_broker_send - to the switchboard; the session's id is filled in; FALSE if offline */
gboolean agent_broker_send(PouceAgent *agent, PouceSwitchboard *message);
void agent_broker_ticks(PouceAgent *agent, const PouceSignedTick *tick);
void agent_broker_receipt(PouceAgent *agent);
void agent_broker_fetch_session(PouceAgent *agent);

// agent_session.c
void agent_session_take(PouceAgent *agent, PouceSession *session); // owned
void agent_session_welcome(PouceAgent *agent, PouceSession *const *sessions, guint count);
/** agent_session_leave - ends it: the last tick first, if the line stands */
void agent_session_leave(PouceAgent *agent, PouceEndReason reason);
void agent_session_on_time(PouceAgent *agent, gint64 now_us);
/** agent_session_over - everything of the session is put away; @sentence NULL: it went well */
void agent_session_over(PouceAgent *agent, const char *code, const char *sentence);
gboolean agent_session_open_picture(PouceAgent *agent, GError **error);

// agent_link.c
void agent_link_start(PouceAgent *agent);
void agent_link_close(PouceAgent *agent, const char *reason); // NULL: without a word
void agent_link_relay(PouceAgent *agent, const PouceSwitchboard *message);
void agent_link_take_bind(PouceAgent *agent, const PouceControl *control);
void agent_link_online(PouceAgent *agent);
void agent_link_on_time(PouceAgent *agent, gint64 now_us);
/** agent_link_obey - media and peer do what the estimator says now */
void agent_link_obey(PouceAgent *agent, gint64 now_us);
gboolean agent_link_send(PouceAgent *agent, const PouceControl *control);

// agent_control.c
void agent_control_open(PouceAgent *agent);  // consent given
void agent_control_close(PouceAgent *agent); // nothing stays pressed or drawn
void agent_control_bound(PouceAgent *agent); // tell the helper screen, cursor and permissions
void agent_control_take(PouceAgent *agent, const guint8 *data, gsize bytes);
void agent_control_input(PouceAgent *agent, const guint8 *data, gsize bytes);
void agent_control_motion(PouceAgent *agent, const guint8 *data, gsize bytes);
extern const PouceMediaListener agent_media_listener;

// agent_voice.c
void agent_voice_open(PouceAgent *agent);
void agent_voice_close(PouceAgent *agent);
/** agent_voice_update - after anything that decides whether voice may flow; before a peer is freed
 */
void agent_voice_update(PouceAgent *agent);
void agent_voice_fit(PouceAgent *agent, int line_bps); // packets as long as the line wants them
void agent_voice_take(PouceAgent *agent, gboolean on); // the helper's microphone
void agent_voice_heard(PouceAgent *agent, const guint8 *opus, gsize bytes,
    const PouceVoiceArrival *arrival); // a streaming thread

// agent_meter.c
void agent_meter_start(PouceAgent *agent);
void agent_meter_stop(PouceAgent *agent);
void agent_meter_last(PouceAgent *agent); // the tick that ends the session
void agent_meter_take_tick(PouceAgent *agent, const PouceSignedTick *tick);
void agent_meter_take_countersign(PouceAgent *agent, gint64 seq, const guint8 sig[POUCE_SIG_BYTES]);
void agent_meter_ack(PouceAgent *agent, const PouceSwitchboard *ack);
void agent_meter_paused(PouceAgent *agent);
gboolean agent_meter_is_paused(const PouceAgent *agent);
void agent_meter_on_time(PouceAgent *agent, gint64 now_us);
gint64 agent_meter_due_us(const PouceAgent *agent);
