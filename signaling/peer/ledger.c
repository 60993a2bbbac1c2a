// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "signaling/peer/ledger.h"

#include "signaling/peer/repeats.h"

/** The far side asks for a lost packet when it reports it, give or take its own delays. */
#define ASK_GRACE_US 25000
/** A report is late after half as long again as it usually takes, and this; after twice that if
 * none came at all: that a retransmission arrived may be told with the next frame only. */
#define LATE_US 30000
/** A far side that lacks a packet asks for it once a round trip. As the report of it got lost, so
 * may requests: after this many usual times and this without one, it has the packet. */
#define ROUNDS 4
#define ROUNDS_US 100000
/** RFC 6298: the word is late after its usual time and four times what single ones are off, here at
 * least this (a scheduler's hiccup is shorter); later by a quarter for each frame given up in vain.
 */
#define TOLD_OFF_MIN_US 15000
#define TOLD_LATE_MAX_US 1000000
/** A costly frame is given up after as many such times without any news. */
#define COSTLY_ROUNDS 4
/** A browser whose window is covered shows nothing and tells nothing. */
#define UNTOLD_MAX 4

typedef enum {
    FRAME_OPEN,
    FRAME_CONFIRMED,
    FRAME_VOID, // something newer does without it
} FrameState;

typedef enum {
    PACKET_NONE,
    PACKET_WAITING, // not yet sent
    PACKET_SENT,
    PACKET_ARRIVED,
    PACKET_LOST, // in the latest attempt
} PacketState;

struct PouceLedgerFrame {
    guint32 id, base_id;
    guint32 rtp_timestamp;
    guint16 first_seq;
    guint16 count;
    guint16 waiting; // packets not yet sent
    gboolean again;  // some were sent again
    gboolean twice;
    FrameState state;
    gint64 first_us; // when the last of its packets left for the first time
    gint64 last_us;  // when any of them left last
};

struct PouceLedgerPacket {
    guint16 seq;
    guint16 transport_seq; // of the latest attempt
    guint8 state;
    guint8 attempts;
    gint64 since_us; // when the latest attempt left, or was reported lost
    gint64 lost_us;  // when an attempt was reported lost first; 0: none was
    guint64 frame;   // index
};

struct PouceLedgerAttempt {
    guint16 transport_seq;
    guint16 seq;
    gboolean used;
};

static gboolean is_newer(guint16 seq, guint16 than)
{
    return (gint16)(seq - than) > 0;
}

static PouceLedgerFrame *frame_at(const PouceLedger *ledger, guint64 index)
{
    return &ledger->frames[index % POUCE_LEDGER_FRAMES];
}

static guint64 oldest(const PouceLedger *ledger)
{
    return ledger->end > POUCE_LEDGER_FRAMES ? ledger->end - POUCE_LEDGER_FRAMES : 0;
}

static PouceLedgerPacket *packet_at(const PouceLedger *ledger, guint16 seq)
{
    PouceLedgerPacket *packet = &ledger->packets[seq % POUCE_LEDGER_PACKETS];
    return packet->state != PACKET_NONE && packet->seq == seq ? packet : NULL;
}

static PouceLedgerAttempt *attempt_at(const PouceLedger *ledger, guint16 transport_seq)
{
    return &ledger->attempts[transport_seq % POUCE_LEDGER_PACKETS];
}

void pouce_ledger_init(PouceLedger *ledger)
{
    *ledger = (PouceLedger){.frames = g_new0(PouceLedgerFrame, POUCE_LEDGER_FRAMES),
        .packets = g_new0(PouceLedgerPacket, POUCE_LEDGER_PACKETS),
        .attempts = g_new0(PouceLedgerAttempt, POUCE_LEDGER_PACKETS)};
}

void pouce_ledger_clear(PouceLedger *ledger)
{
    g_clear_pointer(&ledger->frames, g_free);
    g_clear_pointer(&ledger->packets, g_free);
    g_clear_pointer(&ledger->attempts, g_free);
}

