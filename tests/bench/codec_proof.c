// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Raw frames through the screen encoder, each frame that comes out decoded by libvpx and by ffmpeg,
// which must both show what the encoder believes. With --drop each frame of a stretch is lost in
// turn: the far end confirms what it decoded four frames late, reports the loss as late, and must
// be exact again with the next frame, without a key frame if a reference of before was confirmed.

#include "codec/frame/compare.h"
#include "codec/video/screen/screen.h"
#include "tests/bench/bench_input.h"
#include "tests/unit/codec/screen/judge.h"

#include <stdio.h>
#include <stdlib.h>

/** Frames between sending one and hearing of it. */
#define LATE_FRAMES 4
/** Frames looked at after a recovery. */
#define AFTER_FRAMES 8
/** Seconds that the first picture has to become sharp. */
#define LEAD_S 4
#define FRAMES_MAX 1000

typedef struct {
    char *input, *size, *damage;
    int bitrate_kbps, drop_first, drop_count;
} Options;

/** The frames and their damage, in memory: they are played many times. */
typedef struct {
    int width_px, height_px;
    GPtrArray *frames; // PouceFrame
    GArray *damages;   // PouceDamage
} Clip;

typedef struct {
    const Clip *clip;
    PouceEncoder *encoder;
    Judge *judge;
    PouceDamage none;
    guint32 drop_id;         // 0: none
    gboolean deaf;           // the far end lacks a frame
    int sent, judged, until; // stops after that many sent
    gboolean recovered, key; // the recovery came; as a key frame
    char *problem;
} Play;

static void clip_clear(Clip *clip)
{
    for (guint i = 0; i < clip->frames->len; i++)
        pouce_damage_clear(&g_array_index(clip->damages, PouceDamage, i));
    g_ptr_array_unref(clip->frames);
    g_array_unref(clip->damages);
}

static gboolean clip_load(Clip *clip, const Options *options, GError **error)
{
    BenchInputConfig config = {
        options->input, clip->width_px, clip->height_px, TRUE, options->damage, NULL};
    clip->frames = g_ptr_array_new_with_free_func((GDestroyNotify)pouce_frame_unref);
    clip->damages = g_array_new(FALSE, TRUE, sizeof(PouceDamage));
    BenchInput *input = bench_input_new(&config, error);
    if (!input)
        return FALSE;
    GError *failure = NULL;
    for (int i = 0; i < FRAMES_MAX; i++) {
        PouceDamage damage;
        pouce_damage_init(&damage, clip->width_px, clip->height_px);
        if (!bench_input_next(input, &damage, &failure)) {
            pouce_damage_clear(&damage);
            break;
        }
        PouceFrame *frame = pouce_frame_new(clip->width_px, clip->height_px);
        PouceDamage all = damage;
        if (i > 0)
            pouce_frame_copy(frame, g_ptr_array_index(clip->frames, i - 1));
        bench_input_convert(input, frame, &all);
        g_ptr_array_add(clip->frames, frame);
        g_array_append_val(clip->damages, damage);
    }
    bench_input_free(input);
    if (failure)
        g_propagate_error(error, failure);
    return !failure;
}

// What becomes of a frame that was sent.
static void take(Play *play, const PouceEncodedFrame *out)
{
    play->sent++;
    gboolean recovery = play->deaf && play->sent > (int)play->drop_id + LATE_FRAMES;
    if (out->id == play->drop_id)
        play->deaf = TRUE;
    if (recovery) {
        play->deaf = FALSE;
        play->recovered = TRUE;
        play->key = out->key;
        play->until = play->sent + AFTER_FRAMES;
    }
    if (!play->deaf) {
        play->problem = judge_check(
            play->judge, out->data, out->bytes, pouce_screen_reconstruction(play->encoder));
        play->judged++;
    }
    // What the far end says of the frame that it got, or not, a while ago.
    if (out->id <= LATE_FRAMES)
        return;
    guint32 about = out->id - LATE_FRAMES;
    if (about == play->drop_id)
        pouce_encoder_lost(play->encoder, about);
    else if (!play->drop_id || about < play->drop_id || play->recovered)
        pouce_encoder_confirm(play->encoder, about);
}

static gboolean encode(Play *play, guint index, const PouceDamage *damage, gint64 now_us)
{
    PouceEncodeRequest request = {.frame = g_ptr_array_index(play->clip->frames, index),
        .damage = damage,
        .now_us = now_us,
        .cursor_x_px = -1,
        .cursor_y_px = -1};
    PouceEncodedFrame out;
    GError *error = NULL;
    PouceEncodeResult result = pouce_encoder_encode(play->encoder, &request, &out, &error);
    if (result == POUCE_ENCODE_FRAME)
        take(play, &out);
    else if (result == POUCE_ENCODE_ERROR)
        play->problem = g_strdup(error->message);
    g_clear_error(&error);
    return !play->problem && play->sent < play->until;
}

