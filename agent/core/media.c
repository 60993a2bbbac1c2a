// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The thread itself, and the two ways across: commands to it and events from it are closures put
// on the other side's context. media_pump.c does the work.

#include "agent/core/media_private.h"

#include <string.h>

typedef struct {
    MediaMailbox *mailbox;
    void (*deliver)(PouceMedia *media, gpointer payload);
    gpointer payload;
    GDestroyNotify destroy;
} Event;

typedef struct {
    PouceMedia *media;
    void (*run)(PouceMedia *media, gint64 value);
    gint64 value;
} Command;

static void event_free(gpointer data)
{
    Event *event = data;
    if (event->destroy)
        event->destroy(event->payload);
    g_atomic_rc_box_release(event->mailbox);
    g_free(event);
}

static gboolean on_event(gpointer data)
{
    Event *event = data;
    if (event->mailbox->media) // NULL after free
        event->deliver(event->mailbox->media, event->payload);
    return G_SOURCE_REMOVE;
}

void pouce_media_post(PouceMedia *media, void (*deliver)(PouceMedia *media, gpointer payload),
    gpointer payload, GDestroyNotify destroy)
{
    Event *event = g_new(Event, 1);
    *event = (Event){g_atomic_rc_box_acquire(media->mailbox), deliver, payload, destroy};
    GSource *source = g_idle_source_new();
    g_source_set_priority(source, G_PRIORITY_DEFAULT);
    g_source_set_callback(source, on_event, event, event_free);
    g_source_attach(source, media->owner);
    g_source_unref(source);
}

static gboolean on_command(gpointer data)
{
    Command *command = data;
    command->run(command->media, command->value);
    return G_SOURCE_REMOVE;
}

static void command(PouceMedia *media, void (*run)(PouceMedia *media, gint64 value), gint64 value)
{
    Command *closure = g_new(Command, 1);
    *closure = (Command){media, run, value};
    GSource *source = g_idle_source_new();
    g_source_set_priority(source, G_PRIORITY_DEFAULT);
    g_source_set_callback(source, on_command, closure, g_free);
    g_source_attach(source, media->context);
    g_source_unref(source);
}

static gpointer run_thread(gpointer data)
{
    PouceMedia *media = data;
    g_main_context_push_thread_default(media->context);
    gboolean ok = pouce_media_open(media, &media->open_error);
    g_mutex_lock(&media->lock);
    media->opened = TRUE;
    g_cond_signal(&media->opened_cond);
    g_mutex_unlock(&media->lock);
    if (ok)
        g_main_loop_run(media->loop);
    pouce_media_close(media);
    g_main_context_pop_thread_default(media->context);
    return NULL;
}

PouceMedia *pouce_media_new(
    const PouceMediaConfig *config, const PouceMediaListener *listener, void *data, GError **error)
{
    PouceMedia *media = g_new0(PouceMedia, 1);
    media->source = g_strdup(config->source);
    media->encoder_name = g_strdup(config->encoder);
    media->wanted_monitor = config->monitor;
    media->bitrate_bps = config->bitrate_bps > 0 ? config->bitrate_bps : POUCE_MEDIA_BITRATE_BPS;
    media->listener = listener;
    media->data = data;
    media->owner = g_main_context_ref_thread_default();
    media->context = g_main_context_new();
    media->loop = g_main_loop_new(media->context, FALSE);
    media->mailbox = g_atomic_rc_box_new0(MediaMailbox);
    media->mailbox->media = media;
    g_mutex_init(&media->lock);
    g_cond_init(&media->opened_cond);
    media->thread = g_thread_new("encode", run_thread, media);
    g_mutex_lock(&media->lock);
    while (!media->opened)
        g_cond_wait(&media->opened_cond, &media->lock);
    g_mutex_unlock(&media->lock);
    if (media->open_error || !pouce_media_cursor_open(&media->cursor, media->source, media->owner,
                                 listener, data, &media->open_error)) {
        g_propagate_error(error, g_steal_pointer(&media->open_error));
        pouce_media_free(media);
        return NULL;
    }
    return media;
}

static void run_quit(PouceMedia *media, gint64 value)
{
    g_main_loop_quit(media->loop);
}

