// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

// libvpx as an encoder of changes. Each frame's active map is what changed since the last one, its
// quantizer is ours (vpx_rate.h, min = max), so libvpx's rate control, cyclic refresh and frame
// dropping have no say. What has been still for a while is compared with libvpx's reconstruction
// and, where it is not sharp, coded again at POUCE_VPX_Q_SHARP, nearest to the cursor first, as
// the bitrate allows.
//
// A macroblock is in turn: pending (changed, not coded), suspect (coded, perhaps coarsely), blurred
// (still, compared, to be refined), and none of these: sharp.

#include "codec/video/encoder.h"
#include "codec/video/vpx_rate.h"

#include <string.h>
#include <vpx/vp8cx.h>
#include <vpx/vpx_encoder.h>

#define SPEED (-12) // what a small change gets: slower finds little more in it
// A large and dear change is likely text that scrolls, whose motion only speeds from -3 up find: at
// 1080p 21 ms a frame instead of 8, and 38 dB instead of 24. Video is cheaper, and stays fast.
#define SPEED_SCROLL (-3)
#define SCROLL_SHARE 3       // at least a third of the picture
#define SCROLL_BYTES_MIN 25  // a macroblock at quantizer 0, at SPEED
#define SCROLL_BYTES_STAY 7  // the same at SPEED_SCROLL: measured 9-35 on text, 2-6 on video
#define SCROLL_FRAMES 30     // so many change frames are searched well before the next doubt
#define STATIC_THRESHOLD 100 // squared error of a macroblock below which nothing is coded
#define SCREEN_MODE 1
#define REFINE_Q_FILTERED 16     // above it the loop filter may touch blocks that were not coded
#define STILL_US 60000           // a macroblock is still after one to two of these
#define REFINE_INTERVAL_US 50000 // unhurried: twenty passes a second at most
#define REFINE_STARVED_US 250000 // a change frame waits for a refinement this long overdue
#define REFINE_MB_MIN 16         // fewer are not worth a frame's fixed cost
#define SHARP_SQUARED_ERROR 384  // 256 px at mean squared error 1.5: 46 dB

typedef struct {
    PouceEncoder base;
    PouceEncoderConfig config;
    PouceVpxRate rate;
    vpx_codec_ctx_t codec;
    vpx_codec_enc_cfg_t vpx;
    gboolean is_open;
    gboolean has_frame; // libvpx has a reconstruction to look at
    int total_mb;
    guint32 next_id;
    gint64 first_us; // what timestamp 0 is; -1 before the first frame
    gint64 last_pts_us;
    PouceDamage pending;
    PouceDamage recent, older; // changed within the current and the last STILL_US
    gint64 rotated_us;
    PouceDamage suspect;
    PouceDamage blurred;
    PouceDamage active;   // what this frame codes
    guint8 *active_map;   // the same as libvpx wants it
    gint64 refine_due_us; // -1: nothing to refine
    int speed;            // libvpx's cpu-used now
    int scroll_frames;    // change frames still to get SPEED_SCROLL
} VpxEncoder;

static gboolean fail(VpxEncoder *vpx, const char *what, GError **error)
{
    const char *detail = vpx->is_open ? vpx_codec_error(&vpx->codec) : NULL;
    g_set_error(error, POUCE_CODEC_ERROR, POUCE_CODEC_ERROR_FAILED, "libvpx: %s: %s", what,
        detail ? detail : "no detail");
    return FALSE;
}

static gboolean set_controls(VpxEncoder *vpx)
{
    vpx_codec_ctx_t *codec = &vpx->codec;
    return vpx_codec_control(codec, VP8E_SET_CPUUSED, SPEED) == VPX_CODEC_OK &&
           vpx_codec_control(codec, VP8E_SET_STATIC_THRESHOLD, STATIC_THRESHOLD) == VPX_CODEC_OK &&
           vpx_codec_control(codec, VP8E_SET_SCREEN_CONTENT_MODE, SCREEN_MODE) == VPX_CODEC_OK &&
           vpx_codec_control(codec, VP8E_SET_TOKEN_PARTITIONS, VP8_ONE_TOKENPARTITION) ==
               VPX_CODEC_OK &&
           vpx_codec_control(codec, VP8E_SET_NOISE_SENSITIVITY, 0) == VPX_CODEC_OK;
}

