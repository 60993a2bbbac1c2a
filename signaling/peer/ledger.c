// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "signaling/peer/ledger.h"

/** The far side asks for a lost packet when it reports it, give or take its own delays. */
#define ASK_GRACE_US 25000
/** A report is late after half as long again as it usually takes, and this; after twice that if
 * none came at all: that a retransmission arrived may be told with the next frame only. */
#define LATE_US 30000
/** A far side that lacks a packet asks for it once a round trip. As the report of it got lost, so
 * may requests: after this many usual times and this without one, it has the packet. */
#define ROUNDS 4
#define ROUNDS_US 100000

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
    guint16 first_seq;
    guint16 count;
    FrameState state;
};

struct PouceLedgerPacket {
    guint16 seq;
    guint16 transport_seq; // of the latest attempt
    guint8 state;
    guint8 attempts;
    gint64 since_us; // when the latest attempt left, or was reported lost
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
    for (guint64 i = ledger->begin; i < ledger->end; i++) {
        PouceLedgerFrame *frame = frame_at(ledger, i);
        if (frame->state == FRAME_OPEN && (base_id == 0 || frame->id > base_id))
            frame->state = FRAME_VOID;
    }
}

void pouce_ledger_frame(
    PouceLedger *ledger, guint32 id, guint32 base_id, guint16 first_seq, guint count)
{
    skip_to(ledger, base_id);
    if (ledger->end - ledger->begin == POUCE_LEDGER_FRAMES)
        ledger->begin++;
    *frame_at(ledger, ledger->end++) =
        (PouceLedgerFrame){id, base_id, first_seq, (guint16)MIN(count, POUCE_LEDGER_PACKETS), 0};
    for (guint i = 0; i < MIN(count, POUCE_LEDGER_PACKETS); i++) {
        guint16 seq = (guint16)(first_seq + i);
        ledger->packets[seq % POUCE_LEDGER_PACKETS] =
            (PouceLedgerPacket){.seq = seq, .state = PACKET_WAITING};
    }
}

void pouce_ledger_sent(PouceLedger *ledger, guint16 transport_seq, guint16 seq, gint64 now_us)
{
    PouceLedgerPacket *packet = packet_at(ledger, seq);
    if (!packet || packet->state == PACKET_ARRIVED)
        return;
    *attempt_at(ledger, transport_seq) = (PouceLedgerAttempt){transport_seq, seq, TRUE};
    packet->transport_seq = transport_seq;
    packet->state = PACKET_SENT;
    packet->attempts += packet->attempts < G_MAXUINT8;
    packet->since_us = now_us;
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
    return packet->state == PACKET_SENT && packet->attempts == 1 && ledger->report_us > 0 &&
           is_newer(ledger->newest, packet->transport_seq) &&
           now_us - packet->since_us > ledger->report_us * ROUNDS + ROUNDS_US;
}

// When to stop hoping for @packet; G_MAXINT64: not yet to be said.
static gint64 hope_ends_us(const PouceLedger *ledger, const PouceLedgerPacket *packet)
{
    if (packet->state == PACKET_LOST)
        return packet->since_us + (packet->attempts == 1 ? ASK_GRACE_US : 0);
    if (packet->state == PACKET_SENT && packet->attempts > 1)
        return packet->since_us +
               late_us(ledger) * (is_newer(ledger->newest, packet->transport_seq) ? 1 : 2);
    return G_MAXINT64;
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

void pouce_ledger_look(PouceLedger *ledger, gint64 now_us, PoucePeerDelivery *out)
{
    *out = (PoucePeerDelivery){.lost_due_us = -1};
    gboolean all_closed = TRUE;
    for (guint64 i = ledger->begin; i < ledger->end; i++) {
        PouceLedgerFrame *frame = frame_at(ledger, i);
        gint64 end_us = G_MAXINT64;
        if (frame->state == FRAME_OPEN && is_whole(ledger, frame, now_us, &end_us) &&
            (frame->base_id == 0 || is_confirmed(ledger, frame->base_id))) {
            frame->state = FRAME_CONFIRMED;
            ledger->confirmed_id = MAX(ledger->confirmed_id, frame->id);
        }
        all_closed = all_closed && frame->state != FRAME_OPEN;
        if (all_closed)
            ledger->begin = i + 1;
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
