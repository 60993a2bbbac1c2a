// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// pouce-agent: the seeker's program. Options win over the environment, the environment over the
// file $XDG_CONFIG_HOME/pouce/agent.conf. A password never stands in an argument.

#include "agent/core/consent.h"
#include "agent/input/local.h"
#include "agent/program/headless.h"
#ifdef POUCE_HAVE_AGENT_UI
#include "agent/ui/ui.h"
#include "look/ask_address.h"
#endif

#include <locale.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>

#define EXIT_USAGE 2
#define PASSWORD_FILE_MAX_BYTES 4096

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

// Option > environment > file.
static char *setting(GKeyFile *file, const char *option, const char *variable, const char *key)
{
    const char *value = variable ? g_getenv(variable) : NULL;
    if (option)
        return g_strdup(option);
    if (value && *value)
        return g_strdup(value);
    return g_key_file_get_string(file, "agent", key, NULL);
}

static gboolean read_password(const char *path, char **out, GError **error)
{
    g_autofree char *text = NULL;
    gsize bytes = 0;
    if (!path) {
        *out = g_strdup(g_getenv("POUCE_PASSWORD"));
        g_unsetenv("POUCE_PASSWORD"); // not for programs started from here
        return TRUE;
    }
    if (!g_file_get_contents(path, &text, &bytes, error))
        return FALSE;
    if (bytes > PASSWORD_FILE_MAX_BYTES) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s is too long for a password", path);
        return FALSE;
    }
    text[strcspn(text, "\r\n")] = '\0';
    *out = g_steal_pointer(&text);
    return TRUE;
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
    if (!read_password(o->password_file, &password, &error))
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
#ifdef POUCE_HAVE_AGENT_UI
    PouceAgentUiStart start = {.need = o->ask,
        .helper = o->helper,
        .language = o->language,
        .place = o->place,
        .cap = o->cap};
    return pouce_agent_ui_run(agent, &start);
#else
    return usage("this build has no window: use --headless");
#endif
}

// Asks once, and keeps the answer in the configuration file.
static char *ask_broker(GKeyFile *file, const char *path)
{
#ifdef POUCE_HAVE_AGENT_UI
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_path_get_dirname(path);
    char *url = pouce_ask_address("pouce-agent");
    if (url) {
        g_key_file_set_string(file, "agent", "broker", url);
        g_mkdir_with_parents(folder, 0700);
        if (!g_key_file_save_to_file(file, path, &error))
            fprintf(stderr, "pouce-agent: the address is not kept: %s\n", error->message);
    }
    return url;
#else
    return NULL;
#endif
}

static int run(const Options *o)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autofree char *path = g_build_filename(g_get_user_config_dir(), "pouce", "agent.conf", NULL);
    g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, NULL);
    g_autofree char *broker = setting(file, o->broker, "POUCE_BROKER", "broker");
    g_autofree char *login = setting(file, o->login, "POUCE_LOGIN", "login");
    g_autofree char *encoder = setting(file, o->encoder, NULL, "encoder");
    g_autofree char *stop_key = setting(file, o->stop_key, NULL, "stop_key");
    g_autofree char *source = setting(file, o->source, NULL, "source");
    if (!broker && !o->headless)
        broker = ask_broker(file, path);
    g_autofree char *microphone = setting(file, o->microphone, NULL, "microphone");
    g_autofree char *speaker = setting(file, o->speaker, NULL, "speaker");
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
