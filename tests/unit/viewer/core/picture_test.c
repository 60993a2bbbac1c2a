// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib/gstdio.h>
#include <gst/gst.h>
#include <sys/resource.h>

#include "tests/unit/viewer/core/flashes.h"
#include "viewer/core/picture.h"

#define FRAMES 10

static GArray *probed;

static void on_probe(gpointer user, gint64 now_us, guint value)
{
    g_array_append_val(probed, value);
}

static PoucePicture *make(void)
{
    PoucePictureConfig config = {.probe_x_px = 40, .probe_y_px = 40, .on_probe = on_probe};
    PoucePicture *picture = pouce_picture_new(&config, NULL);
    assert_non_null(picture);
    return picture;
}

static PoucePictureTake take(PoucePicture *picture, GPtrArray *frames, guint n)
{
    gsize bytes = 0;
    const guint8 *data = g_bytes_get_data(frames->pdata[n], &bytes);
    return pouce_picture_take(picture, data, bytes, 1000000 + n * 40000, !(data[0] & 1));
}

static int setup(void **state)
{
    probed = g_array_new(FALSE, FALSE, sizeof(guint));
    *state = flashes_new(160, 96, FRAMES);
    return 0;
}

static int teardown(void **state)
{
    g_array_unref(probed);
    g_ptr_array_unref(*state);
    return 0;
}

static void test_probe_tells_each_flash(void **state)
{
    g_autoptr(PoucePicture) picture = make();
    for (guint n = 0; n < FRAMES; n++)
        assert_int_equal(take(picture, *state, n), POUCE_PICTURE_SHOWN);
    assert_int_equal(probed->len, FRAMES - 1); // the first is where it begins
    for (guint n = 0; n < probed->len; n++)
        assert_true((g_array_index(probed, guint, n) > 127) == (n % 2 == 0));
    PoucePictureStats stats;
    pouce_picture_stats(picture, &stats);
    assert_int_equal(stats.decoded, FRAMES);
    assert_int_equal(stats.width_px, 160);
    assert_int_equal(stats.height_px, 96);
    assert_true(stats.first_us > 0);
}

static void test_probe_reads_a_number(void **state)
{
    // The flashes are all light or all dark; a row that leaves the picture says nothing.
    static const struct {
        int x_px, bits;
        guint expected;
    } rows[] = {{40, 4, FRAMES - 1}, {160 - 8 * 3 - 1, 4, FRAMES - 1}, {160 - 8 * 3, 4, 0}};
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        PoucePictureConfig config = {.probe_x_px = rows[i].x_px,
            .probe_y_px = 40,
            .probe_bits = rows[i].bits,
            .on_probe = on_probe};
        g_autoptr(PoucePicture) picture = pouce_picture_new(&config, NULL);
        g_array_set_size(probed, 0);
        for (guint n = 0; n < FRAMES; n++)
            assert_int_equal(take(picture, *state, n), POUCE_PICTURE_SHOWN);
        assert_int_equal(probed->len, rows[i].expected);
        for (guint n = 0; n < probed->len; n++)
            assert_int_equal(g_array_index(probed, guint, n), n % 2 == 0 ? 15 : 0);
    }
}

static void test_nothing_is_shown_before_a_key_frame_or_after_rubbish(void **state)
{
    g_autoptr(PoucePicture) picture = make();
    assert_int_equal(take(picture, *state, 1), POUCE_PICTURE_WANTS_KEY);
    assert_int_equal(take(picture, *state, 0), POUCE_PICTURE_SHOWN);
    const guint8 rubbish[] = {0x00, 0x01, 0x02};
    assert_int_equal(
        pouce_picture_take(picture, rubbish, sizeof(rubbish), 1, TRUE), POUCE_PICTURE_WANTS_KEY);
    PoucePictureStats stats;
    pouce_picture_stats(picture, &stats);
    assert_int_equal(stats.decoded, 1);
    assert_int_equal(stats.skipped, 2);
}

static void count_buffer(GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer user)
{
    ++*(guint *)user;
}

