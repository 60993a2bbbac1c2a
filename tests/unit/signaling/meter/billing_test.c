// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The broker's side: only doubly signed chains count, nothing counts twice, money is exact.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "signaling/meter/billing.h"
#include "signaling/wire/base64u.h"
#include "signaling/wire/json.h"
#include "tests/unit/signaling/wire/vector.h"

static json_t *texts;
static PouceSignedTick ticks[7]; // seeker 0, 5000, 5000, 10002; helper 0, 4999, 9998
static PouceBillingConfig config;
static PouceIdentity *identities[2];

static int load_all(void **state)
{
    texts = vector_load("texts.json");
    json_t *valid = vector_at(texts, "tick.valid");
    assert_int_equal(json_array_size(valid), G_N_ELEMENTS(ticks));
    for (gsize i = 0; i < G_N_ELEMENTS(ticks); i++) {
        json_t *item = json_array_get(valid, i);
        const char *text = json_string_value(json_object_get(item, "text"));
        ticks[i].text_bytes = g_strlcpy(ticks[i].text, text, sizeof ticks[i].text);
        ticks[i].countersigned = TRUE;
        assert_true(pouce_json_get_b64u(item, "sig", ticks[i].sig, POUCE_SIG_BYTES, NULL));
        assert_true(
            pouce_json_get_b64u(item, "counter_sig", ticks[i].counter_sig, POUCE_SIG_BYTES, NULL));
    }
    json_t *price = json_array_get(vector_at(texts, "price.valid"), 0);
    const char *text = json_string_value(json_object_get(price, "text"));
    assert_true(pouce_price_parse(text, strlen(text), &config.price, NULL));
    for (int role = 0; role < 2; role++)
        identities[role] = vector_identity((PouceRole)role);
    memcpy(config.seeker_key, pouce_identity_peek_key(identities[0]), POUCE_KEY_BYTES);
    memcpy(config.helper_key, pouce_identity_peek_key(identities[1]), POUCE_KEY_BYTES);
    return 0;
}

static int unload_all(void **state)
{
    json_decref(texts);
    pouce_identity_free(identities[0]);
    pouce_identity_free(identities[1]);
    return 0;
}

static void bills_the_smaller_chain(void **state)
{
    g_autoptr(PouceBilling) billing = pouce_billing_new(&config);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pouce_billing_take(billing, &ticks[i], NULL), POUCE_BILLING_ACCEPTED);
    assert_int_equal(pouce_billing_signed_ms(billing), 0); // one chain alone bills nothing
    PouceTick tick;
    for (int i = 4; i < 7; i++)
        assert_int_equal(pouce_billing_take(billing, &ticks[i], &tick), POUCE_BILLING_ACCEPTED);
    assert_int_equal(tick.seq, 3);
    assert_int_equal(pouce_billing_signed_ms(billing), 9998);
    assert_int_equal(pouce_billing_billable_ms(billing, 60000), 9998);
    assert_int_equal(pouce_billing_billable_ms(billing, 7000), 7000);
    assert_int_equal(pouce_billing_billable_ms(billing, -1), 0);
    assert_int_equal(pouce_billing_cost_minor(billing, 60000), 8); // 50 × 9.998 / 60 = 8.33
    for (int i = 0; i < 7; i++)
        assert_int_equal(pouce_billing_take(billing, &ticks[i], NULL), POUCE_BILLING_SEEN);
    assert_int_equal(pouce_billing_signed_ms(billing), 9998);
}

static void order_is_kept(void **state)
{
    g_autoptr(PouceBilling) billing = pouce_billing_new(&config);
    assert_int_equal(pouce_billing_take(billing, &ticks[1], NULL), POUCE_BILLING_GAP);
    assert_int_equal(pouce_billing_seq(billing, POUCE_ROLE_SEEKER), 0);
    assert_int_equal(pouce_billing_take(billing, &ticks[0], NULL), POUCE_BILLING_ACCEPTED);
    assert_int_equal(pouce_billing_take(billing, &ticks[2], NULL), POUCE_BILLING_GAP);
    assert_int_equal(pouce_billing_take(billing, &ticks[1], NULL), POUCE_BILLING_ACCEPTED);
    assert_int_equal(pouce_billing_seq(billing, POUCE_ROLE_SEEKER), 2);
}

