// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include <string.h>

#include "signaling/wire/base64u.h"
#include "signaling/wire/id.h"
#include "signaling/wire/json.h"
#include "signaling/wire/session.h"
#include "signaling/wire/wire_error.h"

static gboolean currency(json_t *object, char out[POUCE_CURRENCY_CHARS + 1], GError **error)
{
    const char *value = pouce_json_word(object, "currency");
    if (!pouce_currency_valid(value))
        return pouce_json_refuse(error, "currency");
    strcpy(out, value);
    return TRUE;
}

// An id that may be "".
static gboolean id_or_empty(json_t *object, const char *key, char *out37, GError **error)
{
    const char *value = pouce_json_word(object, key);
    if (value && !*value) {
        out37[0] = '\0';
        return TRUE;
    }
    return pouce_json_get_id(object, key, out37, error);
}

static gboolean texts(
    json_t *object, const char *key, gsize max, gsize chars, char ***out, GError **error)
{
    json_t *array;
    if (!pouce_json_get_array(object, key, max, &array, error))
        return FALSE;
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    for (gsize i = 0; i < json_array_size(array); i++) {
        const char *value = json_string_value(json_array_get(array, i));
        if (!value || !*value || g_utf8_strlen(value, -1) > (glong)chars)
            return pouce_json_refuse(error, key);
        g_strv_builder_add(builder, value);
    }
    *out = g_strv_builder_end(builder);
    return TRUE;
}

static json_t *texts_to_json(char *const *list)
{
    json_t *array = json_array();
    for (guint i = 0; list && list[i]; i++)
        json_array_append_new(array, json_string(list[i]));
    return array;
}

static const char *or_empty(const char *value)
{
    return value ? value : "";
}

// `null` gives NULL; anything but an object or null is refused.
static gboolean is_absent(json_t *object, const char *key, gboolean *out, GError **error)
{
    json_t *value = json_object_get(object, key);
    *out = json_is_null(value);
    return *out || json_is_object(value) || pouce_json_refuse(error, key);
}

json_t *pouce_capabilities_to_json(PouceCapability set)
{
    json_t *array = json_array();
    for (guint bit = 1; bit < POUCE_CAPABILITY_ALL; bit <<= 1) {
        if (set & bit)
            json_array_append_new(array, json_string(pouce_capability_name((PouceCapability)bit)));
    }
    return array;
}

gboolean pouce_capabilities_from_json(json_t *json, PouceCapability *out, GError **error)
{
    guint set = 0;
    if (!json_is_array(json))
        return pouce_json_refuse(error, "may");
    for (gsize i = 0; i < json_array_size(json); i++) {
        PouceCapability one;
        if (!pouce_capability_parse(json_string_value(json_array_get(json, i)), &one) ||
            (set & one))
            return pouce_json_refuse(error, "may");
        set |= one;
    }
    *out = (PouceCapability)set;
    return TRUE;
}

static gboolean reasons_read(json_t *object, PouceHelper *out, GError **error)
{
    json_t *array;
    if (!pouce_json_get_array(object, "reasons", POUCE_REASONS_MAX, &array, error))
        return FALSE;
    for (gsize i = 0; i < json_array_size(array); i++) {
        json_t *item = json_array_get(array, i);
        PouceReason *reason = &out->reasons[out->n_reasons++];
        if (!pouce_json_copy_text(item, "code", 0, POUCE_TYPE_MAX_CHARS, &reason->code, error) ||
            !pouce_json_copy_text(item, "value", 0, POUCE_ABOUT_MAX_CHARS, &reason->value, error))
            return FALSE;
    }
    return TRUE;
}

