// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <string.h>

#include "broker/http/api.h"
#include "broker/http/input.h"
#include "broker/store/audit.h"
#include "signaling/wire/id.h"
#include "signaling/wire/json.h"
#include "signaling/wire/wire_error.h"

#define DEVICE_NAME_MAX_CHARS 80

/* One person's way through worker thread and store. Owned by whoever continues it. */
typedef struct {
    PouceCall *call;
    const PouceApi *api;
    PouceAccountRow *account;
    PouceDeviceRow *device;
    PouceHelperRow *helper;
    PoucePurse purse;
    char *password;
    char *token;
    char *device_id;
} Errand;

static Errand *errand_new(PouceCall *call, gpointer app)
{
    Errand *errand = g_new0(Errand, 1);
    errand->call = pouce_call_ref(call);
    errand->api = app;
    return errand;
}

static void errand_free(gpointer data)
{
    Errand *errand = data;
    pouce_account_row_free(errand->account);
    pouce_device_row_free(errand->device);
    pouce_helper_row_free(errand->helper);
    if (errand->password)
        memset(errand->password, 0, strlen(errand->password));
    g_free(errand->password);
    g_free(errand->token);
    g_free(errand->device_id);
    pouce_call_unref(errand->call);
    g_free(errand);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Errand, errand_free)

typedef gboolean (*Queue)(
    PouceStore *, PouceStoreWork, PouceStoreDone, gpointer, GDestroyNotify, GError **);

/* Takes @errand; answers if the store takes no more. */
static void queue(Queue into, Errand *errand, PouceStoreWork work, PouceStoreDone done)
{
    g_autoptr(PouceCall) call = pouce_call_ref(errand->call);
    g_autoptr(GError) error = NULL;
    if (!into(errand->api->store, work, done, errand, errand_free, &error))
        pouce_api_fail(call, error);
}

static json_t *account_json(const Errand *errand)
{
    return pouce_view_account_json(&errand->api->view, errand->account, &errand->purse);
}

static void too_busy(PouceCall *call)
{
    pouce_call_fail(
        call, POUCE_PROBLEM_TOO_MANY, "Many people are logging in. Try again in a moment.");
}

/* --- sign up --- */

static gboolean sign_up_work(PouceDb *db, gpointer data, GError **error)
{
    Errand *errand = data;
    const PouceAccountRow *row = errand->account;
    return pouce_accounts_insert(db, row, error) &&
           pouce_audit_append(
               db, row->created_s, row->id, row->id, "account.created", row->login, error);
}

static void sign_up_done(gpointer data, const GError *error)
{
    Errand *errand = data;
    if (g_error_matches(error, POUCE_DB_ERROR, POUCE_DB_ERROR_CONFLICT))
        pouce_call_fail(errand->call, POUCE_PROBLEM_LOGIN_TAKEN,
            "Somebody has this login already. Choose another.");
    else if (error)
        pouce_api_fail(errand->call, error);
    else
        pouce_call_answer(errand->call, 201, json_pack("{s:o}", "account", account_json(errand)));
}

static void sign_up_hashed(const PouceSecret *secret, gpointer data)
{
    Errand *errand = data;
    errand->account->salt = g_bytes_ref(secret->salt);
    errand->account->password = g_bytes_ref(secret->key);
    errand->account->scrypt_n = secret->n;
    errand->account->scrypt_r = secret->r;
    errand->account->scrypt_p = secret->p;
    queue(pouce_store_write, errand, sign_up_work, sign_up_done);
}

void pouce_api_sign_up(PouceCall *call, gpointer app)
{
    const PouceApi *api = app;
    json_t *body = pouce_call_body(call);
    const char *login, *name, *password, *locale;
    g_autoptr(GError) error = NULL;
    if (!pouce_input_login(body, &login, &error) ||
        !pouce_input_text(body, "name", 1, POUCE_NAME_MAX_CHARS, FALSE, &name, &error) ||
        !pouce_input_password(body, &password, &error) ||
        !pouce_json_get_text(body, "locale", 1, POUCE_LANGUAGE_MAX_BYTES, &locale, &error)) {
        pouce_call_refuse(call, error);
        return;
    }
    if (!pouce_input_tag_valid(locale, FALSE)) {
        pouce_call_fail(
            call, POUCE_PROBLEM_MALFORMED, "locale must be a language tag such as fr or en-GB.");
        return;
    }
    g_autoptr(Errand) errand = errand_new(call, app);
    char id[POUCE_ID_CHARS + 1];
    pouce_id_make(g_get_real_time() / 1000, id);
    errand->account = g_new0(PouceAccountRow, 1);
    errand->account->id = g_strdup(id);
    errand->account->login = g_strdup(login);
    errand->account->name = g_strstrip(g_strdup(name));
    errand->account->locale = g_strdup(locale);
    errand->account->created_s = pouce_call_now_s(call);
    if (pouce_passwords_hash(api->passwords, password, sign_up_hashed, errand))
        (void)g_steal_pointer(&errand);
    else
        too_busy(call);
}