static void run(Play *play)
{
    gint64 last_us = -1;
    for (guint i = 0; i < play->clip->frames->len; i++) {
        const PouceDamage *damage = &g_array_index(play->clip->damages, PouceDamage, i);
        gint64 now_us = (i ? LEAD_S * G_USEC_PER_SEC : 0) + (gint64)i * G_USEC_PER_SEC / 60;
        for (gint64 due_us; i > 0 && (due_us = pouce_encoder_next_due_us(play->encoder)) >= 0;) {
            last_us = MAX(due_us, last_us + 1000);
            if (last_us >= now_us)
                break;
            if (!encode(play, i - 1, &play->none, last_us))
                return;
        }
        last_us = now_us;
        if (!pouce_damage_is_empty(damage) && !encode(play, i, damage, now_us))
            return;
    }
}

// Returns FALSE and says why if a decoder shows something else.
static gboolean play_clip(const Clip *clip, int bitrate_kbps, guint32 drop_id, Play *play)
{
    PouceEncoderConfig config = {clip->width_px, clip->height_px, bitrate_kbps * 1000, 60};
    *play = (Play){.clip = clip, .drop_id = drop_id, .until = G_MAXINT};
    play->encoder = pouce_encoder_new("screen", &config, NULL);
    play->judge = judge_new();
    pouce_damage_init(&play->none, clip->width_px, clip->height_px);
    run(play);
    if (play->problem)
        fprintf(stderr, "dropped %u, sent %d: %s\n", drop_id, play->sent, play->problem);
    gboolean ok = !play->problem;
    pouce_encoder_free(play->encoder);
    judge_free(play->judge);
    pouce_damage_clear(&play->none);
    g_free(play->problem);
    return ok;
}

static gboolean prove(const Clip *clip, const Options *options)
{
    Play play;
    gboolean ok = play_clip(clip, options->bitrate_kbps, 0, &play);
    printf("{\"frames\": %u, \"sent\": %d, \"exact\": %d", clip->frames->len, play.sent,
        play.judged - !ok);
    int drops = 0, without_key = 0, with_key = 0, wrong = 0;
    int first = options->drop_first > 0 ? options->drop_first : MAX(play.sent / 2, 1);
    int last = MIN(first + options->drop_count, play.sent - LATE_FRAMES) - 1;
    for (int id = first; id <= last; id++) {
        gboolean right = play_clip(clip, options->bitrate_kbps, (guint32)id, &play);
        drops++;
        wrong += !right;
        with_key += play.recovered && play.key;
        without_key += play.recovered && !play.key;
    }
    if (options->drop_count > 0)
        printf(", \"dropped\": %d, \"first_dropped\": %d, \"without_key\": %d, \"with_key\": %d, "
               "\"wrong\": %d",
            drops, first, without_key, with_key, wrong);
    printf("}\n");
    return ok && !wrong;
}

static gboolean parse(Options *options, int *argc, char ***argv, GError **error)
{
    const GOptionEntry entries[] = {
        {"input", 0, 0, G_OPTION_ARG_FILENAME, &options->input, "raw BGRX; - for stdin", "FILE"},
        {"size", 0, 0, G_OPTION_ARG_STRING, &options->size, "of a frame, in pixels", "WxH"},
        {"damage", 0, 0, G_OPTION_ARG_FILENAME, &options->damage, "see codec_bench", "FILE"},
        {"bitrate", 0, 0, G_OPTION_ARG_INT, &options->bitrate_kbps, "8000", "KBPS"},
        {"drop", 0, 0, G_OPTION_ARG_INT, &options->drop_count, "so many frames, in turn", "N"},
        {"first", 0, 0, G_OPTION_ARG_INT, &options->drop_first,
            "frame to drop first, from 1 (half way)", "ID"},
        G_OPTION_ENTRY_NULL};
    g_autoptr(GOptionContext) context = g_option_context_new("- exact in two decoders");
    g_option_context_add_main_entries(context, entries, NULL);
    return g_option_context_parse(context, argc, argv, error);
}

int main(int argc, char **argv)
{
    Options options = {.bitrate_kbps = 8000};
    Clip clip = {0};
    g_autoptr(GError) error = NULL;
    int code = 2;
    if (!parse(&options, &argc, &argv, &error))
        fprintf(stderr, "codec_proof: %s\n", error->message);
    else if (!options.input || !options.size ||
             sscanf(options.size, "%dx%d", &clip.width_px, &clip.height_px) != 2)
        fprintf(stderr, "codec_proof: --input and --size are needed; see --help\n");
    else if (!clip_load(&clip, &options, &error))
        fprintf(stderr, "codec_proof: %s\n", error->message);
    else
        code = prove(&clip, &options) ? 0 : 1;
    if (clip.frames)
        clip_clear(&clip);
    g_free(options.input);
    g_free(options.size);
    g_free(options.damage);
    return code;
}
