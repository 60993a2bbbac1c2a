// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Plays short bursts of a tone into one sink and listens to two sources, all on one clock: what the
// microphone hears and what comes to the other one's ear. Both are looked at in the same way, so
// that the delay of listening cancels out.
//
// usage: tone_probe SINK MOUTH EAR SECONDS HZ [DISPLAY X Y SIZE]    -> one JSON object:
// {"mouth": {"onsets_us": [...], "level": L, "rms": R}, "ear": {...}, "flashes_us": [...]}
// level: of the loudest 5 ms at HZ, of 1; rms: of all in the second half. HZ 0: not bursts but
// something like speech, all the time; then only rms says something. With a display, a patch of it
// turns white and black again, a change with each burst, and the time of each is told.

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/gst.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <xcb/xcb.h>

#define RATE_HZ 48000
#define WINDOW 240 // 5 ms
#define HOP 48     // 1 ms
#define BURST_MS 200
#define PAUSE_MS 550
/** Of the loudest window: where a burst begins. */
#define ONSET_SHARE 0.25
/** Quieter than this is silence, whatever its shape. */
#define LEVEL_MIN 0.003
#define BEGIN_US 700000

/** Between null sinks: shorter is unsteady. */
#define BUFFER_US 40000
#define PERIOD_US 10000

// On the monotonic clock, which is the running time as well.
static GstElement *open_line(char *description)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GstClock) clock = gst_system_clock_obtain();
    GstElement *line =
        gst_parse_launch_full(description, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &error);
    gboolean plays = FALSE;
    if (line) {
        gst_pipeline_use_clock(GST_PIPELINE(line), clock);
        gst_element_set_start_time(line, GST_CLOCK_TIME_NONE);
        gst_element_set_base_time(line, 0);
        plays = gst_element_set_state(line, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE &&
                gst_element_get_state(line, NULL, NULL, 3 * GST_SECOND) != GST_STATE_CHANGE_FAILURE;
    }
    if (!plays) {
        fprintf(stderr, "tone_probe: %s: %s\n", description, error ? error->message : "no answer");
        exit(1);
    }
    g_free(description);
    return line;
}

static void close_line(GstElement *line)
{
    gst_element_set_state(line, GST_STATE_NULL);
    gst_object_unref(line);
}

static GstElement *listen_to(const char *source)
{
    return open_line(g_strdup_printf(
        "pulsesrc device=%s provide-clock=false buffer-time=%d latency-time=%d ! audioconvert ! "
        "audioresample ! audio/x-raw,format=S16LE,rate=%d,channels=1 ! appsink name=out sync=false",
        source, BUFFER_US, PERIOD_US, RATE_HZ));
}

/** At most so many bursts. */
#define BURSTS_MAX 256

typedef struct {
    guint count;
    gsize at[BURSTS_MAX]; // first sample
    gint64 begin_us;      // of the whole
    gint64 flashed_us[BURSTS_MAX];
    xcb_connection_t *x11;
    xcb_window_t window;
    xcb_gcontext_t gc;
    guint16 size;
} Bursts;

// At uneven distances so that none is taken for its neighbour.
static void plan(Bursts *bursts, gsize samples)
{
    gsize burst = BURST_MS * RATE_HZ / 1000;
    for (gsize at = 0; at + burst < samples && bursts->count < BURSTS_MAX; bursts->count++) {
        bursts->at[bursts->count] = at;
        at += burst + (gsize)(PAUSE_MS + 83 * (bursts->count % 3)) * RATE_HZ / 1000;
    }
    bursts->begin_us = g_get_monotonic_time() + BEGIN_US;
}

// Harmonics of a gliding 120-180 Hz and some breath, four syllables a second.
static void speak(gint16 *samples, gsize count)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(1);
    double phase = 0;
    for (gsize i = 0; i < count; i++) {
        double t = (double)i / RATE_HZ, sound = g_rand_double_range(rand, -0.3, 0.3);
        phase += 2 * G_PI * (150 + 30 * sin(2 * G_PI * 0.7 * t)) / RATE_HZ;
        for (int harmonic = 1; harmonic <= 20; harmonic++) {
            sound += sin(phase * harmonic) / harmonic;
        }
        samples[i] = (gint16)(6000 * sound * pow(sin(G_PI * 4 * t), 2));
    }
}

