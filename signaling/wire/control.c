// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "signaling/wire/control.h"

#include <stdio.h>
#include <string.h>

#include "signaling/wire/base64u.h"
#include "signaling/wire/json.h"
#include "signaling/wire/wire_error.h"

// A type's handler: read fills the right member of the union from the object, write adds the
// fields to one; both NULL for types without fields.
typedef struct {
    const char *name;
    int from; // set of 1 << PouceRole
    gboolean (*read)(json_t *object, PouceControl *out, GError **error);
    void (*write)(const PouceControl *control, json_t *object);
} Handler;

#define SEEKER (1 << POUCE_ROLE_SEEKER)
#define HELPER (1 << POUCE_ROLE_HELPER)
#define BOTH (SEEKER | HELPER)
#define PX_MAX 65535

static gboolean pixels(json_t *object, const char *key, gint64 *out, GError **error)
{
    return pouce_json_get_int(object, key, 1, PX_MAX, out, error);
}

static void put_b64u(json_t *object, const char *key, const void *data, gsize bytes)
{
    g_autofree char *text = pouce_base64u_encode(data, bytes);
    pouce_json_put_text(object, key, text);
}

static gboolean read_bind(json_t *object, PouceControl *out, GError **error)
{
    PouceBind *bind = &out->bind.bind;
    if (!pouce_role_parse(pouce_json_word(object, "role"), &bind->role))
        return pouce_json_refuse(error, "role");
    return pouce_json_get_hex(object, "own_fp", POUCE_HEX64_CHARS, bind->own_fp, error) &&
           pouce_json_get_hex(object, "peer_fp", POUCE_HEX64_CHARS, bind->peer_fp, error) &&
           pouce_json_get_hex(object, "price", POUCE_HEX64_CHARS, bind->price, error) &&
           pouce_json_get_natural(object, "expires_s", &bind->expires_s, error) &&
           pouce_json_get_b64u(object, "sig", out->bind.sig, POUCE_SIG_BYTES, error);
}

static void write_bind(const PouceControl *control, json_t *object)
{
    const PouceBind *bind = &control->bind.bind;
    pouce_json_put_text(object, "role", pouce_role_name(bind->role));
    pouce_json_put_text(object, "own_fp", bind->own_fp);
    pouce_json_put_text(object, "peer_fp", bind->peer_fp);
    pouce_json_put_text(object, "price", bind->price);
    pouce_json_put_int(object, "expires_s", bind->expires_s);
    put_b64u(object, "sig", control->bind.sig, POUCE_SIG_BYTES);
}

static gboolean read_tick(json_t *object, PouceControl *out, GError **error)
{
    return pouce_json_get_tick_text(object, &out->tick, error) &&
           pouce_json_get_b64u(object, "sig", out->tick.sig, POUCE_SIG_BYTES, error);
}

static void write_tick(const PouceControl *control, json_t *object)
{
    put_b64u(object, "tick", control->tick.text, control->tick.text_bytes);
    put_b64u(object, "sig", control->tick.sig, POUCE_SIG_BYTES);
}

static gboolean read_countersign(json_t *object, PouceControl *out, GError **error)
{
    return pouce_json_get_int(object, "seq", 1, POUCE_INTEGER_MAX, &out->countersign.seq, error) &&
           pouce_json_get_b64u(object, "sig", out->countersign.sig, POUCE_SIG_BYTES, error);
}

static void write_countersign(const PouceControl *control, json_t *object)
{
    pouce_json_put_int(object, "seq", control->countersign.seq);
    put_b64u(object, "sig", control->countersign.sig, POUCE_SIG_BYTES);
}

static gboolean read_refuse(json_t *object, PouceControl *out, GError **error)
{
    if (!pouce_capability_parse(pouce_json_word(object, "what"), &out->loan.what))
        return pouce_json_refuse(error, "what");
    return pouce_json_get_natural(object, "id", &out->loan.id, error);
}

static void write_refuse(const PouceControl *control, json_t *object)
{
    pouce_json_put_int(object, "id", control->loan.id);
    pouce_json_put_text(object, "what", pouce_capability_name(control->loan.what));
}

static gboolean read_loan(json_t *object, PouceControl *out, GError **error)
{
    return read_refuse(object, out, error) &&
           pouce_json_get_natural(object, "ms", &out->loan.ms, error);
}

