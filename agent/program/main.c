// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// pouce-agent: the seeker's program. Options win over the environment, the environment over the
// file $XDG_CONFIG_HOME/pouce/agent.conf. A password never stands in an argument.

#include "agent/core/consent.h"
#include "agent/input/local.h"
#include "agent/program/headless.h"
#include "agent/ui/ui.h"
#include "look/ask_address.h"
#include "signaling/rendezvous/settings.h"

#include <locale.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>

#define EXIT_USAGE 2

typedef struct {
    char *broker, *source, *ask, *helper, *language, *place, *cap, *encoder, *stop_key;
    char *login, *password_file, *consent, *microphone, *speaker;
    int monitor, bitrate_kbps;
    gboolean headless, json, version, help_commands, voice;
} Options;

static int usage(const char *sentence)
{
    fprintf(stderr, "pouce-agent: %s\nTry 'pouce-agent --help'.\n", sentence);
    return EXIT_USAGE;
}

static gboolean parse(Options *o, int *argc, char ***argv, GError **error)
{
    const GOptionEntry entries[] = {
        {"broker", 0, 0, G_OPTION_ARG_STRING, &o->broker, "Address of the broker [POUCE_BROKER]",
            "URL"},
        {"source", 0, 0, G_OPTION_ARG_STRING, &o->source,
            "What to show: x11[:DISPLAY] or pattern[:WxH]", "SOURCE"},
        {"monitor", 0, 0, G_OPTION_ARG_INT, &o->monitor,
            "Which screen, counted from 0; without it the main one", "N"},
        {"ask", 0, 0, G_OPTION_ARG_STRING, &o->ask, "What help is needed with", "TEXT"},
        {"helper", 0, 0, G_OPTION_ARG_STRING, &o->helper,
            "Whom to ask: an id, or \"first\" for the best who is free", "ID"},
        {"language", 0, 0, G_OPTION_ARG_STRING, &o->language, "The helper's language", "TAG"},
        {"place", 0, 0, G_OPTION_ARG_STRING, &o->place, "Helpers near here first", "TEXT"},
        {"cap", 0, 0, G_OPTION_ARG_STRING, &o->cap,
            "Most that it may cost [headless: " HEADLESS_CAP_DEFAULT "]", "AMOUNT"},
        {"login", 0, 0, G_OPTION_ARG_STRING, &o->login, "Your login [POUCE_LOGIN]", "NAME"},
        {"password-file", 0, 0, G_OPTION_ARG_FILENAME, &o->password_file,
            "File whose first line is the password [or POUCE_PASSWORD]; without one, the log-in "
            "kept from an earlier time",
            "FILE"},
        {"encoder", 0, 0, G_OPTION_ARG_STRING, &o->encoder, "screen (the default) or vpx", "NAME"},
        {"bitrate", 0, 0, G_OPTION_ARG_INT, &o->bitrate_kbps, "To begin with [4000]", "KBPS"},
        {"stop-key", 0, 0, G_OPTION_ARG_STRING, &o->stop_key,
            "Ends everything from anywhere [" POUCE_LOCAL_STOP_KEY_DEFAULT "]", "KEY"},
        {"headless", 0, 0, G_OPTION_ARG_NONE, &o->headless, "Without a window", NULL},
        {"consent", 0, 0, G_OPTION_ARG_STRING, &o->consent,
            "What the helper may do, agreed in advance (headless): "
            "view,pointer,control,record,voice",
            "LIST"},
        {"voice", 0, 0, G_OPTION_ARG_NONE, &o->voice,
            "Turn the microphone on as soon as the helper is there (headless)", NULL},
        {"microphone", 0, 0, G_OPTION_ARG_STRING, &o->microphone,
            "As the sound server names it (pactl list short sources); without it the system's",
            "NAME"},
        {"speaker", 0, 0, G_OPTION_ARG_STRING, &o->speaker,
            "As the sound server names it (pactl list short sinks)", "NAME"},
        {"json", 0, 0, G_OPTION_ARG_NONE, &o->json, "Events as JSON, one a line (headless)", NULL},
        {"help-commands", 0, 0, G_OPTION_ARG_NONE, &o->help_commands,
            "What stdin takes when headless", NULL},
        {"version", 0, 0, G_OPTION_ARG_NONE, &o->version, "Print the version", NULL},
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- be helped on your own screen");
    g_option_context_add_main_entries(context, entries, NULL);
    return g_option_context_parse(context, argc, argv, error);
}

static int run_headless(const Options *o, const PouceAgentConfig *agent, const char *login)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *password = NULL;
    PouceCapability consent = POUCE_CAPABILITY_VIEW | POUCE_CAPABILITY_POINTER;
    if (!o->ask)
        return usage("say what help is needed with: --ask TEXT");
    if (o->consent && !pouce_consent_parse_list(o->consent, &consent, &error))
        return usage(error->message);
    if (!(consent & POUCE_CAPABILITY_VIEW))
        return usage("--consent has to include view: nobody can help blindly");
    if (!pouce_setting_password(o->password_file, &password, &error))
        return usage(error->message);
    return pouce_headless_run(&(PouceHeadlessConfig){.agent = agent,
        .login = login,
        .password = password,
        .need = o->ask,
        .helper = o->helper,
        .language = o->language,
        .place = o->place,
        .cap = o->cap,
        .consent = consent,
        .voice = o->voice,
        .json = o->json});
}

