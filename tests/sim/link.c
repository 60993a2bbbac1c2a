// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/sim/link.h"

gint64 sim_link_send(SimLink *link, gint64 now_us, guint32 bytes, gint64 *out_queued_us)
{
    const SimPath *path = &link->path;
    gint64 start_us = MAX(now_us, link->free_at_us);
    gint64 waiting_bytes = (start_us - now_us) * path->rate_bps / 8 / G_USEC_PER_SEC;
    if (waiting_bytes + bytes > path->queue_max_bytes) {
        return -1;
    }
    link->free_at_us = start_us + (gint64)bytes * 8 * G_USEC_PER_SEC / path->rate_bps;
    if (out_queued_us) {
        *out_queued_us = start_us - now_us;
    }
    if (g_rand_double(link->rand) < path->loss) {
        return -1;
    }
    gint64 jitter_us =
        path->jitter_us > 0 ? g_rand_int_range(link->rand, 0, (gint32)path->jitter_us) : 0;
    gint64 arrival_us = link->free_at_us + path->delay_us + jitter_us;
    link->last_arrival_us = MAX(link->last_arrival_us + 1, arrival_us);
    return link->last_arrival_us;
}
