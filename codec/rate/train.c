// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/rate/train.h"

// Fewer packets are ruled by scheduling noise, unless they took so long that it does not matter.
#define PACKETS_MIN 5
#define PACKETS_MIN_SLOW 3
#define SLOW_US 10000
// A span below this is that of a clock, not of a line.
#define SPAN_MIN_US 500

// What arrives so much faster than it left had been held up, and was read all at once.
static const double squeezed = 1.4;
static const double saturated = 0.92; // arrived at this share of the rate of sending, or slower

void pouce_train_begin(PouceTrain *train, const PoucePacketReport *packet)
{
    *train = (PouceTrain){
        .packets = 1,
        .first_bytes = packet->bytes,
        .last_bytes = packet->bytes,
        .bytes = packet->bytes,
        .first_sent_us = packet->sent_us,
        .last_sent_us = packet->sent_us,
        .first_received_us = packet->received_us,
        .last_received_us = packet->received_us,
    };
}

void pouce_train_add(PouceTrain *train, const PoucePacketReport *packet)
{
    train->packets++;
    train->bytes += packet->bytes;
    train->last_bytes = packet->bytes;
    train->last_sent_us = packet->sent_us;
    gint64 gap_us = packet->received_us - train->last_received_us;
    if (gap_us > train->gap_us) {
        train->gap_us = gap_us;
        train->gap_bytes = packet->bytes;
    }
    train->last_received_us = MAX(train->last_received_us, packet->received_us);
}

gboolean pouce_train_judge(PouceTrain *train, PouceTrainVerdict *out_verdict)
{
    gint64 span_us = train->last_received_us - train->first_received_us;
    gint64 sent_us = train->last_sent_us - train->first_sent_us;
    guint least = MAX(span_us, sent_us) > SLOW_US ? PACKETS_MIN_SLOW : PACKETS_MIN;
    if (train->packets < least || train->packets == train->judged) {
        return FALSE;
    }
    train->judged = train->packets;
    // The first packet's arrival starts the clock: what counts is what came after it. And the last
    // one's leaving stops it: what counts is what left before.
    double bits = (double)(train->bytes - train->first_bytes) * 8 * G_USEC_PER_SEC;
    double sent_bits = (double)(train->bytes - train->last_bytes) * 8 * G_USEC_PER_SEC;
    double sent_bps = sent_bits / (double)MAX(sent_us, SPAN_MIN_US);
    double bps = bits / (double)MAX(span_us, SPAN_MIN_US);
    if (bps > squeezed * sent_bps) {
        return FALSE;
    }
    out_verdict->bps = MIN(bps, sent_bps); // a line shows no more than what was asked of it
    // On an empty line a large first packet arrives late and a small last one early: that is not
    // yet a queue.
    guint32 least_bytes = MIN(train->first_bytes, train->last_bytes);
    double most_bits = (double)(train->bytes - least_bytes) * 8 * G_USEC_PER_SEC;
    out_verdict->saturating = most_bits / (double)MAX(span_us, SPAN_MIN_US) < saturated * sent_bps;
    // Of two gaps one is the longer; of more none should be half of it all.
    gint64 longest_us = train->packets > 3 ? span_us / 2 : span_us / 4 * 3;
    out_verdict->even = train->gap_us <= longest_us;
    double rest_bits = bits - (double)train->gap_bytes * 8 * G_USEC_PER_SEC;
    double rest_bps = rest_bits / (double)MAX(span_us - train->gap_us, SPAN_MIN_US);
    gint64 others_us = (span_us - train->gap_us) / MAX((gint64)train->packets - 2, 1);
    gboolean apart = train->packets > 3 && train->gap_us > 2 * others_us;
    out_verdict->steady_bps =
        apart ? CLAMP(rest_bps, out_verdict->bps, sent_bps) : out_verdict->bps;
    out_verdict->packets = train->packets;
    return TRUE;
}
