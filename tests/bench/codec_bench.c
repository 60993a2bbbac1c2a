// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The judge of every encoder: raw frames in, at a fixed rate of virtual time; how long each encode
// call took, how many bits came out, how far an independent decode is from the source.
//
// As a program would, it calls the encoder when a frame has damage, and when the encoder's own
// next_due_us says so in between (refinement) and for --settle seconds after the last frame. Only
// the encode calls are in encode_ms and cpu_ms; conversion is apart; reading, comparing and
// decoding are in neither. With --lead the first picture has that many seconds to become sharp
// before the second one comes, and the figures of quality and bits are those of what follows.

#include "codec/video/encoder.h"
#include "codec/video/ivf.h"
#include "tests/bench/bench_input.h"
#include "tests/bench/bench_link.h"
#include "tests/bench/bench_motion.h"
#include "tests/bench/bench_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

// One macroblock in so many: more than that ends the watch over the change before.
#define LARGE_CHANGE_PART 16

typedef struct {
    char *input, *size, *format, *encoder, *damage, *text, *steps, *ivf;
    int fps, fps_max;
    int bitrate_kbps, budget_bytes;
    double lead_s, settle_s;
    gboolean json, blind;
} Options;

typedef struct {
    PouceEncoder *encoder;
    BenchInput *input;
    BenchJudge *judge;
    BenchMotion *motion; // NULL: how far things move is not known
    PouceIvfWriter *ivf;
    PouceFrame *frame;
    PouceDamage damage, none;
    BenchLink link;
    BenchReport report;
    int budget_bytes;
    int frames_in;
    gboolean blind; // nothing is compared
} Bench;

static double clock_ms(clockid_t id)
{
    struct timespec at;
    clock_gettime(id, &at);
    return at.tv_sec * 1e3 + at.tv_nsec / 1e6;
}

// What came out of a call is decoded, timed, and written.
static gboolean take_output(Bench *bench, const PouceEncodedFrame *out, gint64 now_us,
    double encode_ms, gboolean is_change, GError **error)
{
    double start = clock_ms(CLOCK_THREAD_CPUTIME_ID);
    gboolean good = bench_judge_decode(bench->judge, out->data, out->bytes);
    if (bench->report.moving && is_change)
        bench_times_add(&bench->report.decodes, clock_ms(CLOCK_THREAD_CPUTIME_ID) - start);
    if (good && bench->motion)
        good = bench_motion_sent(
            bench->motion, is_change ? bench->frame : NULL, out->data, out->bytes);
    if (!good) {
        g_set_error(error, POUCE_CODEC_ERROR, POUCE_CODEC_ERROR_MALFORMED,
            "frame %u of %zu bytes cannot be decoded", out->id, out->bytes);
        return FALSE;
    }
    if (!bench->blind)
        bench_link_sent(&bench->link, now_us / 1e3, encode_ms, out->bytes, bench->judge,
            bench->frame, bench_input_text(bench->input));
    return !bench->ivf || pouce_ivf_writer_add(bench->ivf, out->data, out->bytes, now_us, error);
}

// One timed call.
static gboolean encode(
    Bench *bench, const PouceDamage *damage, gint64 now_us, gboolean is_change, GError **error)
{
    PouceEncodeRequest request = {.frame = bench->frame,
        .damage = damage,
        .now_us = now_us,
        .budget_bytes = bench->budget_bytes,
        .cursor_x_px = -1,
        .cursor_y_px = -1};
    PouceEncodedFrame out = {0};
    double cpu = clock_ms(CLOCK_THREAD_CPUTIME_ID), wall = clock_ms(CLOCK_MONOTONIC);
    PouceEncodeResult result = pouce_encoder_encode(bench->encoder, &request, &out, error);
    wall = clock_ms(CLOCK_MONOTONIC) - wall;
    bench->report.cpu_ms += clock_ms(CLOCK_THREAD_CPUTIME_ID) - cpu;
    if (result == POUCE_ENCODE_ERROR)
        return FALSE;
    bench_report_call(&bench->report, wall, is_change, result == POUCE_ENCODE_FRAME ? &out : NULL,
        bench->budget_bytes);
    if (result == POUCE_ENCODE_NOTHING)
        return TRUE;
    return take_output(bench, &out, now_us, wall, is_change, error);
}

// Calls that the encoder asked for before @until_us.
static gboolean refine(Bench *bench, gint64 *last_us, gint64 until_us, GError **error)
{
    if (bench->report.all.sent == 0)
        return TRUE;
    for (;;) {
        gint64 due_us = pouce_encoder_next_due_us(bench->encoder);
        if (due_us < 0 || due_us >= until_us)
            return TRUE;
        *last_us = MAX(due_us, *last_us + 1000); // no program turns faster than 1 kHz
        if (*last_us >= until_us)
            return TRUE;
        if (!encode(bench, &bench->none, *last_us, FALSE, error))
            return FALSE;
    }
}

