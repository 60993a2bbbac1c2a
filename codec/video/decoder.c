// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

// libvpx's decoder behind limits: the size that a key frame claims is read and refused before
// libvpx would allocate for it.

#include "codec/video/decoder.h"

#include <vpx/vp8dx.h>
#include <vpx/vpx_decoder.h>

struct PouceDecoder {
    vpx_codec_ctx_t codec;
    gboolean has_key; // a key frame was decoded; before that nothing else can be
    PouceFrame view;  // describes libvpx's planes; never reference counted
};

PouceDecoder *pouce_decoder_new(GError **error)
{
    PouceDecoder *decoder = g_new0(PouceDecoder, 1);
    // Frames have partitions for more threads, but libvpx's spin while they wait for each other:
    // with two on a busy machine two frames took 1.1 s instead of 0.12.
    vpx_codec_dec_cfg_t config = {.threads = 1};
    vpx_codec_err_t code = vpx_codec_dec_init(&decoder->codec, vpx_codec_vp8_dx(), &config, 0);
    if (code == VPX_CODEC_OK)
        return decoder;
    g_set_error(error, POUCE_CODEC_ERROR, POUCE_CODEC_ERROR_FAILED,
        "the VP8 decoder does not start: %s", vpx_codec_err_to_string(code));
    g_free(decoder);
    return NULL;
}

void pouce_decoder_free(PouceDecoder *decoder)
{
    if (!decoder)
        return;
    vpx_codec_destroy(&decoder->codec);
    g_free(decoder);
}

// RFC 6386 §9.1: three bytes of frame tag (bit 0 clear: key frame), then for key frames the start
// code and two 16-bit little-endian words of 14 bits of size and 2 of scale.
static const char *check_header(const PouceDecoder *decoder, const guint8 *data, gsize bytes)
{
    if (bytes < 3)
        return "it is too short";
    if (bytes > POUCE_DECODER_FRAME_MAX_BYTES)
        return "it is too long";
    if (data[0] & 1)
        return decoder->has_key ? NULL : "a key frame must come first";
    if (bytes < 10 || data[3] != 0x9d || data[4] != 0x01 || data[5] != 0x2a)
        return "the key frame has no start code";
    int width = (data[6] | data[7] << 8) & 0x3fff;
    int height = (data[8] | data[9] << 8) & 0x3fff;
    if (width < 1 || height < 1 || width > POUCE_FRAME_SIDE_MAX_PX ||
        height > POUCE_FRAME_SIDE_MAX_PX)
        return "its size is out of bounds";
    return NULL;
}

static void describe(PouceFrame *view, const vpx_image_t *image)
{
    view->width_px = image->d_w;
    view->height_px = image->d_h;
    view->mb_columns = (image->d_w + POUCE_MACROBLOCK_PX - 1) / POUCE_MACROBLOCK_PX;
    view->mb_rows = (image->d_h + POUCE_MACROBLOCK_PX - 1) / POUCE_MACROBLOCK_PX;
    for (int plane = 0; plane < 3; plane++) {
        view->planes[plane] = image->planes[plane];
        view->strides[plane] = image->stride[plane];
    }
}

gboolean pouce_decoder_decode(PouceDecoder *decoder, const guint8 *data, gsize bytes,
    const PouceFrame **out_frame, GError **error)
{
    const char *problem = check_header(decoder, data, bytes);
    if (problem) {
        g_set_error(error, POUCE_CODEC_ERROR, POUCE_CODEC_ERROR_MALFORMED,
            "a video frame cannot be decoded: %s", problem);
        return FALSE;
    }
    vpx_codec_err_t code = vpx_codec_decode(&decoder->codec, data, (unsigned)bytes, NULL, 0);
    if (code != VPX_CODEC_OK) {
        g_set_error(error, POUCE_CODEC_ERROR, POUCE_CODEC_ERROR_MALFORMED,
            "a video frame cannot be decoded: %s", vpx_codec_err_to_string(code));
        return FALSE;
    }
    if (!(data[0] & 1))
        decoder->has_key = TRUE;
    vpx_codec_iter_t iterator = NULL;
    const vpx_image_t *image = vpx_codec_get_frame(&decoder->codec, &iterator);
    if (image)
        describe(&decoder->view, image);
    *out_frame = image ? &decoder->view : NULL;
    return TRUE;
}
