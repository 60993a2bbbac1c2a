// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The picture's way out: capture -> convert -> encode -> peer, on a thread of its own.
//
// Leading edge, then paced: the first change after quiet is grabbed, encoded and sent at once; the
// next ones wait for the frame ceiling, or for a link that takes no more, and then the newest
// picture is sent. No tick runs while nothing changes, but for a null frame every two seconds,
// which shows the far end that the picture still arrives.
//
// Functions are called on the owner's thread, whose thread-default main context at `new` delivers
// the events. After free returns no event comes and the peer is no longer touched.

#include "agent/capture/capture.h"
#include "signaling/peer/peer.h"

#include <glib.h>

G_BEGIN_DECLS

#define POUCE_MEDIA_FPS_MAX 60
#define POUCE_MEDIA_KEEPALIVE_MS 2000
#define POUCE_MEDIA_BITRATE_BPS 4000000

typedef struct {
    const char *source;  // as PouceCaptureConfig.spec
    const char *encoder; // as pouce_encoder_new
    int monitor;         // -1: the capture's own choice
    int bitrate_bps;     // 0: POUCE_MEDIA_BITRATE_BPS
} PouceMediaConfig;

typedef struct {
    int width_px, height_px; // of the shown picture
    int monitor;
    int monitor_count;
    PouceCaptureMonitor monitors[POUCE_CAPTURE_MONITORS_MAX];
} PouceMediaScreen;

typedef struct {
    gboolean visible;
    guint16 x, y; // 0 to 65535 across the picture
    guint32 shape;
} PouceMediaCursor;

typedef struct {
    void (*screen)(const PouceMediaScreen *screen, void *data); // once after new, then on change
    /** One message for the `cursor` channel: a shape not told before on this media. */
    void (*cursor_shape)(GBytes *message, guint32 shape, void *data);
    void (*cursor)(const PouceMediaCursor *cursor, void *data); // never waits for a picture
    void (*lost)(const char *sentence, void *data);             // the source is gone; no picture
} PouceMediaListener;

typedef struct PouceMedia PouceMedia;

/**
 * pouce_media_new - opens the source and starts the thread; nothing is grabbed yet
 * @listener: kept
 * Errors:    those of capture and encoder. Blocks until the source is open (some ms).
 */
PouceMedia *pouce_media_new(
    const PouceMediaConfig *config, const PouceMediaListener *listener, void *data, GError **error);
void pouce_media_free(PouceMedia *media);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceMedia, pouce_media_free)

/**
 * pouce_media_set_peer - where frames go from now on, beginning with a key frame; NULL: nowhere
 * @peer: borrowed until the next call; it allows media already
 */
void pouce_media_set_peer(PouceMedia *media, PoucePeer *peer);
/** pouce_media_request_key - at most two a second are made */
void pouce_media_request_key(PouceMedia *media);
void pouce_media_set_paused(PouceMedia *media, gboolean paused);
void pouce_media_set_bitrate(PouceMedia *media, int bitrate_bps);
/**
 * pouce_media_wake - the peer heard what became of frames: what waits for the link is sent now, and
 *                    what got lost is made up for
 * Costs next to nothing when nothing waits.
 */
void pouce_media_wake(PouceMedia *media);
/** pouce_media_probe - sends a null frame of @bytes in one go, unless something else is being sent
 */
void pouce_media_probe(PouceMedia *media, int bytes);
void pouce_media_choose(PouceMedia *media, int monitor);
/** pouce_media_expect - something was done for the helper: the first change that follows soon does
 *                      not wait for the frame ceiling */
void pouce_media_expect(PouceMedia *media);
/** pouce_media_frames - pushed so far; any thread */
guint pouce_media_frames(PouceMedia *media);

G_END_DECLS
