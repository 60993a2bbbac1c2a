// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "signaling/peer/in_flight.h"

#define AGE_MAX_US (1 * G_USEC_PER_SEC)
#define FIRST_REPORT_US (2 * G_USEC_PER_SEC)
/** A report is late after twice its usual time and this; a scheduler's hiccup is shorter. */
#define LATE_US 20000
#define FOLLOW_UP_MAX_US (1 * G_USEC_PER_SEC)
/** More bursts than any pacer makes in a second; beyond, the oldest is forgotten. */
#define PARTS_MAX 1024

typedef struct {
    gint64 left_us;
    gsize bytes;
    gboolean first; // of its frame
} Part;

void pouce_in_flight_init(PouceInFlight *flight)
{
    *flight = (PouceInFlight){0};
    g_queue_init(&flight->parts);
}

void pouce_in_flight_clear(PouceInFlight *flight)
{
    g_queue_clear_full(&flight->parts, g_free);
    pouce_in_flight_init(flight);
}

static void forget_oldest(PouceInFlight *flight)
{
    Part *part = g_queue_pop_head(&flight->parts);
    flight->bytes -= part->bytes;
    flight->frames -= part->first;
    g_free(part);
}

void pouce_in_flight_begin(PouceInFlight *flight, gint64 now_us, gsize bytes)
{
    flight->first_us = flight->first_us > 0 ? flight->first_us : now_us;
    flight->waiting_bytes = bytes;
    flight->begun = TRUE;
}

void pouce_in_flight_part(PouceInFlight *flight, gint64 now_us, gsize bytes)
{
    Part *part = g_new(Part, 1);
    *part = (Part){now_us, bytes, flight->begun};
    g_queue_push_tail(&flight->parts, part);
    flight->bytes += bytes;
    flight->frames += flight->begun;
    flight->begun = FALSE;
    flight->waiting_bytes -= MIN(bytes, flight->waiting_bytes);
    if (flight->parts.length > PARTS_MAX) {
        forget_oldest(flight);
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
    Part *oldest;
    while ((oldest = g_queue_peek_head(&flight->parts)) && oldest->left_us <= newest_us) {
        forget_oldest(flight);
    }
}

gsize pouce_in_flight_bytes(PouceInFlight *flight, gint64 now_us)
{
    Part *oldest;
    while ((oldest = g_queue_peek_head(&flight->parts)) && now_us - oldest->left_us > AGE_MAX_US) {
        forget_oldest(flight);
    }
    gboolean reports = flight->report_us > 0 || now_us - flight->first_us < FIRST_REPORT_US;
    return reports ? flight->bytes + flight->waiting_bytes : 0;
}

gint64 pouce_in_flight_follow_up_us(const PouceInFlight *flight)
{
    const Part *newest = g_queue_peek_tail((GQueue *)&flight->parts);
    if (!newest || flight->report_us == 0) {
        return -1;
    }
    gint64 wait_us = (2 * flight->report_us + LATE_US) * MAX(flight->frames, 1);
    return newest->left_us + MIN(wait_us, FOLLOW_UP_MAX_US);
}