static GstElement *play(const Bursts *bursts, const char *sink, gsize count, double hz)
{
    gint16 *samples = g_new0(gint16, count);
    gsize burst = BURST_MS * RATE_HZ / 1000;
    if (hz <= 0) {
        speak(samples, count);
    }
    for (guint number = 0; hz > 0 && number < bursts->count; number++) {
        for (gsize i = 0; i < burst; i++) {
            double edge = MIN(1.0, (double)MIN(i, burst - i) / 96); // 2 ms
            samples[bursts->at[number] + i] =
                (gint16)(12000 * edge * sin(2 * G_PI * hz * (double)i / RATE_HZ));
        }
    }
    GstElement *line = open_line(g_strdup_printf(
        "appsrc name=in format=time caps=audio/x-raw,format=S16LE,rate=%d,channels=1,"
        "layout=interleaved ! pulsesink device=%s provide-clock=false async=false",
        RATE_HZ, sink));
    g_autoptr(GstElement) in = gst_bin_get_by_name(GST_BIN(line), "in");
    GstBuffer *buffer = gst_buffer_new_wrapped(samples, count * sizeof *samples);
    GST_BUFFER_PTS(buffer) = (GstClockTime)bursts->begin_us * 1000;
    gst_app_src_push_buffer(GST_APP_SRC(in), buffer);
    return line;
}

static void open_patch(Bursts *bursts, char **where)
{
    bursts->x11 = xcb_connect(where[0], NULL);
    if (xcb_connection_has_error(bursts->x11)) {
        fprintf(stderr, "tone_probe: no display %s\n", where[0]);
        exit(1);
    }
    const xcb_screen_t *screen = xcb_setup_roots_iterator(xcb_get_setup(bursts->x11)).data;
    const guint32 values[] = {screen->black_pixel, 1};
    bursts->size = (guint16)atoi(where[3]);
    bursts->window = xcb_generate_id(bursts->x11);
    bursts->gc = xcb_generate_id(bursts->x11);
    xcb_create_window(bursts->x11, XCB_COPY_FROM_PARENT, bursts->window, screen->root,
        (gint16)atoi(where[1]), (gint16)atoi(where[2]), bursts->size, bursts->size, 0,
        XCB_WINDOW_CLASS_INPUT_OUTPUT, screen->root_visual,
        XCB_CW_BACK_PIXEL | XCB_CW_OVERRIDE_REDIRECT, values);
    xcb_map_window(bursts->x11, bursts->window);
    xcb_create_gc(bursts->x11, bursts->gc, bursts->window, 0, NULL);
    xcb_flush(bursts->x11);
}

static gpointer flash(gpointer user)
{
    Bursts *bursts = user;
    for (guint i = 0; i < bursts->count; i++) {
        guint32 colour = i % 2 == 0 ? 0xffffff : 0;
        xcb_rectangle_t patch = {0, 0, bursts->size, bursts->size};
        gint64 due_us = bursts->begin_us + (gint64)(bursts->at[i] * G_USEC_PER_SEC / RATE_HZ);
        g_usleep((gulong)MAX(due_us - g_get_monotonic_time(), 0));
        bursts->flashed_us[i] = g_get_monotonic_time();
        xcb_change_gc(bursts->x11, bursts->gc, XCB_GC_FOREGROUND, &colour);
        xcb_poly_fill_rectangle(bursts->x11, bursts->window, bursts->gc, 1, &patch);
        free(xcb_get_input_focus_reply(bursts->x11, xcb_get_input_focus(bursts->x11), NULL));
    }
    return NULL;
}

static void report_flashes(const Bursts *bursts)
{
    printf("\"flashes_us\":[");
    for (guint i = 0; bursts->x11 && i < bursts->count; i++) {
        printf("%s%" G_GINT64_FORMAT, i == 0 ? "" : ",", bursts->flashed_us[i]);
    }
    printf("]");
}

static double power_at(const gint16 *samples, double hz)
{
    double turn = 2 * cos(2 * G_PI * hz / RATE_HZ), last = 0, before = 0;
    for (guint i = 0; i < WINDOW; i++) { // Goertzel
        double now = samples[i] / 32768.0 + turn * last - before;
        before = last;
        last = now;
    }
    double power = last * last + before * before - turn * last * before;
    return sqrt(MAX(power, 0)) * 2 / WINDOW;
}