void pouce_media_free(PouceMedia *media)
{
    if (!media)
        return;
    media->mailbox->media = NULL;
    pouce_media_set_peer(media, NULL);
    command(media, run_quit, 0);
    g_thread_join(media->thread);
    pouce_media_cursor_close(&media->cursor);
    g_main_loop_unref(media->loop);
    g_main_context_unref(media->context);
    g_main_context_unref(media->owner);
    g_atomic_rc_box_release(media->mailbox);
    g_mutex_clear(&media->lock);
    g_cond_clear(&media->opened_cond);
    g_clear_error(&media->open_error);
    g_free(media->source);
    g_free(media->encoder_name);
    g_free(media);
}

static void run_peer_changed(PouceMedia *media, gint64 value)
{
    media->key_wanted = TRUE;
    media->key_made_us = 0;
    pouce_media_pump(media);
}

void pouce_media_set_peer(PouceMedia *media, PoucePeer *peer)
{
    // The encode thread pushes under this lock: once it is ours, the old peer is left alone.
    g_mutex_lock(&media->lock);
    media->peer = peer;
    g_mutex_unlock(&media->lock);
    if (peer)
        command(media, run_peer_changed, 0);
}

// A request is older than the key frame that is under way, if that left less than this ago.
#define KEY_FRESH_US 100000
#define KEY_UNDER_WAY_US G_USEC_PER_SEC

static gboolean key_is_under_way(PouceMedia *media)
{
    PoucePeerDelivery delivery = {.lost_due_us = -1};
    gint64 age_us = g_get_monotonic_time() - media->key_made_us;
    g_mutex_lock(&media->lock);
    if (media->peer)
        pouce_peer_delivery(media->peer, &delivery);
    g_mutex_unlock(&media->lock);
    gboolean waited_for = delivery.confirmed_id > 0 && delivery.confirmed_id < media->key_id &&
                          delivery.lost_id == 0 && age_us < KEY_UNDER_WAY_US;
    return media->key_made_us > 0 && (age_us < KEY_FRESH_US || waited_for);
}

static void run_key(PouceMedia *media, gint64 value)
{
    media->key_wanted = media->key_wanted || !key_is_under_way(media);
    pouce_media_pump(media);
}

void pouce_media_request_key(PouceMedia *media)
{
    command(media, run_key, 0);
}

static void run_paused(PouceMedia *media, gint64 value)
{
    media->paused = value != 0;
    media->key_wanted = media->key_wanted || !media->paused;
    pouce_media_pump(media);
}

void pouce_media_set_paused(PouceMedia *media, gboolean paused)
{
    command(media, run_paused, paused);
}

static void run_bitrate(PouceMedia *media, gint64 value)
{
    media->bitrate_bps = (int)value;
    if (media->encoder)
        pouce_encoder_set_bitrate(media->encoder, media->bitrate_bps);
}

void pouce_media_set_bitrate(PouceMedia *media, int bitrate_bps)
{
    command(media, run_bitrate, bitrate_bps);
}

static void run_pump(PouceMedia *media, gint64 value)
{
    pouce_media_pump(media);
}

void pouce_media_wake(PouceMedia *media)
{
    PoucePeerDelivery delivery = {.lost_due_us = -1};
    g_mutex_lock(&media->lock);
    if (media->peer)
        pouce_peer_delivery(media->peer, &delivery);
    gboolean sooner = delivery.lost_due_us >= 0 && delivery.lost_due_us < media->armed_us;
    g_mutex_unlock(&media->lock);
    gboolean waiting = g_atomic_int_compare_and_exchange(&media->waiting, TRUE, FALSE);
    if (waiting || delivery.lost_id || sooner)
        command(media, run_pump, 0);
}

static void run_probe(PouceMedia *media, gint64 bytes)
{
    media->probe_bytes = (int)bytes;
    pouce_media_pump(media);
    media->probe_bytes = 0; // not now: then something else was sent, which tells as much
}

void pouce_media_probe(PouceMedia *media, int bytes)
{
    command(media, run_probe, bytes);
}

static void run_choose(PouceMedia *media, gint64 value)
{
    pouce_capture_choose(media->capture, (int)value);
}

void pouce_media_choose(PouceMedia *media, int monitor)
{
    command(media, run_choose, monitor);
}

// Programs draw what a key did within some frames of their own.
#define EXPECT_US 50000

static void run_expect(PouceMedia *media, gint64 now_us)
{
    media->expect_us = now_us + EXPECT_US;
}

void pouce_media_expect(PouceMedia *media)
{
    command(media, run_expect, g_get_monotonic_time());
}

guint pouce_media_frames(PouceMedia *media)
{
    return (guint)g_atomic_int_get(&media->frames);
}
