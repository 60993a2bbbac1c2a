// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// pouce-viewer: the helper's program. Options win over the environment, the environment over the
// file $XDG_CONFIG_HOME/pouce/viewer.conf. The password never stands in an argument.

#include <locale.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include "look/ask_address.h"
#include "signaling/peer/peer.h"
#include "signaling/rendezvous/settings.h"
#include "viewer/core/headless.h"
#include "viewer/core/picture.h"
#include "viewer/ui/ui.h"

#define EXIT_USAGE 2

typedef struct {
    char *broker;
    char *login;
    char *password_file;
    char *record;
    char *probe;
    char *microphone;
    char *speaker;
    gboolean headless, accept, once, json, version, help_commands, voice;
} Options;

static int usage(const char *sentence)
{
    fprintf(stderr, "pouce-viewer: %s\nTry 'pouce-viewer --help'.\n", sentence);
    return EXIT_USAGE;
}

static gboolean parse(Options *options, int *argc, char ***argv, GError **error)
{
    const GOptionEntry entries[] = {
        {"broker", 0, 0, G_OPTION_ARG_STRING, &options->broker,
            "Address of the broker [POUCE_BROKER]", "URL"},
        {"login", 0, 0, G_OPTION_ARG_STRING, &options->login, "Your login [POUCE_LOGIN]", "NAME"},
        {"password-file", 0, 0, G_OPTION_ARG_FILENAME, &options->password_file,
            "File whose first line is the password [or POUCE_PASSWORD]; without one, the log-in "
            "kept from an earlier time",
            "FILE"},
        {"headless", 0, 0, G_OPTION_ARG_NONE, &options->headless, "Without a window", NULL},
        {"accept", 0, 0, G_OPTION_ARG_NONE, &options->accept, "Accept every ring (headless)", NULL},
        {"once", 0, 0, G_OPTION_ARG_NONE, &options->once, "Stop after one session (headless)",
            NULL},
        {"probe", 0, 0, G_OPTION_ARG_STRING, &options->probe,
            "Print \"monotonic_us luma\" each time that this decoded pixel changes by more than "
            "half its range, or, of a row of 8 px squares, the number that they show (headless)",
            "X,Y[,BITS]"},
        {"record", 0, 0, G_OPTION_ARG_FILENAME, &options->record,
            "Record into this new file, if the seeker agrees", "FILE.webm"},
        {"voice", 0, 0, G_OPTION_ARG_NONE, &options->voice,
            "Turn the microphone on as soon as the seeker agrees (headless)", NULL},
        {"microphone", 0, 0, G_OPTION_ARG_STRING, &options->microphone,
            "As the sound server names it (pactl list short sources); without it the system's",
            "NAME"},
        {"speaker", 0, 0, G_OPTION_ARG_STRING, &options->speaker,
            "As the sound server names it (pactl list short sinks)", "NAME"},
        {"json", 0, 0, G_OPTION_ARG_NONE, &options->json, "Events as JSON, one a line", NULL},
        {"help-commands", 0, 0, G_OPTION_ARG_NONE, &options->help_commands,
            "What stdin takes when headless", NULL},
        {"version", 0, 0, G_OPTION_ARG_NONE, &options->version, "Print the version", NULL},
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- help somebody on their screen");
    g_option_context_add_main_entries(context, entries, NULL);
    return g_option_context_parse(context, argc, argv, error);
}

typedef struct {
    int x, y, bits;
} Probe;

static gboolean parse_probe(const char *text, Probe *out)
{
    int read = 0;
    *out = (Probe){-1, -1, 0};
    if (!text)
        return TRUE;
    int found = sscanf(text, "%5d,%5d%n,%2d%n", &out->x, &out->y, &read, &out->bits, &read);
    return found >= 2 && !text[read] && out->x >= 0 && out->y >= 0 && out->bits >= 0 &&
           out->bits <= POUCE_PICTURE_PROBE_BITS_MAX;
}

// A sentence if an option is there that a window has buttons for.
static const char *headless_only(const Options *options)
{
    if (options->accept || options->once || options->probe || options->json)
        return "--accept, --once, --probe and --json go with --headless only";
    if (options->voice)
        return "--voice goes with --headless only: with a window, use its button";
    return NULL;
}

static int run(const Options *options)
{
    Probe probe;
    g_autoptr(GError) error = NULL;
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autofree char *path = g_build_filename(g_get_user_config_dir(), "pouce", "viewer.conf", NULL);
    g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, NULL);
    g_autofree char *broker =
        pouce_setting(file, "viewer", "broker", "POUCE_BROKER", options->broker);
    g_autofree char *login = pouce_setting(file, "viewer", "login", "POUCE_LOGIN", options->login);
    g_autofree char *password = NULL;
    if (!broker && !options->headless)
        broker = pouce_ask_address("pouce-viewer", "viewer", path);
    if (!broker)
        return usage("name the broker: --broker https://...");
    if (login ? strchr(login, '/') || login[0] == '.' || !*login : options->headless)
        return usage("name yourself: --login NAME");
    if (!parse_probe(options->probe, &probe))
        return usage("--probe takes two numbers, or three: X,Y or X,Y,BITS");
    if (!pouce_setting_password(options->password_file, &password, &error))
        return usage(error->message);
    const char *alone = headless_only(options);
    if (!options->headless && alone)
        return usage(alone);
    pouce_peer_warm_up();
    g_autofree char *folder = g_build_filename(
        g_get_user_config_dir(), "pouce", "viewer", options->headless ? login : NULL, NULL);
    if (!options->headless)
        return pouce_viewer_ui_run(&(PouceViewerUiConfig){.broker_url = broker,
            .login = login,
            .password = password,
            .folder = folder,
            .settings = path,
            .record = options->record,
            .microphone = options->microphone,
            .speaker = options->speaker,
            .available = g_key_file_get_boolean(file, "viewer", "available", NULL)});
    return pouce_headless_run(&(PouceHeadlessConfig){.broker_url = broker,
        .login = login,
        .password = password,
        .folder = folder,
        .microphone = options->microphone,
        .speaker = options->speaker,
        .voice = options->voice,
        .record = options->record,
        .probe_x_px = probe.x,
        .probe_y_px = probe.y,
        .probe_bits = probe.bits,
        .accept = options->accept,
        .once = options->once,
        .json = options->json});
}

static void clear(Options *options)
{
    g_free(options->broker);
    g_free(options->login);
    g_free(options->password_file);
    g_free(options->record);
    g_free(options->probe);
    g_free(options->microphone);
    g_free(options->speaker);
}

int main(int argc, char **argv)
{
    Options options = {0};
    g_autoptr(GError) error = NULL;
    setlocale(LC_ALL, "");
    mallopt(M_ARENA_MAX, 2); // each connection has threads of its own, which would leave arenas
    int status = 0;
    if (!parse(&options, &argc, &argv, &error))
        status = usage(error->message);
    else if (options.version)
        printf("pouce-viewer %s\n", POUCE_VERSION);
    else if (options.help_commands)
        fputs(pouce_headless_commands(), stdout);
    else if (argc > 1)
        status = usage("it takes options only");
    else
        status = run(&options);
    clear(&options);
    return status;
}
