// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// One end's voice: its microphone as Opus packets, the far end's packets to its speaker. A
// microphone that may not or shall not be heard is closed, not silenced: nothing is captured, and
// the system's own indicator goes out.
//
// Lifecycle: new -> set_allowed, set_on … -> free. Threads: one owner thread with its
// thread-default main context, where on_state and on_trouble come; devices are opened and closed on
// a thread of its own; on_packet and pouce_voice_play are on streaming threads.

#include <glib.h>

G_BEGIN_DECLS

/** What decides whether the microphone is open; read by the pure rule below. */
typedef struct {
    gboolean allowed;      // both ends are who they say, the line stands, `voice` is granted
    gboolean on;           // the person turned it on
    gboolean muted;        // for the moment
    gboolean push_to_talk; // open only while held
    gboolean held;
    gboolean far_on; // the far end said that its microphone is open
} PouceVoiceSwitches;

/** pouce_voice_wants_microphone - the only rule by which a microphone opens */
gboolean pouce_voice_wants_microphone(const PouceVoiceSwitches *switches);

typedef struct {
    const char *microphone; // a name of pouce_voice_devices; NULL: the system's choice
    const char *speaker;
} PouceVoiceConfig;

/** Any may be NULL. Never called after free returns. */
typedef struct {
    /** ON A STREAMING THREAD: a packet of Opus, captured from @pts_us (monotonic) on. */
    void (*on_packet)(gpointer user, const guint8 *opus, gsize bytes, gint64 pts_us);
    /** @open: told before the microphone opens and after it closed; show and tell the far end. */
    void (*on_state)(gpointer user, gboolean open);
    /** @code: one of pouce_voice_trouble_codes; @sentence: for people, in English. A microphone
     * that went away or could not be opened is off afterwards. */
    void (*on_trouble)(gpointer user, const char *code, const char *sentence);
} PouceVoiceEvents;

typedef struct {
    char *name;        // for PouceVoiceConfig
    char *description; // for people
    gboolean microphone;
} PouceVoiceDevice;

typedef struct PouceVoice PouceVoice;

PouceVoice *pouce_voice_new(
    const PouceVoiceConfig *config, const PouceVoiceEvents *events, gpointer user);
/** pouce_voice_free - devices are closed when it returns; waits for one that is being opened */
void pouce_voice_free(PouceVoice *voice);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceVoice, pouce_voice_free)

void pouce_voice_set_allowed(PouceVoice *voice, gboolean allowed);
void pouce_voice_set_on(PouceVoice *voice, gboolean on); // also ends muting
void pouce_voice_set_muted(PouceVoice *voice, gboolean muted);
void pouce_voice_set_push_to_talk(PouceVoice *voice, gboolean push_to_talk);
void pouce_voice_hold(PouceVoice *voice, gboolean held);
void pouce_voice_set_far_on(PouceVoice *voice, gboolean on);
/** pouce_voice_choose - other devices from now on; NULL: the system's choice */
void pouce_voice_choose(PouceVoice *voice, const char *microphone, const char *speaker);

const PouceVoiceSwitches *pouce_voice_switches(const PouceVoice *voice);
/** pouce_voice_is_open - the microphone is open, or about to be */
gboolean pouce_voice_is_open(const PouceVoice *voice);

/** pouce_voice_set_frugal - half as many packets, 10 ms later: where the line is narrow */
void pouce_voice_set_frugal(PouceVoice *voice, gboolean frugal);
/** pouce_voice_play - any thread: a packet of the far end; dropped unless allowed and far_on.
 *  @lost: how many are missing just before it */
void pouce_voice_play(PouceVoice *voice, const guint8 *opus, gsize bytes, guint lost);
/** pouce_voice_delay_ms - held against the network's jitter now; 0: no speaker */
guint pouce_voice_delay_ms(PouceVoice *voice);

/** The one code after which the speaker is another: the system's choice. */
#define POUCE_VOICE_SPEAKER_CHANGED "sound_speaker_changed"
/** pouce_voice_trouble_codes - all that on_trouble may say; ends with NULL */
const char *const *pouce_voice_trouble_codes(void);

/** pouce_voice_devices - PouceVoiceDevice, owned; asks the sound server, some ms */
GPtrArray *pouce_voice_devices(void);

G_END_DECLS
