// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "signaling/wire/switchboard.h"

#include <string.h>

#include "signaling/wire/json.h"
#include "signaling/wire/wire_error.h"

typedef struct {
    const char *name;
    int from; // set of PouceFrom
    gboolean has_session_id;
    gboolean (*read)(json_t *object, PouceSwitchboard *out, GError **error);
    void (*write)(const PouceSwitchboard *message, json_t *object);
} Handler;

#define END POUCE_FROM_END
#define BROKER POUCE_FROM_BROKER
#define BOTH (POUCE_FROM_END | POUCE_FROM_BROKER)

static const char *const relay_kinds[] = {"offer", "answer", "candidate", "restart"};
static const char *const ring_overs[] = {"expired", "withdrawn", "answered"};

static gboolean index_of(const char *const *words, guint n_words, const char *name, guint *out)
{
    for (guint i = 0; name && i < n_words; i++) {
        if (strcmp(words[i], name) == 0) {
            *out = i;
            return TRUE;
        }
    }
    return FALSE;
}

static void put_bool(json_t *object, const char *key, gboolean value)
{
    json_object_set_new(object, key, json_boolean(value));
}

static gboolean read_hello(json_t *object, PouceSwitchboard *out, GError **error)
{
    return pouce_json_copy_text(
               object, "token", 1, POUCE_TOKEN_MAX_BYTES, &out->hello.token, error) &&
           pouce_json_get_natural(object, "protocol", &out->hello.protocol, error) &&
           pouce_json_get_bool(object, "available", &out->hello.available, error);
}

static void write_hello(const PouceSwitchboard *message, json_t *object)
{
    pouce_json_put_text(object, "token", message->hello.token);
    pouce_json_put_int(object, "protocol", message->hello.protocol);
    put_bool(object, "available", message->hello.available);
}

static gboolean read_welcome(json_t *object, PouceSwitchboard *out, GError **error)
{
    json_t *sessions;
    if (!pouce_json_get_id(object, "account", out->welcome.account, error) ||
        !pouce_json_get_id(object, "device", out->welcome.device, error) ||
        !pouce_json_get_int(
            object, "heartbeat_ms", 1, POUCE_INTEGER_MAX, &out->welcome.heartbeat_ms, error) ||
        !pouce_json_get_array(object, "sessions", POUCE_WELCOME_SESSIONS_MAX, &sessions, error))
        return FALSE;
    for (gsize i = 0; i < json_array_size(sessions); i++) {
        out->welcome.sessions[i] = pouce_session_from_json(json_array_get(sessions, i), error);
        if (!out->welcome.sessions[i])
            return FALSE;
        out->welcome.n_sessions++;
    }
    return TRUE;
}

static void write_welcome(const PouceSwitchboard *message, json_t *object)
{
    pouce_json_put_text(object, "account", message->welcome.account);
    pouce_json_put_text(object, "device", message->welcome.device);
    pouce_json_put_int(object, "heartbeat_ms", message->welcome.heartbeat_ms);
    json_t *sessions = json_array();
    g_assert(message->welcome.n_sessions <= POUCE_WELCOME_SESSIONS_MAX);
    for (guint i = 0; i < message->welcome.n_sessions; i++)
        json_array_append_new(sessions, pouce_session_to_json(message->welcome.sessions[i]));
    json_object_set_new(object, "sessions", sessions);
}

static gboolean read_available(json_t *object, PouceSwitchboard *out, GError **error)
{
    return pouce_json_get_bool(object, "available", &out->available.available, error);
}

static void write_available(const PouceSwitchboard *message, json_t *object)
{
    put_bool(object, "available", message->available.available);
}

static gboolean read_ring(json_t *object, PouceSwitchboard *out, GError **error)
{
    if (!pouce_json_get_natural(object, "expires_ms", &out->ring.expires_ms, error))
        return FALSE;
    out->ring.session = pouce_session_from_json(json_object_get(object, "session"), error);
    return out->ring.session != NULL;
}

static void write_ring(const PouceSwitchboard *message, json_t *object)
{
    json_object_set_new(object, "session", pouce_session_to_json(message->ring.session));
    pouce_json_put_int(object, "expires_ms", message->ring.expires_ms);
}