static void one_signature_is_not_enough(void **state)
{
    g_autoptr(PouceBilling) billing = pouce_billing_new(&config);
    PouceSignedTick bad = ticks[0];
    bad.countersigned = FALSE;
    assert_int_equal(pouce_billing_take(billing, &bad, NULL), POUCE_BILLING_BAD_SIGNATURE);
    bad = ticks[0];
    bad.counter_sig[0] ^= 1;
    assert_int_equal(pouce_billing_take(billing, &bad, NULL), POUCE_BILLING_BAD_SIGNATURE);
    bad = ticks[0];
    bad.sig[63] ^= 1;
    assert_int_equal(pouce_billing_take(billing, &bad, NULL), POUCE_BILLING_BAD_SIGNATURE);
    pouce_signed_tick_countersign(&bad, identities[POUCE_ROLE_SEEKER]); // by itself
    memcpy(bad.sig, ticks[0].sig, POUCE_SIG_BYTES);
    assert_int_equal(pouce_billing_take(billing, &bad, NULL), POUCE_BILLING_BAD_SIGNATURE);
    bad = ticks[0];
    bad.text_bytes = 10;
    assert_int_equal(pouce_billing_take(billing, &bad, NULL), POUCE_BILLING_BAD_TEXT);
    assert_int_equal(pouce_billing_seq(billing, POUCE_ROLE_SEEKER), 0);
}

static PouceSignedTick doubly(const PouceTick *tick)
{
    PouceSignedTick out;
    pouce_tick_sign(tick, identities[tick->role], &out);
    pouce_signed_tick_countersign(&out, identities[pouce_role_other(tick->role)]);
    return out;
}

// Even two ends that conspire cannot rewrite what was accepted.
static void history_cannot_change(void **state)
{
    g_autoptr(PouceBilling) billing = pouce_billing_new(&config);
    PouceTick tick;
    assert_int_equal(pouce_billing_take(billing, &ticks[0], NULL), POUCE_BILLING_ACCEPTED);
    assert_int_equal(pouce_billing_take(billing, &ticks[1], &tick), POUCE_BILLING_ACCEPTED);
    PouceTick other = tick;
    other.live_ms += 1;
    PouceSignedTick fork = doubly(&other);
    assert_int_equal(pouce_billing_take(billing, &fork, NULL), POUCE_BILLING_BAD_CHAIN);
    other = tick;
    other.seq = 3; // prev is not the last one's hash
    fork = doubly(&other);
    assert_int_equal(pouce_billing_take(billing, &fork, NULL), POUCE_BILLING_BAD_CHAIN);
    pouce_signed_tick_hash(&ticks[1], other.prev);
    other.live_ms = 4999; // time runs back
    fork = doubly(&other);
    assert_int_equal(pouce_billing_take(billing, &fork, NULL), POUCE_BILLING_BAD_CHAIN);
    other.live_ms = 5000;
    other.price[0] = other.price[0] == '0' ? '1' : '0';
    fork = doubly(&other);
    assert_int_equal(pouce_billing_take(billing, &fork, NULL), POUCE_BILLING_BAD_SESSION);
}

static void state_survives_a_restart(void **state)
{
    g_autoptr(PouceBilling) before = pouce_billing_new(&config);
    pouce_billing_take(before, &ticks[0], NULL);
    pouce_billing_take(before, &ticks[1], NULL);
    pouce_billing_take(before, &ticks[4], NULL);
    g_autoptr(json_t) saved = pouce_billing_save(before);
    g_autofree char *text = pouce_json_text(saved);
    g_autoptr(json_t) loaded = pouce_json_parse(text, strlen(text), 4096, NULL);
    g_autoptr(PouceBilling) after = pouce_billing_restore(&config, loaded, NULL);
    assert_non_null(after);
    assert_int_equal(pouce_billing_take(after, &ticks[1], NULL), POUCE_BILLING_SEEN);
    assert_int_equal(pouce_billing_take(after, &ticks[2], NULL), POUCE_BILLING_ACCEPTED);
    assert_int_equal(pouce_billing_take(after, &ticks[5], NULL), POUCE_BILLING_ACCEPTED);
    assert_int_equal(pouce_billing_signed_ms(after), 4999);

    PouceBillingConfig other = config;
    other.price.rate_minor_per_min++;
    assert_null(pouce_billing_restore(&other, loaded, NULL));
    json_object_del(loaded, "helper");
    assert_null(pouce_billing_restore(&config, loaded, NULL));
}

static void cost_vectors(void **state)
{
    g_autoptr(json_t) root = vector_load("cost.json");
    json_t *valid = vector_at(root, "valid");
    for (gsize i = 0; i < json_array_size(valid); i++) {
        json_t *row = json_array_get(valid, i);
        PoucePrice price = {.currency = "EUR"};
        price.rate_minor_per_min = json_integer_value(json_object_get(row, "rate_minor_per_min"));
        price.cap_minor = json_integer_value(json_object_get(row, "cap_minor"));
        assert_int_equal(pouce_price_cost(&price, json_integer_value(json_object_get(row, "ms"))),
            json_integer_value(json_object_get(row, "cost_minor")));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bills_the_smaller_chain),
        cmocka_unit_test(order_is_kept),
        cmocka_unit_test(one_signature_is_not_enough),
        cmocka_unit_test(history_cannot_change),
        cmocka_unit_test(state_survives_a_restart),
        cmocka_unit_test(cost_vectors),
    };
    return cmocka_run_group_tests(tests, load_all, unload_all);
}