static void write_loan(const PouceControl *control, json_t *object)
{
    write_refuse(control, object);
    pouce_json_put_int(object, "ms", control->loan.ms);
}

static gboolean read_revoke(json_t *object, PouceControl *out, GError **error)
{
    if (!pouce_capability_parse(pouce_json_word(object, "what"), &out->revoke.what))
        return pouce_json_refuse(error, "what");
    return pouce_revoke_by_parse(pouce_json_word(object, "by"), &out->revoke.by) ||
           pouce_json_refuse(error, "by");
}

static void write_revoke(const PouceControl *control, json_t *object)
{
    pouce_json_put_text(object, "what", pouce_capability_name(control->revoke.what));
    pouce_json_put_text(object, "by", pouce_revoke_by_name(control->revoke.by));
}

static gboolean read_monitor(json_t *object, PouceMonitor *out, GError **error)
{
    const char *name;
    if (!pouce_json_get_natural(object, "id", &out->id, error) ||
        !pouce_json_get_text(object, "name", 0, POUCE_NAME_MAX_CHARS, &name, error) ||
        !pixels(object, "width", &out->width, error) ||
        !pixels(object, "height", &out->height, error) ||
        !pouce_json_get_bool(object, "primary", &out->primary, error))
        return FALSE;
    out->name = g_strdup(name);
    return TRUE;
}

static gboolean read_screen(json_t *object, PouceControl *out, GError **error)
{
    json_t *monitors;
    if (!pixels(object, "width", &out->screen.width, error) ||
        !pixels(object, "height", &out->screen.height, error) ||
        !pouce_json_get_natural(object, "monitor", &out->screen.monitor, error) ||
        !pouce_json_get_array(object, "monitors", POUCE_MONITORS_MAX, &monitors, error))
        return FALSE;
    for (gsize i = 0; i < json_array_size(monitors); i++) {
        if (!read_monitor(json_array_get(monitors, i), &out->screen.monitors[i], error))
            return FALSE;
        out->screen.n_monitors++;
    }
    return TRUE;
}

static void write_screen(const PouceControl *control, json_t *object)
{
    pouce_json_put_int(object, "width", control->screen.width);
    pouce_json_put_int(object, "height", control->screen.height);
    pouce_json_put_int(object, "monitor", control->screen.monitor);
    json_t *monitors = json_array();
    g_assert(control->screen.n_monitors <= POUCE_MONITORS_MAX);
    for (guint i = 0; i < control->screen.n_monitors; i++) {
        const PouceMonitor *monitor = &control->screen.monitors[i];
        json_t *item = json_object();
        pouce_json_put_int(item, "id", monitor->id);
        pouce_json_put_text(item, "name", monitor->name ? monitor->name : "");
        pouce_json_put_int(item, "width", monitor->width);
        pouce_json_put_int(item, "height", monitor->height);
        json_object_set_new(item, "primary", json_boolean(monitor->primary));
        json_array_append_new(monitors, item);
    }
    json_object_set_new(object, "monitors", monitors);
}

static gboolean color_parse(const char *text, guint32 *out)
{
    if (!text || text[0] != '#' || !pouce_hex_valid(text + 1, 6))
        return FALSE;
    *out = (guint32)g_ascii_strtoull(text + 1, NULL, 16);
    return TRUE;
}

static gboolean read_ink(json_t *object, PouceControl *out, GError **error)
{
    json_t *points;
    if (!pouce_json_get_natural(object, "stroke", &out->ink.stroke, error) ||
        !pouce_json_get_array(object, "points", 2 * POUCE_INK_POINTS_MAX, &points, error) ||
        !pouce_json_get_bool(object, "end", &out->ink.end, error))
        return FALSE;
    if (!color_parse(pouce_json_word(object, "color"), &out->ink.rgb))
        return pouce_json_refuse(error, "color");
    if (json_array_size(points) % 2 != 0)
        return pouce_json_refuse(error, "points");
    for (gsize i = 0; i < json_array_size(points); i++) {
        json_t *value = json_array_get(points, i);
        json_int_t number = json_integer_value(value);
        if (!json_is_integer(value) || number < 0 || number > PX_MAX)
            return pouce_json_refuse(error, "points");
        if (i % 2 == 0)
            out->ink.points[i / 2].x = (guint16)number;
        else
            out->ink.points[i / 2].y = (guint16)number;
    }
    out->ink.n_points = (guint)json_array_size(points) / 2;
    return TRUE;
}