static int run_window(const Options *o, const PouceAgentConfig *agent)
{
    if (o->voice)
        return usage("--voice goes with --headless only: with a window, use its button");
    if (o->consent)
        return usage("--consent goes with --headless only: with a window, you are asked");
    PouceAgentUiStart start = {.need = o->ask,
        .helper = o->helper,
        .language = o->language,
        .place = o->place,
        .cap = o->cap};
    return pouce_agent_ui_run(agent, &start);
}

static int run(const Options *o)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autofree char *path = g_build_filename(g_get_user_config_dir(), "pouce", "agent.conf", NULL);
    g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, NULL);
    g_autofree char *broker = pouce_setting(file, "agent", "broker", "POUCE_BROKER", o->broker);
    g_autofree char *login = pouce_setting(file, "agent", "login", "POUCE_LOGIN", o->login);
    g_autofree char *encoder = pouce_setting(file, "agent", "encoder", NULL, o->encoder);
    g_autofree char *stop_key = pouce_setting(file, "agent", "stop_key", NULL, o->stop_key);
    g_autofree char *source = pouce_setting(file, "agent", "source", NULL, o->source);
    if (!broker && !o->headless)
        broker = pouce_ask_address("pouce-agent", "agent", path);
    g_autofree char *microphone = pouce_setting(file, "agent", "microphone", NULL, o->microphone);
    g_autofree char *speaker = pouce_setting(file, "agent", "speaker", NULL, o->speaker);
    if (!broker)
        return usage("name the broker: --broker https://...");
    if (o->bitrate_kbps < 0 || o->bitrate_kbps > 1000000)
        return usage("--bitrate is in kilobits a second, from 1 to 1000000");
    PouceAgentConfig agent = {.broker_url = broker,
        .source = source,
        .monitor = o->monitor,
        .encoder = encoder,
        .bitrate_bps = o->bitrate_kbps * 1000,
        .stop_key = stop_key,
        .microphone = microphone,
        .speaker = speaker};
    return o->headless ? run_headless(o, &agent, login) : run_window(o, &agent);
}

static void clear(Options *o)
{
    char *texts[] = {o->broker, o->source, o->ask, o->helper, o->language, o->place, o->cap,
        o->encoder, o->stop_key, o->login, o->password_file, o->consent, o->microphone, o->speaker};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
}

int main(int argc, char **argv)
{
    Options options = {.monitor = -1};
    g_autoptr(GError) error = NULL;
    setlocale(LC_ALL, "");
    mallopt(M_ARENA_MAX, 2); // each connection has threads of its own, which would leave arenas
    int status = 0;
    if (!parse(&options, &argc, &argv, &error))
        status = usage(error->message);
    else if (options.version)
        printf("pouce-agent %s\n", POUCE_VERSION);
    else if (options.help_commands)
        fputs(pouce_headless_commands(), stdout);
    else if (argc > 1)
        status = usage("it takes options only");
    else
        status = run(&options);
    clear(&options);
    return status;
}
