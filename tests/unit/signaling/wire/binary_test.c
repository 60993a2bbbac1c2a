// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Binary channels against the vectors: each field, and the same bytes again.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "signaling/wire/cursor.h"
#include "signaling/wire/dependency.h"
#include "signaling/wire/input.h"
#include "signaling/wire/json.h"
#include "signaling/wire/motion.h"
#include "tests/unit/signaling/wire/vector.h"

static gint64 number(json_t *value, const char *key)
{
    json_t *field = json_object_get(value, key);
    return json_is_boolean(field) ? json_is_true(field) : json_integer_value(field);
}

static const char *const input_kinds[] = {
    "", "key", "character", "button", "wheel", "release_all", "keysym"};
static const char *const motion_kinds[] = {"", "pointer", "heartbeat", "cursor", "decoded"};

// A field that a kind lacks is 0 on both sides.
static void check_input(const PouceInput *input, json_t *value)
{
    assert_string_equal(
        input_kinds[input->kind], json_string_value(json_object_get(value, "kind")));
    assert_int_equal(input->down, number(value, "down"));
    assert_int_equal(input->code, number(value, "code"));
    assert_int_equal(input->scalar, number(value, "scalar"));
    assert_int_equal(input->keysym, number(value, "keysym"));
    assert_int_equal(input->button, number(value, "button"));
    assert_int_equal(input->dx, number(value, "dx"));
    assert_int_equal(input->dy, number(value, "dy"));
    assert_int_equal(input->x, number(value, "x"));
    assert_int_equal(input->y, number(value, "y"));
}

static void check_motion(const PouceMotion *motion, json_t *value)
{
    assert_string_equal(
        motion_kinds[motion->kind], json_string_value(json_object_get(value, "kind")));
    assert_int_equal(motion->visible, number(value, "visible"));
    assert_int_equal(motion->moves, number(value, "moves"));
    assert_int_equal(motion->seq, number(value, "seq"));
    assert_int_equal(motion->x, number(value, "x"));
    assert_int_equal(motion->y, number(value, "y"));
    assert_int_equal(motion->shape, number(value, "shape"));
    assert_int_equal(motion->echo, number(value, "echo"));
    assert_int_equal(motion->decoded, number(value, "decoded"));
    assert_int_equal(motion->rtp_timestamp, number(value, "rtp_timestamp"));
}

static GBytes *bytes_at(json_t *array, gsize i, json_t **out_value)
{
    json_t *item = json_array_get(array, i);
    *out_value = json_object_get(item, "value");
    return vector_bytes(json_string_value(*out_value ? json_object_get(item, "hex") : item));
}

static void input_vectors(void **state)
{
    g_autoptr(json_t) root = vector_load("binary.json");
    json_t *valid = vector_at(root, "input.valid"), *bad = vector_at(root, "input.malformed");
    json_t *value;
    PouceInput input;
    for (gsize i = 0; i < json_array_size(valid); i++) {
        g_autoptr(GBytes) bytes = bytes_at(valid, i, &value);
        gsize size;
        const void *data = g_bytes_get_data(bytes, &size);
        guint8 built[POUCE_INPUT_MAX_BYTES];
        assert_true(pouce_input_parse(data, size, &input));
        check_input(&input, value);
        assert_int_equal(pouce_input_build(&input, built), size);
        assert_memory_equal(built, data, size);
    }
    for (gsize i = 0; i < json_array_size(bad); i++) {
        g_autoptr(GBytes) bytes = bytes_at(bad, i, &value);
        if (pouce_input_parse(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), &input))
            fail_msg("accepted %s", json_string_value(json_array_get(bad, i)));
    }
}

