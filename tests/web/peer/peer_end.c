// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// One end of a connection as a program, for tests that need the other end elsewhere: a browser, or
// a process that can be killed. usage: peer_end offerer|answerer
//
// JSON, one object a line. stdin: {description: {type, sdp}} · {candidate, mline} · {allow: true} ·
// {send: text, channel} · {close: reason}. stdout: the same descriptions and candidates,
// {state, reason}, {message, channel}, {keyframe: n}, {frames: n}. An allowed offerer sends a
// 640x360 picture that changes 25 times a second. Ends when stdin does.

#include "codec/video/encoder.h"
#include "signaling/peer/peer.h"

#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define WIDTH_PX 640
#define HEIGHT_PX 360
#define FRAME_MS 40

static const char *const states[] = {
    "new", "connecting", "secure", "connected", "lost", "failed", "closed"};

typedef struct {
    GMainLoop *loop;
    PoucePeer *peer;
    PouceEncoder *encoder;
    PouceFrame *picture;
    guint drawn;
    gboolean key;
    guint keyframes;
    gint frames; // atomic
} Program;

// Takes @object.
static void say(json_t *object)
{
    char *text = json_dumps(object, JSON_COMPACT);
    printf("%s\n", text);
    fflush(stdout);
    free(text);
    json_decref(object);
}

static void on_description(gpointer user, const char *type, const char *sdp)
{
    say(json_pack("{s:{s:s, s:s}}", "description", "type", type, "sdp", sdp));
}

static void on_candidate(gpointer user, const char *candidate, guint mline)
{
    say(json_pack("{s:s, s:i}", "candidate", candidate, "mline", (int)mline));
}

static void on_state(gpointer user, PoucePeerState state, const char *reason)
{
    say(json_pack("{s:s, s:s}", "state", states[state], "reason", reason));
}

static void on_message(gpointer user, PoucePeerChannel channel, const guint8 *data, gsize bytes)
{
    say(json_pack("{s:s%, s:i}", "message", (const char *)data, bytes, "channel", (int)channel));
}

static void on_keyframe_request(gpointer user)
{
    Program *program = user;
    program->key = TRUE;
    say(json_pack("{s:i}", "keyframe", (int)++program->keyframes));
}

static gboolean tell_frames(gpointer user)
{
    Program *program = user;
    say(json_pack("{s:i}", "frames", g_atomic_int_get(&program->frames)));
    return G_SOURCE_REMOVE;
}

static void on_video(
    gpointer user, const guint8 *vp8, gsize bytes, const PouceVideoArrival *arrival)
{
    Program *program = user;
    g_atomic_int_inc(&program->frames);
    g_main_context_invoke(NULL, tell_frames, program);
}

static gboolean on_frame(gpointer user)
{
    Program *program = user;
    PouceRect rect = {(int)(program->drawn * 8 % WIDTH_PX), 64, 32, 32};
    PouceDamage damage;
    pouce_damage_init(&damage, WIDTH_PX, HEIGHT_PX);
    pouce_damage_add_rect(&damage, rect);
    for (int y = rect.y; y < rect.y + rect.height; y++) {
        memset(program->picture->planes[0] + y * program->picture->strides[0] + rect.x,
            (int)(program->drawn * 37 % 220 + 16), 32);
    }
    program->drawn++;
    PouceEncodeRequest request = {.frame = program->picture,
        .damage = &damage,
        .now_us = g_get_monotonic_time(),
        .key = program->key,
        .cursor_x_px = -1};
    PouceEncodedFrame out;
    if (pouce_encoder_encode(program->encoder, &request, &out, NULL) == POUCE_ENCODE_FRAME) {
        program->key = program->key && !out.key;
        PouceVideoFrame frame = {out.data, out.bytes, request.now_us, out.id, out.base_id};
        pouce_peer_push_video(program->peer, &frame);
    }
    pouce_damage_clear(&damage);
    return G_SOURCE_CONTINUE;
}

static void obey(Program *program, json_t *order)
{
    const char *type = NULL, *sdp = NULL, *text = NULL;
    int number = 0;
    g_autoptr(GError) error = NULL;
    if (json_unpack(order, "{s:{s:s, s:s}}", "description", "type", &type, "sdp", &sdp) == 0) {
        pouce_peer_set_remote_description(program->peer, type, sdp, &error);
    } else if (json_unpack(order, "{s:s, s:i}", "candidate", &text, "mline", &number) == 0) {
        pouce_peer_add_candidate(program->peer, text, (guint)number, &error);
    } else if (json_unpack(order, "{s:s, s:i}", "send", &text, "channel", &number) == 0) {
        pouce_peer_send(program->peer, number, text, strlen(text));
    } else if (json_object_get(order, "allow")) {
        pouce_peer_allow_media(program->peer);
        if (program->encoder) {
            g_timeout_add(FRAME_MS, on_frame, program);
        }
    } else if (json_unpack(order, "{s:s}", "close", &text) == 0) {
        pouce_peer_close(program->peer, text);
    }
    if (error) {
        say(json_pack("{s:s}", "error", error->message));
    }
}

static void on_line(GObject *source, GAsyncResult *result, gpointer user)
{
    Program *program = user;
    GDataInputStream *in = G_DATA_INPUT_STREAM(source);
    g_autofree char *line = g_data_input_stream_read_line_finish(in, result, NULL, NULL);
    if (!line) {
        g_main_loop_quit(program->loop);
        return;
    }
    json_t *order = json_loads(line, 0, NULL);
    obey(program, order);
    json_decref(order);
    g_data_input_stream_read_line_async(in, G_PRIORITY_DEFAULT, NULL, on_line, program);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s offerer|answerer\n", argv[0]);
        return 2;
    }
    static const PoucePeerEvents events = {.on_description = on_description,
        .on_candidate = on_candidate,
        .on_state = on_state,
        .on_message = on_message,
        .on_keyframe_request = on_keyframe_request,
        .on_video = on_video};
    gboolean offerer = g_str_equal(argv[1], "offerer");
    PoucePeerConfig config = {.role = offerer ? POUCE_PEER_OFFERER : POUCE_PEER_ANSWERER};
    PouceEncoderConfig encoder = {WIDTH_PX, HEIGHT_PX, 4000000, 25};
    g_autoptr(GError) error = NULL;
    Program program = {.loop = g_main_loop_new(NULL, FALSE), .key = TRUE};
    pouce_peer_warm_up();
    program.peer = pouce_peer_new(&config, &events, &program, &error);
    program.picture = pouce_frame_new(WIDTH_PX, HEIGHT_PX);
    program.encoder = offerer ? pouce_encoder_new("vpx", &encoder, &error) : NULL;
    if (error) {
        fprintf(stderr, "%s\n", error->message);
        return 1;
    }
    g_autoptr(GInputStream) raw = g_unix_input_stream_new(0, FALSE);
    g_autoptr(GDataInputStream) in = g_data_input_stream_new(raw);
    g_data_input_stream_read_line_async(in, G_PRIORITY_DEFAULT, NULL, on_line, &program);
    pouce_peer_start(program.peer);
    g_main_loop_run(program.loop);
    pouce_peer_free(program.peer);
    pouce_encoder_free(program.encoder);
    pouce_frame_unref(program.picture);
    g_main_loop_unref(program.loop);
    return 0;
}
