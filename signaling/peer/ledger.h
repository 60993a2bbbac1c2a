// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// What became of each frame that was sent, from what the far side reports of each packet: which
// frames it must have decoded, and which it will not get in time, so that the next one should be
// made without them. Retransmissions count: a frame is whole when each of its packets arrived in
// one attempt or another, and given up when the retransmission of one got lost as well.
//
// A frame that is whole, and whose base is confirmed, is confirmed: a far side that follows the
// dependency descriptor decodes it. If it did not after all, what is made from it cannot be decoded
// either, and is not: the far side asks for a key frame. So an error here costs a key frame and
// never shows a wrong picture.
//
// Caller's memory; no locks; monotonic time is an argument.

#include "signaling/peer/peer.h"

G_BEGIN_DECLS

/** Frames and packets remembered; older ones count as neither confirmed nor lost. */
#define POUCE_LEDGER_FRAMES 512
#define POUCE_LEDGER_PACKETS 4096

typedef struct PouceLedgerFrame PouceLedgerFrame;
typedef struct PouceLedgerPacket PouceLedgerPacket;
typedef struct PouceLedgerAttempt PouceLedgerAttempt;

typedef struct {
    PouceLedgerFrame *frames;     // ring, by order of sending
    PouceLedgerPacket *packets;   // ring, by RTP sequence number
    PouceLedgerAttempt *attempts; // ring, by transport-wide sequence number
    guint64 begin, end;           // of the frames that are open
    guint32 confirmed_id;
    gint64 report_us; // from sending to the report, smoothed; 0: none came yet
    guint16 newest;   // transport-wide number reported last
} PouceLedger;

void pouce_ledger_init(PouceLedger *ledger);
void pouce_ledger_clear(PouceLedger *ledger);

/** pouce_ledger_frame - @count packets from @first_seq on will leave as frame @id */
void pouce_ledger_frame(
    PouceLedger *ledger, guint32 id, guint32 base_id, guint16 first_seq, guint count);
/** pouce_ledger_sent - packet @seq, or its retransmission, left as @transport_seq */
void pouce_ledger_sent(PouceLedger *ledger, guint16 transport_seq, guint16 seq, gint64 now_us);
/** pouce_ledger_heard - a report came */
void pouce_ledger_heard(
    PouceLedger *ledger, gint64 now_us, const PouceFeedbackPacket *packets, guint count);
/** pouce_ledger_is_wanted - FALSE: nothing needs packet @seq any more, it need not be resent */
gboolean pouce_ledger_is_wanted(const PouceLedger *ledger, guint16 seq);
/** pouce_ledger_look - what is known now; @out->lost_due_us is when to look again */
void pouce_ledger_look(PouceLedger *ledger, gint64 now_us, PoucePeerDelivery *out);

G_END_DECLS
