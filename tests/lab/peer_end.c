// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// One end of a connection and nothing around it, for looking at networks: descriptions and
// candidates go out on stdout and come in on stdin as JSON lines, whoever runs both ends carries
// them across. The path is told again whenever it changes. usage: pouce-peer-end offerer|answerer
// [CA_FILE]; the servers stand in POUCE_LAB_ICE, as "url user password" a line. Ends at the end of
// its input.

#include "signaling/peer/peer.h"

#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <jansson.h>
#include <stdio.h>
#include <unistd.h>

typedef struct {
    PoucePeer *peer;
    GMainLoop *loop;
    GDataInputStream *input;
    gint64 described_us; // when the far side's description came
    char path[32];       // as told last
} End;

static void say(json_t *line)
{
    char *text = json_dumps(line, JSON_COMPACT);
    printf("%s\n", text);
    fflush(stdout);
    free(text);
    json_decref(line);
}

static void on_description(gpointer user, const char *type, const char *sdp)
{
    say(json_pack("{s:s, s:s, s:s}", "event", "description", "type", type, "sdp", sdp));
}

static void on_candidate(gpointer user, const char *candidate, guint mline)
{
    say(json_pack("{s:s, s:s, s:i}", "event", "candidate", "candidate", candidate, "mline", mline));
}

static gboolean say_path(gpointer user)
{
    End *end = user;
    PoucePeerStats stats;
    pouce_peer_stats(end->peer, &stats);
    if (!g_str_equal(stats.path, end->path)) {
        g_strlcpy(end->path, stats.path, sizeof end->path);
        say(json_pack("{s:s, s:s}", "event", "path", "path", stats.path));
    }
    return G_SOURCE_CONTINUE;
}

static void on_state(gpointer user, PoucePeerState state, const char *reason)
{
    static const char *const words[] = {
        "new", "connecting", "secure", "connected", "lost", "failed", "closed"};
    End *end = user;
    int ms = (int)((g_get_monotonic_time() - end->described_us) / 1000);
    say(json_pack("{s:s, s:s, s:s, s:i}", "event", "state", "state", words[state], "reason", reason,
        "ms", ms));
    if (state == POUCE_PEER_CONNECTED)
        g_timeout_add(100, say_path, end);
}

static void take(End *end, json_t *line)
{
    const char *sdp = NULL, *type = NULL, *candidate = NULL;
    int mline = 0;
    g_autoptr(GError) error = NULL;
    json_unpack(line, "{s?s, s?s, s?s, s?i}", "sdp", &sdp, "type", &type, "candidate", &candidate,
        "mline", &mline);
    if (sdp && type)
        end->described_us = g_get_monotonic_time();
    if (sdp && type)
        pouce_peer_set_remote_description(end->peer, type, sdp, &error);
    else if (candidate)
        pouce_peer_add_candidate(end->peer, candidate, (guint)mline, &error);
    if (error)
        fprintf(stderr, "%s\n", error->message);
}

static void read_line(End *end);

static void on_line(GObject *source, GAsyncResult *result, gpointer user)
{
    End *end = user;
    g_autofree char *text =
        g_data_input_stream_read_line_finish(G_DATA_INPUT_STREAM(source), result, NULL, NULL);
    if (!text) {
        g_main_loop_quit(end->loop);
        return;
    }
    json_t *line = json_loads(text, 0, NULL);
    if (line)
        take(end, line);
    json_decref(line);
    read_line(end);
}

static void read_line(End *end)
{
    g_data_input_stream_read_line_async(end->input, G_PRIORITY_DEFAULT, NULL, on_line, end);
}

static guint read_servers(char **lines, PoucePeerIceServer *servers)
{
    guint count = 0;
    for (guint i = 0; lines && lines[i] && count < POUCE_PEER_ICE_SERVERS_MAX; i++) {
        char **words = g_strsplit(lines[i], " ", 3); // lives as long as the program
        if (words[0] && *words[0])
            servers[count++] = (PoucePeerIceServer){words[0], words[1], words[1] ? words[2] : NULL};
    }
    return count;
}

int main(int argc, char **argv)
{
    static End end;
    PoucePeerIceServer servers[POUCE_PEER_ICE_SERVERS_MAX];
    const char *ice = g_getenv("POUCE_LAB_ICE");
    char **lines = ice ? g_strsplit(ice, "\n", -1) : NULL;
    gboolean offerer = argc > 1 && g_str_equal(argv[1], "offerer");
    PoucePeerConfig config = {.role = offerer ? POUCE_PEER_OFFERER : POUCE_PEER_ANSWERER,
        .ice_servers = servers,
        .ice_server_count = read_servers(lines, servers),
        .relay_only = g_getenv("POUCE_LAB_RELAY_ONLY") != NULL,
        .ca_file = argc > 2 ? argv[2] : NULL};
    PoucePeerEvents events = {
        .on_description = on_description, .on_candidate = on_candidate, .on_state = on_state};
    g_autoptr(GError) error = NULL;
    end.loop = g_main_loop_new(NULL, FALSE);
    end.described_us = g_get_monotonic_time();
    pouce_peer_warm_up(); // the key of DTLS is not the network's doing
    end.peer = pouce_peer_new(&config, &events, &end, &error);
    if (!end.peer) {
        fprintf(stderr, "%s\n", error->message);
        return 1;
    }
    g_autoptr(GInputStream) input = g_unix_input_stream_new(STDIN_FILENO, FALSE);
    end.input = g_data_input_stream_new(input);
    read_line(&end);
    pouce_peer_start(end.peer);
    g_main_loop_run(end.loop);
    pouce_peer_free(end.peer);
    g_object_unref(end.input);
    g_main_loop_unref(end.loop);
    g_strfreev(lines);
    return 0;
}