/* --- log in --- */

static gboolean log_in_write(PouceDb *db, gpointer data, GError **error)
{
    Errand *errand = data;
    gint64 now_s = pouce_call_now_s(errand->call);
    g_autoptr(GBytes) hash = pouce_tokens_hash(errand->token);
    return pouce_devices_enrol(db, errand->device, &errand->device_id, error) &&
           pouce_tokens_purge(db, now_s, error) &&
           pouce_tokens_insert(db, hash, errand->account->id, errand->device_id, now_s,
               now_s + POUCE_TOKENS_LIFE_S, error) &&
           pouce_audit_append(db, now_s, errand->account->id, errand->account->id, "login",
               errand->device->kind, error) &&
           pouce_view_read_purse(
               db, errand->account->id, errand->api->view.currency, &errand->purse, error);
}

static void log_in_done(gpointer data, const GError *error)
{
    Errand *errand = data;
    if (g_error_matches(error, POUCE_DB_ERROR, POUCE_DB_ERROR_CONFLICT)) {
        pouce_call_fail(errand->call, POUCE_PROBLEM_CONFLICT,
            "This device's key belongs to another account. Use a new key for this account.");
        return;
    }
    if (error) {
        pouce_api_fail(errand->call, error);
        return;
    }
    pouce_call_answer(errand->call, 200,
        json_pack("{s:s, s:i, s:o, s:{s:s}}", "token", errand->token, "expires_in_s",
            POUCE_TOKENS_LIFE_S, "account", account_json(errand), "device", "id",
            errand->device_id));
}

static void log_in_checked(gboolean right, gpointer data)
{
    g_autoptr(Errand) errand = data;
    if (!right) {
        pouce_call_fail(errand->call, POUCE_PROBLEM_WRONG_CREDENTIALS,
            "The login or the password is not right. Check both and try again.");
        return;
    }
    errand->device->account = g_strdup(errand->account->id);
    errand->token = pouce_tokens_make();
    queue(pouce_store_write, g_steal_pointer(&errand), log_in_write, log_in_done);
}

static gboolean log_in_read(PouceDb *db, gpointer data, GError **error)
{
    Errand *errand = data;
    const char *login = json_string_value(json_object_get(pouce_call_body(errand->call), "login"));
    g_autoptr(GError) problem = NULL;
    errand->account = pouce_accounts_find_login(db, login, &problem);
    if (problem)
        g_propagate_error(error, g_steal_pointer(&problem));
    return !error || !*error;
}

static void log_in_found(gpointer data, const GError *error)
{
    Errand *found = data;
    if (error) {
        pouce_api_fail(found->call, error);
        return;
    }
    /* the store frees what it was given; the way goes on with a copy that took the contents */
    Errand *errand = g_new(Errand, 1);
    *errand = *found;
    *found = (Errand){.call = pouce_call_ref(errand->call)};
    const PouceAccountRow *row = errand->account;
    PouceSecret secret = {0};
    if (row)
        secret =
            (PouceSecret){row->salt, row->password, row->scrypt_n, row->scrypt_r, row->scrypt_p};
    if (!pouce_passwords_check(errand->api->passwords, row ? &secret : NULL, errand->password,
            log_in_checked, errand)) {
        too_busy(errand->call);
        errand_free(errand);
    }
}

