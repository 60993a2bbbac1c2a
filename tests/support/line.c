// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A line with a rate, a queue, a delay, jitter and loss, in user space: a TUN device in this
// network namespace, another in @NAMESPACE, and between them the link of the simulations in real
// time. All IP passes, so whole programs run over it unchanged. One thread; needs root.
//
// usage: line NAMESPACE NEAR_ADDRESS FAR_ADDRESS [SEED]
// Commands on stdin, one a line: `up KEY=VALUE …` (from FAR to NEAR) and `down …` with the keys
// rate_bps, queue_bytes, delay_us, jitter_us, loss_permille; `mark` begins a measurement; `report`
// prints {"event": "report", …} with both directions' bytes, drops and waiting times since then.

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tests/sim/link.h"

#define PACKET_MAX_BYTES 2048
#define WAITING_MAX 65536 // packets a direction; beyond, they are dropped
#define COMMAND_MAX_BYTES 4096

typedef struct {
    gint64 due_us;
    gsize bytes;
    guint8 data[];
} Packet;

typedef struct {
    const char *name;
    int from, to; // TUN devices
    SimLink link;
    GQueue waiting; // Packet, by due_us
    GArray *queued_us;
    gint64 marked_us;
    guint64 bytes, sent, dropped;
} Way;

static int open_tun(const char *name)
{
    int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
    g_strlcpy(request.ifr_name, name, sizeof request.ifr_name);
    if (fd < 0 || ioctl(fd, TUNSETIFF, &request) < 0) {
        fprintf(stderr, "line: no TUN device (%s): run as root\n", g_strerror(errno));
        exit(1);
    }
    return fd;
}

static void configure(const char *format, ...) G_GNUC_PRINTF(1, 2);
static void configure(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    g_autofree char *command = g_strdup_vprintf(format, list);
    va_end(list);
    int status = -1;
    if (!g_spawn_command_line_sync(command, NULL, NULL, &status, NULL) || status != 0) {
        fprintf(stderr, "line: \"%s\" failed\n", command);
        exit(1);
    }
}

static void take(Way *way, gint64 now_us)
{
    guint8 data[PACKET_MAX_BYTES];
    gssize bytes;
    while ((bytes = read(way->from, data, sizeof data)) > 0) {
        gint64 queued_us = 0;
        gint64 due_us = way->waiting.length < WAITING_MAX
                            ? sim_link_send(&way->link, now_us, (guint32)bytes, &queued_us)
                            : -1;
        way->sent++;
        if (due_us < 0) {
            way->dropped++;
            continue;
        }
        g_array_append_val(way->queued_us, queued_us);
        way->bytes += (guint64)bytes;
        Packet *packet = g_malloc(sizeof *packet + (gsize)bytes);
        packet->due_us = due_us;
        packet->bytes = (gsize)bytes;
        memcpy(packet->data, data, (gsize)bytes);
        g_queue_push_tail(&way->waiting, packet);
    }
}

static void deliver(Way *way, gint64 now_us)
{
    Packet *packet;
    while ((packet = g_queue_peek_head(&way->waiting)) && packet->due_us <= now_us) {
        // A far side that takes no more loses it, as a full interface would.
        if (write(way->to, packet->data, packet->bytes) < 0)
            way->dropped++;
        g_free(g_queue_pop_head(&way->waiting));
    }
}

static gint compare_us(gconstpointer a, gconstpointer b)
{
    gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;
    return x < y ? -1 : x > y;
}

static double at_percent_ms(GArray *sorted, guint percent)
{
    if (sorted->len == 0)
        return 0;
    return (double)g_array_index(sorted, gint64, (gsize)(sorted->len - 1) * percent / 100) / 1000;
}

static void mark(Way *way, gint64 now_us)
{
    g_array_set_size(way->queued_us, 0);
    way->marked_us = now_us;
    way->bytes = way->sent = way->dropped = 0;
}

static void print_way(Way *way, gint64 now_us)
{
    g_array_sort(way->queued_us, compare_us);
    printf("\"%s\": {\"seconds\": %.3f, \"bytes\": %" G_GUINT64_FORMAT
           ", \"packets\": %" G_GUINT64_FORMAT ", \"dropped\": %" G_GUINT64_FORMAT
           ", \"queued_p50_ms\": %.2f, \"queued_p95_ms\": %.2f, \"queued_max_ms\": %.2f}",
        way->name, (double)(now_us - way->marked_us) / G_USEC_PER_SEC, way->bytes, way->sent,
        way->dropped, at_percent_ms(way->queued_us, 50), at_percent_ms(way->queued_us, 95),
        at_percent_ms(way->queued_us, 100));
}