static void motion_vectors(void **state)
{
    g_autoptr(json_t) root = vector_load("binary.json");
    json_t *valid = vector_at(root, "motion.valid"), *bad = vector_at(root, "motion.malformed");
    json_t *value;
    PouceMotion motion;
    for (gsize i = 0; i < json_array_size(valid); i++) {
        g_autoptr(GBytes) bytes = bytes_at(valid, i, &value);
        gsize size;
        const void *data = g_bytes_get_data(bytes, &size);
        guint8 built[POUCE_MOTION_MAX_BYTES];
        assert_true(pouce_motion_parse(data, size, &motion));
        check_motion(&motion, value);
        assert_int_equal(pouce_motion_build(&motion, built), size);
        assert_memory_equal(built, data, size);
    }
    for (gsize i = 0; i < json_array_size(bad); i++) {
        g_autoptr(GBytes) bytes = bytes_at(bad, i, &value);
        if (pouce_motion_parse(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), &motion))
            fail_msg("accepted %s", json_string_value(json_array_get(bad, i)));
    }
    json_t *newer = vector_at(root, "newer");
    for (gsize i = 0; i < json_array_size(newer); i++) {
        json_t *item = json_array_get(newer, i);
        assert_int_equal(
            pouce_motion_is_newer((guint32)number(item, "seq"), (guint32)number(item, "last")),
            number(item, "newer"));
    }
}

static void cursor_vectors(void **state)
{
    g_autoptr(json_t) root = vector_load("binary.json");
    json_t *valid = vector_at(root, "cursor.valid"), *bad = vector_at(root, "cursor.malformed");
    json_t *value;
    PouceCursor cursor;
    for (gsize i = 0; i < json_array_size(valid); i++) {
        g_autoptr(GBytes) bytes = bytes_at(valid, i, &value);
        assert_true(
            pouce_cursor_parse(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), &cursor));
        assert_int_equal(cursor.shape, number(value, "shape"));
        assert_int_equal(cursor.width, number(value, "width"));
        assert_int_equal(cursor.height, number(value, "height"));
        assert_int_equal(cursor.hot_x, number(value, "hot_x"));
        assert_int_equal(cursor.hot_y, number(value, "hot_y"));
        g_autoptr(GBytes) built = pouce_cursor_build(&cursor);
        assert_true(g_bytes_equal(built, bytes));
    }
    for (gsize i = 0; i < json_array_size(bad); i++) {
        g_autoptr(GBytes) bytes = bytes_at(bad, i, &value);
        if (pouce_cursor_parse(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), &cursor))
            fail_msg("accepted %s", json_string_value(json_array_get(bad, i)));
    }
}

static void dependency_vectors(void **state)
{
    g_autoptr(json_t) root = vector_load("dependency.json");
    json_t *valid = json_object_get(root, "valid"), *bad = json_object_get(root, "malformed");
    json_t *value;
    PouceDependency dependency;
    for (gsize i = 0; i < json_array_size(valid); i++) {
        g_autoptr(GBytes) bytes = bytes_at(valid, i, &value);
        gsize size;
        const void *data = g_bytes_get_data(bytes, &size);
        guint8 built[POUCE_DEPENDENCY_MAX_BYTES];
        assert_true(pouce_dependency_parse(data, size, &dependency));
        assert_int_equal(dependency.first, number(value, "first"));
        assert_int_equal(dependency.last, number(value, "last"));
        assert_int_equal(dependency.number, number(value, "number"));
        assert_int_equal(dependency.back, number(value, "back"));
        assert_int_equal(pouce_dependency_build(&dependency, built), size);
        assert_memory_equal(built, data, size);
    }
    for (gsize i = 0; i < json_array_size(bad); i++) {
        g_autoptr(GBytes) bytes = bytes_at(bad, i, &value);
        gsize size;
        const void *data = g_bytes_get_data(bytes, &size);
        if (pouce_dependency_parse(data, size, &dependency))
            fail_msg("accepted %s", json_string_value(json_array_get(bad, i)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(input_vectors),
        cmocka_unit_test(motion_vectors),
        cmocka_unit_test(cursor_vectors),
        cmocka_unit_test(dependency_vectors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
