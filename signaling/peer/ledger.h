// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// What became of each frame that was sent, from what the far side reports of each packet: which
// frames it must have decoded, and which it will not get in time, so that the next one should be
// made without them. Retransmissions count: a frame is whole when each of its packets arrived in
// one attempt or another, and given up when the retransmission of one got lost as well.
//
// A far side that tells what it decoded confirms by that, and a frame of which it does not tell in
// the time that this usually takes is given up at once, if making up for it costs little: so losses
// of reports and requests hold nothing up. A frame that costs more is left to retransmission.
//
// Without being told, a frame that is whole, and whose base is confirmed, is confirmed: a far side
// that follows the dependency descriptor decodes it. If it did not after all, what is made from it
// cannot be decoded either, and is not: the far side asks for a key frame. So an error here costs a
// key frame and never shows a wrong picture.
//
// Caller's memory; no locks; monotonic time is an argument.

#include "signaling/peer/peer.h"

G_BEGIN_DECLS

/** Frames and packets remembered; older ones count as neither confirmed nor lost. */
#define POUCE_LEDGER_FRAMES 512
#define POUCE_LEDGER_PACKETS 4096
/** What a packet is taken for when it is reckoned what a frame costs. */
#define POUCE_LEDGER_PACKET_BYTES 1200

typedef struct PouceLedgerFrame PouceLedgerFrame;
typedef struct PouceLedgerPacket PouceLedgerPacket;
typedef struct PouceLedgerAttempt PouceLedgerAttempt;

typedef struct {
    PouceLedgerFrame *frames;     // ring, by order of sending
    PouceLedgerPacket *packets;   // ring, by RTP sequence number
    PouceLedgerAttempt *attempts; // ring, by transport-wide sequence number
    guint64 begin, end;           // of the frames that are open
    guint32 confirmed_id;
    gint64 report_us;   // from sending to the report, smoothed; 0: none came yet
    guint16 newest;     // transport-wide number reported last
    gint64 told_us;     // from a frame's last packet to the word that it was decoded, smoothed
    gint64 told_off_us; // how far single ones are off that, smoothed
    gint64 told_at_us;  // when it said so last
    gboolean tells;     // the far side says what it decoded
    guint untold;       // frames in a row that it must have decoded and said nothing of
    guint given_up;     // frames in a row
} PouceLedger;

void pouce_ledger_init(PouceLedger *ledger);
void pouce_ledger_clear(PouceLedger *ledger);

typedef struct {
    guint32 id, base_id;
    guint32 rtp_timestamp;
    guint16 first_seq;
    guint count;    // packets
    gboolean twice; // it makes up for lost ones: a copy of each packet is to follow
} PouceLedgerEntry;

/** pouce_ledger_frame - its packets will leave */
void pouce_ledger_frame(PouceLedger *ledger, const PouceLedgerEntry *entry);
/** pouce_ledger_sent - packet @seq, or its retransmission, left as @transport_seq
 *  Returns: TRUE if it left for the first time and a copy should follow */
gboolean pouce_ledger_sent(PouceLedger *ledger, guint16 transport_seq, guint16 seq, gint64 now_us);
/** pouce_ledger_heard - a report came */
void pouce_ledger_heard(
    PouceLedger *ledger, gint64 now_us, const PouceFeedbackPacket *packets, guint count);
/**
 * pouce_ledger_told - the far side says that it decoded the frame of @rtp_timestamp
 * Returns: when the last packet of that frame left; -1: not to be told, as some were sent again, or
 *          there is no such frame
 */
gint64 pouce_ledger_told(PouceLedger *ledger, gint64 now_us, guint32 rtp_timestamp);
/** pouce_ledger_is_wanted - FALSE: nothing needs packet @seq any more, it need not be resent */
gboolean pouce_ledger_is_wanted(const PouceLedger *ledger, guint16 seq);
/**
 * pouce_ledger_look - what is known now; @out->lost_due_us is when to look again
 * @cheap_bytes: to make up for so much costs little
 */
void pouce_ledger_look(
    PouceLedger *ledger, gint64 now_us, gsize cheap_bytes, PoucePeerDelivery *out);

G_END_DECLS