static gboolean open_codec(VpxEncoder *vpx, GError **error)
{
    vpx_codec_iface_t *interface = vpx_codec_vp8_cx();
    if (vpx_codec_enc_config_default(interface, &vpx->vpx, 0) != VPX_CODEC_OK)
        return fail(vpx, "no default configuration", error);
    vpx->vpx.g_w = vpx->config.width_px;
    vpx->vpx.g_h = vpx->config.height_px;
    vpx->vpx.g_timebase = (vpx_rational_t){1, G_USEC_PER_SEC};
    vpx->vpx.g_threads = 1;
    vpx->vpx.g_lag_in_frames = 0;
    vpx->vpx.g_error_resilient = 0;
    vpx->vpx.rc_dropframe_thresh = 0;
    vpx->vpx.rc_resize_allowed = 0;
    // Not CBR: it would start cyclic refresh and bound how fast the quantizer may fall. With
    // min = max there is no rate control left to choose.
    vpx->vpx.rc_end_usage = VPX_VBR;
    vpx->vpx.rc_target_bitrate = vpx->config.bitrate_bps / 1000;
    vpx->vpx.kf_mode = VPX_KF_DISABLED;
    vpx->vpx.rc_min_quantizer = vpx->vpx.rc_max_quantizer = POUCE_VPX_Q_SHARP;
    if (vpx_codec_enc_init(&vpx->codec, interface, &vpx->vpx, 0) != VPX_CODEC_OK)
        return fail(vpx, "it does not start", error);
    vpx->is_open = TRUE;
    vpx->has_frame = FALSE;
    vpx->first_us = -1;
    vpx->speed = SPEED;
    return set_controls(vpx) || fail(vpx, "a setting was refused", error);
}

static void close_codec(VpxEncoder *vpx)
{
    if (vpx->is_open)
        vpx_codec_destroy(&vpx->codec);
    vpx->is_open = FALSE;
    pouce_damage_clear(&vpx->pending);
    pouce_damage_clear(&vpx->recent);
    pouce_damage_clear(&vpx->older);
    pouce_damage_clear(&vpx->suspect);
    pouce_damage_clear(&vpx->blurred);
    pouce_damage_clear(&vpx->active);
    g_clear_pointer(&vpx->active_map, g_free);
}

static gboolean set_size(VpxEncoder *vpx, int width_px, int height_px, GError **error)
{
    close_codec(vpx);
    vpx->config.width_px = width_px;
    vpx->config.height_px = height_px;
    pouce_damage_init(&vpx->pending, width_px, height_px);
    pouce_damage_init(&vpx->recent, width_px, height_px);
    pouce_damage_init(&vpx->older, width_px, height_px);
    pouce_damage_init(&vpx->suspect, width_px, height_px);
    pouce_damage_init(&vpx->blurred, width_px, height_px);
    pouce_damage_init(&vpx->active, width_px, height_px);
    vpx->total_mb = vpx->pending.mb_columns * vpx->pending.mb_rows;
    vpx->active_map = g_malloc(vpx->total_mb);
    vpx->refine_due_us = -1;
    vpx->rotated_us = 0;
    return open_codec(vpx, error);
}

static void vpx_destroy(PouceEncoder *encoder)
{
    VpxEncoder *vpx = (VpxEncoder *)encoder;
    close_codec(vpx);
    g_free(vpx);
}

static PouceEncoder *vpx_create(const PouceEncoderConfig *config, GError **error)
{
    VpxEncoder *vpx = g_new0(VpxEncoder, 1);
    vpx->base.klass = &pouce_encoder_vpx;
    vpx->config = *config;
    vpx->next_id = 1;
    pouce_vpx_rate_init(&vpx->rate, config->bitrate_bps, config->fps_max);
    if (set_size(vpx, config->width_px, config->height_px, error))
        return &vpx->base;
    vpx_destroy(&vpx->base);
    return NULL;
}

// --- what to code ----------------------------------------------------------------------------

