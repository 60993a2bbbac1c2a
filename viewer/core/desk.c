// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewer/core/desk.h"

#include <glib/gstdio.h>
#include <string.h>

#include "signaling/rendezvous/rendezvous.h"
#include "signaling/wire/json.h"

struct PouceDesk {
    PouceDeskEvents events;
    gpointer user;
    char *login;
    char *password;
    char *backend;
    char *microphone;
    char *speaker;
    PoucePicture *picture;
    PouceIdentity *identity;
    PoucePins *pins;
    PouceRendezvous *rendezvous;
    char account[POUCE_ID_CHARS + 1];
    char device[POUCE_ID_CHARS + 1];
    PouceSession *ring; // stands
    char accepting[POUCE_ID_CHARS + 1];
    PouceViewing *viewing;
    GSource *reaper; // frees a viewing that is over, outside its callbacks
    char settling[POUCE_ID_CHARS + 1];
    gboolean receipt_asked;
    gboolean away; // not available on this device
};

static void emit(PouceDesk *desk, const PouceDeskEvent *event)
{
    desk->events.on_event(desk->user, event);
}

static void emit_text(PouceDesk *desk, PouceDeskEventKind kind, const char *text)
{
    emit(desk, &(PouceDeskEvent){.kind = kind, .text = text, .code = ""});
}

// Nobody is logged in (any more) on this device.
static void emit_logged_out(PouceDesk *desk, const char *reason)
{
    emit(desk,
        &(PouceDeskEvent){.kind = POUCE_DESK_REFUSED, .text = reason, .code = "unauthenticated"});
}

// What a call's answer says went wrong.
static void emit_refusal(
    PouceDesk *desk, PouceDeskEventKind kind, guint status, json_t *body, const GError *error)
{
    const char *code = body ? json_string_value(json_object_get(body, "code")) : NULL;
    if (!code)
        code = status == 0 ? "unreachable" : "malformed"; // or not what the protocol says
    emit(desk, &(PouceDeskEvent){.kind = kind, .text = error->message, .code = code});
}

static void send_message(PouceDesk *desk, PouceSwitchboard *message)
{
    g_autofree char *json = pouce_switchboard_build(message);
    if (message->type == POUCE_SWITCHBOARD_END)
        pouce_rendezvous_send_end(desk->rendezvous, message->session_id, json);
    else
        pouce_rendezvous_send(desk->rendezvous, json);
}

// ---- the viewing's outputs

static void viewing_send(gpointer user, const char *json)
{
    PouceDesk *desk = user;
    pouce_rendezvous_send(desk->rendezvous, json);
}

static void viewing_ticks(gpointer user, PouceRole chain, gint64 seq, const char *json)
{
    PouceDesk *desk = user;
    const char *session = pouce_viewing_peek_session(desk->viewing)->id;
    pouce_rendezvous_send_ticks(desk->rendezvous, session, pouce_role_name(chain), seq, json);
}

static void viewing_end(gpointer user, const char *json)
{
    PouceDesk *desk = user;
    const char *session = pouce_viewing_peek_session(desk->viewing)->id;
    pouce_rendezvous_send_end(desk->rendezvous, session, json);
}

static void on_receipt(gpointer user, guint status, json_t *body, const GError *error)
{
    PouceDesk *desk = user;
    g_autoptr(GError) why = NULL;
    g_autoptr(PouceReceipt) receipt =
        error ? NULL : pouce_receipt_from_json(json_object_get(body, "receipt"), &why);
    desk->receipt_asked = FALSE;
    *desk->settling = '\0';
    if (receipt)
        emit(desk, &(PouceDeskEvent){.kind = POUCE_DESK_SETTLED, .receipt = receipt});
    else
        emit_refusal(desk, POUCE_DESK_PROBLEM, status, body, error ? error : why);
}

