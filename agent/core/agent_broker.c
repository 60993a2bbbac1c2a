// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Requests to the broker, each with what its answer means, and messages of the switchboard by a
// table of handlers.

#include "agent/core/agent_private.h"

#include "signaling/wire/id.h"
#include "signaling/wire/json.h"

#include <string.h>

#define HELPERS_ASKED 20

// The words of a refused request; TRUE if there was one.
static gboolean refused(PouceAgent *agent, json_t *body, const GError *error)
{
    if (!error)
        return FALSE;
    const char *code = body ? json_string_value(json_object_get(body, "code")) : NULL;
    agent_trouble(agent, code ? code : "unreachable", error->message);
    return TRUE;
}

static void malformed(PouceAgent *agent, const GError *error)
{
    g_autofree char *sentence =
        g_strdup_printf("The broker's answer makes no sense (%s): it may be of another version.",
            error ? error->message : "a part is missing");
    agent_trouble(agent, "malformed", sentence);
}

static void take_account(PouceAgent *agent, json_t *body)
{
    g_autoptr(GError) error = NULL;
    PouceAccount *account = pouce_account_from_json(json_object_get(body, "account"), &error);
    if (!account) {
        malformed(agent, error);
        return;
    }
    pouce_account_free(agent->account);
    agent->account = account;
    TELL(agent, account, account);
}

static void on_me(gpointer user, guint status, json_t *body, const GError *error)
{
    PouceAgent *agent = user;
    if (!refused(agent, body, error))
        take_account(agent, body);
}

static void on_login(gpointer user, guint status, json_t *body, const GError *error)
{
    PouceAgent *agent = user;
    if (refused(agent, body, error)) {
        agent_set_phase(agent, POUCE_AGENT_SIGNED_OUT);
        return;
    }
    take_account(agent, body);
    pouce_rendezvous_connect(agent->rendezvous);
}

void pouce_agent_sign_in(PouceAgent *agent, const char *login, const char *password)
{
    if (agent->phase != POUCE_AGENT_SIGNED_OUT)
        return;
    agent_set_phase(agent, POUCE_AGENT_SIGNING_IN);
    pouce_rendezvous_login(agent->rendezvous, login, password, on_login, agent);
}

typedef struct {
    PouceAgent *agent;
    char *login;
    char *password;
} SignUp;

static void on_signed_up(gpointer user, guint status, json_t *body, const GError *error)
{
    SignUp *sign_up = user;
    PouceAgent *agent = sign_up->agent;
    if (refused(agent, body, error))
        agent_set_phase(agent, POUCE_AGENT_SIGNED_OUT);
    else
        pouce_rendezvous_login(
            agent->rendezvous, sign_up->login, sign_up->password, on_login, agent);
    memset(sign_up->password, 0, strlen(sign_up->password));
    g_free(sign_up->login);
    g_free(sign_up->password);
    g_free(sign_up);
}

void pouce_agent_sign_up(
    PouceAgent *agent, const char *login, const char *name, const char *password)
{
    if (agent->phase != POUCE_AGENT_SIGNED_OUT)
        return;
    agent_set_phase(agent, POUCE_AGENT_SIGNING_IN);
    const char *const *languages = g_get_language_names();
    gboolean french = g_str_has_prefix(languages[0], "fr");
    g_autoptr(json_t) body = json_pack("{s:s,s:s,s:s,s:s}", "login", login, "name", name,
        "password", password, "locale", french ? "fr" : "en");
    SignUp *sign_up = g_new(SignUp, 1);
    *sign_up = (SignUp){agent, g_strdup(login), g_strdup(password)};
    pouce_rendezvous_call(
        agent->rendezvous, "POST", "/api/v1/accounts", body, NULL, on_signed_up, sign_up);
}

gboolean pouce_agent_resume(PouceAgent *agent)
{
    if (agent->phase != POUCE_AGENT_SIGNED_OUT || !pouce_rendezvous_has_token(agent->rendezvous))
        return FALSE;
    agent_set_phase(agent, POUCE_AGENT_SIGNING_IN);
    pouce_rendezvous_call(agent->rendezvous, "GET", "/api/v1/me", NULL, NULL, on_me, agent);
    pouce_rendezvous_connect(agent->rendezvous);
    return TRUE;
}

