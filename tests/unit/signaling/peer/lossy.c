// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/unit/signaling/peer/lossy.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define VIDEO_PAYLOAD 96

// Index 0: of the offerer. Its socket is where the answerer sends what is for the offerer.
struct Lossy {
    LossyDrops drops;
    gpointer user;
    int sockets[2];
    int stop[2]; // a pipe
    GThread *thread;
    GMutex lock; // the next
    struct sockaddr_in real[2];
};

static gboolean is_lost(Lossy *lossy, const guint8 *data, gssize bytes)
{
    guint8 payload = data[1] & 0x7f;
    if (bytes < 12 || data[0] >> 6 != 2 || (payload >= 64 && payload < 96)) {
        return FALSE; // no RTP
    }
    LossyPacket packet = {payload == VIDEO_PAYLOAD, (guint16)(data[2] << 8 | data[3])};
    return lossy->drops(lossy->user, &packet);
}

static void pass(Lossy *lossy, int to)
{
    guint8 data[2048];
    gssize bytes = recv(lossy->sockets[to], data, sizeof data, 0);
    g_mutex_lock(&lossy->lock);
    struct sockaddr_in real = lossy->real[to];
    g_mutex_unlock(&lossy->lock);
    if (bytes > 0 && real.sin_port && (to == 0 || !is_lost(lossy, data, bytes))) {
        sendto(lossy->sockets[!to], data, (gsize)bytes, 0, (struct sockaddr *)&real, sizeof real);
    }
}

static gpointer run(gpointer data)
{
    Lossy *lossy = data;
    struct pollfd fds[] = {{lossy->sockets[0], POLLIN, 0}, {lossy->sockets[1], POLLIN, 0},
        {lossy->stop[0], POLLIN, 0}};
    while (poll(fds, G_N_ELEMENTS(fds), -1) >= 0 && !fds[2].revents) {
        for (int i = 0; i < 2; i++) {
            if (fds[i].revents) {
                pass(lossy, i);
            }
        }
    }
    return NULL;
}

Lossy *lossy_new(LossyDrops drops, gpointer user)
{
    Lossy *lossy = g_new0(Lossy, 1);
    lossy->drops = drops;
    lossy->user = user;
    g_mutex_init(&lossy->lock);
    for (int i = 0; i < 2; i++) {
        struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_ANY)};
        lossy->sockets[i] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        g_assert(bind(lossy->sockets[i], (struct sockaddr *)&any, sizeof any) == 0);
    }
    g_assert(pipe(lossy->stop) == 0);
    lossy->thread = g_thread_new("lossy", run, lossy);
    return lossy;
}

void lossy_free(Lossy *lossy)
{
    close(lossy->stop[1]);
    g_thread_join(lossy->thread);
    close(lossy->stop[0]);
    for (int i = 0; i < 2; i++) {
        close(lossy->sockets[i]);
    }
    g_mutex_clear(&lossy->lock);
    g_free(lossy);
}

// candidate:FOUNDATION COMPONENT UDP PRIORITY ADDRESS PORT typ host
char *lossy_candidate(Lossy *lossy, gboolean of_offerer, const char *candidate)
{
    int own = of_offerer ? 0 : 1;
    g_auto(GStrv) words = g_strsplit(candidate, " ", -1);
    struct sockaddr_in real = {.sin_family = AF_INET};
    if (g_strv_length(words) < 8 || g_ascii_strcasecmp(words[2], "udp") != 0 ||
        !g_str_equal(words[7], "host") || inet_pton(AF_INET, words[4], &real.sin_addr) != 1) {
        return NULL;
    }
    real.sin_port = htons((guint16)atoi(words[5]));
    g_mutex_lock(&lossy->lock);
    gboolean first = lossy->real[own].sin_port == 0;
    if (first) {
        lossy->real[own] = real;
    }
    g_mutex_unlock(&lossy->lock);
    struct sockaddr_in here;
    socklen_t size = sizeof here;
    getsockname(lossy->sockets[own], (struct sockaddr *)&here, &size);
    return first ? g_strdup_printf("candidate:1 1 UDP 2013266431 %s %u typ host", words[4],
                       ntohs(here.sin_port))
                 : NULL;
}