// All that was heard, in one piece; gaps of the source's clock are far below a hop.
static GArray *take_all(GstElement *line, gint64 *out_begin_us)
{
    GArray *samples = g_array_new(FALSE, FALSE, sizeof(gint16));
    g_autoptr(GstElement) out = gst_bin_get_by_name(GST_BIN(line), "out");
    GstSample *sample;
    *out_begin_us = -1;
    while ((sample = gst_app_sink_try_pull_sample(GST_APP_SINK(out), 0))) {
        GstBuffer *buffer = gst_sample_get_buffer(sample);
        gint64 pts_us = (gint64)(GST_BUFFER_PTS(buffer) / 1000);
        GstMapInfo map;
        if (*out_begin_us < 0) {
            *out_begin_us = pts_us;
        }
        gint64 due = (pts_us - *out_begin_us) * RATE_HZ / G_USEC_PER_SEC;
        if (due > (gint64)samples->len + RATE_HZ / 100) { // dropped by the server: keep time
            g_array_set_size(samples, (guint)due);
        }
        if (gst_buffer_map(buffer, &map, GST_MAP_READ)) {
            g_array_append_vals(samples, map.data, (guint)(map.size / sizeof(gint16)));
            gst_buffer_unmap(buffer, &map);
        }
        gst_sample_unref(sample);
    }
    return samples;
}

static void report(const char *name, GstElement *line, double hz)
{
    gint64 begin_us;
    g_autoptr(GArray) samples = take_all(line, &begin_us);
    guint count = samples->len > WINDOW ? (samples->len - WINDOW) / HOP : 0;
    g_autofree double *level = g_new0(double, count + 1);
    double loudest = 0, sum = 0;
    for (guint i = samples->len / 2; i < samples->len; i++) {
        double sample = g_array_index(samples, gint16, i) / 32768.0;
        sum += sample * sample;
    }
    for (guint i = 0; i < count; i++) {
        level[i] = power_at((gint16 *)(gpointer)samples->data + i * HOP, hz);
        loudest = MAX(loudest, level[i]);
    }
    printf("\"%s\":{\"level\":%.5f,\"rms\":%.8f,\"onsets_us\":[", name, loudest,
        sqrt(sum / MAX(samples->len - samples->len / 2, 1)));
    double threshold = MAX(loudest * ONSET_SHARE, LEVEL_MIN);
    gboolean first = TRUE;
    for (guint i = 0; i < count; i++) {
        if (level[i] < threshold) {
            continue;
        }
        printf("%s%" G_GINT64_FORMAT, first ? "" : ",", begin_us + (gint64)i * 1000);
        first = FALSE;
        i += BURST_MS + PAUSE_MS / 2; // hops of 1 ms
    }
    printf("]}");
    close_line(line);
}

int main(int argc, char **argv)
{
    static Bursts bursts;
    if (argc != 6 && argc != 10) {
        fprintf(stderr, "usage: tone_probe SINK MOUTH EAR SECONDS HZ [DISPLAY X Y SIZE]\n");
        return 2;
    }
    double seconds = g_ascii_strtod(argv[4], NULL), hz = g_ascii_strtod(argv[5], NULL);
    gsize samples = (gsize)(seconds * RATE_HZ);
    gst_init(NULL, NULL);
    GstElement *mouth = listen_to(argv[2]);
    GstElement *ear = listen_to(argv[3]);
    if (argc == 10) {
        open_patch(&bursts, argv + 6);
    }
    plan(&bursts, samples);
    GstElement *player = play(&bursts, argv[1], samples, hz);
    GThread *flasher = bursts.x11 ? g_thread_new("flash", flash, &bursts) : NULL;
    gint64 end_us = bursts.begin_us + (gint64)(seconds * G_USEC_PER_SEC) + 300000;
    g_usleep((gulong)MAX(end_us - g_get_monotonic_time(), 0)); // that is the measurement
    g_clear_pointer(&flasher, g_thread_join);
    printf("{");
    report("mouth", mouth, hz);
    printf(",");
    report("ear", ear, hz);
    printf(",");
    report_flashes(&bursts);
    printf("}\n");
    close_line(player);
    g_clear_pointer(&bursts.x11, xcb_disconnect);
    return 0;
}
