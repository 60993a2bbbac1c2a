// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Signed texts against the vectors: bytes, hashes, signatures, and every way to be wrong.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "signaling/wire/base64u.h"
#include "signaling/wire/bind.h"
#include "signaling/wire/id.h"
#include "signaling/wire/json.h"
#include "signaling/wire/price.h"
#include "signaling/wire/tick.h"
#include "signaling/wire/wire_error.h"
#include "tests/unit/signaling/wire/vector.h"

static json_t *root;

static const char *text_of(json_t *item, const char *key)
{
    return json_string_value(key ? json_object_get(item, key) : item);
}

static void check_b64u(const guint8 *data, gsize bytes, const char *expected)
{
    g_autofree char *text = pouce_base64u_encode(data, bytes);
    assert_string_equal(text, expected);
}

static void price_vectors(void **state)
{
    json_t *valid = vector_at(root, "price.valid"), *bad = vector_at(root, "price.malformed");
    for (gsize i = 0; i < json_array_size(valid); i++) {
        json_t *item = json_array_get(valid, i);
        const char *text = text_of(item, "text");
        PoucePrice price;
        char id[POUCE_HEX64_CHARS + 1];
        assert_true(pouce_price_parse(text, strlen(text), &price, NULL));
        json_t *value = json_object_get(item, "value");
        assert_int_equal(price.rate_minor_per_min,
            json_integer_value(json_object_get(value, "rate_minor_per_min")));
        assert_int_equal(price.cap_minor, json_integer_value(json_object_get(value, "cap_minor")));
        assert_string_equal(price.currency, text_of(value, "currency"));
        g_autofree char *built = pouce_price_text(&price);
        assert_string_equal(built, text);
        pouce_price_id(&price, id);
        assert_string_equal(id, text_of(item, "id"));
    }
    for (gsize i = 0; i < json_array_size(bad); i++) {
        const char *text = text_of(json_array_get(bad, i), NULL);
        PoucePrice price;
        if (pouce_price_parse(text, strlen(text), &price, NULL))
            fail_msg("accepted: %s", text);
    }
}

static void bind_vectors(void **state)
{
    json_t *valid = vector_at(root, "bind.valid"), *bad = vector_at(root, "bind.malformed");
    for (gsize i = 0; i < json_array_size(valid); i++) {
        json_t *item = json_array_get(valid, i);
        const char *text = text_of(item, "text");
        PouceBind bind;
        guint8 sig[POUCE_SIG_BYTES];
        assert_true(pouce_bind_parse(text, strlen(text), &bind, NULL));
        g_autofree char *built = pouce_bind_text(&bind);
        assert_string_equal(built, text);
        g_autoptr(PouceIdentity) identity = vector_identity(bind.role);
        pouce_bind_sign(&bind, identity, sig);
        check_b64u(sig, sizeof sig, text_of(item, "sig"));
        assert_true(pouce_bind_verify(&bind, pouce_identity_peek_key(identity), sig));
        bind.expires_s++;
        assert_false(pouce_bind_verify(&bind, pouce_identity_peek_key(identity), sig));
    }
    for (gsize i = 0; i < json_array_size(bad); i++) {
        const char *text = text_of(json_array_get(bad, i), NULL);
        PouceBind bind;
        if (pouce_bind_parse(text, strlen(text), &bind, NULL))
            fail_msg("accepted: %s", text);
    }
}

static PouceBind vector_bind(guint index)
{
    const char *text = text_of(json_array_get(vector_at(root, "bind.valid"), index), "text");
    PouceBind bind;
    assert_true(pouce_bind_parse(text, strlen(text), &bind, NULL));
    return bind;
}

static void bind_peer_must_mirror(void **state)
{
    g_autoptr(PouceIdentity) helper = vector_identity(POUCE_ROLE_HELPER);
    const guint8 *key = pouce_identity_peek_key(helper);
    PouceBind own = vector_bind(0), good = vector_bind(1);
    guint8 sig[POUCE_SIG_BYTES];
    pouce_bind_sign(&good, helper, sig);
    assert_true(pouce_bind_check_peer(&own, &good, key, sig, NULL));

    PouceBind wrong[6] = {good, good, good, good, good, good};
    wrong[0].role = POUCE_ROLE_SEEKER;
    wrong[1].own_fp[0] = 'c';
    wrong[2].peer_fp[63] = 'c';
    wrong[3].price[5] = wrong[3].price[5] == '0' ? '1' : '0';
    wrong[4].expires_s++;
    wrong[5].session[0] = '1';
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        pouce_bind_sign(&wrong[i], helper, sig); // honestly signed, of the wrong thing
        assert_false(pouce_bind_check_peer(&own, &wrong[i], key, sig, &error));
        assert_true(g_error_matches(error, POUCE_WIRE_ERROR, POUCE_WIRE_ERROR_DENIED));
    }
    pouce_bind_sign(&good, helper, sig);
    sig[10] ^= 1;
    assert_false(pouce_bind_check_peer(&own, &good, key, sig, NULL));
}

