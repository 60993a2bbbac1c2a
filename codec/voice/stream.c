// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/voice/stream.h"

#include "codec/voice/opus_packet.h"

#include <pulse/pulseaudio.h>

/** A sound server that does not answer by then is none. */
#define OPEN_US (3 * G_USEC_PER_SEC)
/** After an underrun more is written ahead, and less again after a while without. */
#define LONGER_US 10000
#define LATENCY_MAX_US 80000
#define LONGER_EVERY_US G_USEC_PER_SEC
#define SHORTER_EVERY_US (20 * G_USEC_PER_SEC)
/** What was recorded so long before it is read, as a stream's first pieces are, is not sent. */
#define BACKLOG_US 100000
/** Time goes by samples, or the echo canceller would have to find its place at each step. Only when
 * the server's time is off by more than this, on average over so many steps, is it taken anew. */
#define OFF_MAX_US 6000
#define OFF_SHARE 64

struct PouceStream {
    PouceStreamConfig config;
    pa_threaded_mainloop *loop;
    pa_context *context;
    pa_stream *stream;
    gboolean opened; // from then on failures are told
    gboolean timed_out;
    gboolean told;
    gboolean ran_dry; // the next write goes to where the server is
    guint latency_us; // asked for now
    gint64 changed_us;
    gint64 anchor_us; // when a sample was played or captured, 0: unknown; samples since then
    gsize since_anchor;
    gint64 off_us; // mean of what the server says beyond that, times OFF_SHARE
};

static gsize samples_to_bytes(gsize count)
{
    return count * sizeof(gint16);
}

static guint32 us_to_bytes(guint us)
{
    return (guint32)samples_to_bytes((gsize)us * POUCE_VOICE_RATE_HZ / G_USEC_PER_SEC);
}

static gint64 length_us(gsize count)
{
    return (gint64)(count * G_USEC_PER_SEC / POUCE_VOICE_RATE_HZ);
}

static pa_buffer_attr make_attr(const PouceStream *stream)
{
    return (pa_buffer_attr){.maxlength = G_MAXUINT32,
        .tlength = us_to_bytes(stream->latency_us),
        .prebuf = 0,
        .minreq = us_to_bytes(stream->config.period_us),
        .fragsize = us_to_bytes(stream->config.period_us)};
}

static void fail(PouceStream *stream)
{
    pa_threaded_mainloop_signal(stream->loop, 0);
    if (stream->opened && !stream->told) {
        stream->told = TRUE;
        stream->config.on_failed(stream->config.user);
    }
}

static void on_context(pa_context *context, void *user)
{
    pa_threaded_mainloop_signal(((PouceStream *)user)->loop, 0);
    if (!PA_CONTEXT_IS_GOOD(pa_context_get_state(context))) {
        fail(user);
    }
}

static void on_state(pa_stream *pulse, void *user)
{
    pa_threaded_mainloop_signal(((PouceStream *)user)->loop, 0);
    if (!PA_STREAM_IS_GOOD(pa_stream_get_state(pulse))) {
        fail(user);
    }
}

static void on_timeout(
    pa_mainloop_api *api, pa_time_event *event, const struct timeval *when, void *user)
{
    PouceStream *stream = user;
    stream->timed_out = TRUE;
    pa_threaded_mainloop_signal(stream->loop, 0);
}

static void set_latency(PouceStream *stream, guint latency_us, gint64 now_us)
{
    stream->latency_us = latency_us;
    stream->changed_us = now_us;
    pa_buffer_attr attr = make_attr(stream);
    pa_operation *operation = pa_stream_set_buffer_attr(stream->stream, &attr, NULL, NULL);
    g_clear_pointer(&operation, pa_operation_unref);
}