// Settled sessions have a receipt; those that came to nothing have none.
static void follow(PouceDesk *desk, const PouceSession *session)
{
    if (!g_str_equal(session->id, desk->settling))
        return;
    if (session->state == POUCE_STATE_SETTLED || session->state == POUCE_STATE_RATED) {
        g_autofree char *path = g_strdup_printf("/api/v1/sessions/%s/receipt", session->id);
        if (!desk->receipt_asked)
            pouce_rendezvous_call(desk->rendezvous, "GET", path, NULL, NULL, on_receipt, desk);
        desk->receipt_asked = TRUE;
    } else if (session->state != POUCE_STATE_ENDED && pouce_state_is_over(session->state)) {
        *desk->settling = '\0';
    }
}

static void on_looked_up(gpointer user, guint status, json_t *body, const GError *error)
{
    PouceDesk *desk = user;
    g_autoptr(GError) why = NULL;
    g_autoptr(PouceSession) session =
        error ? NULL : pouce_session_from_json(json_object_get(body, "session"), &why);
    if (session)
        follow(desk, session);
    else
        emit_refusal(desk, POUCE_DESK_PROBLEM, status, body, error ? error : why);
}

// A session that was settled while this end had no line is told by nobody: ask.
static void look_up(PouceDesk *desk)
{
    if (*desk->settling == '\0' || desk->receipt_asked)
        return;
    g_autofree char *path = g_strdup_printf("/api/v1/sessions/%s", desk->settling);
    pouce_rendezvous_call(desk->rendezvous, "GET", path, NULL, NULL, on_looked_up, desk);
}

static gboolean reap(gpointer data)
{
    PouceDesk *desk = data;
    g_clear_pointer(&desk->reaper, g_source_unref);
    g_clear_pointer(&desk->viewing, pouce_viewing_free);
    return G_SOURCE_REMOVE;
}

static void viewing_event(gpointer user, const PouceViewingEvent *event)
{
    PouceDesk *desk = user;
    if (event->kind == POUCE_VIEWING_OVER) {
        const PouceSession *session = pouce_viewing_peek_session(desk->viewing);
        g_strlcpy(desk->settling, session->id, sizeof(desk->settling));
        follow(desk, session);
    }
    // An offer has just come by the broker: that line lives, and the answer must not miss it.
    if (event->kind == POUCE_VIEWING_LOST && g_strcmp0(event->code, "anew") != 0)
        pouce_rendezvous_renew(desk->rendezvous); // and then: pouce_viewing_online
    desk->events.on_viewing(desk->user, event);
    if (event->kind != POUCE_VIEWING_OVER || desk->reaper)
        return;
    desk->reaper = g_idle_source_new();
    g_source_set_callback(desk->reaper, reap, desk, NULL);
    g_source_attach(desk->reaper, g_main_context_get_thread_default());
}

static void begin(PouceDesk *desk, PouceSession *session)
{
    const PouceViewingConfig config = {.own_account = desk->account,
        .identity = desk->identity,
        .pins = desk->pins,
        .picture = desk->picture,
        .backend = desk->backend,
        .microphone = desk->microphone,
        .speaker = desk->speaker};
    const PouceViewingEvents events = {.on_send = viewing_send,
        .on_ticks = viewing_ticks,
        .on_end = viewing_end,
        .on_event = viewing_event};
    *desk->settling = '\0';
    desk->viewing = pouce_viewing_new(&config, session, &events, desk);
    emit(desk, &(PouceDeskEvent){.kind = POUCE_DESK_ACCEPTED, .session = session});
}

// ---- from the broker

