// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The judge of every encoder: raw frames in, at a fixed rate of virtual time; how long each encode
// call took, how many bits came out, how far an independent decode is from the source.
//
// As a program would, it calls the encoder when a frame has damage, and when the encoder's own
// next_due_us says so in between (refinement) and for --settle seconds after the last frame. Only
// the encode calls are in encode_ms and cpu_ms; conversion is apart; reading, comparing and
// decoding are in neither.

#include "codec/video/encoder.h"
#include "codec/video/ivf.h"
#include "tests/bench/bench_input.h"
#include "tests/bench/bench_judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef struct {
    char *input, *size, *format, *encoder, *damage, *ivf;
    int fps;
    int bitrate_kbps;
    double settle_s;
    gboolean json;
} Options;

typedef struct {
    PouceEncoder *encoder;
    BenchInput *input;
    BenchJudge *judge;
    PouceIvfWriter *ivf;
    PouceFrame *frame;
    PouceDamage damage, none;
    BenchTimes changes, refinements, converts;
    double first_ms; // the first frame, always a key frame, is not in changes
    double cpu_ms;
    guint64 bytes;
    guint64 refinement_bytes;
    int frames_in, sent, not_sent, keys, refinements_sent;
    double coded_mb, quantizers; // sums over frames sent
} Bench;

static double clock_ms(clockid_t id)
{
    struct timespec at;
    clock_gettime(id, &at);
    return at.tv_sec * 1e3 + at.tv_nsec / 1e6;
}

// One timed call; what comes out is decoded and written.
static gboolean encode(
    Bench *bench, const PouceDamage *damage, gint64 now_us, gboolean is_change, GError **error)
{
    PouceEncodeRequest request = {.frame = bench->frame,
        .damage = damage,
        .now_us = now_us,
        .cursor_x_px = -1,
        .cursor_y_px = -1};
    PouceEncodedFrame out = {0};
    double cpu = clock_ms(CLOCK_THREAD_CPUTIME_ID), wall = clock_ms(CLOCK_MONOTONIC);
    PouceEncodeResult result = pouce_encoder_encode(bench->encoder, &request, &out, error);
    wall = clock_ms(CLOCK_MONOTONIC) - wall;
    bench->cpu_ms += clock_ms(CLOCK_THREAD_CPUTIME_ID) - cpu;
    if (result == POUCE_ENCODE_ERROR)
        return FALSE;
    if (bench->sent == 0)
        bench->first_ms = wall;
    else
        bench_times_add(is_change ? &bench->changes : &bench->refinements, wall);
    if (result == POUCE_ENCODE_NOTHING) {
        bench->not_sent += is_change;
        return TRUE;
    }
    bench->sent++;
    bench->keys += out.key;
    bench->bytes += out.bytes;
    bench->refinements_sent += !is_change;
    bench->refinement_bytes += is_change ? 0 : out.bytes;
    bench->coded_mb += out.coded_mb;
    bench->quantizers += out.quantizer;
    if (!bench_judge_decode(bench->judge, out.data, out.bytes)) {
        g_set_error(error, POUCE_CODEC_ERROR, POUCE_CODEC_ERROR_MALFORMED,
            "libvpx cannot decode frame %u of %zu bytes", out.id, out.bytes);
        return FALSE;
    }
    return !bench->ivf || pouce_ivf_writer_add(bench->ivf, out.data, out.bytes, now_us, error);
}

