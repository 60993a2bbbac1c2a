// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

// The switches are the owner's. Whatever changes what shall be open goes as one job, in order, to a
// worker thread that owns the devices; what happens there comes back through the owner's context.

#include "codec/voice/voice.h"

#include "codec/voice/line.h"

struct PouceVoice {
    PouceVoiceEvents events;
    gpointer user;
    GMainContext *context;
    gint refs; // atomic: owner, and what is on its way to the owner
    GThreadPool *worker;
    char *probe;

    // owner thread
    PouceVoiceSwitches switches;
    char *microphone_name;
    char *speaker_name;
    gboolean freed;
    gboolean open;       // as told
    gboolean far_was_on; // the speaker stays until voice is no longer allowed
    gboolean deaf;       // no speaker could be had: not tried again until asked
    gboolean frugal;
    guint64 devices_chosen; // how often
    guint64 last_job;

    gint live; // atomic: packets of the microphone may leave
    gint play; // atomic: packets of the far end may be heard

    // worker thread
    PouceMicrophone *microphone;
    guint64 microphone_choice;
    guint64 speaker_choice;
    GMutex speaker_lock; // of the next: read by whoever plays
    PouceSpeaker *speaker;
};

typedef struct {
    guint64 number;
    gboolean microphone;
    gboolean speaker;
    gboolean frugal;
    guint64 choice;
    char *microphone_name;
    char *speaker_name;
} Job;

typedef enum {
    CLOSED, // the microphone, as the job wanted
    MICROPHONE_FAILS,
    SPEAKER_FAILS,
    MICROPHONE_GONE,
    SPEAKER_GONE,
    SPEAKER_CHANGED, // the chosen one is gone: the system's choice instead
} What;

typedef struct {
    PouceVoice *voice;
    guint64 job;
    What what;
    char *sentence; // NULL: the usual one
} News;

static const char *const codes[] = {
    [MICROPHONE_FAILS] = "sound_microphone",
    [SPEAKER_FAILS] = "sound_speaker",
    [MICROPHONE_GONE] = "sound_microphone_gone",
    [SPEAKER_GONE] = "sound_speaker_gone",
    [SPEAKER_CHANGED] = POUCE_VOICE_SPEAKER_CHANGED,
    NULL,
};

static const char *const sentences[] = {
    [MICROPHONE_GONE] = "The microphone went away. Plug it in again or choose another one, then "
                        "turn the microphone on.",
    [SPEAKER_GONE] = "The speaker went away. Plug it in again or choose another one.",
    [SPEAKER_CHANGED] = "The speaker went away: you now hear through the usual one of this "
                        "computer.",
};

const char *const *pouce_voice_trouble_codes(void)
{
    return codes + 1; // closing as wanted is none
}

gboolean pouce_voice_wants_microphone(const PouceVoiceSwitches *switches)
{
    return switches->allowed && switches->on && !switches->muted &&
           (!switches->push_to_talk || switches->held);
}

static void voice_unref(PouceVoice *voice)
{
    if (!g_atomic_int_dec_and_test(&voice->refs)) {
        return;
    }
    g_free(voice->probe);
    g_free(voice->microphone_name);
    g_free(voice->speaker_name);
    g_mutex_clear(&voice->speaker_lock);
    g_main_context_unref(voice->context);
    g_free(voice);
}

static void apply(PouceVoice *voice);

static void settle_trouble(PouceVoice *voice, What what)
{
    if (what == SPEAKER_CHANGED) {
        g_clear_pointer(&voice->speaker_name, g_free);
        voice->devices_chosen++; // the microphone as well: its canceller knew the old one
    }
    voice->switches.on &= what == SPEAKER_CHANGED;
    voice->deaf |= what == SPEAKER_GONE || what == SPEAKER_FAILS;
}

static gboolean on_news(gpointer user)
{
    News *news = user;
    PouceVoice *voice = news->voice;
    if (voice->freed) {
        return G_SOURCE_REMOVE;
    }
    if (news->what != CLOSED) {
        What what =
            news->what == SPEAKER_GONE && voice->speaker_name ? SPEAKER_CHANGED : news->what;
        settle_trouble(voice, what);
        apply(voice);
        if (voice->events.on_trouble) {
            voice->events.on_trouble(
                voice->user, codes[what], news->sentence ? news->sentence : sentences[what]);
        }
    } else if (news->job == voice->last_job && voice->open) {
        voice->open = FALSE;
        if (voice->events.on_state) {
            voice->events.on_state(voice->user, FALSE);
        }
    }
    return G_SOURCE_REMOVE;
}