// A key frame, or one made from something older than the frame before it: the far side will not
// come back to what lies between.
static void skip_to(PouceLedger *ledger, guint32 base_id)
{
    gboolean given_up = FALSE;
    for (guint64 i = ledger->begin; i < ledger->end; i++) {
        PouceLedgerFrame *frame = frame_at(ledger, i);
        if (frame->state != FRAME_OPEN || (base_id > 0 && frame->id <= base_id))
            continue;
        frame->state = FRAME_VOID;
        given_up = TRUE;
    }
    ledger->given_up += given_up;
}

void pouce_ledger_frame(PouceLedger *ledger, const PouceLedgerEntry *entry)
{
    guint count = MIN(entry->count, POUCE_LEDGER_PACKETS);
    skip_to(ledger, entry->base_id);
    if (ledger->end - ledger->begin == POUCE_LEDGER_FRAMES)
        ledger->begin++;
    for (guint i = 0; i < count; i++) {
        guint16 seq = (guint16)(entry->first_seq + i);
        ledger->packets[seq % POUCE_LEDGER_PACKETS] =
            (PouceLedgerPacket){.seq = seq, .state = PACKET_WAITING, .frame = ledger->end};
    }
    *frame_at(ledger, ledger->end++) = (PouceLedgerFrame){.id = entry->id,
        .base_id = entry->base_id,
        .rtp_timestamp = entry->rtp_timestamp,
        .first_seq = entry->first_seq,
        .count = (guint16)count,
        .waiting = (guint16)count,
        .twice = entry->twice};
}

// Returns: TRUE if a copy should follow.
static gboolean note_departure(PouceLedger *ledger, const PouceLedgerPacket *packet, gint64 now_us)
{
    PouceLedgerFrame *frame = frame_at(ledger, packet->frame);
    if (packet->frame < oldest(ledger))
        return FALSE;
    frame->last_us = now_us;
    if (packet->attempts > 1) {
        frame->again = TRUE;
    } else if (frame->waiting > 0) {
        frame->waiting--;
        frame->first_us = now_us;
    }
    return frame->twice && packet->attempts == 1;
}

gboolean pouce_ledger_sent(PouceLedger *ledger, guint16 transport_seq, guint16 seq, gint64 now_us)
{
    PouceLedgerPacket *packet = packet_at(ledger, seq);
    if (!packet || packet->state == PACKET_ARRIVED)
        return FALSE;
    *attempt_at(ledger, transport_seq) = (PouceLedgerAttempt){transport_seq, seq, TRUE};
    packet->transport_seq = transport_seq;
    packet->state = PACKET_SENT;
    packet->attempts += packet->attempts < G_MAXUINT8;
    packet->since_us = now_us;
    return note_departure(ledger, packet, now_us);
}

static void hear(PouceLedger *ledger, gint64 now_us, const PouceFeedbackPacket *report)
{
    PouceLedgerAttempt *attempt = attempt_at(ledger, report->seqnum);
    if (!attempt->used || attempt->transport_seq != report->seqnum)
        return;
    PouceLedgerPacket *packet = packet_at(ledger, attempt->seq);
    if (!packet || packet->state == PACKET_ARRIVED)
        return;
    if (!report->lost) {
        packet->state = PACKET_ARRIVED;
    } else if (packet->transport_seq == report->seqnum && packet->state == PACKET_SENT) {
        packet->state = PACKET_LOST;
        packet->since_us = now_us;
        packet->lost_us = packet->lost_us > 0 ? packet->lost_us : now_us;
    }
}

void pouce_ledger_heard(
    PouceLedger *ledger, gint64 now_us, const PouceFeedbackPacket *packets, guint count)
{
    gint64 newest_us = -1;
    for (guint i = 0; i < count; i++) {
        hear(ledger, now_us, &packets[i]);
        if (packets[i].lost)
            continue;
        newest_us = MAX(newest_us, packets[i].local_ns / 1000);
        if (ledger->report_us == 0 || is_newer(packets[i].seqnum, ledger->newest))
            ledger->newest = packets[i].seqnum;
    }
    if (newest_us < 0 || newest_us > now_us)
        return;
    gint64 took_us = MAX(now_us - newest_us, 1);
    ledger->report_us = ledger->report_us > 0 ? (7 * ledger->report_us + took_us) / 8 : took_us;
}