// Whether the line is to be watched for how this change arrives.
static void begin_change(Bench *bench, gint64 now_us)
{
    int total = bench->damage.mb_columns * bench->damage.mb_rows;
    int changed = pouce_damage_count(&bench->damage);
    if (changed * LARGE_CHANGE_PART > total)
        bench_link_begin(&bench->link, now_us / 1e3, changed * 2 > total);
}

static gboolean take_frame(Bench *bench, gint64 now_us, GError **error)
{
    bench->frames_in++;
    if (bench->motion && !bench_motion_next(bench->motion, error))
        return FALSE;
    if (pouce_damage_is_empty(&bench->damage)) {
        bench->report.not_sent++;
    } else {
        double start = clock_ms(CLOCK_MONOTONIC);
        bench_input_convert(bench->input, bench->frame, &bench->damage);
        bench_times_add(&bench->report.converts, clock_ms(CLOCK_MONOTONIC) - start);
        begin_change(bench, now_us);
        if (!encode(bench, &bench->damage, now_us, TRUE, error))
            return FALSE;
    }
    if (bench->report.moving && !bench->blind)
        bench_judge_look(bench->judge, bench->frame, bench_input_text(bench->input));
    return TRUE;
}

static gboolean run(Bench *bench, const Options *options, GError **error)
{
    gint64 last_us = -1, lead_us = (gint64)(options->lead_s * G_USEC_PER_SEC);
    GError *failure = NULL;
    bench->report.moving = lead_us == 0;
    while (bench_input_next(bench->input, &bench->damage, &failure)) {
        gint64 now_us = (gint64)bench->frames_in * G_USEC_PER_SEC / options->fps;
        now_us += bench->frames_in ? lead_us : 0;
        if (!refine(bench, &last_us, now_us, error))
            return FALSE;
        bench->report.moving |= bench->frames_in > 0;
        last_us = now_us;
        if (!take_frame(bench, now_us, error))
            return FALSE;
    }
    if (failure) {
        g_propagate_error(error, failure);
        return FALSE;
    }
    return TRUE;
}

static gboolean prepare(Bench *bench, const Options *options, GError **error)
{
    int width = 0, height = 0, end = 0;
    if (sscanf(options->size, "%dx%d%n", &width, &height, &end) != 2 || options->size[end] ||
        width < 1 || height < 1 || width > POUCE_FRAME_SIDE_MAX_PX ||
        height > POUCE_FRAME_SIDE_MAX_PX) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
            "--size %s is not WIDTHxHEIGHT, each 1 to %d", options->size, POUCE_FRAME_SIDE_MAX_PX);
        return FALSE;
    }
    PouceEncoderConfig config = {width, height, options->bitrate_kbps * 1000,
        options->fps_max ? options->fps_max : options->fps};
    BenchInputConfig raw = {options->input, width, height, g_str_equal(options->format, "bgrx"),
        options->damage, options->text};
    bench->budget_bytes = options->budget_bytes;
    bench_link_init(&bench->link, config.bitrate_bps);
    bench->encoder = pouce_encoder_new(options->encoder, &config, error);
    bench->input = bench->encoder ? bench_input_new(&raw, error) : NULL;
    if (!bench->input)
        return FALSE;
    if (options->ivf && !(bench->ivf = pouce_ivf_writer_new(options->ivf, width, height, error)))
        return FALSE;
    if (options->steps && !(bench->motion = bench_motion_new(options->steps, width, height, error)))
        return FALSE;
    bench->blind = options->blind;
    bench->judge = bench_judge_new();
    bench->frame = pouce_frame_new(width, height);
    pouce_damage_init(&bench->damage, width, height);
    pouce_damage_init(&bench->none, width, height);
    return TRUE;
}

static void clear(Bench *bench)
{
    pouce_encoder_free(bench->encoder);
    bench_input_free(bench->input);
    bench_judge_free(bench->judge);
    bench_motion_free(bench->motion);
    pouce_frame_unref(bench->frame);
    pouce_damage_clear(&bench->damage);
    pouce_damage_clear(&bench->none);
    bench_report_clear(&bench->report);
    bench_link_clear(&bench->link);
}

static gboolean bench_all(const Options *options, GError **error)
{
    Bench bench = {0};
    bench_report_init(&bench.report);
    gboolean ok = prepare(&bench, options, error) && run(&bench, options, error);
    if (ok) {
        bench.report.verdict = bench_judge_verdict(bench.judge);
        gint64 end_us = (gint64)bench.frames_in * G_USEC_PER_SEC / options->fps;
        gint64 last_us = end_us += (gint64)(options->lead_s * G_USEC_PER_SEC);
        gint64 tail_us = (gint64)(options->settle_s * G_USEC_PER_SEC);
        ok = refine(&bench, &last_us, end_us + tail_us, error);
        bench_judge_look(bench.judge, bench.frame, NULL);
        bench.report.settled_db = bench_judge_verdict(bench.judge).psnr_last_db;
        bench_link_begin(&bench.link, 0, FALSE);
        if (bench.motion)
            bench_motion_verdict(
                bench.motion, &bench.report.moved_frames, &bench.report.found_frames);
    }
    if (ok) {
        BenchRun what = {options->encoder, bench.frame->width_px, bench.frame->height_px,
            options->fps, options->bitrate_kbps, bench.frames_in, options->lead_s > 0};
        (options->json ? bench_report_json : bench_report_text)(&bench.report, &what, &bench.link);
    }
    ok = pouce_ivf_writer_close(bench.ivf, ok ? error : NULL) && ok;
    clear(&bench);
    return ok;
}