void pouce_agent_sign_out(PouceAgent *agent)
{
    pouce_agent_end(agent);
    pouce_rendezvous_forget_token(agent->rendezvous);
    g_clear_pointer(&agent->account, pouce_account_free);
    agent_set_phase(agent, POUCE_AGENT_SIGNED_OUT);
}

static void on_helpers(gpointer user, guint status, json_t *body, const GError *error)
{
    PouceAgent *agent = user;
    g_autoptr(GError) failure = NULL;
    if (refused(agent, body, error))
        return;
    json_t *list = json_object_get(body, "helpers");
    g_autoptr(GPtrArray) helpers =
        g_ptr_array_new_with_free_func((GDestroyNotify)pouce_helper_free);
    gsize at;
    json_t *item;
    json_array_foreach(list, at, item)
    {
        PouceHelper *helper = pouce_helper_from_json(item, &failure);
        if (!helper) {
            malformed(agent, failure);
            return;
        }
        g_ptr_array_add(helpers, helper);
    }
    TELL(agent, helpers, (PouceHelper *const *)helpers->pdata, helpers->len);
}

void pouce_agent_find(PouceAgent *agent, const char *need, const char *language, const char *place)
{
    g_autofree char *quoted_need = g_uri_escape_string(need ? need : "", NULL, FALSE);
    g_autofree char *quoted_language = g_uri_escape_string(language ? language : "", NULL, FALSE);
    g_autofree char *quoted_place = g_uri_escape_string(place ? place : "", NULL, FALSE);
    g_autoptr(GString) path = g_string_new("/api/v1/helpers?");
    g_string_append_printf(path, "limit=%d&need=%s", HELPERS_ASKED, quoted_need);
    if (*quoted_language)
        g_string_append_printf(path, "&language=%s", quoted_language);
    if (*quoted_place)
        g_string_append_printf(path, "&place=%s", quoted_place);
    pouce_rendezvous_call(agent->rendezvous, "GET", path->str, NULL, NULL, on_helpers, agent);
}

static PouceSession *session_of(PouceAgent *agent, json_t *body)
{
    g_autoptr(GError) error = NULL;
    PouceSession *session = pouce_session_from_json(json_object_get(body, "session"), &error);
    if (!session)
        malformed(agent, error);
    return session;
}

static void on_requested(gpointer user, guint status, json_t *body, const GError *error)
{
    PouceAgent *agent = user;
    agent->requesting = FALSE;
    PouceSession *session = refused(agent, body, error) ? NULL : session_of(agent, body);
    if (!session) {
        agent_session_over(agent, NULL, NULL);
        agent_set_phase(agent, POUCE_AGENT_READY);
        return;
    }
    g_clear_pointer(&agent->session, pouce_session_free);
    agent_session_take(agent, session);
    if (agent->early)
        agent_session_take(agent, g_steal_pointer(&agent->early));
}

void pouce_agent_request(PouceAgent *agent, const char *need, const char *helper,
    const char *language, const char *place, gint64 cap_minor)
{
    g_autoptr(GError) error = NULL;
    char key[POUCE_ID_CHARS + 1];
    if (agent->phase != POUCE_AGENT_READY && agent->phase != POUCE_AGENT_OVER)
        return;
    if (!agent_session_open_picture(agent, &error)) {
        agent_trouble(agent, "no_screen", error->message);
        return;
    }
    pouce_id_make(g_get_real_time() / 1000, key);
    g_autoptr(json_t) body = json_pack("{s:s,s:s?,s:s,s:s,s:I}", "need", need, "helper", helper,
        "language", language ? language : "", "place", place ? place : "", "cap_minor",
        (json_int_t)cap_minor);
    agent->requesting = TRUE;
    agent->end_told = FALSE;
    agent->leaving = POUCE_END_NONE;
    g_clear_pointer(&agent->session, pouce_session_free);
    agent_set_phase(agent, POUCE_AGENT_RINGING);
    pouce_rendezvous_call(
        agent->rendezvous, "POST", "/api/v1/sessions", body, key, on_requested, agent);
}