static gint64 late_us(const PouceLedger *ledger)
{
    return ledger->report_us * 3 / 2 + LATE_US;
}

// The report that should have named it is lost itself: had the packet not come, the far side would
// have asked for it by now.
static gboolean is_passed_over(
    const PouceLedger *ledger, const PouceLedgerPacket *packet, gint64 now_us)
{
    return !ledger->tells && packet->state == PACKET_SENT && packet->attempts == 1 &&
           ledger->report_us > 0 && is_newer(ledger->newest, packet->transport_seq) &&
           now_us - packet->since_us > ledger->report_us * ROUNDS + ROUNDS_US;
}

// When to stop hoping for @packet; G_MAXINT64: not yet to be said. However often the far side asks
// for it, one round has to do.
static gint64 hope_ends_us(const PouceLedger *ledger, const PouceLedgerPacket *packet)
{
    gint64 end_us = G_MAXINT64;
    if (packet->state == PACKET_LOST)
        end_us = packet->since_us + (packet->attempts == 1 ? ASK_GRACE_US : 0);
    else if (packet->state == PACKET_SENT && packet->attempts > 1)
        end_us = packet->since_us +
                 late_us(ledger) * (is_newer(ledger->newest, packet->transport_seq) ? 1 : 2);
    gint64 round_us = packet->lost_us + ASK_GRACE_US + POUCE_REPEATS_AFTER_US + late_us(ledger);
    return packet->lost_us > 0 ? MIN(end_us, round_us) : end_us;
}

// TRUE if all of it arrived; else *@out_end_us is when hope for it ends.
static gboolean is_whole(
    const PouceLedger *ledger, const PouceLedgerFrame *frame, gint64 now_us, gint64 *out_end_us)
{
    gboolean whole = TRUE;
    gint64 end_us = G_MAXINT64;
    for (guint i = 0; i < frame->count; i++) {
        const PouceLedgerPacket *packet = packet_at(ledger, (guint16)(frame->first_seq + i));
        if (!packet || packet->state == PACKET_ARRIVED || is_passed_over(ledger, packet, now_us))
            continue;
        whole = FALSE;
        end_us = MIN(end_us, hope_ends_us(ledger, packet));
    }
    *out_end_us = end_us;
    return whole;
}

// The bases of frames that are forgotten were confirmed, or nothing would have been made from them.
static gboolean is_confirmed(const PouceLedger *ledger, guint32 id)
{
    for (guint64 i = ledger->end; i-- > oldest(ledger);) {
        const PouceLedgerFrame *frame = frame_at(ledger, i);
        if (frame->id == id)
            return frame->state == FRAME_CONFIRMED;
    }
    return TRUE;
}

// RFC 6298 §2.
static void note_told(PouceLedger *ledger, gint64 took_us)
{
    if (ledger->told_us == 0) {
        ledger->told_us = took_us;
        ledger->told_off_us = took_us / 2;
        return;
    }
    ledger->told_off_us = (3 * ledger->told_off_us + ABS(ledger->told_us - took_us)) / 4;
    ledger->told_us = (7 * ledger->told_us + took_us) / 8;
}

// Its base, and so on, were decoded before it; others between are not shown any more.
static void confirm_chain(PouceLedger *ledger, guint64 index)
{
    guint32 wanted_id = frame_at(ledger, index)->id;
    for (guint64 i = index + 1; i-- > oldest(ledger);) {
        PouceLedgerFrame *frame = frame_at(ledger, i);
        gboolean needed = frame->id == wanted_id;
        if (needed && frame->state == FRAME_CONFIRMED && i != index)
            return;
        if (needed)
            frame->state = FRAME_CONFIRMED;
        else if (frame->state == FRAME_OPEN)
            frame->state = FRAME_VOID;
        wanted_id = needed ? frame->base_id : wanted_id;
    }
}