static gboolean read_ring_over(json_t *object, PouceSwitchboard *out, GError **error)
{
    guint index;
    if (!index_of(ring_overs, G_N_ELEMENTS(ring_overs), pouce_json_word(object, "reason"), &index))
        return pouce_json_refuse(error, "reason");
    out->ring_over.reason = (PouceRingOver)index;
    return TRUE;
}

static void write_ring_over(const PouceSwitchboard *message, json_t *object)
{
    g_assert((guint)message->ring_over.reason < G_N_ELEMENTS(ring_overs));
    pouce_json_put_text(object, "reason", ring_overs[message->ring_over.reason]);
}

static gboolean read_session(json_t *object, PouceSwitchboard *out, GError **error)
{
    out->session.session = pouce_session_from_json(json_object_get(object, "session"), error);
    return out->session.session != NULL;
}

static void write_session(const PouceSwitchboard *message, json_t *object)
{
    json_object_set_new(object, "session", pouce_session_to_json(message->session.session));
}

static gboolean read_bytes(
    json_t *body, const char *key, gsize min, gsize max, char **out, GError **error)
{
    json_t *value = json_object_get(body, key);
    if (!json_is_string(value) || json_string_length(value) < min ||
        json_string_length(value) > max)
        return pouce_json_refuse(error, key);
    *out = g_strdup(json_string_value(value));
    return TRUE;
}

static gboolean read_relay(json_t *object, PouceSwitchboard *out, GError **error)
{
    guint kind;
    if (!index_of(relay_kinds, G_N_ELEMENTS(relay_kinds), pouce_json_word(object, "kind"), &kind))
        return pouce_json_refuse(error, "kind");
    out->relay.kind = (PouceRelayKind)kind;
    json_t *body = json_object_get(object, "body");
    if (!json_is_object(body))
        return pouce_json_refuse(error, "body");
    if (out->relay.kind == POUCE_RELAY_RESTART)
        return TRUE;
    if (out->relay.kind != POUCE_RELAY_CANDIDATE)
        return read_bytes(body, "sdp", 1, POUCE_SDP_MAX_BYTES, &out->relay.text, error);
    return pouce_json_get_int(body, "mline", 0, 255, &out->relay.mline, error) &&
           read_bytes(body, "candidate", 0, POUCE_CANDIDATE_MAX_BYTES, &out->relay.text, error);
}

static void write_relay(const PouceSwitchboard *message, json_t *object)
{
    g_assert((guint)message->relay.kind < G_N_ELEMENTS(relay_kinds));
    pouce_json_put_text(object, "kind", relay_kinds[message->relay.kind]);
    json_t *body = json_object();
    if (message->relay.kind == POUCE_RELAY_CANDIDATE) {
        pouce_json_put_text(body, "candidate", message->relay.text);
        pouce_json_put_int(body, "mline", message->relay.mline);
    } else if (message->relay.kind != POUCE_RELAY_RESTART) {
        pouce_json_put_text(body, "sdp", message->relay.text);
    }
    json_object_set_new(object, "body", body);
}

static gboolean read_ticks(json_t *object, PouceSwitchboard *out, GError **error)
{
    json_t *ticks;
    if (!pouce_json_get_array(object, "ticks", POUCE_TICKS_MAX, &ticks, error))
        return FALSE;
    if (json_array_size(ticks) == 0)
        return pouce_json_refuse(error, "ticks");
    out->ticks.n_ticks = (guint)json_array_size(ticks);
    out->ticks.ticks = g_new0(PouceSignedTick, out->ticks.n_ticks);
    for (guint i = 0; i < out->ticks.n_ticks; i++) {
        if (!pouce_signed_tick_from_json(json_array_get(ticks, i), &out->ticks.ticks[i], error))
            return FALSE;
    }
    return TRUE;
}

static void write_ticks(const PouceSwitchboard *message, json_t *object)
{
    json_t *ticks = json_array();
    g_assert(message->ticks.n_ticks >= 1 && message->ticks.n_ticks <= POUCE_TICKS_MAX);
    for (guint i = 0; i < message->ticks.n_ticks; i++)
        json_array_append_new(ticks, pouce_signed_tick_to_json(&message->ticks.ticks[i]));
    json_object_set_new(object, "ticks", ticks);
}

static gboolean read_ticks_ack(json_t *object, PouceSwitchboard *out, GError **error)
{
    return pouce_json_get_natural(object, "seeker_seq", &out->ticks_ack.seeker_seq, error) &&
           pouce_json_get_natural(object, "helper_seq", &out->ticks_ack.helper_seq, error) &&
           pouce_json_get_natural(object, "signed_ms", &out->ticks_ack.signed_ms, error) &&
           pouce_json_get_natural(object, "cost_minor", &out->ticks_ack.cost_minor, error);
}