static PouceDeviceRow *read_device(json_t *body, gint64 now_s, GError **error)
{
    json_t *device = json_object_get(body, "device");
    const char *name, *kind;
    guint8 key[POUCE_KEY_BYTES];
    if (!json_is_object(device)) {
        g_set_error(error, POUCE_WIRE_ERROR, POUCE_WIRE_ERROR_MALFORMED,
            "device must be an object with name, kind and public_key.");
        return NULL;
    }
    if (!pouce_input_text(device, "name", 1, DEVICE_NAME_MAX_CHARS, FALSE, &name, error) ||
        !pouce_json_get_text(device, "kind", 1, 16, &kind, error) ||
        !pouce_json_get_b64u(device, "public_key", key, sizeof key, error))
        return NULL;
    if (strcmp(kind, "agent") != 0 && strcmp(kind, "viewer") != 0 && strcmp(kind, "browser") != 0) {
        g_set_error(error, POUCE_WIRE_ERROR, POUCE_WIRE_ERROR_MALFORMED,
            "kind must be agent, viewer or browser.");
        return NULL;
    }
    PouceDeviceRow *row = g_new0(PouceDeviceRow, 1);
    char id[POUCE_ID_CHARS + 1];
    pouce_id_make(g_get_real_time() / 1000, id);
    row->id = g_strdup(id);
    row->name = g_strdup(name);
    row->kind = g_strdup(kind);
    row->public_key = g_bytes_new(key, sizeof key);
    row->created_s = now_s;
    return row;
}

void pouce_api_log_in(PouceCall *call, gpointer app)
{
    const PouceApi *api = app;
    json_t *body = pouce_call_body(call);
    const char *login, *password;
    g_autoptr(GError) error = NULL;
    if (!pouce_input_login(body, &login, &error) ||
        !pouce_input_password(body, &password, &error)) {
        pouce_call_refuse(call, error);
        return;
    }
    g_autoptr(PouceDeviceRow) device = read_device(body, pouce_call_now_s(call), &error);
    if (!device) {
        pouce_call_refuse(call, error);
        return;
    }
    if (!pouce_server_take_log_in(api->server, login, pouce_call_now_us(call))) {
        pouce_call_fail(call, POUCE_PROBLEM_TOO_MANY,
            "This login was tried too often. Wait a minute and try again.");
        return;
    }
    Errand *errand = errand_new(call, app);
    errand->password = g_strdup(password);
    errand->device = g_steal_pointer(&device);
    queue(pouce_store_read, errand, log_in_read, log_in_found);
}

/* --- log out --- */

static gboolean log_out_work(PouceDb *db, gpointer data, GError **error)
{
    Errand *errand = data;
    g_autoptr(GBytes) hash = pouce_tokens_hash(pouce_call_token(errand->call));
    return pouce_tokens_delete(db, hash, error);
}

static void log_out_done(gpointer data, const GError *error)
{
    Errand *errand = data;
    const PouceApi *api = errand->api;
    if (error) {
        pouce_api_fail(errand->call, error);
        return;
    }
    pouce_tokens_forget(api->tokens, pouce_call_token(errand->call));
    if (api->logged_out)
        api->logged_out(api->logged_out_data, pouce_call_who(errand->call)->device);
    pouce_call_answer(errand->call, 204, NULL);
}

void pouce_api_log_out(PouceCall *call, gpointer app)
{
    queue(pouce_store_write, errand_new(call, app), log_out_work, log_out_done);
}

/* --- me --- */

static gboolean me_work(PouceDb *db, gpointer data, GError **error)
{
    Errand *errand = data;
    const char *id = pouce_call_who(errand->call)->account;
    errand->account = pouce_accounts_find(db, id, error);
    if (!errand->account) {
        if (error && !*error)
            g_set_error(
                error, POUCE_DB_ERROR, POUCE_DB_ERROR_MISSING, "This account is no longer there.");
        return FALSE;
    }
    return pouce_view_read_purse(db, id, errand->api->view.currency, &errand->purse, error);
}

static void me_done(gpointer data, const GError *error)
{
    Errand *errand = data;
    if (error)
        pouce_api_fail(errand->call, error);
    else
        pouce_call_answer(errand->call, 200, json_pack("{s:o}", "account", account_json(errand)));
}

void pouce_api_me(PouceCall *call, gpointer app)
{
    queue(pouce_store_read, errand_new(call, app), me_work, me_done);
}

/* --- helpers --- */

static gboolean put_helper_work(PouceDb *db, gpointer data, GError **error)
{
    Errand *errand = data;
    const char *id = errand->helper->account;
    if (!pouce_helpers_put(db, errand->helper, error) ||
        !pouce_audit_append(db, errand->helper->changed_s, id, id, "helper.changed", "", error))
        return FALSE;
    g_clear_pointer(&errand->helper, pouce_helper_row_free);
    errand->helper = pouce_helpers_find(db, pouce_call_who(errand->call)->account, error);
    return errand->helper != NULL;
}