static void on_underflow(pa_stream *pulse, void *user)
{
    PouceStream *stream = user;
    stream->ran_dry = TRUE;
    stream->anchor_us = 0;
    gint64 now_us = g_get_monotonic_time();
    if (stream->latency_us < LATENCY_MAX_US && now_us - stream->changed_us > LONGER_EVERY_US) {
        set_latency(stream, stream->latency_us + LONGER_US, now_us);
    }
}

// When the next sample is played, or was captured.
static gint64 tell_time(PouceStream *stream, gint64 now_us, gsize count)
{
    pa_usec_t latency_us;
    int negative;
    gint64 at_us = stream->anchor_us + length_us(stream->since_anchor);
    if (pa_stream_get_latency(stream->stream, &latency_us, &negative) == 0) {
        gint64 away_us = negative ? -(gint64)latency_us : (gint64)latency_us;
        gint64 said_us = now_us + (stream->config.record ? -away_us : away_us);
        stream->off_us += said_us - at_us - stream->off_us / OFF_SHARE;
        if (stream->anchor_us == 0 || ABS(stream->off_us) / OFF_SHARE > OFF_MAX_US) {
            at_us = stream->anchor_us = said_us;
            stream->since_anchor = 0;
            stream->off_us = 0;
        }
    } else if (stream->anchor_us == 0) {
        return now_us; // not known yet
    }
    stream->since_anchor += count;
    return at_us;
}

static void on_writable(pa_stream *pulse, size_t bytes, void *user)
{
    PouceStream *stream = user;
    gsize count = bytes / sizeof(gint16);
    gint64 now_us = g_get_monotonic_time();
    if (stream->latency_us > stream->config.latency_us &&
        now_us - stream->changed_us > SHORTER_EVERY_US) {
        set_latency(stream, stream->latency_us - LONGER_US, now_us);
    }
    if (count > 0) {
        gint64 at_us = tell_time(stream, now_us, count);
        stream->config.on_due(stream, NULL, count, at_us, stream->config.user);
    }
}

void pouce_stream_write(PouceStream *stream, const gint16 *samples, gsize count)
{
    pa_seek_mode_t where = stream->ran_dry ? PA_SEEK_RELATIVE_ON_READ : PA_SEEK_RELATIVE;
    stream->ran_dry = FALSE;
    pa_stream_write(stream->stream, samples, samples_to_bytes(count), NULL, 0, where);
}

static void on_readable(pa_stream *pulse, size_t bytes, void *user)
{
    PouceStream *stream = user;
    const void *data;
    size_t length = 0;
    gboolean late = bytes > us_to_bytes(BACKLOG_US);
    while (pa_stream_peek(pulse, &data, &length) == 0 && length > 0) {
        gsize count = length / sizeof(gint16);
        gint64 at_us = tell_time(stream, g_get_monotonic_time(), count);
        if (data && !late) { // else a hole: time goes on
            stream->config.on_due(stream, data, count, at_us, stream->config.user);
        }
        pa_stream_drop(pulse);
    }
}

static gboolean wait_context(PouceStream *stream)
{
    while (!stream->timed_out && PA_CONTEXT_IS_GOOD(pa_context_get_state(stream->context)) &&
           pa_context_get_state(stream->context) != PA_CONTEXT_READY) {
        pa_threaded_mainloop_wait(stream->loop);
    }
    return pa_context_get_state(stream->context) == PA_CONTEXT_READY;
}