static char *session_path(PouceAgent *agent, const char *action)
{
    return g_strdup_printf("/api/v1/sessions/%s%s", agent->session->id, action);
}

static void on_confirmed(gpointer user, guint status, json_t *body, const GError *error)
{
    PouceAgent *agent = user;
    PouceSession *session = refused(agent, body, error) ? NULL : session_of(agent, body);
    if (session)
        agent_session_take(agent, session);
    else
        agent_session_leave(agent, POUCE_END_FAILED);
}

void pouce_agent_confirm(PouceAgent *agent, PouceCapability may)
{
    if (agent->phase != POUCE_AGENT_CONSENT)
        return;
    agent->may = may | POUCE_CAPABILITY_VIEW;
    g_autofree char *path = session_path(agent, "/confirm");
    g_autoptr(json_t) body = json_pack("{s:o}", "may", pouce_capabilities_to_json(agent->may));
    agent_set_phase(agent, POUCE_AGENT_CONNECTING);
    agent_control_open(agent);
    pouce_rendezvous_call(agent->rendezvous, "POST", path, body, NULL, on_confirmed, agent);
}

static void on_receipt(gpointer user, guint status, json_t *body, const GError *error)
{
    PouceAgent *agent = user;
    g_autoptr(GError) failure = NULL;
    g_autoptr(PouceReceipt) receipt = NULL;
    if (!refused(agent, body, error)) {
        receipt = pouce_receipt_from_json(json_object_get(body, "receipt"), &failure);
        if (!receipt)
            malformed(agent, failure);
    }
    if (receipt)
        TELL(agent, receipt, receipt);
    agent_session_over(agent, NULL, NULL);
    pouce_rendezvous_call(agent->rendezvous, "GET", "/api/v1/me", NULL, NULL, on_me, agent);
}

void agent_broker_receipt(PouceAgent *agent)
{
    g_autofree char *path = session_path(agent, "/receipt");
    pouce_rendezvous_call(agent->rendezvous, "GET", path, NULL, NULL, on_receipt, agent);
}

static void on_session_fetched(gpointer user, guint status, json_t *body, const GError *error)
{
    PouceAgent *agent = user;
    if (error)
        return; // asked again
    PouceSession *session = session_of(agent, body);
    if (session)
        agent_session_take(agent, session);
}

void agent_broker_fetch_session(PouceAgent *agent)
{
    g_autofree char *path = session_path(agent, "");
    pouce_rendezvous_call(agent->rendezvous, "GET", path, NULL, NULL, on_session_fetched, agent);
}

static void on_rated(gpointer user, guint status, json_t *body, const GError *error)
{
    PouceAgent *agent = user;
    PouceSession *session = refused(agent, body, error) ? NULL : session_of(agent, body);
    if (session)
        agent_session_take(agent, session);
}

void pouce_agent_rate(PouceAgent *agent, int stars, const char *comment)
{
    if (agent->phase != POUCE_AGENT_OVER || !agent->session)
        return;
    g_autofree char *path = session_path(agent, "/rating");
    g_autoptr(json_t) body =
        json_pack("{s:i,s:s}", "stars", CLAMP(stars, 1, 5), "comment", comment ? comment : "");
    pouce_rendezvous_call(agent->rendezvous, "POST", path, body, NULL, on_rated, agent);
}

gboolean agent_broker_send(PouceAgent *agent, PouceSwitchboard *message)
{
    g_strlcpy(message->session_id, agent->session->id, sizeof message->session_id);
    g_autofree char *json = pouce_switchboard_build(message);
    if (message->type == POUCE_SWITCHBOARD_END)
        return pouce_rendezvous_send_end(agent->rendezvous, agent->session->id, json) ==
               POUCE_RENDEZVOUS_SEND_OK;
    return pouce_rendezvous_send(agent->rendezvous, json) == POUCE_RENDEZVOUS_SEND_OK;
}

