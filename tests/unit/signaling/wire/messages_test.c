// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Control and switchboard messages against the vectors: what is valid parses and is built again to
// the same text; what is not, is refused with a sentence.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "signaling/wire/control.h"
#include "signaling/wire/json.h"
#include "signaling/wire/switchboard.h"
#include "signaling/wire/wire_error.h"
#include "tests/unit/signaling/wire/vector.h"

static const char *text_at(json_t *array, gsize i, const char *key)
{
    json_t *item = json_array_get(array, i);
    return json_string_value(key ? json_object_get(item, key) : item);
}

static void control_valid(void **state)
{
    g_autoptr(json_t) root = vector_load("control.json");
    json_t *valid = vector_at(root, "valid");
    gboolean seen[POUCE_CONTROL_N_TYPES] = {0};
    for (gsize i = 0; i < json_array_size(valid); i++) {
        const char *text = text_at(valid, i, "json");
        g_autoptr(GError) error = NULL;
        g_auto(PouceControl) control = {0};
        if (pouce_control_parse(text, strlen(text), &control, &error) != POUCE_CONTROL_OK)
            fail_msg("%.200s: %s", text, error->message);
        seen[control.type] = TRUE;
        g_autofree char *built = pouce_control_build(&control);
        assert_string_equal(built, text_at(valid, i, "canonical"));
    }
    for (guint i = 0; i < POUCE_CONTROL_N_TYPES; i++)
        assert_true(seen[i]); // each type has a vector
}

static void control_malformed(void **state)
{
    g_autoptr(json_t) root = vector_load("control.json");
    json_t *bad = vector_at(root, "malformed");
    for (gsize i = 0; i < json_array_size(bad); i++) {
        const char *text = text_at(bad, i, NULL);
        g_autoptr(GError) error = NULL;
        PouceControl control;
        memset(&control, 0x5a, sizeof control);
        PouceControl untouched = control;
        if (pouce_control_parse(text, strlen(text), &control, &error) != POUCE_CONTROL_MALFORMED)
            fail_msg("accepted: %.200s", text);
        assert_non_null(error);
        assert_true(g_utf8_validate(error->message, -1, NULL));
        assert_memory_equal(&control, &untouched, sizeof control);
    }
}

static void control_unknown(void **state)
{
    g_autoptr(json_t) root = vector_load("control.json");
    json_t *unknown = vector_at(root, "unknown");
    for (gsize i = 0; i < json_array_size(unknown); i++) {
        const char *text = text_at(unknown, i, "json");
        g_auto(PouceControl) answer = {0};
        PouceControlResult result = pouce_control_parse(text, strlen(text), &answer, NULL);
        assert_int_equal(result, POUCE_CONTROL_UNKNOWN_TYPE);
        assert_int_equal(answer.type, POUCE_CONTROL_UNKNOWN);
        assert_string_equal(answer.unknown.of, text_at(unknown, i, "of"));
        g_autofree char *built = pouce_control_build(&answer);
        assert_non_null(strstr(built, "\"unknown\""));
    }
}

static void control_bytes_that_are_not_text(void **state)
{
    static const char *const bad[] = {"{\"type\":\"chat\",\"id\":1,\"text\":\"\xff\"}",
        "{\"type\":\"\xc3\xa9\xc3\"}", "\xef\xbb\xbf{}", "{\"\xf0\x9f\x98"};
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        PouceControl control;
        assert_int_equal(
            pouce_control_parse(bad[i], strlen(bad[i]), &control, &error), POUCE_CONTROL_MALFORMED);
        assert_true(g_utf8_validate(error->message, -1, NULL));
    }
}

static void control_directions(void **state)
{
    assert_true(pouce_control_allowed_from(POUCE_CONTROL_GRANT, POUCE_ROLE_SEEKER));
    assert_false(pouce_control_allowed_from(POUCE_CONTROL_GRANT, POUCE_ROLE_HELPER));
    assert_false(pouce_control_allowed_from(POUCE_CONTROL_INK, POUCE_ROLE_SEEKER));
    assert_true(pouce_control_allowed_from(POUCE_CONTROL_BIND, POUCE_ROLE_HELPER));
}