PouceHelper *pouce_helper_from_json(json_t *json, GError **error)
{
    g_autoptr(PouceHelper) out = g_new0(PouceHelper, 1);
    if (!pouce_availability_parse(pouce_json_word(json, "available"), &out->available)) {
        pouce_json_refuse(error, "available");
        return NULL;
    }
    if (!pouce_json_get_id(json, "id", out->id, error) ||
        !pouce_json_copy_text(json, "name", 0, POUCE_NAME_MAX_CHARS, &out->name, error) ||
        !pouce_json_get_int(json, "stars_hundredths", 0, 500, &out->stars_hundredths, error) ||
        !pouce_json_get_natural(json, "ratings", &out->ratings, error) ||
        !pouce_json_get_natural(json, "sessions", &out->sessions, error) ||
        !texts(json, "skills", POUCE_SKILLS_MAX, POUCE_SKILL_MAX_CHARS, &out->skills, error) ||
        !texts(json, "languages", POUCE_LANGUAGES_MAX, POUCE_LANGUAGE_MAX_BYTES, &out->languages,
            error) ||
        !pouce_json_copy_text(json, "place", 0, POUCE_PLACE_MAX_CHARS, &out->place, error) ||
        !pouce_json_get_natural(json, "rate_minor_per_min", &out->rate_minor_per_min, error) ||
        !currency(json, out->currency, error) ||
        !pouce_json_copy_text(json, "about", 0, POUCE_ABOUT_MAX_CHARS, &out->about, error) ||
        !reasons_read(json, out, error))
        return NULL;
    return g_steal_pointer(&out);
}

json_t *pouce_helper_to_json(const PouceHelper *helper)
{
    json_t *reasons = json_array();
    for (guint i = 0; i < helper->n_reasons; i++)
        json_array_append_new(
            reasons, json_pack("{s:s, s:s}", "code", or_empty(helper->reasons[i].code), "value",
                         or_empty(helper->reasons[i].value)));
    json_t *json = json_pack("{s:s, s:s, s:I, s:I, s:I, s:o, s:o, s:s, s:I, s:s, s:s, s:s, s:o}",
        "id", helper->id, "name", or_empty(helper->name), "stars_hundredths",
        (json_int_t)helper->stars_hundredths, "ratings", (json_int_t)helper->ratings, "sessions",
        (json_int_t)helper->sessions, "skills", texts_to_json(helper->skills), "languages",
        texts_to_json(helper->languages), "place", or_empty(helper->place), "rate_minor_per_min",
        (json_int_t)helper->rate_minor_per_min, "currency", helper->currency, "about",
        or_empty(helper->about), "available", pouce_availability_name(helper->available), "reasons",
        reasons);
    g_assert(json);
    return json;
}

PouceAccount *pouce_account_from_json(json_t *json, GError **error)
{
    g_autoptr(PouceAccount) out = g_new0(PouceAccount, 1);
    gboolean absent;
    if (!pouce_json_get_id(json, "id", out->id, error) ||
        !pouce_json_copy_text(json, "login", 0, POUCE_LOGIN_MAX_CHARS, &out->login, error) ||
        !pouce_json_copy_text(json, "name", 0, POUCE_NAME_MAX_CHARS, &out->name, error) ||
        !pouce_json_copy_text(json, "locale", 0, POUCE_LANGUAGE_MAX_BYTES, &out->locale, error) ||
        !pouce_json_get_int(json, "balance_minor", -POUCE_INTEGER_MAX, POUCE_INTEGER_MAX,
            &out->balance_minor, error) ||
        !pouce_json_get_natural(json, "held_minor", &out->held_minor, error) ||
        !currency(json, out->currency, error) || !is_absent(json, "helper", &absent, error))
        return NULL;
    if (!absent && !(out->helper = pouce_helper_from_json(json_object_get(json, "helper"), error)))
        return NULL;
    return g_steal_pointer(&out);
}

json_t *pouce_account_to_json(const PouceAccount *account)
{
    json_t *json = json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:s, s:o}", "id", account->id, "login",
        or_empty(account->login), "name", or_empty(account->name), "locale",
        or_empty(account->locale), "balance_minor", (json_int_t)account->balance_minor,
        "held_minor", (json_int_t)account->held_minor, "currency", account->currency, "helper",
        account->helper ? pouce_helper_to_json(account->helper) : json_null());
    g_assert(json);
    return json;
}

PouceParty *pouce_party_from_json(json_t *json, GError **error)
{
    g_autoptr(PouceParty) out = g_new0(PouceParty, 1);
    if (!pouce_json_get_id(json, "id", out->id, error) ||
        !pouce_json_copy_text(json, "name", 0, POUCE_NAME_MAX_CHARS, &out->name, error) ||
        !id_or_empty(json, "device_id", out->device_id, error))
        return NULL;
    const char *key = pouce_json_word(json, "device_key");
    out->has_key = key && *key;
    if (!key || (out->has_key && !pouce_base64u_decode(key, out->device_key, POUCE_KEY_BYTES))) {
        pouce_json_refuse(error, "device_key");
        return NULL;
    }
    return g_steal_pointer(&out);
}