static void on_welcome(PouceDesk *desk, const PouceSwitchboard *message)
{
    g_strlcpy(desk->account, message->welcome.account, sizeof(desk->account));
    g_strlcpy(desk->device, message->welcome.device, sizeof(desk->device));
    for (guint n = 0; n < message->welcome.n_sessions; n++) {
        const PouceSession *session = message->welcome.sessions[n];
        gboolean ours = session->role == POUCE_ROLE_HELPER && session->helper &&
                        g_str_equal(session->helper->device_id, desk->device);
        if (!ours)
            continue;
        if (desk->viewing &&
            g_str_equal(pouce_viewing_peek_session(desk->viewing)->id, session->id)) {
            pouce_viewing_take_session(desk->viewing, pouce_session_copy(session));
        } else if (session->state >= POUCE_STATE_ACCEPTED && !pouce_state_is_over(session->state) &&
                   !g_str_equal(session->id, desk->accepting)) {
            // Of an earlier run of this program: its signed chain is gone, so it cannot go on.
            PouceSwitchboard end = {.type = POUCE_SWITCHBOARD_END, .end.reason = POUCE_END_HELPER};
            g_strlcpy(end.session_id, session->id, sizeof(end.session_id));
            send_message(desk, &end);
        }
    }
    if (desk->viewing)
        pouce_viewing_online(desk->viewing);
    look_up(desk);
    emit(desk, &(PouceDeskEvent){.kind = POUCE_DESK_ONLINE});
}

static void on_ring(PouceDesk *desk, const PouceSwitchboard *message)
{
    pouce_session_free(desk->ring);
    desk->ring = pouce_session_copy(message->ring.session);
    emit(desk, &(PouceDeskEvent){.kind = POUCE_DESK_RING,
                   .session = desk->ring,
                   .expires_ms = message->ring.expires_ms});
}

static void on_ring_over(PouceDesk *desk, const PouceSwitchboard *message)
{
    static const char *const reasons[] = {"expired", "withdrawn", "answered"};
    if (!desk->ring || !g_str_equal(desk->ring->id, message->session_id))
        return;
    g_clear_pointer(&desk->ring, pouce_session_free);
    emit_text(desk, POUCE_DESK_RING_OVER, reasons[message->ring_over.reason]);
}

static void on_session(PouceDesk *desk, const PouceSwitchboard *message)
{
    const PouceSession *session = message->session.session;
    // The answer to "accept" and the broker's word of it race each other: the first begins.
    gboolean accepted =
        session->state == POUCE_STATE_ACCEPTED || session->state == POUCE_STATE_CONNECTING;
    if (accepted && g_str_equal(session->id, desk->accepting) && !desk->viewing)
        begin(desk, pouce_session_copy(session));
    emit(desk, &(PouceDeskEvent){.kind = POUCE_DESK_STATE, .session = session});
    if (desk->viewing)
        pouce_viewing_take_session(desk->viewing, pouce_session_copy(session));
    follow(desk, session);
}

static gboolean is_ours(PouceDesk *desk, const PouceSwitchboard *message)
{
    return desk->viewing && !desk->reaper &&
           g_str_equal(pouce_viewing_peek_session(desk->viewing)->id, message->session_id);
}

static void on_relay(PouceDesk *desk, const PouceSwitchboard *message)
{
    if (is_ours(desk, message))
        pouce_viewing_on_relay(desk->viewing, message);
}

static void on_ticks_ack(PouceDesk *desk, const PouceSwitchboard *message)
{
    if (is_ours(desk, message))
        pouce_viewing_on_ack(desk->viewing, message);
}

static void on_error(PouceDesk *desk, const PouceSwitchboard *message)
{
    emit(desk, &(PouceDeskEvent){.kind = POUCE_DESK_PROBLEM,
                   .text = message->error.detail,
                   .code = message->error.code});
}

static void (*const handlers[POUCE_SWITCHBOARD_N_TYPES])(PouceDesk *, const PouceSwitchboard *) = {
    [POUCE_SWITCHBOARD_WELCOME] = on_welcome,
    [POUCE_SWITCHBOARD_RING] = on_ring,
    [POUCE_SWITCHBOARD_RING_OVER] = on_ring_over,
    [POUCE_SWITCHBOARD_SESSION] = on_session,
    [POUCE_SWITCHBOARD_RELAY] = on_relay,
    [POUCE_SWITCHBOARD_TICKS_ACK] = on_ticks_ack,
    [POUCE_SWITCHBOARD_ERROR] = on_error,
};

