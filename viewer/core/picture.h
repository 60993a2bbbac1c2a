// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What arrives, made visible: decodes each VP8 frame on the thread that brought it, watches one
// pixel if asked to, feeds a recorder, and counts.
//
// Threads: take on one streaming thread at a time; everything else on any thread. Free it after the
// peer that feeds it.

#include <glib.h>

#include "codec/frame/frame.h"
#include "viewer/core/recorder.h"

G_BEGIN_DECLS

/** A pixel counts as changed when its luma moved by more than half of the limited range 16..235. */
#define POUCE_PICTURE_PROBE_STEP 110
#define POUCE_PICTURE_PROBE_PITCH_PX 8
#define POUCE_PICTURE_PROBE_BITS_MAX 16

typedef struct {
    int probe_x_px; // -1: no probe
    int probe_y_px;
    /** 0: the luma of one pixel is watched. Else so many pixels, each POUCE_PICTURE_PROBE_PITCH_PX
     * right of the last, light for 1, are bits of a number, the lowest first; at most 16. */
    int probe_bits;
    /** ON THE STREAMING THREAD, right after decoding; may be NULL. @value: the luma, or the number
     */
    void (*on_probe)(gpointer user, gint64 now_us, guint value);
    /** ON THE STREAMING THREAD: @frame is borrowed for the call; may be NULL. */
    void (*on_frame)(gpointer user, const PouceFrame *frame);
    gpointer user;
} PoucePictureConfig;

typedef struct {
    guint32 decoded; // frames decoded
    guint32 skipped; // not decoded: waiting for a key frame, or broken
    guint64 bytes;
    gint64 first_us; // monotonic, when the first frame was decoded; 0 before
    gint64 last_us;
    int width_px;
    int height_px;
    gint64 decode_us; // spent decoding, in all
} PoucePictureStats;

typedef enum {
    POUCE_PICTURE_SHOWN,
    POUCE_PICTURE_WANTS_KEY, // nothing was shown: ask for a key frame
} PoucePictureTake;

typedef struct PoucePicture PoucePicture;

/** pouce_picture_new - @config is copied. Errors: of POUCE_CODEC_ERROR */
PoucePicture *pouce_picture_new(const PoucePictureConfig *config, GError **error);
void pouce_picture_free(PoucePicture *picture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PoucePicture, pouce_picture_free)

/**
 * pouce_picture_take - one frame, which those taken before allow to decode
 * @key: the sender says that it is a key frame
 * After one that could not be decoded, nothing is until a key frame comes: the picture would be
 * wrong without anybody seeing it.
 */
PoucePictureTake pouce_picture_take(
    PoucePicture *picture, const guint8 *vp8, gsize bytes, gint64 arrival_us, gboolean key);

/** pouce_picture_restart - a new connection: the next frame must be a key frame */
void pouce_picture_restart(PoucePicture *picture);

/** pouce_picture_set_recorder - takes @recorder (NULL: none); the old one is closed and freed */
void pouce_picture_set_recorder(PoucePicture *picture, PouceRecorder *recorder);
/** pouce_picture_recorder_failed - TRUE, with a reason that the caller owns: nothing more is
 * written (disk full, say); the recorder is still to be taken off */
gboolean pouce_picture_recorder_failed(PoucePicture *picture, char **out_reason);

void pouce_picture_stats(PoucePicture *picture, PoucePictureStats *out);

G_END_DECLS