// An independent reader: demuxed and decoded to the end by GStreamer.
static guint frames_in(const char *path)
{
    guint frames = 0;
    g_autofree char *text = g_strdup_printf("filesrc location=%s ! matroskademux ! vp8dec "
                                            "! fakesink name=sink signal-handoffs=true sync=false",
        path);
    g_autoptr(GstElement) pipeline = gst_parse_launch(text, NULL);
    g_autoptr(GstElement) sink = gst_bin_get_by_name(GST_BIN(pipeline), "sink");
    g_signal_connect(sink, "handoff", G_CALLBACK(count_buffer), &frames);
    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    g_autoptr(GstBus) bus = gst_element_get_bus(pipeline);
    g_autoptr(GstMessage) last =
        gst_bus_timed_pop_filtered(bus, 10 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
    assert_non_null(last);
    gst_element_set_state(pipeline, GST_STATE_NULL);
    return frames;
}

static void test_recording_is_whole_and_playable_when_cut(void **state)
{
    g_autofree char *folder = g_dir_make_tmp("pouce-record-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "a.webm", NULL);
    g_autofree char *cut = g_build_filename(folder, "cut.webm", NULL);
    g_autoptr(PoucePicture) picture = make();
    assert_int_equal(take(picture, *state, 0), POUCE_PICTURE_SHOWN);
    pouce_picture_set_recorder(picture, pouce_recorder_new(path, NULL));
    assert_int_equal(take(picture, *state, 1), POUCE_PICTURE_SHOWN); // no key: not written
    for (guint n = 0; n < FRAMES; n++)
        take(picture, *state, n);
    pouce_picture_set_recorder(picture, NULL);
    assert_int_equal(frames_in(path), FRAMES);

    // As after kill -9: everything up to somewhere in the last frame.
    g_autofree char *data = NULL;
    gsize bytes = 0;
    assert_true(g_file_get_contents(path, &data, &bytes, NULL));
    assert_true(g_file_set_contents(cut, data, (gssize)bytes - 5, NULL));
    assert_true(frames_in(cut) >= FRAMES - 1);

    g_autoptr(GError) error = NULL;
    assert_null(pouce_recorder_new(path, &error)); // never over an old one
    assert_true(g_error_matches(error, POUCE_RECORDER_ERROR, POUCE_RECORDER_ERROR_FILE));
    g_unlink(path);
    g_unlink(cut);
    g_rmdir(folder);
}

static gboolean has_failed(PoucePicture *picture)
{
    g_autofree char *reason = NULL;
    gboolean failed = pouce_picture_recorder_failed(picture, &reason);
    assert_true(!failed || (reason && *reason));
    return failed;
}

// The file may not grow beyond a limit, which a full disk is to the program.
static void test_a_recording_that_cannot_go_on_is_told(void **state)
{
    g_autofree char *folder = g_dir_make_tmp("pouce-record-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "a.webm", NULL);
    g_autoptr(PoucePicture) picture = make();
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &(struct rlimit){200, before.rlim_max}), 0);
    pouce_picture_set_recorder(picture, pouce_recorder_new(path, NULL));
    assert_false(has_failed(picture));
    gint64 end_us = g_get_monotonic_time() + 10 * G_USEC_PER_SEC;
    gboolean failed = FALSE;
    for (guint n = 0; !failed && g_get_monotonic_time() < end_us; n = (n + 1) % FRAMES) {
        take(picture, *state, n);
        failed = has_failed(picture);
    }
    assert_true(failed);
    pouce_picture_set_recorder(picture, NULL);
    assert_false(has_failed(picture));
    setrlimit(RLIMIT_FSIZE, &before);
    g_unlink(path);
    g_rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            test_a_recording_that_cannot_go_on_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(test_probe_tells_each_flash, setup, teardown),
        cmocka_unit_test_setup_teardown(test_probe_reads_a_number, setup, teardown),
        cmocka_unit_test_setup_teardown(
            test_nothing_is_shown_before_a_key_frame_or_after_rubbish, setup, teardown),
        cmocka_unit_test_setup_teardown(
            test_recording_is_whole_and_playable_when_cut, setup, teardown),
    };
    return cmocka_run_group_tests_name("viewer/core/picture", tests, NULL, NULL);
}