json_t *pouce_party_to_json(const PouceParty *party)
{
    g_autofree char *key =
        party->has_key ? pouce_base64u_encode(party->device_key, POUCE_KEY_BYTES) : g_strdup("");
    json_t *json = json_pack("{s:s, s:s, s:s, s:s}", "id", party->id, "name", or_empty(party->name),
        "device_id", party->device_id, "device_key", key);
    g_assert(json);
    return json;
}

static gboolean price_read(json_t *object, PouceSession *out, GError **error)
{
    gboolean absent;
    if (!is_absent(object, "price", &absent, error) || absent)
        return absent;
    json_t *price = json_object_get(object, "price");
    char id[POUCE_HEX64_CHARS + 1];
    if (!pouce_json_get_hex(price, "id", POUCE_HEX64_CHARS, id, error) ||
        !pouce_json_get_natural(
            price, "rate_minor_per_min", &out->price.rate_minor_per_min, error) ||
        !currency(price, out->price.currency, error) ||
        !pouce_json_get_natural(price, "cap_minor", &out->price.cap_minor, error))
        return FALSE;
    strcpy(out->price.session, out->id);
    pouce_price_id(&out->price, out->price_id);
    out->has_price = TRUE;
    if (strcmp(id, out->price_id) != 0) {
        g_set_error_literal(error, POUCE_WIRE_ERROR, POUCE_WIRE_ERROR_DENIED,
            "The price's id is not the hash of the price.");
        return FALSE;
    }
    return TRUE;
}