void agent_broker_ticks(PouceAgent *agent, const PouceSignedTick *tick)
{
    PouceTick parsed;
    PouceSignedTick copy = *tick;
    if (!pouce_tick_parse(tick->text, tick->text_bytes, &parsed, NULL) ||
        parsed.seq <= agent->clock.handed[parsed.role])
        return;
    PouceSwitchboard message = {
        .type = POUCE_SWITCHBOARD_TICKS, .ticks = {.n_ticks = 1, .ticks = &copy}};
    g_strlcpy(message.session_id, agent->session->id, sizeof message.session_id);
    g_autofree char *json = pouce_switchboard_build(&message);
    if (pouce_rendezvous_send_ticks(agent->rendezvous, agent->session->id,
            pouce_role_name(parsed.role), parsed.seq, json) == POUCE_RENDEZVOUS_SEND_OK)
        agent->clock.handed[parsed.role] = parsed.seq;
}

static void take_welcome(PouceAgent *agent, PouceSwitchboard *message)
{
    g_strlcpy(agent->device, message->welcome.device, sizeof agent->device);
    agent_session_welcome(agent, message->welcome.sessions, message->welcome.n_sessions);
    if (agent->phase == POUCE_AGENT_SIGNING_IN)
        agent_set_phase(agent, POUCE_AGENT_READY);
}

static void take_session(PouceAgent *agent, PouceSwitchboard *message)
{
    agent_session_take(agent, g_steal_pointer(&message->session.session));
}

static void take_relay(PouceAgent *agent, PouceSwitchboard *message)
{
    agent_link_relay(agent, message);
}

static void take_ack(PouceAgent *agent, PouceSwitchboard *message)
{
    agent_meter_ack(agent, message);
}

static void take_error(PouceAgent *agent, PouceSwitchboard *message)
{
    g_debug("broker: %s about %s: %s", message->error.code, message->error.about,
        message->error.detail);
}

static void (*const handlers[POUCE_SWITCHBOARD_N_TYPES])(PouceAgent *, PouceSwitchboard *) = {
    [POUCE_SWITCHBOARD_WELCOME] = take_welcome,
    [POUCE_SWITCHBOARD_SESSION] = take_session,
    [POUCE_SWITCHBOARD_RELAY] = take_relay,
    [POUCE_SWITCHBOARD_TICKS_ACK] = take_ack,
    [POUCE_SWITCHBOARD_ERROR] = take_error,
};

static void on_message(gpointer user, const char *type, json_t *json)
{
    PouceAgent *agent = user;
    g_autoptr(GError) error = NULL;
    g_auto(PouceSwitchboard) message = {0};
    g_autofree char *text = pouce_json_text(json);
    if (!pouce_switchboard_parse(text, strlen(text), POUCE_FROM_BROKER, &message, &error)) {
        g_debug("message \"%s\" of the broker is ignored: %s", type, error->message);
        return;
    }
    gboolean ours = agent->session && g_str_equal(message.session_id, agent->session->id);
    if (handlers[message.type] && (ours || !*message.session_id))
        handlers[message.type](agent, &message);
    agent_rearm(agent);
}

static void on_state(gpointer user, PouceRendezvousState state, const char *reason)
{
    PouceAgent *agent = user;
    TELL(agent, online, state == POUCE_RENDEZVOUS_ONLINE, reason);
    if (state == POUCE_RENDEZVOUS_REFUSED) {
        agent_trouble(agent, "unauthenticated", reason);
        if (!agent_in_session(agent))
            agent_set_phase(agent, POUCE_AGENT_SIGNED_OUT);
    }
    if (state == POUCE_RENDEZVOUS_ONLINE)
        agent_link_online(agent);
    agent_rearm(agent);
}

void agent_broker_open(PouceAgent *agent, const PouceAgentConfig *config, GError **error)
{
    static const PouceRendezvousEvents events = {.on_state = on_state, .on_message = on_message};
    g_autofree char *folder = config->config_dir
                                  ? g_strdup(config->config_dir)
                                  : g_build_filename(g_get_user_config_dir(), "pouce", NULL);
    g_autofree char *token = g_build_filename(folder, "agent-token", NULL);
    PouceRendezvousConfig rendezvous = {.broker_url = config->broker_url,
        .device_name = g_get_host_name(),
        .device_kind = "agent",
        .token_path = token};
    memcpy(rendezvous.device_public_key, pouce_identity_peek_key(agent->identity), POUCE_KEY_BYTES);
    agent->rendezvous = pouce_rendezvous_new(&rendezvous, &events, agent, error);
}
