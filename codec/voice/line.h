// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// Inside codec/voice only: a microphone and a speaker, each a stream of the sound server
// (PulseAudio, or PipeWire, which speaks its protocol), and the echo canceller between them, two
// GStreamer elements that find each other by name. All count time in the system's monotonic clock,
// so that the canceller can look for what the other one plays. Opening and closing may block for as
// long as the sound server takes: not on the owner's thread.

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct PouceMicrophone PouceMicrophone;
typedef struct PouceSpeaker PouceSpeaker;

/** On a streaming thread: one packet, captured from @pts_us on. */
typedef void (*PouceMicrophonePacket)(
    gpointer user, const guint8 *opus, gsize bytes, gint64 pts_us);
/** On any thread, once at most: the device went away. */
typedef void (*PouceLineFailed)(gpointer user);

/** pouce_microphone_open - @probe: name of an open speaker's probe; Errors: G_IO_ERROR_FAILED */
PouceMicrophone *pouce_microphone_open(const char *device, const char *probe,
    PouceMicrophonePacket on_packet, PouceLineFailed on_failed, gpointer user, GError **error);
/** pouce_microphone_close - no callback comes after it; the device is closed when it returns */
void pouce_microphone_close(PouceMicrophone *microphone);
/** pouce_microphone_set_frugal - any thread: packets of 20 ms instead of 10 */
void pouce_microphone_set_frugal(PouceMicrophone *microphone, gboolean frugal);

PouceSpeaker *pouce_speaker_open(const char *device, const char *probe, PouceLineFailed on_failed,
    gpointer user, GError **error);
void pouce_speaker_close(PouceSpeaker *speaker);
/** pouce_speaker_play - one packet, and how many are missing before it. One thread at a time. */
void pouce_speaker_play(PouceSpeaker *speaker, const guint8 *opus, gsize bytes, guint lost);
/** pouce_speaker_delay_ms - how much it holds against the network's jitter; any thread */
guint pouce_speaker_delay_ms(PouceSpeaker *speaker);

/** pouce_line_new - an empty pipeline on the monotonic clock whose running time is that clock's */
GstElement *pouce_line_new(const char *description, GError **error);
gboolean pouce_line_play(GstElement *line, GError **error);
void pouce_line_push(
    GstElement *in, const gint16 *samples, gsize count, gint64 pts_us); // into its appsrc
void pouce_line_free(GstElement *line);

G_END_DECLS