static gboolean ice_read(json_t *object, PouceSession *out, GError **error)
{
    json_t *array;
    if (!pouce_json_get_array(object, "ice_servers", POUCE_ICE_SERVERS_MAX, &array, error))
        return FALSE;
    for (gsize i = 0; i < json_array_size(array); i++) {
        json_t *item = json_array_get(array, i);
        PouceIceServer *server = &out->ice_servers[out->n_ice_servers++];
        gsize max = POUCE_ICE_TEXT_MAX_CHARS;
        if (!texts(item, "urls", POUCE_ICE_URLS_MAX, max, &server->urls, error) ||
            !pouce_json_copy_text(item, "username", 0, max, &server->username, error) ||
            !pouce_json_copy_text(item, "credential", 0, max, &server->credential, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean parties_read(json_t *object, PouceSession *out, GError **error)
{
    gboolean absent;
    out->seeker = pouce_party_from_json(json_object_get(object, "seeker"), error);
    if (!out->seeker || !is_absent(object, "helper", &absent, error))
        return FALSE;
    if (!absent) {
        out->helper = pouce_party_from_json(json_object_get(object, "helper"), error);
        if (!out->helper)
            return FALSE;
    }
    if (!is_absent(object, "helper_card", &absent, error) || absent)
        return absent;
    out->helper_card = pouce_helper_from_json(json_object_get(object, "helper_card"), error);
    return out->helper_card != NULL;
}

PouceSession *pouce_session_from_json(json_t *json, GError **error)
{
    g_autoptr(PouceSession) out = g_new0(PouceSession, 1);
    if (!pouce_state_parse(pouce_json_word(json, "state"), &out->state) ||
        !pouce_role_parse(pouce_json_word(json, "role"), &out->role) ||
        !pouce_end_reason_parse(pouce_json_word(json, "end_reason"), &out->end_reason)) {
        g_set_error_literal(error, POUCE_WIRE_ERROR, POUCE_WIRE_ERROR_MALFORMED,
            "The session's state, role or end_reason is missing or not a known word.");
        return NULL;
    }
    if (!pouce_json_get_id(json, "id", out->id, error) ||
        !pouce_json_copy_text(json, "need", 0, POUCE_NEED_MAX_CHARS, &out->need, error) ||
        !parties_read(json, out, error) || !price_read(json, out, error) ||
        !pouce_capabilities_from_json(json_object_get(json, "may"), &out->may, error) ||
        !ice_read(json, out, error) ||
        !pouce_json_get_natural(json, "expires_s", &out->expires_s, error) ||
        !pouce_json_get_natural(json, "signed_ms", &out->signed_ms, error) ||
        !pouce_json_get_natural(json, "cost_minor", &out->cost_minor, error) ||
        !pouce_json_copy_text(
            json, "receipt_number", 0, POUCE_NAME_MAX_CHARS, &out->receipt_number, error) ||
        !pouce_json_get_natural(json, "created_s", &out->created_s, error))
        return NULL;
    return g_steal_pointer(&out);
}

static json_t *price_to_json(const PouceSession *session)
{
    if (!session->has_price)
        return json_null();
    PoucePrice price = session->price;
    strcpy(price.session, session->id);
    char id[POUCE_HEX64_CHARS + 1];
    pouce_price_id(&price, id);
    return json_pack("{s:s, s:I, s:s, s:I}", "id", id, "rate_minor_per_min",
        (json_int_t)price.rate_minor_per_min, "currency", price.currency, "cap_minor",
        (json_int_t)price.cap_minor);
}

static json_t *ice_to_json(const PouceSession *session)
{
    json_t *array = json_array();
    for (guint i = 0; i < session->n_ice_servers; i++) {
        const PouceIceServer *server = &session->ice_servers[i];
        json_array_append_new(
            array, json_pack("{s:o, s:s, s:s}", "urls", texts_to_json(server->urls), "username",
                       or_empty(server->username), "credential", or_empty(server->credential)));
    }
    return array;
}

json_t *pouce_session_to_json(const PouceSession *session)
{
    json_t *json = json_pack(
        "{s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:I, s:s, s:s, s:I}", "id",
        session->id, "state", pouce_state_name(session->state), "role",
        pouce_role_name(session->role), "need", or_empty(session->need), "seeker",
        pouce_party_to_json(session->seeker), "helper",
        session->helper ? pouce_party_to_json(session->helper) : json_null(), "helper_card",
        session->helper_card ? pouce_helper_to_json(session->helper_card) : json_null(), "price",
        price_to_json(session), "may", pouce_capabilities_to_json(session->may), "ice_servers",
        ice_to_json(session), "expires_s", (json_int_t)session->expires_s, "signed_ms",
        (json_int_t)session->signed_ms, "cost_minor", (json_int_t)session->cost_minor, "end_reason",
        pouce_end_reason_name(session->end_reason), "receipt_number",
        or_empty(session->receipt_number), "created_s", (json_int_t)session->created_s);
    g_assert(json);
    return json;
}

PouceReceipt *pouce_receipt_from_json(json_t *json, GError **error)
{
    g_autoptr(PouceReceipt) out = g_new0(PouceReceipt, 1);
    if (!pouce_json_copy_text(json, "number", 0, POUCE_NAME_MAX_CHARS, &out->number, error) ||
        !pouce_json_get_id(json, "session", out->session, error) ||
        !pouce_json_copy_text(json, "seeker", 0, POUCE_NAME_MAX_CHARS, &out->seeker, error) ||
        !pouce_json_copy_text(json, "helper", 0, POUCE_NAME_MAX_CHARS, &out->helper, error) ||
        !pouce_json_copy_text(json, "need", 0, POUCE_NEED_MAX_CHARS, &out->need, error) ||
        !pouce_json_get_natural(json, "signed_ms", &out->signed_ms, error) ||
        !pouce_json_get_natural(json, "rate_minor_per_min", &out->rate_minor_per_min, error) ||
        !currency(json, out->currency, error) ||
        !pouce_json_get_natural(json, "amount_minor", &out->amount_minor, error) ||
        !pouce_json_get_natural(json, "helper_amount_minor", &out->helper_amount_minor, error) ||
        !pouce_json_get_natural(json, "fee_minor", &out->fee_minor, error) ||
        !pouce_json_get_natural(json, "issued_s", &out->issued_s, error))
        return NULL;
    return g_steal_pointer(&out);
}

json_t *pouce_receipt_to_json(const PouceReceipt *receipt)
{
    json_t *json = json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:s, s:I, s:I, s:I, s:I}",
        "number", or_empty(receipt->number), "session", receipt->session, "seeker",
        or_empty(receipt->seeker), "helper", or_empty(receipt->helper), "need",
        or_empty(receipt->need), "signed_ms", (json_int_t)receipt->signed_ms, "rate_minor_per_min",
        (json_int_t)receipt->rate_minor_per_min, "currency", receipt->currency, "amount_minor",
        (json_int_t)receipt->amount_minor, "helper_amount_minor",
        (json_int_t)receipt->helper_amount_minor, "fee_minor", (json_int_t)receipt->fee_minor,
        "issued_s", (json_int_t)receipt->issued_s);
    g_assert(json);
    return json;
}
