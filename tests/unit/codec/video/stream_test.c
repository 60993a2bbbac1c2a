// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Bytes from elsewhere: a decoder that gets anything, an IVF file that is whole, cut or wrong.

#include "codec/video/ivf.h"
#include "tests/unit/codec/video/page.h"

// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define SEED 20260423

static GBytes *encode_key(const PouceFrame *frame)
{
    PageLink link;
    page_link_init(&link, frame->width_px, frame->height_px, 1000000);
    assert_true(page_link_encode(&link, (PouceEncodeRequest){.frame = frame}));
    GBytes *bytes = g_bytes_new(link.last.data, link.last.bytes);
    page_link_clear(&link);
    return bytes;
}

static void refuse(PouceDecoder *decoder, const guint8 *data, gsize bytes)
{
    g_autoptr(GError) error = NULL;
    const PouceFrame *untouched = (const PouceFrame *)decoder;
    assert_false(pouce_decoder_decode(decoder, data, bytes, &untouched, &error));
    assert_true(g_error_matches(error, POUCE_CODEC_ERROR, POUCE_CODEC_ERROR_MALFORMED));
    assert_ptr_equal(untouched, decoder);
}

static void test_decoder_refuses(void **state)
{
    g_autoptr(PouceFrame) frame = pouce_frame_new(96, 64);
    page_draw(frame, 1);
    g_autoptr(GBytes) whole = encode_key(frame);
    gsize bytes = 0;
    const guint8 *data = g_bytes_get_data(whole, &bytes);
    g_autoptr(PouceDecoder) decoder = pouce_decoder_new(NULL);
    guint8 inter_first[] = {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    refuse(decoder, data, 0);
    refuse(decoder, data, 2);
    refuse(decoder, data, 9);
    refuse(decoder, inter_first, sizeof inter_first);
    g_autofree guint8 *wrong = g_memdup2(data, bytes);
    wrong[3] ^= 1; // start code
    refuse(decoder, wrong, bytes);
    memcpy(wrong, data, bytes);
    wrong[6] = wrong[7] = 0xff; // 16383 wide: would be 400 MB of planes
    wrong[8] = wrong[9] = 0xff;
    refuse(decoder, wrong, bytes);
    wrong[6] = wrong[7] = 0; // no width
    refuse(decoder, wrong, bytes);
    g_autofree guint8 *huge = g_malloc0(POUCE_DECODER_FRAME_MAX_BYTES + 1);
    memcpy(huge, data, 10);
    refuse(decoder, huge, POUCE_DECODER_FRAME_MAX_BYTES + 1);

    const PouceFrame *shown = NULL;
    assert_true(pouce_decoder_decode(decoder, data, bytes, &shown, NULL));
    assert_int_equal(shown->width_px, 96);
}

// Whatever is done to the bytes, the decoder returns and decodes the next whole key frame.
static void test_decoder_survives(void **state)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(SEED);
    g_autoptr(PouceFrame) frame = pouce_frame_new(67, 35);
    page_draw(frame, 1);
    g_autoptr(GBytes) whole = encode_key(frame);
    gsize bytes = 0;
    const guint8 *data = g_bytes_get_data(whole, &bytes);
    g_autoptr(PouceDecoder) decoder = pouce_decoder_new(NULL);
    for (int round = 0; round < 1500; round++) {
        g_autofree guint8 *damaged = g_memdup2(data, bytes);
        for (int i = g_rand_int_range(random, 0, 8); i > 0; i--)
            damaged[g_rand_int_range(random, 0, (int)bytes)] = g_rand_int(random) & 0xff;
        gsize cut = g_rand_boolean(random) ? bytes : (gsize)g_rand_int_range(random, 0, bytes);
        const PouceFrame *shown = NULL;
        if (pouce_decoder_decode(decoder, damaged, cut, &shown, NULL) && shown)
            assert_true(shown->width_px <= POUCE_FRAME_SIDE_MAX_PX && shown->planes[0]);
    }
    const PouceFrame *shown = NULL;
    assert_true(pouce_decoder_decode(decoder, data, bytes, &shown, NULL));
    assert_int_equal(shown->width_px, 67);
    assert_int_equal(shown->height_px, 35);
}

static void test_ivf(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *dir = g_dir_make_tmp("pouce-ivf-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "a.ivf", NULL);
    assert_null(pouce_ivf_writer_new("/nonexistent/a.ivf", 1, 1, &error));
    assert_non_null(strstr(error->message, "/nonexistent/a.ivf"));
    g_clear_error(&error);
    PouceIvfWriter *writer = pouce_ivf_writer_new(path, 640, 360, NULL);
    assert_true(pouce_ivf_writer_add(writer, (const guint8 *)"first", 5, 0, NULL));
    assert_true(pouce_ivf_writer_add(writer, (const guint8 *)"", 0, 5, NULL));
    assert_true(
        pouce_ivf_writer_add(writer, (const guint8 *)"third", 5, G_GINT64_CONSTANT(1) << 33, NULL));
    assert_true(pouce_ivf_writer_close(writer, NULL));

    g_autofree char *file = NULL;
    gsize bytes = 0;
    assert_true(g_file_get_contents(path, &file, &bytes, NULL));
    g_unlink(path);
    g_rmdir(dir);
    assert_int_equal(bytes, 32 + 3 * 12 + 10);
    PouceIvfReader reader;
    assert_true(pouce_ivf_reader_init(&reader, (guint8 *)file, bytes));
    assert_int_equal(reader.width_px, 640);
    assert_int_equal(reader.height_px, 360);
    assert_int_equal(reader.rate_hz, 1000000);
    assert_int_equal(reader.frame_count, 3);
    const guint8 *data = NULL;
    gsize length = 0;
    guint64 at = 1;
    assert_int_equal(pouce_ivf_reader_next(&reader, &data, &length, &at), POUCE_IVF_FRAME);
    assert_memory_equal(data, "first", 5);
    assert_int_equal(at, 0);
    assert_int_equal(pouce_ivf_reader_next(&reader, &data, &length, &at), POUCE_IVF_FRAME);
    assert_int_equal(length, 0);
    assert_int_equal(pouce_ivf_reader_next(&reader, &data, &length, &at), POUCE_IVF_FRAME);
    assert_true(at == G_GUINT64_CONSTANT(1) << 33);
    assert_int_equal(pouce_ivf_reader_next(&reader, &data, &length, &at), POUCE_IVF_END);

    // Cut anywhere: an end exactly between frames, malformed elsewhere, never past the buffer.
    for (gsize cut = 0; cut < bytes; cut++) {
        g_autofree guint8 *part = g_memdup2(file, cut);
        if (!pouce_ivf_reader_init(&reader, part, cut)) {
            assert_true(cut < 32);
            continue;
        }
        PouceIvfResult result;
        while ((result = pouce_ivf_reader_next(&reader, &data, &length, &at)) == POUCE_IVF_FRAME)
            ;
        gboolean between = cut == 32 || cut == 32 + 17 || cut == 32 + 17 + 12;
        assert_int_equal(result, between ? POUCE_IVF_END : POUCE_IVF_MALFORMED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decoder_refuses),
        cmocka_unit_test(test_decoder_survives),
        cmocka_unit_test(test_ivf),
    };
    return cmocka_run_group_tests_name("codec/video/stream", tests, NULL, NULL);
}