static void news_free(gpointer user)
{
    News *news = user;
    voice_unref(news->voice);
    g_free(news->sentence);
    g_free(news);
}

static void tell_owner(PouceVoice *voice, guint64 job, What what, const char *sentence)
{
    News *news = g_new0(News, 1);
    g_atomic_int_inc(&voice->refs);
    *news = (News){.voice = voice, .job = job, .what = what, .sentence = g_strdup(sentence)};
    // Never at once, even on the owner's thread: callbacks come from the main loop alone.
    GSource *source = g_idle_source_new();
    g_source_set_priority(source, G_PRIORITY_DEFAULT);
    g_source_set_callback(source, on_news, news, news_free);
    g_source_attach(source, voice->context);
    g_source_unref(source);
}

static void on_microphone_gone(gpointer user)
{
    tell_owner(user, 0, MICROPHONE_GONE, NULL);
}

static void on_speaker_gone(gpointer user)
{
    tell_owner(user, 0, SPEAKER_GONE, NULL);
}

static void on_packet(gpointer user, const guint8 *opus, gsize bytes, gint64 pts_us)
{
    PouceVoice *voice = user;
    if (g_atomic_int_get(&voice->live) && voice->events.on_packet) {
        voice->events.on_packet(voice->user, opus, bytes, pts_us);
    }
}

static void set_speaker(PouceVoice *voice, PouceSpeaker *speaker)
{
    g_mutex_lock(&voice->speaker_lock);
    PouceSpeaker *before = voice->speaker;
    voice->speaker = speaker;
    g_mutex_unlock(&voice->speaker_lock);
    pouce_speaker_close(before);
}

static void close_what_is_not_wanted(PouceVoice *voice, const Job *job)
{
    if (voice->microphone && (!job->microphone || voice->microphone_choice != job->choice)) {
        g_clear_pointer(&voice->microphone, pouce_microphone_close);
    }
    if (voice->speaker && (!job->speaker || voice->speaker_choice != job->choice)) {
        set_speaker(voice, NULL);
    }
}

// The speaker first, whose probe the echo canceller looks for.
static void open_what_is_wanted(PouceVoice *voice, const Job *job)
{
    g_autoptr(GError) error = NULL;
    if (job->speaker && !voice->speaker) {
        set_speaker(voice,
            pouce_speaker_open(job->speaker_name, voice->probe, on_speaker_gone, voice, &error));
        voice->speaker_choice = job->choice;
        if (error) {
            tell_owner(voice, job->number, SPEAKER_FAILS, error->message);
        }
    }
    if (job->microphone && !voice->microphone && voice->speaker) {
        voice->microphone = pouce_microphone_open(
            job->microphone_name, voice->probe, on_packet, on_microphone_gone, voice, &error);
        voice->microphone_choice = job->choice;
        if (error) {
            tell_owner(voice, job->number, MICROPHONE_FAILS, error->message);
        }
    }
    if (voice->microphone) {
        pouce_microphone_set_frugal(voice->microphone, job->frugal);
    }
}

static void work(gpointer data, gpointer user)
{
    PouceVoice *voice = user;
    Job *job = data;
    close_what_is_not_wanted(voice, job);
    open_what_is_wanted(voice, job);
    if (!voice->microphone) {
        tell_owner(voice, job->number, CLOSED, NULL);
    }
    g_free(job->microphone_name);
    g_free(job->speaker_name);
    g_free(job);
}

// After any change of a switch.
static void apply(PouceVoice *voice)
{
    const PouceVoiceSwitches *switches = &voice->switches;
    gboolean microphone = pouce_voice_wants_microphone(switches);
    voice->far_was_on = switches->allowed && (voice->far_was_on || switches->far_on);
    g_atomic_int_set(&voice->live, microphone);
    g_atomic_int_set(&voice->play, switches->allowed && switches->far_on);
    Job *job = g_new0(Job, 1);
    *job = (Job){.number = ++voice->last_job,
        .microphone = microphone,
        .speaker = microphone || (voice->far_was_on && !voice->deaf),
        .frugal = voice->frugal,
        .choice = voice->devices_chosen,
        .microphone_name = g_strdup(voice->microphone_name),
        .speaker_name = g_strdup(voice->speaker_name)};
    gboolean opens = microphone && !voice->open;
    voice->open |= microphone;
    g_thread_pool_push(voice->worker, job, NULL);
    if (opens && voice->events.on_state) {
        voice->events.on_state(voice->user, TRUE);
    }
}

