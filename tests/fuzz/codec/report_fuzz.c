// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What the far end reports of packets, any numbers in it: the estimate stays between its bounds.
// Input: reports of packets of 16 bytes each (time sent, time received, in 32 bits or all 64,
// bytes).

#include "codec/rate/estimator.h"

#include <string.h>

#define REPORTS_MAX 200
#define PACKETS_MAX 8

int LLVMFuzzerTestOneInput(const guint8 *data, gsize bytes);

static const PouceEstimatorConfig config = {
    .start_bps = 4000000, .min_bps = 100000, .max_bps = 50000000};

static PoucePacketReport read_packet(const guint8 *record, gint64 now_us)
{
    gint32 sent, received;
    guint32 size;
    memcpy(&sent, record, 4);
    memcpy(&received, record + 4, 4);
    memcpy(&size, record + 8, 4);
    gboolean wild = record[12] & 1;
    return (PoucePacketReport){
        .sent_us =
            wild ? sent * (G_GINT64_CONSTANT(1) << (record[13] & 31)) : now_us - (sent & 0xfffff),
        .received_us = wild ? received * (G_GINT64_CONSTANT(1) << (record[14] & 31))
                            : now_us + (received & 0xfffff),
        .bytes = wild ? size : size & 2047,
    };
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize bytes)
{
    g_autoptr(PouceEstimator) estimator = pouce_estimator_new(&config);
    gint64 now_us = 1000000;
    for (int i = 0; i < REPORTS_MAX && bytes >= 2; i++) {
        guint count = MIN(data[0] % (PACKETS_MAX + 1), (guint)((bytes - 2) / 16));
        PoucePacketReport packets[PACKETS_MAX + 1];
        now_us += data[1] * 1000;
        for (guint n = 0; n < count; n++)
            packets[n] = read_packet(data + 2 + 16 * n, now_us);
        pouce_estimator_on_report(estimator, now_us, packets, count);
        pouce_estimator_on_rtt(estimator, now_us, count ? packets[0].received_us : 0);
        int bps = pouce_estimator_bps(estimator), probe = 0;
        g_assert(bps >= config.min_bps && bps <= config.max_bps);
        g_assert(pouce_estimator_window_bytes(estimator) > 0);
        g_assert(pouce_estimator_pace_bps(estimator) > 0);
        if (pouce_estimator_take_probe(estimator, now_us, &probe))
            g_assert(probe > 0);
        data += 2 + 16 * count;
        bytes -= 2 + 16 * count;
    }
    return 0;
}