static void write_ticks_ack(const PouceSwitchboard *message, json_t *object)
{
    pouce_json_put_int(object, "seeker_seq", message->ticks_ack.seeker_seq);
    pouce_json_put_int(object, "helper_seq", message->ticks_ack.helper_seq);
    pouce_json_put_int(object, "signed_ms", message->ticks_ack.signed_ms);
    pouce_json_put_int(object, "cost_minor", message->ticks_ack.cost_minor);
}

static gboolean read_pause(json_t *object, PouceSwitchboard *out, GError **error)
{
    return pouce_json_get_bool(object, "paused", &out->pause.paused, error);
}

static void write_pause(const PouceSwitchboard *message, json_t *object)
{
    put_bool(object, "paused", message->pause.paused);
}

static gboolean read_end(json_t *object, PouceSwitchboard *out, GError **error)
{
    return pouce_end_reason_parse(pouce_json_word(object, "reason"), &out->end.reason) ||
           pouce_json_refuse(error, "reason");
}

static void write_end(const PouceSwitchboard *message, json_t *object)
{
    pouce_json_put_text(object, "reason", pouce_end_reason_name(message->end.reason));
}

static gboolean read_stats(json_t *object, PouceSwitchboard *out, GError **error)
{
    return pouce_json_get_natural(object, "fps", &out->stats.fps, error) &&
           pouce_json_get_natural(object, "bitrate_bps", &out->stats.bitrate_bps, error) &&
           pouce_json_get_natural(object, "rtt_ms", &out->stats.rtt_ms, error) &&
           pouce_json_get_natural(object, "lost", &out->stats.lost, error) &&
           pouce_json_get_natural(object, "bytes", &out->stats.bytes, error);
}

static void write_stats(const PouceSwitchboard *message, json_t *object)
{
    pouce_json_put_int(object, "fps", message->stats.fps);
    pouce_json_put_int(object, "bitrate_bps", message->stats.bitrate_bps);
    pouce_json_put_int(object, "rtt_ms", message->stats.rtt_ms);
    pouce_json_put_int(object, "lost", message->stats.lost);
    pouce_json_put_int(object, "bytes", message->stats.bytes);
}

static gboolean read_ping(json_t *object, PouceSwitchboard *out, GError **error)
{
    return pouce_json_get_natural(object, "n", &out->ping.n, error);
}

static void write_ping(const PouceSwitchboard *message, json_t *object)
{
    pouce_json_put_int(object, "n", message->ping.n);
}

static gboolean read_error(json_t *object, PouceSwitchboard *out, GError **error)
{
    return pouce_json_copy_text(object, "code", 1, POUCE_TYPE_MAX_CHARS, &out->error.code, error) &&
           pouce_json_copy_text(
               object, "detail", 0, POUCE_DETAIL_MAX_CHARS, &out->error.detail, error) &&
           pouce_json_copy_text(object, "about", 0, POUCE_TYPE_MAX_CHARS, &out->error.about, error);
}

static void write_error(const PouceSwitchboard *message, json_t *object)
{
    pouce_json_put_text(object, "code", message->error.code);
    pouce_json_put_text(object, "detail", message->error.detail ? message->error.detail : "");
    pouce_json_put_text(object, "about", message->error.about ? message->error.about : "");
}