static void note_damage(VpxEncoder *vpx, const PouceEncodeRequest *request)
{
    gint64 age_us = request->now_us - vpx->rotated_us;
    if (age_us >= STILL_US) {
        PouceDamage swap = vpx->older;
        vpx->older = vpx->recent;
        vpx->recent = swap;
        pouce_damage_empty(&vpx->recent);
        if (age_us >= 2 * STILL_US)
            pouce_damage_empty(&vpx->older);
        vpx->rotated_us = request->now_us;
    }
    if (!request->damage) {
        pouce_damage_fill(&vpx->pending);
        pouce_damage_fill(&vpx->recent);
        return;
    }
    g_assert(request->damage->mb_columns == vpx->pending.mb_columns &&
             request->damage->mb_rows == vpx->pending.mb_rows);
    pouce_damage_add(&vpx->pending, request->damage);
    pouce_damage_add(&vpx->recent, request->damage);
}

static int block_error(const guint8 *a, int stride_a, const guint8 *b, int stride_b, int side)
{
    int sum = 0;
    for (int y = 0; y < side; y++)
        for (int x = 0; x < side; x++) {
            int difference = a[y * stride_a + x] - b[y * stride_b + x];
            sum += difference * difference;
        }
    return sum;
}

static gboolean mb_is_sharp(const PouceFrame *frame, const vpx_image_t *shown, int mb_x, int mb_y)
{
    int errors[3];
    for (int plane = 0; plane < 3; plane++) {
        int side = plane == 0 ? POUCE_MACROBLOCK_PX : POUCE_MACROBLOCK_PX / 2;
        gsize ours = (gsize)mb_y * side * frame->strides[plane] + (gsize)mb_x * side;
        gsize theirs = (gsize)mb_y * side * shown->stride[plane] + (gsize)mb_x * side;
        errors[plane] = block_error(frame->planes[plane] + ours, frame->strides[plane],
            shown->planes[plane] + theirs, shown->stride[plane], side);
    }
    return errors[0] <= SHARP_SQUARED_ERROR && errors[1] + errors[2] <= SHARP_SQUARED_ERROR;
}

static void clear_bit(PouceDamage *damage, int mb_x, int mb_y)
{
    damage->bits[mb_y * damage->words_per_row + mb_x / 64] &=
        ~(G_GUINT64_CONSTANT(1) << (mb_x % 64));
}

// Still suspects become blurred or are cleared. Leaves in active the blurred that are still.
static void collect_blurred(VpxEncoder *vpx, const PouceFrame *frame)
{
    PouceDamage *still = &vpx->active;
    pouce_damage_empty(still);
    pouce_damage_add(still, &vpx->suspect);
    pouce_damage_subtract(still, &vpx->recent);
    pouce_damage_subtract(still, &vpx->older);
    pouce_damage_subtract(&vpx->suspect, still);
    pouce_damage_subtract(still, &vpx->blurred);
    const vpx_image_t *shown = vpx->has_frame ? vpx_codec_get_preview_frame(&vpx->codec) : NULL;
    for (int x = 0, y = 0, n; pouce_damage_next_run(still, &x, &y, &n); x += n)
        for (int i = x; i < x + n; i++)
            if (!shown || !mb_is_sharp(frame, shown, i, y))
                pouce_damage_set(&vpx->blurred, i, y);
    pouce_damage_empty(still);
    pouce_damage_add(still, &vpx->blurred);
    pouce_damage_subtract(still, &vpx->recent);
    pouce_damage_subtract(still, &vpx->older);
}

static int distance_mb(const PouceEncodeRequest *request, int mb_x, int mb_y)
{
    if (request->cursor_x_px < 0 || request->cursor_y_px < 0)
        return mb_y; // from the top down, as one reads
    int dx = ABS(mb_x - request->cursor_x_px / POUCE_MACROBLOCK_PX);
    int dy = ABS(mb_y - request->cursor_y_px / POUCE_MACROBLOCK_PX);
    return MIN(MAX(dx, dy), POUCE_FRAME_SIDE_MAX_PX / POUCE_MACROBLOCK_PX);
}

// Keeps in active the @limit macroblocks that are nearest to the cursor.
static void keep_nearest(VpxEncoder *vpx, const PouceEncodeRequest *request, int limit)
{
    PouceDamage *active = &vpx->active;
    int counts[POUCE_FRAME_SIDE_MAX_PX / POUCE_MACROBLOCK_PX + 1] = {0};
    for (int x = 0, y = 0, n; pouce_damage_next_run(active, &x, &y, &n); x += n)
        for (int i = x; i < x + n; i++)
            counts[distance_mb(request, i, y)]++;
    guint far = 0;
    while (far < G_N_ELEMENTS(counts) && counts[far] <= limit)
        limit -= counts[far++];
    for (int x = 0, y = 0, n; pouce_damage_next_run(active, &x, &y, &n); x += n)
        for (int i = x; i < x + n; i++) {
            guint distance = (guint)distance_mb(request, i, y);
            if (distance > far || (distance == far && limit-- <= 0))
                clear_bit(active, i, y);
        }
}