static void on_message(gpointer user, const char *type, json_t *json)
{
    g_autofree char *text = pouce_json_text(json);
    g_auto(PouceSwitchboard) message = {0};
    g_autoptr(GError) error = NULL;
    if (!pouce_switchboard_parse(text, strlen(text), POUCE_FROM_BROKER, &message, &error)) {
        g_warning("the broker's message %s was not understood: %s", type, error->message);
        return;
    }
    if (handlers[message.type])
        handlers[message.type](user, &message);
}

static void on_state(gpointer user, PouceRendezvousState state, const char *reason)
{
    PouceDesk *desk = user;
    if (state == POUCE_RENDEZVOUS_OFFLINE)
        emit_text(desk, POUCE_DESK_OFFLINE, reason);
    else if (state == POUCE_RENDEZVOUS_REFUSED)
        emit_logged_out(desk, reason);
}

// ---- life

static gboolean load(PouceDesk *desk, const char *folder, GError **error)
{
    if (g_mkdir_with_parents(folder, 0700) != 0) {
        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno),
            "the folder %s cannot be made: %s", folder, g_strerror(errno));
        return FALSE;
    }
    g_autofree char *key = g_build_filename(folder, "device.key", NULL);
    g_autofree char *pins = g_build_filename(folder, "known-devices", NULL);
    desk->identity = pouce_identity_load(key, error);
    if (!desk->identity)
        return FALSE;
    desk->pins = pouce_pins_load(pins, error);
    return desk->pins != NULL;
}

PouceDesk *pouce_desk_new(
    const PouceDeskConfig *config, const PouceDeskEvents *events, gpointer user, GError **error)
{
    g_autoptr(PouceDesk) desk = g_new0(PouceDesk, 1);
    desk->events = *events;
    desk->user = user;
    desk->login = g_strdup(config->login);
    desk->password = g_strdup(config->password);
    desk->backend = g_strdup(config->backend);
    desk->microphone = g_strdup(config->microphone);
    desk->speaker = g_strdup(config->speaker);
    desk->picture = config->picture;
    if (!load(desk, config->folder, error))
        return NULL;
    g_autofree char *token = g_build_filename(config->folder, "token", NULL);
    PouceRendezvousConfig rendezvous = {.broker_url = config->broker_url,
        .device_name = g_get_host_name(),
        .device_kind = "viewer",
        .token_path = token};
    memcpy(rendezvous.device_public_key, pouce_identity_peek_key(desk->identity), POUCE_KEY_BYTES);
    const PouceRendezvousEvents callbacks = {.on_state = on_state, .on_message = on_message};
    desk->rendezvous = pouce_rendezvous_new(&rendezvous, &callbacks, desk, error);
    return desk->rendezvous ? g_steal_pointer(&desk) : NULL;
}

void pouce_desk_free(PouceDesk *desk)
{
    if (!desk)
        return;
    if (desk->reaper)
        g_source_destroy(desk->reaper);
    g_clear_pointer(&desk->reaper, g_source_unref);
    pouce_viewing_free(desk->viewing);
    pouce_rendezvous_free(desk->rendezvous);
    pouce_session_free(desk->ring);
    pouce_pins_free(desk->pins);
    pouce_identity_free(desk->identity);
    g_free(desk->login);
    g_free(desk->password);
    g_free(desk->backend);
    g_free(desk->microphone);
    g_free(desk->speaker);
    g_free(desk);
}

static void connect_now(PouceDesk *desk)
{
    pouce_rendezvous_set_available(desk->rendezvous, !desk->away);
    pouce_rendezvous_connect(desk->rendezvous);
}