static const Handler handlers[POUCE_SWITCHBOARD_N_TYPES] = {
    [POUCE_SWITCHBOARD_HELLO] = {"hello", END, FALSE, read_hello, write_hello},
    [POUCE_SWITCHBOARD_WELCOME] = {"welcome", BROKER, FALSE, read_welcome, write_welcome},
    [POUCE_SWITCHBOARD_AVAILABLE] = {"available", END, FALSE, read_available, write_available},
    [POUCE_SWITCHBOARD_RING] = {"ring", BROKER, FALSE, read_ring, write_ring},
    [POUCE_SWITCHBOARD_RING_OVER] = {"ring_over", BROKER, TRUE, read_ring_over, write_ring_over},
    [POUCE_SWITCHBOARD_SESSION] = {"session", BROKER, FALSE, read_session, write_session},
    [POUCE_SWITCHBOARD_RELAY] = {"relay", BOTH, TRUE, read_relay, write_relay},
    [POUCE_SWITCHBOARD_BOUND] = {"bound", END, TRUE, NULL, NULL},
    [POUCE_SWITCHBOARD_TICKS] = {"ticks", END, TRUE, read_ticks, write_ticks},
    [POUCE_SWITCHBOARD_TICKS_ACK] = {"ticks_ack", BROKER, TRUE, read_ticks_ack, write_ticks_ack},
    [POUCE_SWITCHBOARD_PAUSE] = {"pause", END, TRUE, read_pause, write_pause},
    [POUCE_SWITCHBOARD_END] = {"end", END, TRUE, read_end, write_end},
    [POUCE_SWITCHBOARD_STATS] = {"stats", END, TRUE, read_stats, write_stats},
    [POUCE_SWITCHBOARD_PING] = {"ping", BOTH, FALSE, read_ping, write_ping},
    [POUCE_SWITCHBOARD_PONG] = {"pong", BOTH, FALSE, read_ping, write_ping},
    [POUCE_SWITCHBOARD_ERROR] = {"error", BROKER, FALSE, read_error, write_error},
};

static const Handler *find(const char *name, PouceFrom from)
{
    for (guint i = 0; i < G_N_ELEMENTS(handlers); i++) {
        if (strcmp(handlers[i].name, name) == 0 && (handlers[i].from & from))
            return &handlers[i];
    }
    return NULL;
}

gboolean pouce_switchboard_parse(
    const void *data, gsize bytes, PouceFrom from, PouceSwitchboard *out, GError **error)
{
    g_autoptr(json_t) object = pouce_json_parse(data, bytes, POUCE_SWITCHBOARD_MAX_BYTES, error);
    if (!object)
        return FALSE;
    const char *name = pouce_json_word(object, "type");
    if (!name)
        return pouce_json_refuse(error, "type");
    const Handler *handler = find(name, from);
    if (!handler) {
        g_autofree char *of = pouce_json_clip(name, POUCE_TYPE_MAX_CHARS);
        g_set_error(error, POUCE_WIRE_ERROR, POUCE_WIRE_ERROR_UNKNOWN,
            "The message type \"%s\" is not known here.", of);
        return FALSE;
    }
    PouceSwitchboard message = {.type = (PouceSwitchboardType)(handler - handlers)};
    if ((handler->has_session_id &&
            !pouce_json_get_id(object, "session", message.session_id, error)) ||
        (handler->read && !handler->read(object, &message, error))) {
        pouce_switchboard_clear(&message);
        return FALSE;
    }
    *out = message;
    return TRUE;
}

char *pouce_switchboard_build(const PouceSwitchboard *message)
{
    g_assert((guint)message->type < POUCE_SWITCHBOARD_N_TYPES);
    const Handler *handler = &handlers[message->type];
    g_autoptr(json_t) object = json_object();
    pouce_json_put_text(object, "type", handler->name);
    if (handler->has_session_id)
        pouce_json_put_text(object, "session", message->session_id);
    if (handler->write)
        handler->write(message, object);
    return pouce_json_text(object);
}

void pouce_switchboard_clear(PouceSwitchboard *message)
{
    switch (message->type) {
    case POUCE_SWITCHBOARD_HELLO:
        g_free(message->hello.token);
        break;
    case POUCE_SWITCHBOARD_WELCOME:
        for (guint i = 0; i < message->welcome.n_sessions; i++)
            pouce_session_free(message->welcome.sessions[i]);
        break;
    case POUCE_SWITCHBOARD_RING:
        pouce_session_free(message->ring.session);
        break;
    case POUCE_SWITCHBOARD_SESSION:
        pouce_session_free(message->session.session);
        break;
    case POUCE_SWITCHBOARD_RELAY:
        g_free(message->relay.text);
        break;
    case POUCE_SWITCHBOARD_TICKS:
        g_free(message->ticks.ticks);
        break;
    case POUCE_SWITCHBOARD_ERROR:
        g_free(message->error.code);
        g_free(message->error.detail);
        g_free(message->error.about);
        break;
    default:
        break;
    }
    *message = (PouceSwitchboard){0};
}

const char *pouce_switchboard_type_name(PouceSwitchboardType type)
{
    g_assert((guint)type < POUCE_SWITCHBOARD_N_TYPES);
    return handlers[type].name;
}