static void write_ink(const PouceControl *control, json_t *object)
{
    char color[8];
    snprintf(color, sizeof color, "#%06x", control->ink.rgb & 0xffffff);
    pouce_json_put_int(object, "stroke", control->ink.stroke);
    pouce_json_put_text(object, "color", color);
    json_t *points = json_array();
    g_assert(control->ink.n_points <= POUCE_INK_POINTS_MAX);
    for (guint i = 0; i < control->ink.n_points; i++) {
        json_array_append_new(points, json_integer(control->ink.points[i].x));
        json_array_append_new(points, json_integer(control->ink.points[i].y));
    }
    json_object_set_new(object, "points", points);
    json_object_set_new(object, "end", json_boolean(control->ink.end));
}

static gboolean read_chat(json_t *object, PouceControl *out, GError **error)
{
    const char *text;
    if (!pouce_json_get_natural(object, "id", &out->chat.id, error) ||
        !pouce_json_get_text(object, "text", 1, POUCE_CHAT_MAX_CHARS, &text, error))
        return FALSE;
    out->chat.text = g_strdup(text);
    return TRUE;
}

static void write_chat(const PouceControl *control, json_t *object)
{
    pouce_json_put_int(object, "id", control->chat.id);
    pouce_json_put_text(object, "text", control->chat.text);
}

static gboolean read_pause(json_t *object, PouceControl *out, GError **error)
{
    return pouce_json_get_bool(object, "paused", &out->pause.paused, error);
}

static void write_pause(const PouceControl *control, json_t *object)
{
    json_object_set_new(object, "paused", json_boolean(control->pause.paused));
}

static gboolean read_voice(json_t *object, PouceControl *out, GError **error)
{
    return pouce_json_get_bool(object, "on", &out->voice.on, error);
}

static void write_voice(const PouceControl *control, json_t *object)
{
    json_object_set_new(object, "on", json_boolean(control->voice.on));
}

static gboolean read_stats(json_t *object, PouceControl *out, GError **error)
{
    return pouce_json_get_natural(object, "fps", &out->stats.fps, error) &&
           pouce_json_get_natural(object, "bitrate_bps", &out->stats.bitrate_bps, error) &&
           pouce_json_get_natural(object, "rtt_ms", &out->stats.rtt_ms, error) &&
           pouce_json_get_natural(object, "lost", &out->stats.lost, error) &&
           pouce_json_get_natural(object, "decoded", &out->stats.decoded, error);
}

static void write_stats(const PouceControl *control, json_t *object)
{
    pouce_json_put_int(object, "fps", control->stats.fps);
    pouce_json_put_int(object, "bitrate_bps", control->stats.bitrate_bps);
    pouce_json_put_int(object, "rtt_ms", control->stats.rtt_ms);
    pouce_json_put_int(object, "lost", control->stats.lost);
    pouce_json_put_int(object, "decoded", control->stats.decoded);
}

static gboolean read_bye(json_t *object, PouceControl *out, GError **error)
{
    return pouce_end_reason_parse(pouce_json_word(object, "reason"), &out->bye.reason) ||
           pouce_json_refuse(error, "reason");
}

static void write_bye(const PouceControl *control, json_t *object)
{
    pouce_json_put_text(object, "reason", pouce_end_reason_name(control->bye.reason));
}

static gboolean read_unknown(json_t *object, PouceControl *out, GError **error)
{
    const char *of;
    if (!pouce_json_get_text(object, "of", 0, POUCE_TYPE_MAX_CHARS, &of, error))
        return FALSE;
    out->unknown.of = g_strdup(of);
    return TRUE;
}

static void write_unknown(const PouceControl *control, json_t *object)
{
    pouce_json_put_text(object, "of", control->unknown.of);
}