PouceVoice *pouce_voice_new(
    const PouceVoiceConfig *config, const PouceVoiceEvents *events, gpointer user)
{
    static gint made;
    PouceVoice *voice = g_new0(PouceVoice, 1);
    voice->refs = 1;
    voice->events = *events;
    voice->user = user;
    voice->context = g_main_context_ref_thread_default();
    voice->microphone_name = g_strdup(config->microphone);
    voice->speaker_name = g_strdup(config->speaker);
    voice->probe = g_strdup_printf("pouce-probe-%d", g_atomic_int_add(&made, 1));
    g_mutex_init(&voice->speaker_lock);
    voice->worker = g_thread_pool_new(work, voice, 1, FALSE, NULL);
    return voice;
}

void pouce_voice_free(PouceVoice *voice)
{
    if (!voice) {
        return;
    }
    voice->freed = TRUE;
    g_atomic_int_set(&voice->live, FALSE);
    g_atomic_int_set(&voice->play, FALSE);
    g_thread_pool_free(voice->worker, FALSE, TRUE); // jobs under way are done first
    g_clear_pointer(&voice->microphone, pouce_microphone_close);
    set_speaker(voice, NULL);
    voice_unref(voice);
}

static void set_switch(PouceVoice *voice, gboolean *which, gboolean value)
{
    if (*which != value) {
        *which = value;
        apply(voice);
    }
}

void pouce_voice_set_allowed(PouceVoice *voice, gboolean allowed)
{
    if (!allowed) {
        voice->switches.far_on = FALSE; // it says so anew
    }
    set_switch(voice, &voice->switches.allowed, allowed);
}

void pouce_voice_set_on(PouceVoice *voice, gboolean on)
{
    voice->switches.muted = FALSE;
    voice->deaf &= !on;
    set_switch(voice, &voice->switches.on, on);
}

void pouce_voice_set_muted(PouceVoice *voice, gboolean muted)
{
    set_switch(voice, &voice->switches.muted, muted);
}

void pouce_voice_set_push_to_talk(PouceVoice *voice, gboolean push_to_talk)
{
    set_switch(voice, &voice->switches.push_to_talk, push_to_talk);
}

void pouce_voice_hold(PouceVoice *voice, gboolean held)
{
    set_switch(voice, &voice->switches.held, held);
}

void pouce_voice_set_far_on(PouceVoice *voice, gboolean on)
{
    set_switch(voice, &voice->switches.far_on, on && voice->switches.allowed);
}

void pouce_voice_choose(PouceVoice *voice, const char *microphone, const char *speaker)
{
    g_free(voice->microphone_name);
    g_free(voice->speaker_name);
    voice->microphone_name = g_strdup(microphone);
    voice->speaker_name = g_strdup(speaker);
    voice->devices_chosen++;
    voice->deaf = FALSE;
    apply(voice);
}

void pouce_voice_set_frugal(PouceVoice *voice, gboolean frugal)
{
    set_switch(voice, &voice->frugal, frugal);
}

const PouceVoiceSwitches *pouce_voice_switches(const PouceVoice *voice)
{
    return &voice->switches;
}

gboolean pouce_voice_is_open(const PouceVoice *voice)
{
    return voice->open;
}

void pouce_voice_play(PouceVoice *voice, const guint8 *opus, gsize bytes, guint lost)
{
    if (!g_atomic_int_get(&voice->play)) {
        return;
    }
    g_mutex_lock(&voice->speaker_lock);
    if (voice->speaker) {
        pouce_speaker_play(voice->speaker, opus, bytes, lost);
    }
    g_mutex_unlock(&voice->speaker_lock);
}

guint pouce_voice_delay_ms(PouceVoice *voice)
{
    g_mutex_lock(&voice->speaker_lock);
    guint ms = voice->speaker ? pouce_speaker_delay_ms(voice->speaker) : 0;
    g_mutex_unlock(&voice->speaker_lock);
    return ms;
}