// --- one frame --------------------------------------------------------------------------------

static gboolean set_quantizer(VpxEncoder *vpx, int q)
{
    if (vpx->vpx.rc_min_quantizer == (unsigned)q)
        return TRUE;
    vpx->vpx.rc_min_quantizer = vpx->vpx.rc_max_quantizer = (unsigned)q;
    return vpx_codec_enc_config_set(&vpx->codec, &vpx->vpx) == VPX_CODEC_OK;
}

static gboolean set_speed(VpxEncoder *vpx, int speed)
{
    if (vpx->speed == speed)
        return TRUE;
    vpx->speed = speed;
    return vpx_codec_control(&vpx->codec, VP8E_SET_CPUUSED, speed) == VPX_CODEC_OK;
}

static gboolean set_active_map(VpxEncoder *vpx)
{
    const PouceDamage *active = &vpx->active;
    memset(vpx->active_map, 0, vpx->total_mb);
    for (int x = 0, y = 0, n; pouce_damage_next_run(active, &x, &y, &n); x += n)
        memset(vpx->active_map + (gsize)y * active->mb_columns + x, 1, n);
    vpx_active_map_t map = {vpx->active_map, active->mb_rows, active->mb_columns};
    return vpx_codec_control(&vpx->codec, VP8E_SET_ACTIVEMAP, &map) == VPX_CODEC_OK;
}

static gint64 next_pts_us(VpxEncoder *vpx, gint64 now_us)
{
    if (vpx->first_us < 0) {
        vpx->first_us = now_us;
        vpx->last_pts_us = -1;
    }
    vpx->last_pts_us = MAX(now_us - vpx->first_us, vpx->last_pts_us + 1);
    return vpx->last_pts_us;
}

// Codes what is in active at @q; the frame goes to @out.
static PouceEncodeResult code_frame(VpxEncoder *vpx, const PouceEncodeRequest *request,
    PouceVpxKind kind, int q, PouceEncodedFrame *out, GError **error)
{
    const PouceFrame *frame = request->frame;
    int speed = kind == POUCE_VPX_CHANGE && vpx->scroll_frames > 0 ? SPEED_SCROLL : SPEED;
    vpx_image_t image;
    if (!vpx_img_wrap(
            &image, VPX_IMG_FMT_I420, frame->width_px, frame->height_px, 1, frame->planes[0]) ||
        !set_speed(vpx, speed) || !set_quantizer(vpx, q) || !set_active_map(vpx)) {
        fail(vpx, "a frame's settings were refused", error);
        return POUCE_ENCODE_ERROR;
    }
    for (int plane = 0; plane < 3; plane++) {
        image.planes[plane] = frame->planes[plane];
        image.stride[plane] = frame->strides[plane];
    }
    // One reference: golden and altref frames would each add a search and are seldom nearer.
    vpx_enc_frame_flags_t flags =
        VP8_EFLAG_NO_REF_GF | VP8_EFLAG_NO_REF_ARF | VP8_EFLAG_NO_UPD_GF | VP8_EFLAG_NO_UPD_ARF;
    if (kind == POUCE_VPX_KEY)
        flags = VPX_EFLAG_FORCE_KF;
    if (vpx_codec_encode(&vpx->codec, &image, next_pts_us(vpx, request->now_us),
            G_USEC_PER_SEC / vpx->config.fps_max, flags, VPX_DL_REALTIME) != VPX_CODEC_OK) {
        fail(vpx, "a frame was not encoded", error);
        return POUCE_ENCODE_ERROR;
    }
    vpx_codec_iter_t iterator = NULL;
    const vpx_codec_cx_pkt_t *packet = vpx_codec_get_cx_data(&vpx->codec, &iterator);
    if (!packet || packet->kind != VPX_CODEC_CX_FRAME_PKT) {
        fail(vpx, "a frame was swallowed", error);
        return POUCE_ENCODE_ERROR;
    }
    vpx->has_frame = TRUE;
    out->data = packet->data.frame.buf;
    out->bytes = packet->data.frame.sz;
    out->id = vpx->next_id++;
    out->key = (packet->data.frame.flags & VPX_FRAME_IS_KEY) != 0;
    out->coded_mb = out->key ? vpx->total_mb : pouce_damage_count(&vpx->active);
    vpx_codec_control(&vpx->codec, VP8E_GET_LAST_QUANTIZER, &out->quantizer);
    double cost =
        pouce_vpx_rate_spent(&vpx->rate, kind, out->coded_mb, vpx->total_mb, q, out->bytes);
    double dear = vpx->speed == SPEED ? SCROLL_BYTES_MIN : SCROLL_BYTES_STAY;
    if (kind == POUCE_VPX_CHANGE && cost > dear && out->coded_mb > vpx->total_mb / SCROLL_SHARE)
        vpx->scroll_frames = SCROLL_FRAMES;
    return POUCE_ENCODE_FRAME;
}