static const Handler handlers[POUCE_CONTROL_N_TYPES] = {
    [POUCE_CONTROL_BIND] = {"bind", BOTH, read_bind, write_bind},
    [POUCE_CONTROL_TICK] = {"tick", BOTH, read_tick, write_tick},
    [POUCE_CONTROL_COUNTERSIGN] = {"countersign", BOTH, read_countersign, write_countersign},
    [POUCE_CONTROL_ASK] = {"ask", HELPER, read_loan, write_loan},
    [POUCE_CONTROL_GRANT] = {"grant", SEEKER, read_loan, write_loan},
    [POUCE_CONTROL_REFUSE] = {"refuse", SEEKER, read_refuse, write_refuse},
    [POUCE_CONTROL_REVOKE] = {"revoke", BOTH, read_revoke, write_revoke},
    [POUCE_CONTROL_SCREEN] = {"screen", SEEKER, read_screen, write_screen},
    [POUCE_CONTROL_INK] = {"ink", HELPER, read_ink, write_ink},
    [POUCE_CONTROL_INK_CLEAR] = {"ink_clear", HELPER, NULL, NULL},
    [POUCE_CONTROL_CHAT] = {"chat", BOTH, read_chat, write_chat},
    [POUCE_CONTROL_PAUSE] = {"pause", BOTH, read_pause, write_pause},
    [POUCE_CONTROL_VOICE] = {"voice", BOTH, read_voice, write_voice},
    [POUCE_CONTROL_STATS] = {"stats", HELPER, read_stats, write_stats},
    [POUCE_CONTROL_BYE] = {"bye", BOTH, read_bye, write_bye},
    [POUCE_CONTROL_UNKNOWN] = {"unknown", BOTH, read_unknown, write_unknown},
};

static PouceControlResult unknown_type(const char *name, PouceControl *out, GError **error)
{
    g_autofree char *of = pouce_json_clip(name, POUCE_TYPE_MAX_CHARS);
    g_set_error(error, POUCE_WIRE_ERROR, POUCE_WIRE_ERROR_UNKNOWN,
        "The message type \"%s\" is not known here.", of);
    *out = (PouceControl){.type = POUCE_CONTROL_UNKNOWN};
    out->unknown.of = g_steal_pointer(&of);
    return POUCE_CONTROL_UNKNOWN_TYPE;
}

PouceControlResult pouce_control_parse(
    const void *data, gsize bytes, PouceControl *out, GError **error)
{
    g_autoptr(json_t) object = pouce_json_parse(data, bytes, POUCE_CONTROL_MAX_BYTES, error);
    if (!object)
        return POUCE_CONTROL_MALFORMED;
    const char *name = pouce_json_word(object, "type");
    if (!name) {
        pouce_json_refuse(error, "type");
        return POUCE_CONTROL_MALFORMED;
    }
    for (guint i = 0; i < G_N_ELEMENTS(handlers); i++) {
        if (strcmp(handlers[i].name, name) != 0)
            continue;
        PouceControl control = {.type = (PouceControlType)i};
        if (handlers[i].read && !handlers[i].read(object, &control, error)) {
            pouce_control_clear(&control);
            return POUCE_CONTROL_MALFORMED;
        }
        *out = control;
        return POUCE_CONTROL_OK;
    }
    return unknown_type(name, out, error);
}

char *pouce_control_build(const PouceControl *control)
{
    g_assert((guint)control->type < POUCE_CONTROL_N_TYPES);
    const Handler *handler = &handlers[control->type];
    g_autoptr(json_t) object = json_object();
    pouce_json_put_text(object, "type", handler->name);
    if (handler->write)
        handler->write(control, object);
    char *text = pouce_json_text(object);
    g_assert(strlen(text) <= POUCE_CONTROL_MAX_BYTES);
    return text;
}

void pouce_control_clear(PouceControl *control)
{
    if (control->type == POUCE_CONTROL_CHAT)
        g_free(control->chat.text);
    else if (control->type == POUCE_CONTROL_UNKNOWN)
        g_free(control->unknown.of);
    else if (control->type == POUCE_CONTROL_SCREEN) {
        for (guint i = 0; i < POUCE_MONITORS_MAX; i++)
            g_free(control->screen.monitors[i].name);
    }
    *control = (PouceControl){0};
}

const char *pouce_control_type_name(PouceControlType type)
{
    g_assert((guint)type < POUCE_CONTROL_N_TYPES);
    return handlers[type].name;
}

gboolean pouce_control_allowed_from(PouceControlType type, PouceRole role)
{
    g_assert((guint)type < POUCE_CONTROL_N_TYPES);
    return (handlers[type].from & 1 << role) != 0;
}