static void take_account(PouceDesk *desk, guint status, json_t *body)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(PouceAccount) account =
        pouce_account_from_json(json_object_get(body, "account"), &why);
    if (account)
        emit(desk, &(PouceDeskEvent){.kind = POUCE_DESK_ACCOUNT, .account = account});
    else
        emit_refusal(desk, POUCE_DESK_PROBLEM, status, body, why);
}

static void on_login(gpointer user, guint status, json_t *body, const GError *error)
{
    PouceDesk *desk = user;
    if (error) {
        emit_refusal(desk, POUCE_DESK_REFUSED, status, body, error);
        return;
    }
    take_account(desk, status, body);
    connect_now(desk);
}

// Of a log-in that was kept; the connection tells by itself if it is no longer good.
static void on_me(gpointer user, guint status, json_t *body, const GError *error)
{
    if (!error)
        take_account(user, status, body);
}

void pouce_desk_start(PouceDesk *desk)
{
    if (desk->password) {
        pouce_rendezvous_login(desk->rendezvous, desk->login, desk->password, on_login, desk);
    } else if (pouce_rendezvous_has_token(desk->rendezvous)) {
        pouce_rendezvous_call(desk->rendezvous, "GET", "/api/v1/me", NULL, NULL, on_me, desk);
        connect_now(desk);
    } else {
        emit_logged_out(desk, "there is no earlier log-in on this device: give a password file");
    }
}

void pouce_desk_set_available(PouceDesk *desk, gboolean available)
{
    desk->away = !available;
    pouce_rendezvous_set_available(desk->rendezvous, available);
}

static void on_logged_out(gpointer user, guint status, json_t *body, const GError *error)
{
    PouceDesk *desk = user;
    pouce_rendezvous_forget_token(desk->rendezvous);
    emit(desk, &(PouceDeskEvent){.kind = POUCE_DESK_LOGGED_OUT});
}

void pouce_desk_log_out(PouceDesk *desk)
{
    pouce_rendezvous_call(
        desk->rendezvous, "POST", "/api/v1/logout", NULL, NULL, on_logged_out, desk);
}

static void on_accepted(gpointer user, guint status, json_t *body, const GError *error)
{
    PouceDesk *desk = user;
    g_autoptr(GError) why = NULL;
    g_autoptr(PouceSession) session =
        error ? NULL : pouce_session_from_json(json_object_get(body, "session"), &why);
    *desk->accepting = '\0';
    if (desk->viewing)
        return;
    if (error)
        emit_refusal(desk, POUCE_DESK_PROBLEM, status, body, error);
    else if (!session)
        emit_refusal(desk, POUCE_DESK_PROBLEM, status, body, why);
    else
        begin(desk, g_steal_pointer(&session));
}

static gboolean answer(PouceDesk *desk, const char *how, PouceRendezvousCallback callback)
{
    if (!desk->ring || desk->viewing)
        return FALSE;
    g_autoptr(PouceSession) ring = g_steal_pointer(&desk->ring);
    g_autofree char *path = g_strdup_printf("/api/v1/sessions/%s/%s", ring->id, how);
    g_strlcpy(desk->accepting, ring->id, sizeof(desk->accepting));
    pouce_rendezvous_call(desk->rendezvous, "POST", path, NULL, NULL, callback, desk);
    return TRUE;
}

gboolean pouce_desk_accept(PouceDesk *desk)
{
    return answer(desk, "accept", on_accepted);
}

static void on_declined(gpointer user, guint status, json_t *body, const GError *error)
{
    PouceDesk *desk = user;
    *desk->accepting = '\0';
    if (error)
        emit_refusal(desk, POUCE_DESK_PROBLEM, status, body, error);
}

gboolean pouce_desk_decline(PouceDesk *desk)
{
    return answer(desk, "decline", on_declined);
}

PouceViewing *pouce_desk_peek_viewing(PouceDesk *desk)
{
    return desk->reaper ? NULL : desk->viewing;
}

gboolean pouce_desk_is_settling(const PouceDesk *desk)
{
    return *desk->settling != '\0';
}