static gboolean set(SimPath *path, const char *word)
{
    const char *equals = strchr(word, '=');
    gint64 value = equals ? g_ascii_strtoll(equals + 1, NULL, 10) : -1;
    if (value < 0)
        return FALSE;
    if (g_str_has_prefix(word, "rate_bps=") && value > 0)
        path->rate_bps = value;
    else if (g_str_has_prefix(word, "queue_bytes="))
        path->queue_max_bytes = value;
    else if (g_str_has_prefix(word, "delay_us="))
        path->delay_us = value;
    else if (g_str_has_prefix(word, "jitter_us="))
        path->jitter_us = value;
    else if (g_str_has_prefix(word, "loss_permille="))
        path->loss = (double)value / 1000;
    else
        return FALSE;
    return TRUE;
}

static void command(Way ways[2], const char *line, gint64 now_us)
{
    g_auto(GStrv) words = g_strsplit(line, " ", -1);
    for (int i = 0; i < 2; i++) {
        for (int w = 1; g_strcmp0(words[0], ways[i].name) == 0 && words[w]; w++)
            if (!set(&ways[i].link.path, words[w]))
                fprintf(stderr, "line: \"%s\" is no setting\n", words[w]);
        if (g_strcmp0(words[0], "mark") == 0)
            mark(&ways[i], now_us);
    }
    if (g_strcmp0(words[0], "report") == 0) {
        printf("{\"event\": \"report\", ");
        print_way(&ways[0], now_us);
        printf(", ");
        print_way(&ways[1], now_us);
        printf("}\n");
        fflush(stdout);
    }
}

// FALSE when nobody gives commands any more.
static gboolean read_commands(GString *pending, Way ways[2], gint64 now_us)
{
    char text[COMMAND_MAX_BYTES];
    gssize bytes = read(STDIN_FILENO, text, sizeof text);
    if (bytes <= 0)
        return bytes < 0 && errno == EINTR;
    g_string_append_len(pending, text, bytes);
    char *end;
    while ((end = strchr(pending->str, '\n'))) {
        *end = 0;
        command(ways, pending->str, now_us);
        g_string_erase(pending, 0, end - pending->str + 1);
    }
    return pending->len < COMMAND_MAX_BYTES;
}

static void run(Way ways[2])
{
    g_autoptr(GString) pending = g_string_new(NULL);
    for (;;) {
        gint64 now_us = g_get_monotonic_time();
        gint64 due_us = G_MAXINT64;
        for (int i = 0; i < 2; i++) {
            take(&ways[i], now_us);
            deliver(&ways[i], now_us);
            Packet *next = g_queue_peek_head(&ways[i].waiting);
            due_us = next ? MIN(due_us, next->due_us) : due_us;
        }
        gint64 wait_us = due_us == G_MAXINT64 ? G_USEC_PER_SEC : MAX(due_us - now_us, 0);
        struct timespec wait = {wait_us / G_USEC_PER_SEC, wait_us % G_USEC_PER_SEC * 1000};
        struct pollfd fds[] = {
            {ways[0].from, POLLIN, 0}, {ways[1].from, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
        if (ppoll(fds, G_N_ELEMENTS(fds), &wait, NULL) > 0 && fds[2].revents &&
            !read_commands(pending, ways, g_get_monotonic_time()))
            return;
    }
}

static void init_way(Way *way, const char *name, int from, int to, guint32 seed)
{
    *way = (Way){.name = name, .from = from, .to = to, .marked_us = g_get_monotonic_time()};
    way->link = (SimLink){
        .path = {.rate_bps = 1000000000, .queue_max_bytes = 1000000},
        .rand = g_rand_new_with_seed(seed),
    };
    way->queued_us = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_queue_init(&way->waiting);
}

int main(int argc, char **argv)
{
    if (argc != 4 && argc != 5) {
        fprintf(stderr, "usage: line NAMESPACE NEAR_ADDRESS FAR_ADDRESS [SEED]\n");
        return 2;
    }
    int near = open_tun("near0"), far = open_tun("far0");
    configure("ip link set far0 netns %s", argv[1]);
    configure("ip addr add %s peer %s dev near0", argv[2], argv[3]);
    configure("ip link set near0 up");
    configure("ip -n %s addr add %s peer %s dev far0", argv[1], argv[3], argv[2]);
    configure("ip -n %s link set far0 up", argv[1]);
    Way ways[2];
    guint32 seed = argc == 5 ? (guint32)strtoul(argv[4], NULL, 10) : 1;
    init_way(&ways[0], "up", far, near, 2 * seed - 1);
    init_way(&ways[1], "down", near, far, 2 * seed);
    printf("READY\n");
    fflush(stdout);
    run(ways);
    return 0;
}
