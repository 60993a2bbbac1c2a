// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <string.h>

#include "signaling/wire/json.h"
#include "viewer/core/headless_private.h"

#define POSITION_MAX 65535
#define COMMAND_MAX_BYTES (32 * 1024)

// A text field with a default; a wrong type is as if it were not there.
static gint64 number(json_t *command, const char *key, gint64 otherwise)
{
    json_t *value = json_object_get(command, key);
    return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

static gboolean flag(json_t *command, const char *key, gboolean otherwise)
{
    json_t *value = json_object_get(command, key);
    return json_is_boolean(value) ? json_boolean_value(value) : otherwise;
}

// A share of the picture's width or height, 0 to 1.
static gboolean share(json_t *value, guint16 *out, GError **error)
{
    double at = json_is_number(value) ? json_number_value(value) : -1;
    if (!(at >= 0 && at <= 1)) {
        g_set_error_literal(error, POUCE_VIEWING_ERROR, POUCE_VIEWING_ERROR_INVALID,
            "a position is a share of the picture, from 0 to 1");
        return FALSE;
    }
    *out = (guint16)(at * POSITION_MAX + 0.5);
    return TRUE;
}

static gboolean position(json_t *command, guint16 *out_x, guint16 *out_y, GError **error)
{
    return share(json_object_get(command, "x"), out_x, error) &&
           share(json_object_get(command, "y"), out_y, error);
}

static gboolean do_chat(
    PouceHeadless *headless, PouceViewing *viewing, json_t *command, GError **error)
{
    const char *text = NULL;
    return pouce_json_get_text(command, "text", 1, POUCE_CHAT_MAX_CHARS, &text, error) &&
           pouce_viewing_chat(viewing, text, error);
}

static gboolean do_ask(
    PouceHeadless *headless, PouceViewing *viewing, json_t *command, GError **error)
{
    const char *what = json_string_value(json_object_get(command, "what"));
    PouceCapability capability = POUCE_CAPABILITY_CONTROL;
    if (what && !pouce_capability_parse(what, &capability)) {
        g_set_error(error, POUCE_VIEWING_ERROR, POUCE_VIEWING_ERROR_INVALID,
            "\"%s\" cannot be asked for", what);
        return FALSE;
    }
    return pouce_viewing_ask(viewing, capability, number(command, "ms", 0), error);
}

static gboolean do_give_back(
    PouceHeadless *headless, PouceViewing *viewing, json_t *command, GError **error)
{
    return pouce_viewing_give_back(viewing, error);
}

static gboolean do_pointer(
    PouceHeadless *headless, PouceViewing *viewing, json_t *command, GError **error)
{
    guint16 x = 0, y = 0;
    return position(command, &x, &y, error) &&
           pouce_viewing_point(viewing, flag(command, "visible", TRUE), FALSE, x, y, error);
}

static gboolean do_move(
    PouceHeadless *headless, PouceViewing *viewing, json_t *command, GError **error)
{
    guint16 x = 0, y = 0;
    return position(command, &x, &y, error) &&
           pouce_viewing_point(viewing, FALSE, TRUE, x, y, error);
}

static gboolean parse_color(json_t *command, guint32 *out_rgb, GError **error)
{
    const char *color = json_string_value(json_object_get(command, "color"));
    guint64 rgb = 0xff6a00;
    if (color && (color[0] != '#' || strlen(color) != 7 ||
                     !g_ascii_string_to_unsigned(color + 1, 16, 0, 0xffffff, &rgb, NULL))) {
        g_set_error_literal(
            error, POUCE_VIEWING_ERROR, POUCE_VIEWING_ERROR_INVALID, "a colour is written #rrggbb");
        return FALSE;
    }
    *out_rgb = (guint32)rgb;
    return TRUE;
}

static gboolean do_ink(
    PouceHeadless *headless, PouceViewing *viewing, json_t *command, GError **error)
{
    json_t *list = NULL;
    guint32 rgb = 0;
    if (!parse_color(command, &rgb, error) ||
        !pouce_json_get_array(command, "points", 2 * POUCE_INK_POINTS_MAX, &list, error))
        return FALSE;
    guint16 points[2 * POUCE_INK_POINTS_MAX];
    gsize count = json_array_size(list);
    for (gsize n = 0; n < count; n++)
        if (!share(json_array_get(list, n), &points[n], error))
            return FALSE;
    if (count % 2) {
        g_set_error_literal(error, POUCE_VIEWING_ERROR, POUCE_VIEWING_ERROR_INVALID,
            "points are pairs: x, y, x, y, ...");
        return FALSE;
    }
    gint64 stroke = number(command, "stroke", ++headless->next_stroke);
    return pouce_viewing_ink(
        viewing, stroke, rgb, points, (guint)(count / 2), flag(command, "end", TRUE), error);
}

static gboolean do_ink_clear(
    PouceHeadless *headless, PouceViewing *viewing, json_t *command, GError **error)
{
    return pouce_viewing_ink_clear(viewing, error);
}

// {"code": evdev} or {"keysym": N}; without "down": pressed and released.
static gboolean do_key(
    PouceHeadless *headless, PouceViewing *viewing, json_t *command, GError **error)
{
    gboolean by_place = json_object_get(command, "code") != NULL;
    gint64 value = 0;
    if (!pouce_json_get_int(command, by_place ? "code" : "keysym", 1,
            by_place ? G_MAXUINT16 : G_MAXUINT32, &value, error))
        return FALSE;
    PouceInput input = {.kind = by_place ? POUCE_INPUT_KEY : POUCE_INPUT_KEYSYM,
        .code = by_place ? (guint16)value : 0,
        .keysym = by_place ? 0 : (guint32)value,
        .down = flag(command, "down", TRUE)};
    if (!pouce_viewing_input(viewing, &input, error))
        return FALSE;
    if (json_object_get(command, "down"))
        return TRUE;
    input.down = FALSE;
    return pouce_viewing_input(viewing, &input, error);
}

static gboolean do_text(
    PouceHeadless *headless, PouceViewing *viewing, json_t *command, GError **error)
{
    const char *text = NULL;
    if (!pouce_json_get_text(command, "text", 1, POUCE_CHAT_MAX_CHARS, &text, error))
        return FALSE;
    for (const char *at = text; *at; at = g_utf8_next_char(at)) {
        PouceInput input = {.kind = POUCE_INPUT_CHARACTER, .scalar = g_utf8_get_char(at)};
        if (!pouce_viewing_input(viewing, &input, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean do_click(
    PouceHeadless *headless, PouceViewing *viewing, json_t *command, GError **error)
{
    PouceInput input = {.kind = POUCE_INPUT_BUTTON, .down = TRUE};
    gint64 button = number(command, "button", 1);
    if (!position(command, &input.x, &input.y, error))
        return FALSE;
    input.button = (guint8)CLAMP(button, 1, 3);
    if (!pouce_viewing_input(viewing, &input, error))
        return FALSE;
    input.down = FALSE;
    return pouce_viewing_input(viewing, &input, error);
}

static gboolean do_wheel(
    PouceHeadless *headless, PouceViewing *viewing, json_t *command, GError **error)
{
    PouceInput input = {.kind = POUCE_INPUT_WHEEL};
    if (!position(command, &input.x, &input.y, error))
        return FALSE;
    input.dx = (gint16)CLAMP(number(command, "dx", 0), G_MININT16, G_MAXINT16);
    input.dy = (gint16)CLAMP(number(command, "dy", 120), G_MININT16, G_MAXINT16);
    return pouce_viewing_input(viewing, &input, error);
}

static gboolean do_release(
    PouceHeadless *headless, PouceViewing *viewing, json_t *command, GError **error)
{
    return pouce_viewing_input(viewing, &(PouceInput){.kind = POUCE_INPUT_RELEASE_ALL}, error);
}

static gboolean do_trust(
    PouceHeadless *headless, PouceViewing *viewing, json_t *command, GError **error)
{
    pouce_viewing_trust(viewing);
    return TRUE;
}

// {"on": true}, {"muted": true}, {"push_to_talk": true}, {"held": true}; without: how it stands.
static gboolean do_voice(
    PouceHeadless *headless, PouceViewing *viewing, json_t *command, GError **error)
{
    PouceViewingVoice state;
    json_t *on = json_object_get(command, "on");
    if (json_is_boolean(on) && !pouce_viewing_voice(viewing, json_is_true(on), error))
        return FALSE;
    pouce_viewing_voice_state(viewing, &state);
    pouce_viewing_mute(viewing, flag(command, "muted", state.muted));
    pouce_viewing_push_to_talk(viewing, flag(command, "push_to_talk", state.push_to_talk));
    if (json_object_get(command, "held"))
        pouce_viewing_talk(viewing, flag(command, "held", FALSE));
    pouce_viewing_voice_state(viewing, &state);
    headless_say_voice(headless, &state);
    return TRUE;
}

static gboolean do_sound(
    PouceHeadless *headless, PouceViewing *viewing, json_t *command, GError **error)
{
    pouce_viewing_choose_sound(viewing, json_string_value(json_object_get(command, "microphone")),
        json_string_value(json_object_get(command, "speaker")));
    return TRUE;
}

static gboolean do_end(
    PouceHeadless *headless, PouceViewing *viewing, json_t *command, GError **error)
{
    pouce_viewing_end(viewing);
    return TRUE;
}

static gboolean do_accept(
    PouceHeadless *headless, PouceViewing *viewing, json_t *command, GError **error)
{
    if (!pouce_desk_accept(headless->desk))
        headless_problem(headless, "nobody rings");
    return TRUE;
}

static gboolean do_decline(
    PouceHeadless *headless, PouceViewing *viewing, json_t *command, GError **error)
{
    if (!pouce_desk_decline(headless->desk))
        headless_problem(headless, "nobody rings");
    return TRUE;
}

static gboolean do_quit(
    PouceHeadless *headless, PouceViewing *viewing, json_t *command, GError **error)
{
    headless_stop(headless);
    return TRUE;
}

static const struct {
    const char *name;
    gboolean needs_session;
    gboolean (*act)(PouceHeadless *, PouceViewing *, json_t *, GError **);
    const char *help;
} table[] = {
    {"accept", FALSE, do_accept, "the ring"},
    {"decline", FALSE, do_decline, "the ring"},
    {"trust", TRUE, do_trust, "the changed device of the other end"},
    {"chat", TRUE, do_chat, "text"},
    {"pointer", TRUE, do_pointer, "x, y (shares of the picture, 0 to 1), visible"},
    {"move", TRUE, do_move, "x, y: moves the mouse, while control is lent"},
    {"ink", TRUE, do_ink, "points [x, y, ...], color \"#rrggbb\", stroke, end"},
    {"ink_clear", TRUE, do_ink_clear, ""},
    {"ask", TRUE, do_ask, "what (control), ms"},
    {"give_back", TRUE, do_give_back, "the loan of control"},
    {"key", TRUE, do_key, "code (evdev) or keysym, down (without: press and release)"},
    {"text", TRUE, do_text, "text, typed character by character"},
    {"click", TRUE, do_click, "x, y, button 1-3"},
    {"wheel", TRUE, do_wheel, "x, y, dx, dy (120: one notch)"},
    {"release", TRUE, do_release, "all keys and buttons"},
    {"voice", TRUE, do_voice, "on, muted, push_to_talk, held (the talk key)"},
    {"sound", TRUE, do_sound, "microphone, speaker, as the sound server names them"},
    {"end", TRUE, do_end, "the session"},
    {"quit", FALSE, do_quit, "the program; a session is ended first"},
};

const char *pouce_headless_commands(void)
{
    static char *text;
    if (g_once_init_enter(&text)) {
        GString *all = g_string_new("One JSON object a line on stdin, {\"do\": NAME, ...}:\n");
        for (gsize n = 0; n < G_N_ELEMENTS(table); n++)
            g_string_append_printf(all, "  %-10s %s\n", table[n].name, table[n].help);
        g_once_init_leave(&text, g_string_free(all, FALSE));
    }
    return text;
}

void headless_command(PouceHeadless *headless, const char *line, gsize bytes)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) command = pouce_json_parse(line, bytes, COMMAND_MAX_BYTES, &error);
    if (!command) {
        headless_problem(headless, error->message);
        return;
    }
    const char *name = json_string_value(json_object_get(command, "do"));
    PouceViewing *viewing = pouce_desk_peek_viewing(headless->desk);
    for (gsize n = 0; n < G_N_ELEMENTS(table); n++) {
        if (g_strcmp0(table[n].name, name) != 0)
            continue;
        if (table[n].needs_session && !viewing)
            headless_problem(headless, "there is no session now");
        else if (!table[n].act(headless, viewing, command, &error))
            headless_problem(headless, error->message);
        return;
    }
    headless_problem(headless, "unknown command: see --help-commands");
}
