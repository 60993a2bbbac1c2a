// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Lines of JSON on stdin, for tests and scripts: {"do": "pause"}. A line that makes no sense is
// answered on stderr and changes nothing.

#include "agent/program/headless.h"

#include <glib-unix.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES 8192

typedef struct {
    Headless *headless;
    GString *line;
} Commands;

const char *pouce_headless_commands(void)
{
    return "With --json, stdin takes one JSON object a line:\n"
           "  {\"do\": \"end\"}                         ends the session\n"
           "  {\"do\": \"pause\"}  {\"do\": \"resume\"}\n"
           "  {\"do\": \"chat\", \"text\": \"...\"}\n"
           "  {\"do\": \"lend\", \"ms\": 60000}           lends control, unasked\n"
           "  {\"do\": \"take_back\", \"what\": \"control\"}\n"
           "  {\"do\": \"monitor\", \"id\": 1}\n"
           "  {\"do\": \"clear_ink\"}\n"
           "  {\"do\": \"voice\", \"on\": true}            the microphone; also \"muted\", "
           "\"push_to_talk\",\n"
           "                                        \"held\" (the talk key); answered by an event\n"
           "  {\"do\": \"sound\", \"microphone\": \"...\", \"speaker\": \"...\"}\n";
}

static void do_end(Headless *headless, json_t *command)
{
    pouce_agent_end(headless->agent);
}

static void do_pause(Headless *headless, json_t *command)
{
    pouce_agent_pause(headless->agent, TRUE);
}

static void do_resume(Headless *headless, json_t *command)
{
    pouce_agent_pause(headless->agent, FALSE);
}

static void do_chat(Headless *headless, json_t *command)
{
    const char *text = json_string_value(json_object_get(command, "text"));
    pouce_agent_chat(headless->agent, text ? text : "");
}

static void do_lend(Headless *headless, json_t *command)
{
    json_int_t ms = json_integer_value(json_object_get(command, "ms"));
    pouce_agent_lend(headless->agent, (guint32)CLAMP(ms, 0, G_MAXUINT32));
}

static void do_take_back(Headless *headless, json_t *command)
{
    PouceCapability what = POUCE_CAPABILITY_CONTROL;
    const char *word = json_string_value(json_object_get(command, "what"));
    if (!word || pouce_capability_parse(word, &what))
        pouce_agent_take_back(headless->agent, what);
}

static void do_monitor(Headless *headless, json_t *command)
{
    json_int_t id = json_integer_value(json_object_get(command, "id"));
    pouce_agent_choose_monitor(headless->agent, (int)CLAMP(id, 0, G_MAXINT));
}

static void do_clear_ink(Headless *headless, json_t *command)
{
    pouce_agent_clear_ink(headless->agent);
}

static void do_voice(Headless *headless, json_t *command)
{
    static const struct {
        const char *key;
        void (*set)(PouceAgent *agent, gboolean value);
    } switches[] = {
        {"on", pouce_agent_voice},
        {"muted", pouce_agent_mute},
        {"push_to_talk", pouce_agent_push_to_talk},
        {"held", pouce_agent_talk},
    };
    PouceAgentVoice state;
    for (gsize i = 0; i < G_N_ELEMENTS(switches); i++) {
        json_t *value = json_object_get(command, switches[i].key);
        if (json_is_boolean(value))
            switches[i].set(headless->agent, json_is_true(value));
    }
    pouce_agent_voice_state(headless->agent, &state);
    headless_listener.voice(&state, headless);
}

static void do_sound(Headless *headless, json_t *command)
{
    pouce_agent_choose_sound(headless->agent,
        json_string_value(json_object_get(command, "microphone")),
        json_string_value(json_object_get(command, "speaker")));
}

static const struct {
    const char *word;
    void (*run)(Headless *headless, json_t *command);
} table[] = {
    {"end", do_end},
    {"pause", do_pause},
    {"resume", do_resume},
    {"chat", do_chat},
    {"lend", do_lend},
    {"take_back", do_take_back},
    {"monitor", do_monitor},
    {"clear_ink", do_clear_ink},
    {"voice", do_voice},
    {"sound", do_sound},
};

static void run_line(Headless *headless, const char *line)
{
    json_t *command = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
    const char *word = json_string_value(json_object_get(command, "do"));
    gboolean known = FALSE;
    for (gsize i = 0; word && i < G_N_ELEMENTS(table); i++)
        if (strcmp(table[i].word, word) == 0) {
            table[i].run(headless, command);
            known = TRUE;
        }
    if (!known)
        fprintf(stderr, "pouce-agent: a line on stdin is no command; see --help-commands\n");
    json_decref(command);
}

static gboolean on_readable(int fd, GIOCondition condition, gpointer data)
{
    Commands *commands = data;
    char bytes[1024];
    gssize got = read(fd, bytes, sizeof bytes);
    if (got <= 0)
        return G_SOURCE_REMOVE;
    for (gssize i = 0; i < got; i++) {
        if (bytes[i] != '\n' && commands->line->len < LINE_MAX_BYTES) {
            g_string_append_c(commands->line, bytes[i]);
        } else if (bytes[i] == '\n') {
            run_line(commands->headless, commands->line->str);
            g_string_truncate(commands->line, 0);
        }
    }
    return G_SOURCE_CONTINUE;
}

static void commands_free(gpointer data)
{
    g_string_free(((Commands *)data)->line, TRUE);
    g_free(data);
}

void headless_open_commands(Headless *headless)
{
    if (isatty(STDIN_FILENO))
        return; // a program in the background must not be stopped by reading
    Commands *commands = g_new(Commands, 1);
    *commands = (Commands){headless, g_string_new(NULL)};
    headless->commands = g_unix_fd_source_new(STDIN_FILENO, G_IO_IN | G_IO_HUP);
    g_source_set_callback(headless->commands, G_SOURCE_FUNC(on_readable), commands, commands_free);
    g_source_attach(headless->commands, NULL);
}