static gboolean parse(Options *options, int *argc, char ***argv, GError **error)
{
    const GOptionEntry entries[] = {
        {"input", 0, 0, G_OPTION_ARG_FILENAME, &options->input, "raw frames; - for stdin", "FILE"},
        {"size", 0, 0, G_OPTION_ARG_STRING, &options->size, "of a frame, in pixels", "WxH"},
        {"format", 0, 0, G_OPTION_ARG_STRING, &options->format, "i420 or bgrx", "FORMAT"},
        {"fps", 0, 0, G_OPTION_ARG_INT, &options->fps, "frames a second of virtual time", "N"},
        {"fps-max", 0, 0, G_OPTION_ARG_INT, &options->fps_max,
            "what the encoder is told of the frame rate (0: --fps)", "N"},
        {"encoder", 0, 0, G_OPTION_ARG_STRING, &options->encoder, "vpx, screen", "NAME"},
        {"bitrate", 0, 0, G_OPTION_ARG_INT, &options->bitrate_kbps, "target", "KBPS"},
        {"damage", 0, 0, G_OPTION_ARG_FILENAME, &options->damage,
            "a line a frame: 'x,y,w,h x,y,w,h ...', '*' = all, empty = none; without it frames are "
            "compared macroblock by macroblock, untimed",
            "FILE"},
        {"text", 0, 0, G_OPTION_ARG_FILENAME, &options->text,
            "where text stands, in the same form: its quality is reported apart", "FILE"},
        {"steps", 0, 0, G_OPTION_ARG_FILENAME, &options->steps,
            "a line a frame, 'dx,dy dx,dy': how far things moved; counts how often that was found",
            "FILE"},
        {"blind", 0, 0, G_OPTION_ARG_NONE, &options->blind,
            "compare nothing: times and bytes alone", NULL},
        {"lead", 0, 0, G_OPTION_ARG_DOUBLE, &options->lead_s,
            "seconds between the first picture and the second (0: a frame)", "S"},
        {"budget", 0, 0, G_OPTION_ARG_INT, &options->budget_bytes,
            "most that each frame may take (0: from the bitrate)", "BYTES"},
        {"ivf", 0, 0, G_OPTION_ARG_FILENAME, &options->ivf, "write the stream here", "OUT"},
        {"settle", 0, 0, G_OPTION_ARG_DOUBLE, &options->settle_s,
            "seconds of refinement after the last frame (1)", "S"},
        {"json", 0, 0, G_OPTION_ARG_NONE, &options->json, "one JSON object on stdout", NULL},
        G_OPTION_ENTRY_NULL};
    g_autoptr(GOptionContext) context = g_option_context_new("- the judge of video encoders");
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, argc, argv, error))
        return FALSE;
    const char *problem = NULL;
    if (!options->input || !options->size || !options->format || !options->encoder || *argc > 1)
        problem = "--input, --size, --format, --fps, --encoder and --bitrate are needed";
    else if (!g_str_equal(options->format, "i420") && !g_str_equal(options->format, "bgrx"))
        problem = "--format is i420 or bgrx";
    else if (options->fps < 1 || options->fps > 240)
        problem = "--fps is 1 to 240";
    else if (options->fps_max < 0 || options->fps_max > 240)
        problem = "--fps-max is 1 to 240, or 0";
    else if (options->bitrate_kbps < 20 || options->bitrate_kbps > 1000000)
        problem = "--bitrate is 20 to 1000000 (kb/s)";
    else if (!(options->lead_s >= 0 && options->lead_s <= 60))
        problem = "--lead is 0 to 60 (seconds)";
    else if (options->budget_bytes < 0)
        problem = "--budget is in bytes; 0: from the bitrate";
    else if (!(options->settle_s >= 0 && options->settle_s <= 60))
        problem = "--settle is 0 to 60 (seconds)";
    if (problem)
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s; see --help", problem);
    return !problem;
}

int main(int argc, char **argv)
{
    Options options = {.settle_s = 1};
    g_autoptr(GError) error = NULL;
    int code = 0;
    if (!parse(&options, &argc, &argv, &error))
        code = 2;
    else if (!bench_all(&options, &error))
        code = error->domain == G_OPTION_ERROR ? 2 : 1;
    if (code)
        fprintf(stderr, "codec_bench: %s\n", error->message);
    g_free(options.input);
    g_free(options.size);
    g_free(options.format);
    g_free(options.encoder);
    g_free(options.damage);
    g_free(options.text);
    g_free(options.steps);
    g_free(options.ivf);
    return code;
}
