// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// Inside codec/voice only: one stream of the sound server, mono, 48 kHz, 16 bits, with a connection
// and a thread of its own. Lifecycle: open -> on_due … -> close. Callbacks are on that thread.

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct PouceStream PouceStream;

typedef struct {
    gboolean record;
    const char *device; // NULL: the system's choice, and the system may change it meanwhile
    guint latency_us;   // playback: what is written ahead to begin with; longer after underruns
    guint period_us;
    /** Playback: write @count samples now. Record: @samples came, captured from @at_us on. */
    void (*on_due)(
        PouceStream *stream, const gint16 *samples, gsize count, gint64 at_us, gpointer user);
    /** Once at most: the device or the server went away. */
    void (*on_failed)(gpointer user);
    gpointer user;
} PouceStreamConfig;

/** pouce_stream_open - @config: copied; Errors: G_IO_ERROR_FAILED, after 3 s at most */
PouceStream *pouce_stream_open(const PouceStreamConfig *config, GError **error);
void pouce_stream_close(PouceStream *stream);
/** pouce_stream_write - in on_due of playback */
void pouce_stream_write(PouceStream *stream, const gint16 *samples, gsize count);

G_END_DECLS
