// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A VNC viewer that watches one pixel, as `pouce-viewer --probe` does: prints `monotonic_us luma`
// when it changed by more than half its range after an update was applied. For comparing latencies.
//
// usage: vnc_probe HOST PORT X,Y

#include <glib.h>
#include <rfb/rfbclient.h>
#include <stdio.h>
#include <stdlib.h>

static int probe_x, probe_y;
static int shown_luma = -1;

static void on_updated(rfbClient *client)
{
    gint64 now_us = g_get_monotonic_time();
    const guint8 *pixel =
        client->frameBuffer + 4 * ((gsize)probe_y * (gsize)client->width + (gsize)probe_x);
    int luma = (pixel[0] * 29 + pixel[1] * 150 + pixel[2] * 77) >> 8;
    if (shown_luma < 0 || abs(luma - shown_luma) > 127) {
        printf("%" G_GINT64_FORMAT " %d\n", now_us, luma);
        fflush(stdout);
        shown_luma = luma;
    }
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
    if (probe_x >= client->width || probe_y >= client->height) {
        fprintf(stderr, "vnc_probe: the screen is %dx%d\n", client->width, client->height);
        return 1;
    }
    printf("READY\n");
    fflush(stdout);
    for (;;) {
        int waited = WaitForMessage(client, 100000);
        if (waited < 0 || (waited > 0 && !HandleRFBServerMessage(client))) {
            return 0;
        }
    }
}