gint64 pouce_ledger_told(PouceLedger *ledger, gint64 now_us, guint32 rtp_timestamp)
{
    for (guint64 i = ledger->end; i-- > oldest(ledger);) {
        PouceLedgerFrame *frame = frame_at(ledger, i);
        if (frame->rtp_timestamp != rtp_timestamp || frame->waiting > 0)
            continue;
        ledger->tells = TRUE;
        ledger->untold = ledger->given_up = 0;
        ledger->told_at_us = now_us;
        if (frame->id > ledger->confirmed_id || frame->state != FRAME_CONFIRMED)
            confirm_chain(ledger, i);
        ledger->confirmed_id = MAX(ledger->confirmed_id, frame->id);
        if (!frame->again)
            note_told(ledger, MAX(now_us - frame->first_us, 1));
        return frame->again ? -1 : frame->first_us;
    }
    return -1;
}

static gint64 told_late_us(const PouceLedger *ledger)
{
    gint64 late_us = ledger->told_us + MAX(4 * ledger->told_off_us, TOLD_OFF_MIN_US);
    return MIN(late_us + late_us * ledger->given_up / 4, TOLD_LATE_MAX_US);
}

// When the far side should have said that it decoded @frame.
static gint64 word_ends_us(const PouceLedger *ledger, const PouceLedgerFrame *frame, gboolean cheap)
{
    if (!ledger->tells || frame->waiting > 0)
        return G_MAXINT64;
    return frame->last_us + told_late_us(ledger) * (cheap ? 1 : COSTLY_ROUNDS);
}

static gsize open_bytes(const PouceLedger *ledger)
{
    gsize packets = 0;
    for (guint64 i = ledger->begin; i < ledger->end; i++)
        packets += frame_at(ledger, i)->state == FRAME_OPEN ? frame_at(ledger, i)->count : 0;
    return packets * POUCE_LEDGER_PACKET_BYTES;
}

static void confirm_unless_told(PouceLedger *ledger, PouceLedgerFrame *frame, gint64 now_us)
{
    frame->state = FRAME_CONFIRMED;
    ledger->confirmed_id = MAX(ledger->confirmed_id, frame->id);
    if (now_us > word_ends_us(ledger, frame, TRUE) && ++ledger->untold >= UNTOLD_MAX)
        ledger->tells = FALSE;
}

void pouce_ledger_look(
    PouceLedger *ledger, gint64 now_us, gsize cheap_bytes, PoucePeerDelivery *out)
{
    *out = (PoucePeerDelivery){.lost_due_us = -1};
    gboolean all_closed = TRUE;
    gboolean cheap = open_bytes(ledger) <= MAX(cheap_bytes, POUCE_LEDGER_PACKET_BYTES);
    for (guint64 i = ledger->begin; i < ledger->end; i++) {
        PouceLedgerFrame *frame = frame_at(ledger, i);
        gint64 end_us = G_MAXINT64;
        if (frame->state == FRAME_OPEN && is_whole(ledger, frame, now_us, &end_us) &&
            (frame->base_id == 0 || is_confirmed(ledger, frame->base_id)))
            confirm_unless_told(ledger, frame, now_us);
        all_closed = all_closed && frame->state != FRAME_OPEN;
        if (all_closed)
            ledger->begin = i + 1;
        end_us = MIN(end_us, word_ends_us(ledger, frame, cheap));
        if (frame->state == FRAME_OPEN && end_us <= now_us && out->lost_id == 0)
            out->lost_id = frame->id;
        else if (frame->state == FRAME_OPEN && end_us > now_us && end_us != G_MAXINT64)
            out->lost_due_us = out->lost_due_us < 0 ? end_us : MIN(out->lost_due_us, end_us);
    }
    out->confirmed_id = ledger->confirmed_id;
}

gboolean pouce_ledger_is_wanted(const PouceLedger *ledger, guint16 seq)
{
    for (guint64 i = ledger->end; packet_at(ledger, seq) && i-- > oldest(ledger);) {
        const PouceLedgerFrame *frame = frame_at(ledger, i);
        if ((guint16)(seq - frame->first_seq) < frame->count)
            return frame->state != FRAME_VOID;
    }
    return TRUE;
}