// Calls that the encoder asked for before @until_us.
static gboolean refine(Bench *bench, gint64 *last_us, gint64 until_us, GError **error)
{
    if (bench->sent == 0)
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

static gboolean run(Bench *bench, const Options *options, GError **error)
{
    gint64 last_us = -1;
    GError *failure = NULL;
    while (bench_input_next(bench->input, &bench->damage, &failure)) {
        gint64 now_us = (gint64)bench->frames_in * G_USEC_PER_SEC / options->fps;
        if (!refine(bench, &last_us, now_us, error))
            return FALSE;
        last_us = now_us;
        bench->frames_in++;
        if (pouce_damage_is_empty(&bench->damage)) {
            bench->not_sent++;
        } else {
            double start = clock_ms(CLOCK_MONOTONIC);
            bench_input_convert(bench->input, bench->frame, &bench->damage);
            bench_times_add(&bench->converts, clock_ms(CLOCK_MONOTONIC) - start);
            if (!encode(bench, &bench->damage, now_us, TRUE, error))
                return FALSE;
        }
        bench_judge_look(bench->judge, bench->frame);
    }
    if (failure) {
        g_propagate_error(error, failure);
        return FALSE;
    }
    return TRUE;
}

static void report_json(Bench *bench, const Options *options, BenchVerdict all, double settled_db)
{
    double seconds = (double)bench->frames_in / options->fps;
    int sent = MAX(bench->sent, 1);
    printf("{\"encoder\": \"%s\", \"size\": \"%dx%d\", \"fps\": %d, \"bitrate_kbps\": %d, "
           "\"frames\": %d, \"sent\": %d, \"not_sent\": %d, \"keys\": %d, ",
        options->encoder, bench->frame->width_px, bench->frame->height_px, options->fps,
        options->bitrate_kbps, bench->frames_in, bench->sent, bench->not_sent, bench->keys);
    printf("\"encode_ms\": {\"p50\": %.3f, \"p99\": %.3f, \"mean\": %.3f, \"first\": %.3f}, ",
        bench_times_quantile(&bench->changes, 0.5), bench_times_quantile(&bench->changes, 0.99),
        bench_times_mean(&bench->changes), bench->first_ms);
    printf(
        "\"refine\": {\"calls\": %u, \"sent\": %d, \"ms_mean\": %.3f, \"bits\": %" G_GUINT64_FORMAT
        "}, \"convert_ms\": {\"p50\": %.3f, \"mean\": %.3f}, \"cpu_ms\": %.1f, ",
        bench->refinements.values->len, bench->refinements_sent,
        bench_times_mean(&bench->refinements), bench->refinement_bytes * 8,
        bench_times_quantile(&bench->converts, 0.5), bench_times_mean(&bench->converts),
        bench->cpu_ms);
    printf("\"bits\": %" G_GUINT64_FORMAT ", \"kbps\": %.1f, \"coded_mb_mean\": %.1f, "
           "\"quantizer_mean\": %.1f, ",
        bench->bytes * 8, seconds > 0 ? bench->bytes * 8 / seconds / 1000 : 0,
        bench->coded_mb / sent, bench->quantizers / sent);
    printf("\"psnr_db\": %.2f, \"psnr_mean_db\": %.2f, \"psnr_min_db\": %.2f, "
           "\"psnr_settled_db\": %.2f}\n",
        all.psnr_db, all.psnr_mean_db, all.psnr_min_db, settled_db);
}

static void report_text(Bench *bench, const Options *options, BenchVerdict all, double settled_db)
{
    double seconds = (double)bench->frames_in / options->fps;
    printf("%s, %dx%d, %d frames at %d fps, %d kb/s asked\n", options->encoder,
        bench->frame->width_px, bench->frame->height_px, bench->frames_in, options->fps,
        options->bitrate_kbps);
    printf("encode ms    p50 %.2f  p99 %.2f  mean %.2f  first %.2f\n",
        bench_times_quantile(&bench->changes, 0.5), bench_times_quantile(&bench->changes, 0.99),
        bench_times_mean(&bench->changes), bench->first_ms);
    printf("refinement   %d frames in %u calls, mean %.2f ms\n", bench->refinements_sent,
        bench->refinements.values->len, bench_times_mean(&bench->refinements));
    printf("convert ms   p50 %.2f  mean %.2f\n", bench_times_quantile(&bench->converts, 0.5),
        bench_times_mean(&bench->converts));
    printf("cpu ms       %.1f for all encode calls\n", bench->cpu_ms);
    printf("sent         %d frames (%d key), %d not sent, %.1f kb/s\n", bench->sent, bench->keys,
        bench->not_sent, seconds > 0 ? bench->bytes * 8 / seconds / 1000 : 0);
    printf("luma PSNR dB %.2f  mean %.2f  min %.2f  settled %.2f\n", all.psnr_db, all.psnr_mean_db,
        all.psnr_min_db, settled_db);
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
    PouceEncoderConfig config = {width, height, options->bitrate_kbps * 1000, options->fps};
    BenchInputConfig raw = {
        options->input, width, height, g_str_equal(options->format, "bgrx"), options->damage};
    bench->encoder = pouce_encoder_new(options->encoder, &config, error);
    bench->input = bench->encoder ? bench_input_new(&raw, error) : NULL;
    if (!bench->input)
        return FALSE;
    if (options->ivf && !(bench->ivf = pouce_ivf_writer_new(options->ivf, width, height, error)))
        return FALSE;
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
    pouce_frame_unref(bench->frame);
    pouce_damage_clear(&bench->damage);
    pouce_damage_clear(&bench->none);
    bench_times_clear(&bench->changes);
    bench_times_clear(&bench->refinements);
    bench_times_clear(&bench->converts);
}

static gboolean bench_all(const Options *options, GError **error)
{
    Bench bench = {0};
    bench_times_init(&bench.changes);
    bench_times_init(&bench.refinements);
    bench_times_init(&bench.converts);
    gboolean ok = prepare(&bench, options, error) && run(&bench, options, error);
    if (ok) {
        BenchVerdict all = bench_judge_verdict(bench.judge);
        gint64 end_us = (gint64)bench.frames_in * G_USEC_PER_SEC / options->fps;
        gint64 last_us = end_us;
        gint64 tail_us = (gint64)(options->settle_s * G_USEC_PER_SEC);
        ok = refine(&bench, &last_us, end_us + tail_us, error);
        bench_judge_look(bench.judge, bench.frame);
        double settled_db = bench_judge_verdict(bench.judge).psnr_last_db;
        if (ok)
            (options->json ? report_json : report_text)(&bench, options, all, settled_db);
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
        {"encoder", 0, 0, G_OPTION_ARG_STRING, &options->encoder, "vpx, screen", "NAME"},
        {"bitrate", 0, 0, G_OPTION_ARG_INT, &options->bitrate_kbps, "target", "KBPS"},
        {"damage", 0, 0, G_OPTION_ARG_FILENAME, &options->damage,
            "a line a frame: 'x,y,w,h x,y,w,h ...', '*' = all, empty = none; without it frames are "
            "compared macroblock by macroblock, untimed",
            "FILE"},
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
    else if (options->bitrate_kbps < 20 || options->bitrate_kbps > 1000000)
        problem = "--bitrate is 20 to 1000000 (kb/s)";
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
    g_free(options.ivf);
    return code;
}