static void put_helper_done(gpointer data, const GError *error)
{
    Errand *errand = data;
    const PouceView *view = &errand->api->view;
    if (error) {
        pouce_api_fail(errand->call, error);
        return;
    }
    if (!pouce_desk_publish(view->desk, errand->helper)) {
        pouce_call_fail(
            errand->call, POUCE_PROBLEM_TOO_MANY, "The directory of this broker is full.");
        return;
    }
    g_autoptr(PouceHelper) helper = pouce_view_helper(view, errand->helper->account, NULL, NULL);
    pouce_call_answer(
        errand->call, 200, json_pack("{s:o}", "helper", pouce_helper_to_json(helper)));
}

static gboolean languages_valid(char **languages)
{
    for (char **each = languages; *each; each++) {
        if (!pouce_input_tag_valid(*each, FALSE))
            return FALSE;
    }
    return TRUE;
}

void pouce_api_put_helper(PouceCall *call, gpointer app)
{
    const PouceApi *api = app;
    json_t *body = pouce_call_body(call);
    const char *place, *about;
    gint64 rate;
    g_autoptr(GError) error = NULL;
    g_autoptr(PouceHelperRow) row = g_new0(PouceHelperRow, 1);
    row->skills = pouce_input_list(body, "skills", POUCE_SKILLS_MAX, POUCE_SKILL_MAX_CHARS, &error);
    if (row->skills)
        row->languages = pouce_input_list(
            body, "languages", POUCE_LANGUAGES_MAX, POUCE_LANGUAGE_MAX_BYTES, &error);
    if (!row->languages ||
        !pouce_input_text(body, "place", 0, POUCE_PLACE_MAX_CHARS, FALSE, &place, &error) ||
        !pouce_input_text(body, "about", 0, POUCE_ABOUT_MAX_CHARS, TRUE, &about, &error) ||
        !pouce_json_get_int(body, "rate_minor_per_min", 0, 1000000, &rate, &error)) {
        pouce_call_refuse(call, error);
        return;
    }
    if (!languages_valid(row->languages)) {
        pouce_call_fail(
            call, POUCE_PROBLEM_MALFORMED, "languages must be tags such as fr or en-GB.");
        return;
    }
    row->account = g_strdup(pouce_call_who(call)->account);
    row->place = g_strdup(place);
    row->about = g_strdup(about);
    row->currency = g_strdup(api->view.currency);
    row->rate_minor_per_min = rate;
    row->changed_s = pouce_call_now_s(call);
    Errand *errand = errand_new(call, app);
    errand->helper = g_steal_pointer(&row);
    queue(pouce_store_write, errand, put_helper_work, put_helper_done);
}

void pouce_api_helpers(PouceCall *call, gpointer app)
{
    const PouceApi *api = app;
    gint64 limit;
    const char *need = pouce_call_query(call, "need");
    const char *language = pouce_call_query(call, "language");
    const char *place = pouce_call_query(call, "place");
    if (!pouce_call_query_int(call, "limit", 1, POUCE_MATCH_MAX, 20, &limit))
        return;
    if (g_utf8_strlen(need, -1) > POUCE_NEED_MAX_CHARS ||
        g_utf8_strlen(place, -1) > POUCE_PLACE_MAX_CHARS ||
        !pouce_input_tag_valid(language, TRUE)) {
        pouce_call_fail(call, POUCE_PROBLEM_MALFORMED,
            "need may have 500 characters, place 80, and language must be a tag such as fr.");
        return;
    }
    PouceMatchQuery query = {
        .seeker = pouce_call_who(call)->account,
        .need = need,
        .language = language,
        .place = place,
        .limit = (int)limit,
    };
    PouceMatch matches[POUCE_MATCH_MAX];
    int count = pouce_directory_match(pouce_desk_directory(api->desk), &query, matches);
    json_t *list = json_array();
    for (int i = 0; i < count; i++) {
        g_autoptr(PouceHelper) helper = pouce_view_match(&api->view, &matches[i]);
        json_array_append_new(list, pouce_helper_to_json(helper));
    }
    pouce_call_answer(call, 200, json_pack("{s:o}", "helpers", list));
}

void pouce_api_helper(PouceCall *call, gpointer app)
{
    const PouceApi *api = app;
    g_autoptr(PouceHelper) helper = pouce_view_helper(
        &api->view, pouce_call_param(call, 0), pouce_call_who(call)->account, NULL);
    if (helper)
        pouce_call_answer(call, 200, json_pack("{s:o}", "helper", pouce_helper_to_json(helper)));
    else
        pouce_call_fail(call, POUCE_PROBLEM_NOT_FOUND, "Nobody with this id offers help here.");
}