// After a frame: what it coded is no longer pending; what it may have left coarse is suspect.
static void note_coded(VpxEncoder *vpx, int q, gint64 now_us)
{
    pouce_damage_subtract(&vpx->pending, &vpx->active);
    pouce_damage_subtract(&vpx->blurred, &vpx->active);
    if (q <= POUCE_VPX_Q_SHARP)
        return;
    if (q > REFINE_Q_FILTERED)
        pouce_damage_fill(&vpx->suspect);
    else
        pouce_damage_add(&vpx->suspect, &vpx->active);
    if (vpx->refine_due_us < 0)
        vpx->refine_due_us = now_us + 2 * STILL_US;
}

// What the next frame should take. An explicit budget is a ceiling, and the model's guess is off by
// about a tenth either way, so a sixth is kept back.
static int frame_allowance_bytes(const VpxEncoder *vpx, const PouceEncodeRequest *request)
{
    if (request->budget_bytes > 0)
        return MAX(request->budget_bytes - request->budget_bytes / 6, 1);
    return pouce_vpx_rate_allowance_bytes(&vpx->rate);
}

static PouceEncodeResult encode_key(
    VpxEncoder *vpx, const PouceEncodeRequest *request, PouceEncodedFrame *out, GError **error)
{
    int budget = request->budget_bytes;
    int allowance = frame_allowance_bytes(vpx, request);
    int q = pouce_vpx_rate_pick(&vpx->rate, POUCE_VPX_KEY, vpx->total_mb, allowance,
        POUCE_VPX_Q_SHARP, budget > 0 ? POUCE_VPX_Q_MAX : POUCE_VPX_Q_COARSE);
    pouce_damage_fill(&vpx->active);
    PouceEncodeResult result = code_frame(vpx, request, POUCE_VPX_KEY, q, out, error);
    if (result == POUCE_ENCODE_FRAME)
        note_coded(vpx, q, request->now_us);
    return result;
}

static PouceEncodeResult encode_change(
    VpxEncoder *vpx, const PouceEncodeRequest *request, PouceEncodedFrame *out, GError **error)
{
    int budget = request->budget_bytes;
    int allowance = frame_allowance_bytes(vpx, request);
    if (budget == 0 && pouce_vpx_rate_ready_us(&vpx->rate) > request->now_us)
        return POUCE_ENCODE_NOTHING;
    pouce_damage_empty(&vpx->active);
    pouce_damage_add(&vpx->active, &vpx->pending);
    int count = pouce_damage_count(&vpx->active);
    int q = pouce_vpx_rate_pick(&vpx->rate, POUCE_VPX_CHANGE, count, allowance, POUCE_VPX_Q_SHARP,
        budget > 0 ? POUCE_VPX_Q_MAX : POUCE_VPX_Q_COARSE);
    vpx->scroll_frames = MAX(vpx->scroll_frames - 1, 0);
    PouceEncodeResult result = code_frame(vpx, request, POUCE_VPX_CHANGE, q, out, error);
    if (result == POUCE_ENCODE_FRAME)
        note_coded(vpx, q, request->now_us);
    return result;
}

