// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Lost packets between two real ends. Retransmission alone must make good what it can; what it
// cannot, recovery from a confirmed frame must, without a key frame, and the picture must be exact.

#include "codec/video/decoder.h"
#include "codec/video/screen/screen.h"
#include "tests/unit/signaling/peer/ends.h"
#include "tests/unit/signaling/peer/lossy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define WIDTH_PX 640
#define HEIGHT_PX 480
#define FRAME_MS 25
#define FRAMES 240
/** Every so many packets of video one is lost, in the offerer's frames from START on. */
#define EVERY 23
#define START 40
#define DEADLINE_MS 20000

typedef struct {
    Ends *ends;
    gboolean resent_too; // retransmissions are lost as well: all of them
    PouceEncoder *encoder;
    PouceFrame *picture;
    guint drawn;
    guint given_up; // frames that were made anew from another
    guint keys_made;
    // the way's thread
    guint packets, lost, resent;
    // under the answerer's lock
    PouceDecoder *decoder;
    guint decoded, keys, broken;
    GBytes *luma;
} Stage;

static gboolean drops(gpointer user, const LossyPacket *packet)
{
    Stage *stage = user;
    if (!packet->video) {
        stage->resent++;
        return stage->resent_too;
    }
    stage->packets++;
    gboolean lost = stage->packets > START && stage->packets % EVERY == 0;
    stage->lost += lost;
    return lost;
}

static void on_vp8(gpointer user, const guint8 *vp8, gsize bytes)
{
    Stage *stage = user;
    const PouceFrame *frame = NULL;
    stage->keys += !(vp8[0] & 1);
    if (!pouce_decoder_decode(stage->decoder, vp8, bytes, &frame, NULL) || !frame) {
        stage->broken++;
        return;
    }
    stage->decoded++;
    GByteArray *luma = g_byte_array_new();
    for (int y = 0; y < HEIGHT_PX; y++) {
        g_byte_array_append(luma, frame->planes[0] + (gsize)y * frame->strides[0], WIDTH_PX);
    }
    g_clear_pointer(&stage->luma, g_bytes_unref);
    stage->luma = g_byte_array_free_to_bytes(luma);
}

static void draw(Stage *stage)
{
    PouceFrame *picture = stage->picture;
    for (int i = 0; i < 3; i++) { // a frame of several packets
        PouceRect rect = {g_random_int_range(0, WIDTH_PX - 64), g_random_int_range(0, 400), 64, 48};
        for (int y = rect.y; y < rect.y + rect.height; y++) {
            for (int x = rect.x; x < rect.x + rect.width; x++) {
                picture->planes[0][y * picture->strides[0] + x] =
                    (guint8)(16 + g_random_int_range(0, 8) * 27);
            }
        }
    }
}

// What the agent's pump does: takes note of what arrived, and makes the next frame.
static void make_frame(Stage *stage, gboolean keepalive)
{
    PoucePeerDelivery delivery;
    pouce_peer_delivery(stage->ends->offerer.peer, &delivery);
    if (delivery.confirmed_id) {
        pouce_encoder_confirm(stage->encoder, delivery.confirmed_id);
    }
    if (delivery.lost_id) {
        pouce_encoder_lost(stage->encoder, delivery.lost_id);
        stage->given_up++;
    }
    PouceEncodeRequest request = {.frame = stage->picture,
        .now_us = g_get_monotonic_time(),
        .budget_bytes = 12000,
        .key = stage->keys_made == 0 || stage->ends->offerer.keyframe_requests > stage->keys_made,
        .keepalive = keepalive,
        .cursor_x_px = -1};
    PouceEncodedFrame out;
    if (pouce_encoder_encode(stage->encoder, &request, &out, NULL) != POUCE_ENCODE_FRAME) {
        return;
    }
    stage->keys_made += out.key;
    PouceVideoFrame frame = {out.data, out.bytes, request.now_us, out.id, out.base_id};
    assert_int_equal(pouce_peer_push_video(stage->ends->offerer.peer, &frame), POUCE_PEER_PUSH_OK);
}

static gboolean on_tick(gpointer user)
{
    Stage *stage = user;
    if (stage->drawn < FRAMES) {
        draw(stage);
        stage->drawn++;
    }
    make_frame(stage, stage->drawn == FRAMES);
    return G_SOURCE_CONTINUE;
}

static Stage *current;

static gboolean shows_the_last(Ends *ends)
{
    Stage *stage = current;
    if (stage->drawn < FRAMES) {
        return FALSE;
    }
    const PouceFrame *own = pouce_screen_reconstruction(stage->encoder);
    gboolean equal = TRUE;
    g_mutex_lock(&ends->answerer.lock);
    const guint8 *luma = stage->luma ? g_bytes_get_data(stage->luma, NULL) : NULL;
    for (int y = 0; luma && equal && y < HEIGHT_PX; y++) {
        equal = memcmp(luma + (gsize)y * WIDTH_PX, own->planes[0] + (gsize)y * own->strides[0],
                    WIDTH_PX) == 0;
    }
    g_mutex_unlock(&ends->answerer.lock);
    return luma && equal;
}

static void play(Stage *stage, gboolean resent_too)
{
    PouceEncoderConfig config = {WIDTH_PX, HEIGHT_PX, 8000000, 60};
    *stage = (Stage){.resent_too = resent_too,
        .encoder = pouce_encoder_new("screen", &config, NULL),
        .picture = pouce_frame_new(WIDTH_PX, HEIGHT_PX),
        .decoder = pouce_decoder_new(NULL)};
    Lossy *lossy = lossy_new(drops, stage);
    stage->ends = ends_new("webrtcbin");
    stage->ends->lossy = lossy;
    stage->ends->answerer.on_vp8 = on_vp8;
    stage->ends->answerer.on_vp8_user = stage;
    current = stage;
    ends_start(stage->ends);
    assert_true(ends_wait(stage->ends, ends_are_connected, DEADLINE_MS));
    pouce_peer_allow_media(stage->ends->answerer.peer);
    pouce_peer_allow_media(stage->ends->offerer.peer);
    guint timer = g_timeout_add(FRAME_MS, on_tick, stage);
    assert_true(ends_wait(stage->ends, shows_the_last, DEADLINE_MS));
    g_source_remove(timer);
    PoucePeerStats stats;
    pouce_peer_stats(stage->ends->offerer.peer, &stats);
    ends_free(stage->ends);
    lossy_free(lossy);
    printf("%u packets, %u lost, %u sent again; %u frames decoded, %u given up, %u key frames\n",
        stage->packets, stage->lost, stage->resent, stage->decoded, stage->given_up, stage->keys);
    assert_true(stage->lost >= 20);
    assert_int_equal(stage->broken, 0);
}

static void stage_clear(Stage *stage)
{
    pouce_encoder_free(stage->encoder);
    pouce_frame_unref(stage->picture);
    pouce_decoder_free(stage->decoder);
    g_clear_pointer(&stage->luma, g_bytes_unref);
}

static void retransmissions_make_good(void **state)
{
    Stage stage;
    play(&stage, FALSE);
    assert_true(stage.resent * 2 >= stage.lost); // a loaded machine may give up some too early
    assert_true(stage.given_up * 3 <= stage.lost);
    assert_int_equal(stage.keys, 1);
    stage_clear(&stage);
}

static void recovery_does_without(void **state)
{
    Stage stage;
    play(&stage, TRUE);
    assert_true(stage.given_up >= 5);
    assert_int_equal(stage.keys, 1);
    stage_clear(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(retransmissions_make_good),
        cmocka_unit_test(recovery_does_without),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
