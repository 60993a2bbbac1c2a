// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A VNC viewer that watches its picture for a number (counter.h) after each update. For comparing
// latencies. A line on stdin, "key", presses and releases a key at the server; the answer is
// `KEY monotonic_us`.
//
// usage: vnc_probe HOST PORT X,Y

#include "tests/bench/live/counter.h"

#include <glib.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <rfb/rfbclient.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int probe_x, probe_y;
static guint shown = G_MAXUINT;

static guint64 received_bytes(const rfbClient *client)
{
    struct tcp_info info = {0};
    socklen_t size = sizeof info;
    getsockopt(client->sock, IPPROTO_TCP, TCP_INFO, &info, &size);
    return info.tcpi_bytes_received;
}

static guint read_code(const rfbClient *client)
{
    guint code = 0;
    for (int bit = 0; bit < COUNTER_BITS; bit++) {
        const guint8 *pixel =
            client->frameBuffer +
            4 * ((gsize)probe_y * (gsize)client->width + (gsize)(probe_x + bit * COUNTER_CELL_PX));
        code |= (guint)(pixel[1] > 127) << bit;
    }
    return code;
}

static void on_updated(rfbClient *client)
{
    gint64 now_us = g_get_monotonic_time();
    guint code = read_code(client);
    if (code == shown)
        return;
    printf("%" G_GINT64_FORMAT " %u %" G_GUINT64_FORMAT "\n", now_us, code, received_bytes(client));
    fflush(stdout);
    shown = code;
}

// FALSE when nobody speaks any more.
static gboolean take_line(rfbClient *client)
{
    char line[16];
    gssize got = read(STDIN_FILENO, line, sizeof line);
    if (got >= 3 && memcmp(line, "key", 3) == 0) {
        printf("KEY %" G_GINT64_FORMAT "\n", g_get_monotonic_time());
        fflush(stdout);
        SendKeyEvent(client, 0x61, TRUE);
        SendKeyEvent(client, 0x61, FALSE);
    }
    return got > 0;
}

int main(int argc, char **argv)
{
    if (argc != 4 || sscanf(argv[3], "%d,%d", &probe_x, &probe_y) != 2) {
        fprintf(stderr, "usage: vnc_probe HOST PORT X,Y\n");
        return 2;
    }
    rfbClient *client = rfbGetClient(8, 3, 4);
    client->canHandleNewFBSize = FALSE;
    client->FinishedFrameBufferUpdate = on_updated;
    client->appData.encodingsString = "copyrect raw";
    client->serverHost = g_strdup(argv[1]);
    client->serverPort = atoi(argv[2]);
    if (!rfbInitClient(client, NULL, NULL)) { // frees the client itself when it fails
        fprintf(stderr, "vnc_probe: no VNC server at %s:%s\n", argv[1], argv[2]);
        return 1;
    }
    if (probe_x + COUNTER_BITS * COUNTER_CELL_PX > client->width || probe_y >= client->height) {
        fprintf(stderr, "vnc_probe: the screen is %dx%d\n", client->width, client->height);
        return 1;
    }
    printf("READY\n");
    fflush(stdout);
    struct pollfd waits[2] = {{client->sock, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
    for (;;) {
        // What the library has read ahead is not on the socket any more.
        if (client->buffered == 0 && poll(waits, 2, -1) < 0)
            return 0;
        if (waits[1].revents && !take_line(client))
            waits[1].fd = -1;
        if ((client->buffered > 0 || waits[0].revents) && !HandleRFBServerMessage(client))
            return 0;
    }
}
