// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/ivf.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define FRAME_COUNT_OFFSET 24

struct PouceIvfWriter {
    FILE *file;
    guint32 frame_count;
};

static void put_u16(guint8 *at, guint16 value)
{
    at[0] = value & 0xff;
    at[1] = value >> 8;
}

static void put_u32(guint8 *at, guint32 value)
{
    put_u16(at, value & 0xffff);
    put_u16(at + 2, value >> 16);
}

static guint16 get_u16(const guint8 *at)
{
    return at[0] | at[1] << 8;
}

static guint32 get_u32(const guint8 *at)
{
    return get_u16(at) | (guint32)get_u16(at + 2) << 16;
}

static gboolean fail(GError **error, const char *what)
{
    int code = errno;
    g_set_error(
        error, G_FILE_ERROR, g_file_error_from_errno(code), "%s: %s", what, g_strerror(code));
    return FALSE;
}

PouceIvfWriter *pouce_ivf_writer_new(const char *path, int width_px, int height_px, GError **error)
{
    FILE *file = fopen(path, "wbe");
    if (!file) {
        g_autofree char *what = g_strdup_printf("cannot create %s", path);
        fail(error, what);
        return NULL;
    }
    guint8 header[POUCE_IVF_HEADER_BYTES] = "DKIF";
    put_u16(header + 6, POUCE_IVF_HEADER_BYTES);
    memcpy(header + 8, "VP80", 4);
    put_u16(header + 12, (guint16)width_px);
    put_u16(header + 14, (guint16)height_px);
    put_u32(header + 16, POUCE_IVF_RATE_HZ);
    put_u32(header + 20, 1);
    if (fwrite(header, sizeof header, 1, file) != 1) {
        fail(error, "cannot write the IVF header");
        fclose(file);
        return NULL;
    }
    PouceIvfWriter *writer = g_new0(PouceIvfWriter, 1);
    writer->file = file;
    return writer;
}

gboolean pouce_ivf_writer_add(
    PouceIvfWriter *writer, const guint8 *data, gsize bytes, gint64 timestamp_us, GError **error)
{
    g_assert(bytes <= POUCE_IVF_FRAME_MAX_BYTES);
    guint8 header[POUCE_IVF_FRAME_HEADER_BYTES];
    put_u32(header, (guint32)bytes);
    put_u32(header + 4, (guint32)timestamp_us);
    put_u32(header + 8, (guint32)((guint64)timestamp_us >> 32));
    if (fwrite(header, sizeof header, 1, writer->file) != 1 ||
        fwrite(data, 1, bytes, writer->file) != bytes)
        return fail(error, "cannot write an IVF frame");
    writer->frame_count++;
    return TRUE;
}

gboolean pouce_ivf_writer_close(PouceIvfWriter *writer, GError **error)
{
    if (!writer)
        return TRUE;
    guint8 count[4];
    put_u32(count, writer->frame_count);
    gboolean ok = fseek(writer->file, FRAME_COUNT_OFFSET, SEEK_SET) == 0 &&
                  fwrite(count, sizeof count, 1, writer->file) == 1;
    if (!ok)
        fail(error, "cannot finish the IVF file");
    if (fclose(writer->file) != 0 && ok)
        ok = fail(error, "cannot finish the IVF file");
    g_free(writer);
    return ok;
}

gboolean pouce_ivf_reader_init(PouceIvfReader *reader, const guint8 *data, gsize bytes)
{
    if (bytes < POUCE_IVF_HEADER_BYTES || memcmp(data, "DKIF", 4) != 0 ||
        memcmp(data + 8, "VP80", 4) != 0 || get_u16(data + 4) != 0)
        return FALSE;
    gsize header_bytes = get_u16(data + 6);
    if (header_bytes < POUCE_IVF_HEADER_BYTES || header_bytes > bytes)
        return FALSE;
    *reader = (PouceIvfReader){
        .width_px = get_u16(data + 12),
        .height_px = get_u16(data + 14),
        .rate_hz = get_u32(data + 16),
        .scale = get_u32(data + 20),
        .frame_count = get_u32(data + FRAME_COUNT_OFFSET),
        .at = data + header_bytes,
        .left = bytes - header_bytes,
    };
    return TRUE;
}

PouceIvfResult pouce_ivf_reader_next(
    PouceIvfReader *reader, const guint8 **out_data, gsize *out_bytes, guint64 *out_timestamp)
{
    if (reader->left == 0)
        return POUCE_IVF_END;
    if (reader->left < POUCE_IVF_FRAME_HEADER_BYTES)
        return POUCE_IVF_MALFORMED;
    gsize bytes = get_u32(reader->at);
    if (bytes > POUCE_IVF_FRAME_MAX_BYTES || bytes > reader->left - POUCE_IVF_FRAME_HEADER_BYTES)
        return POUCE_IVF_MALFORMED;
    *out_timestamp = get_u32(reader->at + 4) | (guint64)get_u32(reader->at + 8) << 32;
    *out_data = reader->at + POUCE_IVF_FRAME_HEADER_BYTES;
    *out_bytes = bytes;
    reader->at += POUCE_IVF_FRAME_HEADER_BYTES + bytes;
    reader->left -= POUCE_IVF_FRAME_HEADER_BYTES + bytes;
    return POUCE_IVF_FRAME;
}
