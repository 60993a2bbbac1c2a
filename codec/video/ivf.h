// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// IVF, the plain file of VP8 frames that every player and test tool reads: a 32-byte header, then
// for each frame 12 bytes (u32 size, u64 timestamp, little-endian) and its bytes. One thread.

#include <glib.h>

G_BEGIN_DECLS

/** Timestamps count microseconds: the header's rate is 1000000 over 1. */
#define POUCE_IVF_RATE_HZ 1000000
#define POUCE_IVF_HEADER_BYTES 32
#define POUCE_IVF_FRAME_HEADER_BYTES 12
#define POUCE_IVF_FRAME_MAX_BYTES (8 * 1024 * 1024)

typedef struct PouceIvfWriter PouceIvfWriter;

PouceIvfWriter *pouce_ivf_writer_new(const char *path, int width_px, int height_px, GError **error);
gboolean pouce_ivf_writer_add(
    PouceIvfWriter *writer, const guint8 *data, gsize bytes, gint64 timestamp_us, GError **error);
/** pouce_ivf_writer_close - writes the frame count, closes and frees; NULL is fine */
gboolean pouce_ivf_writer_close(PouceIvfWriter *writer, GError **error);

typedef struct {
    int width_px;
    int height_px;
    guint32 rate_hz; // timestamps a second = rate_hz / scale
    guint32 scale;
    guint32 frame_count; // as the file claims; may be 0 or wrong
    const guint8 *at;    // the rest; borrowed
    gsize left;
} PouceIvfReader;

typedef enum {
    POUCE_IVF_FRAME,
    POUCE_IVF_END,       // exactly at the end
    POUCE_IVF_MALFORMED, // cut short, or a frame longer than POUCE_IVF_FRAME_MAX_BYTES
} PouceIvfResult;

/**
 * pouce_ivf_reader_init - over a file in memory; needs no clear
 * @data:   borrowed for the reader's life
 * Returns: FALSE if it is not an IVF file of VP8
 */
gboolean pouce_ivf_reader_init(PouceIvfReader *reader, const guint8 *data, gsize bytes);
/** pouce_ivf_reader_next - outputs untouched unless POUCE_IVF_FRAME; @out_data points into data */
PouceIvfResult pouce_ivf_reader_next(
    PouceIvfReader *reader, const guint8 **out_data, gsize *out_bytes, guint64 *out_timestamp);

G_END_DECLS
