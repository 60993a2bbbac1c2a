// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// The one face of every video encoder: I420 and damage in, one VP8 frame out, or nothing.
//
// The caller keeps one PouceFrame up to date (codec/frame/convert.h) and calls encode when
// something changed, or when refinement is due. An encoder keeps what it needs of the past; it
// never reads the caller's frame after encode returns. One thread at a time; no clock: time comes
// as an argument.

#include "codec/frame/damage.h"
#include "codec/frame/frame.h"

G_BEGIN_DECLS

#define POUCE_CODEC_ERROR (pouce_codec_error_quark())
GQuark pouce_codec_error_quark(void);

typedef enum {
    POUCE_CODEC_ERROR_UNSUPPORTED, // no such encoder, or a size out of bounds
    POUCE_CODEC_ERROR_MALFORMED,   // the bitstream is broken: ask for a key frame
    POUCE_CODEC_ERROR_FAILED,      // the library gave up: make a new one
} PouceCodecError;

typedef struct PouceEncoder PouceEncoder;

typedef struct {
    int width_px;
    int height_px;
    int bitrate_bps; // long-term target
    int fps_max;     // the caller's ceiling; frames come irregularly below it
} PouceEncoderConfig;

typedef struct {
    const PouceFrame *frame;   // borrowed for the call
    const PouceDamage *damage; // since the last call; NULL: everything may have changed
    gint64 now_us;             // monotonic, never decreasing
    int budget_bytes;          // most that this frame may take; 0: from the bitrate
    gboolean key;              // a key frame is asked for (a new viewer, an unrecoverable loss)
    gboolean keepalive;        // if there is nothing to send, make a frame that changes nothing
    gboolean in_parts;         // on a fast line a large change may come in several frames
    int cursor_x_px;           // refine near here first; -1: unknown
    int cursor_y_px;
} PouceEncodeRequest;

typedef struct {
    const guint8 *data; // borrowed until the next call on this encoder
    gsize bytes;
    guint32 id;      // counts from 1; what confirm and lost refer to
    guint32 base_id; // the frame that the far end must have decoded; 0: none, a key frame
    gboolean key;
    int quantizer; // VP8 quantizer index 0..127 of the frame
    int coded_mb;  // macroblocks that were not skipped
    gboolean more; // only a part of the change (in_parts): encode again as soon as this is sent
} PouceEncodedFrame;

typedef enum {
    POUCE_ENCODE_FRAME,   // @out holds a frame to send
    POUCE_ENCODE_NOTHING, // unchanged and sharp, or not yet due: send nothing
    POUCE_ENCODE_ERROR,   // @error is set
} PouceEncodeResult;

/** Bounds of every bitrate; values outside are clamped. */
#define POUCE_ENCODER_BITRATE_MIN_BPS 20000
#define POUCE_ENCODER_BITRATE_MAX_BPS 1000000000

/** pouce_encoder_names - NULL-terminated, static: "vpx", "screen" */
const char *const *pouce_encoder_names(void);

PouceEncoder *pouce_encoder_new(const char *name, const PouceEncoderConfig *config, GError **error);
void pouce_encoder_free(PouceEncoder *encoder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceEncoder, pouce_encoder_free)

PouceEncodeResult pouce_encoder_encode(PouceEncoder *encoder, const PouceEncodeRequest *request,
    PouceEncodedFrame *out, GError **error);

/** pouce_encoder_set_bitrate - takes effect at the next frame */
void pouce_encoder_set_bitrate(PouceEncoder *encoder, int bitrate_bps);

/** pouce_encoder_resize - the next frame has another size and is a key frame */
gboolean pouce_encoder_resize(PouceEncoder *encoder, int width_px, int height_px, GError **error);

/**
 * pouce_encoder_next_due_us - when encode should be called again although nothing changes
 * Returns: monotonic µs at which refinement may go on; -1 when the picture is sharp
 */
gint64 pouce_encoder_next_due_us(const PouceEncoder *encoder);

/** pouce_encoder_confirm - the far end decoded frame @id: it may serve as a safe reference */
void pouce_encoder_confirm(PouceEncoder *encoder, guint32 id);

/**
 * pouce_encoder_lost - the far end lacks frame @id: the next frame must decode without it
 * The encoder predicts from a confirmed reference if it still has one, else it makes a key frame.
 */
void pouce_encoder_lost(PouceEncoder *encoder, guint32 id);

/** What a variant implements; a field may be NULL where noted. */
typedef struct {
    const char *name;
    PouceEncoder *(*create)(const PouceEncoderConfig *config, GError **error);
    void (*destroy)(PouceEncoder *encoder);
    PouceEncodeResult (*encode)(PouceEncoder *encoder, const PouceEncodeRequest *request,
        PouceEncodedFrame *out, GError **error);
    void (*set_bitrate)(PouceEncoder *encoder, int bitrate_bps);
    gboolean (*resize)(PouceEncoder *encoder, int width_px, int height_px, GError **error);
    gint64 (*next_due_us)(const PouceEncoder *encoder);
    void (*confirm)(PouceEncoder *encoder, guint32 id); // may be NULL
    void (*lost)(PouceEncoder *encoder, guint32 id);    // NULL: the next frame is a key frame
} PouceEncoderClass;

/** First member of each variant's own struct. */
struct PouceEncoder {
    const PouceEncoderClass *klass;
    gboolean key_wanted; // set by lost when the variant has no better answer
};

extern const PouceEncoderClass pouce_encoder_vpx;
#ifdef POUCE_HAVE_SCREEN_ENCODER // defined by CMake when codec/video/screen is there
extern const PouceEncoderClass pouce_encoder_screen;
#endif

G_END_DECLS
