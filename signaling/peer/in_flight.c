// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "signaling/peer/in_flight.h"

#define AGE_MAX_US (1 * G_USEC_PER_SEC)
/** A report is late after twice its usual time and this; a scheduler's hiccup is shorter. */
#define LATE_US 20000
#define FOLLOW_UP_MAX_US (1 * G_USEC_PER_SEC)
/** More frames a second than any source makes; beyond, the oldest is forgotten. */
#define FRAMES_MAX 512

typedef struct {
    gint64 last_us; // when its last packets left
    gsize bytes;
} Frame;

void pouce_in_flight_init(PouceInFlight *flight)
{
    *flight = (PouceInFlight){0};
    g_queue_init(&flight->frames);
}

void pouce_in_flight_clear(PouceInFlight *flight)
{
    g_queue_clear_full(&flight->frames, g_free);
    flight->bytes = 0;
}

static void forget_oldest(PouceInFlight *flight)
{
    Frame *frame = g_queue_pop_head(&flight->frames);
    flight->bytes -= frame->bytes;
    g_free(frame);
}

void pouce_in_flight_begin(PouceInFlight *flight, gint64 now_us, gsize bytes)
{
    Frame *frame = g_new(Frame, 1);
    *frame = (Frame){now_us, bytes};
    g_queue_push_tail(&flight->frames, frame);
    flight->bytes += bytes;
    if (flight->frames.length > FRAMES_MAX) {
        forget_oldest(flight);
    }
}

void pouce_in_flight_part(PouceInFlight *flight, gint64 now_us)
{
    Frame *newest = g_queue_peek_tail(&flight->frames);
    if (newest) {
        newest->last_us = now_us;
    }
}

void pouce_in_flight_heard(PouceInFlight *flight, gint64 now_us, gint64 newest_us)
{
    if (newest_us < 0 || newest_us > now_us) {
        return;
    }
    gint64 took_us = now_us - newest_us;
    flight->report_us = flight->report_us > 0 ? (7 * flight->report_us + took_us) / 8 : took_us;
    flight->report_us = MAX(flight->report_us, 1);
    Frame *oldest;
    while ((oldest = g_queue_peek_head(&flight->frames)) && oldest->last_us <= newest_us) {
        forget_oldest(flight);
    }
}

gsize pouce_in_flight_bytes(PouceInFlight *flight, gint64 now_us)
{
    Frame *oldest;
    while ((oldest = g_queue_peek_head(&flight->frames)) && now_us - oldest->last_us > AGE_MAX_US) {
        forget_oldest(flight);
    }
    return flight->report_us > 0 ? flight->bytes : 0;
}

gint64 pouce_in_flight_follow_up_us(const PouceInFlight *flight)
{
    const Frame *newest = g_queue_peek_tail((GQueue *)&flight->frames);
    if (!newest || flight->report_us == 0) {
        return -1;
    }
    gint64 wait_us = (2 * flight->report_us + LATE_US) * flight->frames.length;
    return newest->last_us + MIN(wait_us, FOLLOW_UP_MAX_US);
}