static void switchboard_side(const char *side, PouceFrom from, gboolean *seen)
{
    g_autoptr(json_t) root = vector_load("switchboard.json");
    json_t *part = vector_at(root, side);
    json_t *valid = vector_at(part, "valid");
    for (gsize i = 0; i < json_array_size(valid); i++) {
        const char *text = text_at(valid, i, NULL);
        g_autoptr(GError) error = NULL;
        g_auto(PouceSwitchboard) message = {0};
        if (!pouce_switchboard_parse(text, strlen(text), from, &message, &error))
            fail_msg("%.300s: %s", text, error->message);
        seen[message.type] = TRUE;
        g_autofree char *built = pouce_switchboard_build(&message);
        assert_string_equal(built, text);
    }
    json_t *bad = vector_at(part, "malformed");
    for (gsize i = 0; i < json_array_size(bad); i++) {
        const char *text = text_at(bad, i, NULL);
        g_autoptr(GError) error = NULL;
        PouceSwitchboard message;
        if (pouce_switchboard_parse(text, strlen(text), from, &message, &error))
            fail_msg("accepted: %.300s", text);
        assert_false(g_error_matches(error, POUCE_WIRE_ERROR, POUCE_WIRE_ERROR_UNKNOWN));
    }
    json_t *unknown = vector_at(part, "unknown");
    for (gsize i = 0; i < json_array_size(unknown); i++) {
        const char *text = text_at(unknown, i, NULL);
        g_autoptr(GError) error = NULL;
        PouceSwitchboard message;
        assert_false(pouce_switchboard_parse(text, strlen(text), from, &message, &error));
        assert_true(g_error_matches(error, POUCE_WIRE_ERROR, POUCE_WIRE_ERROR_UNKNOWN));
        assert_true(g_utf8_validate(error->message, -1, NULL));
    }
}

static void switchboard_vectors(void **state)
{
    gboolean seen[POUCE_SWITCHBOARD_N_TYPES] = {0};
    switchboard_side("end", POUCE_FROM_END, seen);
    switchboard_side("broker", POUCE_FROM_BROKER, seen);
    for (guint i = 0; i < POUCE_SWITCHBOARD_N_TYPES; i++)
        assert_true(seen[i]);
}

static void session_copy_is_deep(void **state)
{
    g_autoptr(json_t) root = vector_load("switchboard.json");
    json_t *valid = vector_at(root, "broker.valid");
    const char *text = text_at(valid, 2, NULL);
    g_auto(PouceSwitchboard) ring = {0};
    assert_true(pouce_switchboard_parse(text, strlen(text), POUCE_FROM_BROKER, &ring, NULL));
    assert_int_equal(ring.type, POUCE_SWITCHBOARD_RING);
    g_autoptr(PouceSession) copy = pouce_session_copy(ring.ring.session);
    g_autoptr(json_t) before = pouce_session_to_json(ring.ring.session);
    pouce_switchboard_clear(&ring);
    g_autoptr(json_t) after = pouce_session_to_json(copy);
    assert_true(json_equal(before, after));
}

static void account_and_receipt_round_trip(void **state)
{
    PouceAccount account = {.login = "zoe",
        .name = "Zoé",
        .locale = "fr",
        .balance_minor = -5,
        .currency = "EUR",
        .id = "0192f0c1-7b2a-7c3d-8e4f-5a6b7c8d9e0f"};
    g_autoptr(json_t) json = pouce_account_to_json(&account);
    g_autoptr(PouceAccount) back = pouce_account_from_json(json, NULL);
    assert_non_null(back);
    assert_int_equal(back->balance_minor, -5);
    assert_null(back->helper);
    json_object_del(json, "held_minor");
    assert_null(pouce_account_from_json(json, NULL));

    PouceReceipt receipt = {.number = "R-1",
        .seeker = "Zoé",
        .helper = "Max",
        .need = "x",
        .session = "0192f0c1-7b2a-7c3d-8e4f-5a6b7c8d9e0f",
        .currency = "EUR",
        .amount_minor = 52};
    g_autoptr(json_t) receipt_json = pouce_receipt_to_json(&receipt);
    g_autoptr(PouceReceipt) receipt_back = pouce_receipt_from_json(receipt_json, NULL);
    assert_non_null(receipt_back);
    assert_int_equal(receipt_back->amount_minor, 52);
    json_object_set_new(receipt_json, "fee_minor", json_integer(-1));
    assert_null(pouce_receipt_from_json(receipt_json, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(control_valid),
        cmocka_unit_test(control_malformed),
        cmocka_unit_test(control_unknown),
        cmocka_unit_test(control_bytes_that_are_not_text),
        cmocka_unit_test(control_directions),
        cmocka_unit_test(switchboard_vectors),
        cmocka_unit_test(session_copy_is_deep),
        cmocka_unit_test(account_and_receipt_round_trip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
