// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/unit/codec/screen/judge.h"

#include <libavcodec/avcodec.h>
#include <string.h>
#include <vpx/vp8dx.h>
#include <vpx/vpx_decoder.h>

struct Judge {
    vpx_codec_ctx_t vpx;
    AVCodecContext *av;
    AVPacket *packet;
    AVFrame *frame;
};

Judge *judge_new(void)
{
    Judge *judge = g_new0(Judge, 1);
    vpx_codec_dec_cfg_t config = {.threads = 1};
    g_assert(vpx_codec_dec_init(&judge->vpx, vpx_codec_vp8_dx(), &config, 0) == VPX_CODEC_OK);
    judge->av = avcodec_alloc_context3(avcodec_find_decoder_by_name("vp8"));
    judge->av->thread_count = 1;
    judge->av->flags |= AV_CODEC_FLAG_LOW_DELAY;
    g_assert(avcodec_open2(judge->av, NULL, NULL) == 0);
    judge->packet = av_packet_alloc();
    judge->frame = av_frame_alloc();
    return judge;
}

void judge_free(Judge *judge)
{
    if (!judge)
        return;
    vpx_codec_destroy(&judge->vpx);
    avcodec_free_context(&judge->av);
    av_packet_free(&judge->packet);
    av_frame_free(&judge->frame);
    g_free(judge);
}

static char *compare(const char *who, const PouceFrame *expected, guint8 *const planes[3],
    const int strides[3], int width_px, int height_px)
{
    if (width_px != expected->width_px || height_px != expected->height_px)
        return g_strdup_printf("%s: size is %dx%d", who, width_px, height_px);
    for (int plane = 0; plane < 3; plane++) {
        int width = plane ? (width_px + 1) / 2 : width_px;
        int height = plane ? (height_px + 1) / 2 : height_px;
        for (int y = 0; y < height; y++) {
            const guint8 *got = planes[plane] + (gssize)y * strides[plane];
            const guint8 *want = expected->planes[plane] + (gssize)y * expected->strides[plane];
            if (memcmp(got, want, (gsize)width) == 0)
                continue;
            int x = 0;
            while (got[x] == want[x])
                x++;
            int size = plane ? 8 : 16;
            return g_strdup_printf(
                "%s: plane %d differs at %d,%d (macroblock %d,%d): %d, expected %d", who, plane, x,
                y, x / size, y / size, got[x], want[x]);
        }
    }
    return NULL;
}

static char *check_vpx(Judge *judge, const guint8 *data, gsize bytes, const PouceFrame *expected)
{
    if (vpx_codec_decode(&judge->vpx, data, (guint)bytes, NULL, 0) != VPX_CODEC_OK)
        return g_strdup_printf("libvpx: %s", vpx_codec_error(&judge->vpx));
    int corrupted = 0;
    vpx_codec_control(&judge->vpx, VP8D_GET_FRAME_CORRUPTED, &corrupted);
    if (corrupted)
        return g_strdup("libvpx: frame is corrupted");
    vpx_codec_iter_t iterator = NULL;
    vpx_image_t *image = vpx_codec_get_frame(&judge->vpx, &iterator);
    if (!image)
        return g_strdup("libvpx: no picture");
    return compare(
        "libvpx", expected, image->planes, image->stride, (int)image->d_w, (int)image->d_h);
}

static char *check_av(Judge *judge, const guint8 *data, gsize bytes, const PouceFrame *expected)
{
    g_assert(av_new_packet(judge->packet, (int)bytes) == 0);
    memcpy(judge->packet->data, data, bytes);
    int sent = avcodec_send_packet(judge->av, judge->packet);
    av_packet_unref(judge->packet);
    if (sent != 0 || avcodec_receive_frame(judge->av, judge->frame) != 0)
        return g_strdup("ffmpeg: no picture");
    char *problem = compare("ffmpeg", expected, judge->frame->data, judge->frame->linesize,
        judge->frame->width, judge->frame->height);
    av_frame_unref(judge->frame);
    return problem;
}

char *judge_check(Judge *judge, const guint8 *data, gsize bytes, const PouceFrame *expected)
{
    char *problem = check_vpx(judge, data, bytes, expected);
    return problem ? problem : check_av(judge, data, bytes, expected);
}