static PouceEncodeResult encode_refinement(
    VpxEncoder *vpx, const PouceEncodeRequest *request, PouceEncodedFrame *out, GError **error)
{
    collect_blurred(vpx, request->frame);
    int count = pouce_damage_count(&vpx->active);
    if (count == 0) {
        gboolean done =
            pouce_damage_is_empty(&vpx->suspect) && pouce_damage_is_empty(&vpx->blurred);
        vpx->refine_due_us = done ? -1 : request->now_us + STILL_US;
        return POUCE_ENCODE_NOTHING;
    }
    vpx->refine_due_us = request->now_us + REFINE_INTERVAL_US;
    if (request->budget_bytes == 0 && !pouce_vpx_rate_has_credit(&vpx->rate))
        return POUCE_ENCODE_NOTHING;
    int allowance = frame_allowance_bytes(vpx, request);
    int fit =
        pouce_vpx_rate_fit_mb(&vpx->rate, POUCE_VPX_REFINE, MAX(allowance, 0), POUCE_VPX_Q_SHARP);
    if (fit < MIN(count, REFINE_MB_MIN))
        return POUCE_ENCODE_NOTHING;
    if (fit < count)
        keep_nearest(vpx, request, fit);
    PouceEncodeResult result =
        code_frame(vpx, request, POUCE_VPX_REFINE, POUCE_VPX_Q_SHARP, out, error);
    if (result == POUCE_ENCODE_FRAME)
        note_coded(vpx, POUCE_VPX_Q_SHARP, request->now_us);
    return result;
}

static PouceEncodeResult vpx_encode(PouceEncoder *encoder, const PouceEncodeRequest *request,
    PouceEncodedFrame *out, GError **error)
{
    VpxEncoder *vpx = (VpxEncoder *)encoder;
    if (request->frame->width_px != vpx->config.width_px ||
        request->frame->height_px != vpx->config.height_px) {
        g_set_error(error, POUCE_CODEC_ERROR, POUCE_CODEC_ERROR_UNSUPPORTED,
            "the frame is %dx%d but the encoder %dx%d: resize it first", request->frame->width_px,
            request->frame->height_px, vpx->config.width_px, vpx->config.height_px);
        return POUCE_ENCODE_ERROR;
    }
    gint64 now_us = request->now_us;
    pouce_vpx_rate_advance(&vpx->rate, now_us);
    note_damage(vpx, request);
    if (request->key || !vpx->has_frame)
        return encode_key(vpx, request, out, error);

    PouceEncodeResult result = POUCE_ENCODE_NOTHING;
    gboolean changed = !pouce_damage_is_empty(&vpx->pending);
    gint64 overdue_us = vpx->refine_due_us < 0 ? -1 : now_us - vpx->refine_due_us;
    if (overdue_us >= (changed ? REFINE_STARVED_US : 0))
        result = encode_refinement(vpx, request, out, error);
    if (result == POUCE_ENCODE_NOTHING && changed)
        result = encode_change(vpx, request, out, error);
    if (result == POUCE_ENCODE_NOTHING && request->keepalive) {
        pouce_damage_empty(&vpx->active);
        // The sharp quantizer keeps the loop filter off, so that the copy is exact.
        result = code_frame(vpx, request, POUCE_VPX_REFINE, POUCE_VPX_Q_SHARP, out, error);
    }
    return result;
}

static void vpx_set_bitrate(PouceEncoder *encoder, int bitrate_bps)
{
    VpxEncoder *vpx = (VpxEncoder *)encoder;
    vpx->config.bitrate_bps = bitrate_bps;
    pouce_vpx_rate_set_bitrate(&vpx->rate, bitrate_bps);
}

static gboolean vpx_resize(PouceEncoder *encoder, int width_px, int height_px, GError **error)
{
    return set_size((VpxEncoder *)encoder, width_px, height_px, error);
}

static gint64 vpx_next_due_us(const PouceEncoder *encoder)
{
    const VpxEncoder *vpx = (const VpxEncoder *)encoder;
    if (!pouce_damage_is_empty(&vpx->pending))
        return pouce_vpx_rate_ready_us(&vpx->rate);
    return vpx->refine_due_us;
}

const PouceEncoderClass pouce_encoder_vpx = {
    .name = "vpx",
    .create = vpx_create,
    .destroy = vpx_destroy,
    .encode = vpx_encode,
    .set_bitrate = vpx_set_bitrate,
    .resize = vpx_resize,
    .next_due_us = vpx_next_due_us,
};