static gboolean connect_stream(PouceStream *stream)
{
    static const pa_sample_spec spec = {
        .format = PA_SAMPLE_S16NE, .rate = POUCE_VOICE_RATE_HZ, .channels = 1};
    const PouceStreamConfig *config = &stream->config;
    pa_buffer_attr attr = make_attr(stream);
    pa_stream_flags_t flags = PA_STREAM_INTERPOLATE_TIMING | PA_STREAM_AUTO_TIMING_UPDATE |
                              PA_STREAM_ADJUST_LATENCY |
                              (config->device ? PA_STREAM_DONT_MOVE : PA_STREAM_NOFLAGS);
    pa_proplist *properties = pa_proplist_new();
    pa_proplist_sets(properties, PA_PROP_MEDIA_ROLE, "phone");
    stream->stream = pa_stream_new_with_proplist(stream->context, "Pouce", &spec, NULL, properties);
    pa_proplist_free(properties);
    if (!stream->stream) {
        return FALSE;
    }
    pa_stream_set_state_callback(stream->stream, on_state, stream);
    if (config->record) {
        pa_stream_set_read_callback(stream->stream, on_readable, stream);
        return pa_stream_connect_record(stream->stream, config->device, &attr, flags) == 0;
    }
    pa_stream_set_write_callback(stream->stream, on_writable, stream);
    pa_stream_set_underflow_callback(stream->stream, on_underflow, stream);
    return pa_stream_connect_playback(stream->stream, config->device, &attr, flags, NULL, NULL) ==
           0;
}

static gboolean wait_stream(PouceStream *stream)
{
    while (!stream->timed_out && PA_STREAM_IS_GOOD(pa_stream_get_state(stream->stream)) &&
           pa_stream_get_state(stream->stream) != PA_STREAM_READY) {
        pa_threaded_mainloop_wait(stream->loop);
    }
    return pa_stream_get_state(stream->stream) == PA_STREAM_READY;
}

static gboolean open_locked(PouceStream *stream)
{
    pa_mainloop_api *api = pa_threaded_mainloop_get_api(stream->loop);
    stream->context = pa_context_new(api, "Pouce");
    pa_context_set_state_callback(stream->context, on_context, stream);
    if (pa_context_connect(stream->context, NULL, PA_CONTEXT_NOAUTOSPAWN, NULL) < 0) {
        return FALSE;
    }
    pa_time_event *timeout =
        pa_context_rttime_new(stream->context, pa_rtclock_now() + OPEN_US, on_timeout, stream);
    gboolean open = wait_context(stream) && connect_stream(stream) && wait_stream(stream);
    api->time_free(timeout);
    stream->opened = open;
    return open;
}

PouceStream *pouce_stream_open(const PouceStreamConfig *config, GError **error)
{
    PouceStream *stream = g_new0(PouceStream, 1);
    stream->config = *config;
    stream->latency_us = config->latency_us;
    stream->changed_us = g_get_monotonic_time();
    stream->loop = pa_threaded_mainloop_new();
    gboolean open = FALSE;
    if (pa_threaded_mainloop_start(stream->loop) == 0) {
        pa_threaded_mainloop_lock(stream->loop);
        open = open_locked(stream);
        pa_threaded_mainloop_unlock(stream->loop);
    }
    if (!open) {
        g_clear_pointer(&stream, pouce_stream_close);
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
            "The %s cannot be opened. See that it is plugged in and not taken by another program, "
            "or choose another one.",
            config->record ? "microphone" : "speaker");
    }
    return stream;
}

void pouce_stream_close(PouceStream *stream)
{
    if (!stream) {
        return;
    }
    pa_threaded_mainloop_lock(stream->loop);
    stream->opened = FALSE; // nobody is called any more
    if (stream->stream) {
        pa_stream_set_read_callback(stream->stream, NULL, NULL);
        pa_stream_set_write_callback(stream->stream, NULL, NULL);
        pa_stream_set_underflow_callback(stream->stream, NULL, NULL);
        pa_stream_set_state_callback(stream->stream, NULL, NULL);
        pa_stream_disconnect(stream->stream);
        pa_stream_unref(stream->stream);
    }
    if (stream->context) {
        pa_context_set_state_callback(stream->context, NULL, NULL);
        pa_context_disconnect(stream->context);
        pa_context_unref(stream->context);
    }
    pa_threaded_mainloop_unlock(stream->loop);
    pa_threaded_mainloop_stop(stream->loop);
    pa_threaded_mainloop_free(stream->loop);
    g_free(stream);
}