static void tick_vectors(void **state)
{
    json_t *valid = vector_at(root, "tick.valid"), *bad = vector_at(root, "tick.malformed");
    for (gsize i = 0; i < json_array_size(valid); i++) {
        json_t *item = json_array_get(valid, i);
        const char *text = text_of(item, "text");
        PouceTick tick;
        PouceSignedTick signed_tick;
        char hash[POUCE_HEX64_CHARS + 1];
        assert_true(pouce_tick_parse(text, strlen(text), &tick, NULL));
        g_autoptr(PouceIdentity) own = vector_identity(tick.role);
        g_autoptr(PouceIdentity) peer = vector_identity(pouce_role_other(tick.role));
        pouce_tick_sign(&tick, own, &signed_tick);
        assert_string_equal(signed_tick.text, text);
        check_b64u(signed_tick.sig, POUCE_SIG_BYTES, text_of(item, "sig"));
        pouce_signed_tick_hash(&signed_tick, hash);
        assert_string_equal(hash, text_of(item, "hash"));
        pouce_signed_tick_countersign(&signed_tick, peer);
        check_b64u(signed_tick.counter_sig, POUCE_SIG_BYTES, text_of(item, "counter_sig"));

        g_autoptr(json_t) json = pouce_signed_tick_to_json(&signed_tick);
        PouceSignedTick back;
        assert_true(pouce_signed_tick_from_json(json, &back, NULL));
        assert_true(pouce_signed_tick_verify(&back, pouce_identity_peek_key(own)));
        assert_false(pouce_signed_tick_verify(&back, pouce_identity_peek_key(peer)));
        assert_true(pouce_signed_tick_verify_counter(
            &back, pouce_identity_peek_key(peer), back.counter_sig));
        assert_false(pouce_signed_tick_verify_counter(
            &back, pouce_identity_peek_key(own), back.counter_sig));
    }
    for (gsize i = 0; i < json_array_size(bad); i++) {
        const char *text = text_of(json_array_get(bad, i), NULL);
        PouceTick tick;
        if (pouce_tick_parse(text, strlen(text), &tick, NULL))
            fail_msg("accepted: %s", text);
    }
    static const char with_nul[] = "pouce-tick-v1\nsession=\0\n";
    PouceTick tick;
    assert_false(pouce_tick_parse(with_nul, sizeof with_nul - 1, &tick, NULL));
}

static void base64u_vectors(void **state)
{
    json_t *valid = vector_at(root, "base64u.valid"), *bad = vector_at(root, "base64u.malformed");
    guint8 out[64];
    gsize bytes;
    for (gsize i = 0; i < json_array_size(valid); i++) {
        json_t *item = json_array_get(valid, i);
        g_autoptr(GBytes) expected = vector_bytes(text_of(item, "hex"));
        gsize size = g_bytes_get_size(expected);
        const char *text = text_of(item, "text");
        check_b64u(g_bytes_get_data(expected, NULL), size, text);
        assert_true(pouce_base64u_decode(text, out, size));
        assert_true(pouce_base64u_decode_upto(text, out, sizeof out, &bytes));
        assert_int_equal(bytes, size);
        assert_true(size == 0 || memcmp(out, g_bytes_get_data(expected, NULL), size) == 0);
        assert_false(pouce_base64u_decode(text, out, size + 1));
        assert_true(size == 0 || !pouce_base64u_decode_upto(text, out, size - 1, &bytes));
    }
    for (gsize i = 0; i < json_array_size(bad); i++)
        assert_false(pouce_base64u_decode_upto(
            text_of(json_array_get(bad, i), NULL), out, sizeof out, &bytes));
}

static void ids(void **state)
{
    char a[POUCE_ID_CHARS + 1], b[POUCE_ID_CHARS + 1];
    pouce_id_make(G_GINT64_CONSTANT(1790000000123), a);
    pouce_id_make(G_GINT64_CONSTANT(1790000000124), b);
    assert_true(pouce_id_valid(a) && pouce_id_valid(b));
    assert_true(strcmp(a, b) < 0);
    static const char *const bad[] = {"", "0192f0c1-7b2a-7c3d-8e4f-5a6b7c8d9e0",
        "0192f0c1-7b2a-7c3d-8e4f-5a6b7c8d9e0ff", "0192F0c1-7b2a-7c3d-8e4f-5a6b7c8d9e0f",
        "0192f0c1-7b2a-4c3d-8e4f-5a6b7c8d9e0f", "0192f0c1-7b2a-7c3d-ce4f-5a6b7c8d9e0f",
        "0192f0c17b2a-7c3d-8e4f-5a6b7c8d9e0f-", "{192f0c1-7b2a-7c3d-8e4f-5a6b7c8d9e0}"};
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_false(pouce_id_valid(bad[i]));
    assert_false(pouce_id_valid(NULL));
}

int main(void)
{
    root = vector_load("texts.json");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(price_vectors),
        cmocka_unit_test(bind_vectors),
        cmocka_unit_test(bind_peer_must_mirror),
        cmocka_unit_test(tick_vectors),
        cmocka_unit_test(base64u_vectors),
        cmocka_unit_test(ids),
    };
    int result = cmocka_run_group_tests(tests, NULL, NULL);
    json_decref(root);
    return result;
}
