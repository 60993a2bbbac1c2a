// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "agent/capture/pattern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static void check_picture(const PoucePicture *picture, gint64 number)
{
    for (int y = 0; y < picture->height_px; y++)
        for (int x = 0; x < picture->width_px; x++) {
            guint32 pixel;
            memcpy(&pixel, picture->bgrx + (gsize)y * picture->stride_bytes + (gsize)x * 4, 4);
            assert_int_equal(
                pixel, pouce_pattern_pixel(picture->width_px, picture->height_px, number, x, y));
        }
}

static void each_frame_is_the_function_of_its_number(void **state)
{
    g_autoptr(GError) error = NULL;
    PouceCaptureConfig config = {.spec = "pattern:200x136"};
    g_autoptr(PouceCapture) capture = pouce_capture_open(&config, &error);
    assert_non_null(capture);
    gint64 start_us = 5000000;
    g_autofree guint8 *shown = g_malloc0(200 * 136 * 4);
    for (gint64 number = 0; number < 60; number += 1 + number % 3) {
        PoucePicture picture;
        assert_true(pouce_capture_grab(
            capture, start_us + number * G_USEC_PER_SEC / 30 + 1, &picture, &error));
        check_picture(&picture, number);
        // What was not claimed damaged is what was there before.
        for (int y = 0; y < 136; y++)
            for (int x = 0; x < 200; x++) {
                gsize at = (gsize)(y * 200 + x) * 4;
                if (pouce_damage_get(picture.damage, x / 16, y / 16))
                    memcpy(shown + at, picture.bgrx + at, 4);
                assert_memory_equal(shown + at, picture.bgrx + at, 4);
            }
    }
}

static void the_same_moment_damages_nothing(void **state)
{
    PouceCaptureConfig config = {.spec = "pattern"};
    g_autoptr(PouceCapture) capture = pouce_capture_open(&config, NULL);
    PoucePicture picture;
    assert_true(pouce_capture_grab(capture, 1000, &picture, NULL));
    assert_int_equal(picture.width_px, 1280);
    assert_true(pouce_capture_grab(capture, 1000, &picture, NULL));
    assert_true(pouce_damage_is_empty(picture.damage));
}

static void wrong_specs_are_refused_in_words(void **state)
{
    const char *wrong[] = {"pattern:", "pattern:1x1", "pattern:99999x10", "pattern:640x480x",
        "pattern:axb", "patter", "", "vnc:localhost:1"};
    for (gsize i = 1; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        PouceCaptureConfig config = {.spec = wrong[i]};
        assert_null(pouce_capture_open(&config, &error));
        assert_true(g_error_matches(error, POUCE_CAPTURE_ERROR, POUCE_CAPTURE_ERROR_USAGE));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_frame_is_the_function_of_its_number),
        cmocka_unit_test(the_same_moment_damages_nothing),
        cmocka_unit_test(wrong_specs_are_refused_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
