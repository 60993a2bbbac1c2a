// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "signaling/peer/assembly.h"

typedef struct {
    gboolean used;
    guint16 seq;
    guint32 rtp_timestamp;
    PouceDependency dependency;
    guint8 *data; // VP8 alone
    gsize bytes;
} Slot;

struct PouceAssembly {
    Slot slots[POUCE_ASSEMBLY_PACKETS];      // by sequence number
    gint64 given[POUCE_DEPENDENCY_BACK_MAX]; // numbers of frames given out, by number
    PouceAssemblyFrame *waiting[POUCE_ASSEMBLY_WAITING + 1]; // by number
    guint waiting_count;
    gsize waiting_bytes;
    gboolean started;
    gint64 newest;   // highest number seen
    gint64 last;     // highest number given out; -1: none
    gint64 stuck_us; // something came since and nothing could be given out; 0: no
};

PouceAssembly *pouce_assembly_new(void)
{
    PouceAssembly *assembly = g_new0(PouceAssembly, 1);
    for (guint i = 0; i < POUCE_DEPENDENCY_BACK_MAX; i++)
        assembly->given[i] = -1;
    assembly->last = -1;
    return assembly;
}

void pouce_assembly_frame_free(PouceAssemblyFrame *frame)
{
    if (!frame)
        return;
    g_byte_array_unref(frame->vp8);
    g_free(frame);
}

void pouce_assembly_free(PouceAssembly *assembly)
{
    if (!assembly)
        return;
    for (guint i = 0; i < POUCE_ASSEMBLY_PACKETS; i++)
        g_free(assembly->slots[i].data);
    for (guint i = 0; i < assembly->waiting_count; i++)
        pouce_assembly_frame_free(assembly->waiting[i]);
    g_free(assembly);
}

// RFC 7741 §4.2: one byte; with X set one more, whose bits say what follows. 0: cut short.
static gsize descriptor_bytes(const guint8 *data, gsize bytes)
{
    if (bytes < 1)
        return 0;
    gsize size = 1;
    if (data[0] & 0x80) {
        if (bytes < 3)
            return 0;
        guint8 extra = data[1];
        size++;
        if (extra & 0x80)
            size += data[2] & 0x80 ? 2 : 1;
        size += (extra & 0x40) != 0;
        size += (extra & 0x30) != 0;
    }
    return size < bytes ? size : 0;
}

static Slot *slot_at(PouceAssembly *assembly, guint16 seq)
{
    Slot *slot = &assembly->slots[seq % POUCE_ASSEMBLY_PACKETS];
    return slot->used && slot->seq == seq ? slot : NULL;
}

static void empty(Slot *slot)
{
    g_free(slot->data);
    *slot = (Slot){0};
}

// 16 bits to a number that only rises, from 2^16 on so that no difference is below 0.
static gint64 unwrap(PouceAssembly *assembly, guint16 number)
{
    if (!assembly->started) {
        assembly->started = TRUE;
        assembly->newest = 0x10000 + number;
    }
    gint64 whole = assembly->newest + (gint16)(number - (guint16)assembly->newest);
    if (whole < 0)
        return -1;
    assembly->newest = MAX(assembly->newest, whole);
    return whole;
}

static gboolean is_given(const PouceAssembly *assembly, gint64 number)
{
    return number >= 0 && assembly->given[number % POUCE_DEPENDENCY_BACK_MAX] == number;
}

static gboolean is_ready(const PouceAssembly *assembly, const PouceAssemblyFrame *frame)
{
    return frame->back == 0 || is_given(assembly, frame->number - frame->back);
}

static PouceAssemblyFrame *take_waiting(PouceAssembly *assembly, guint index)
{
    PouceAssemblyFrame *frame = assembly->waiting[index];
    assembly->waiting_count--;
    assembly->waiting_bytes -= frame->vp8->len;
    for (guint i = index; i < assembly->waiting_count; i++)
        assembly->waiting[i] = assembly->waiting[i + 1];
    return frame;
}

static void keep(PouceAssembly *assembly, PouceAssemblyFrame *frame)
{
    guint at = assembly->waiting_count;
    while (at > 0 && assembly->waiting[at - 1]->number >= frame->number)
        at--;
    if (at < assembly->waiting_count && assembly->waiting[at]->number == frame->number) {
        pouce_assembly_frame_free(frame);
        return;
    }
    for (guint i = assembly->waiting_count; i > at; i--)
        assembly->waiting[i] = assembly->waiting[i - 1];
    assembly->waiting[at] = frame;
    assembly->waiting_count++;
    assembly->waiting_bytes += frame->vp8->len;
    while (assembly->waiting_count > POUCE_ASSEMBLY_WAITING ||
           assembly->waiting_bytes > POUCE_ASSEMBLY_WAITING_MAX_BYTES)
        pouce_assembly_frame_free(take_waiting(assembly, 0));
}

// The end of the run of packets of one frame that @seq is in; FALSE if it is not there yet.
static gboolean find_end(PouceAssembly *assembly, guint16 seq, int step, guint16 *out_seq)
{
    guint16 number = slot_at(assembly, seq)->dependency.number;
    for (int i = 0; i < POUCE_ASSEMBLY_PACKETS; i++, seq = (guint16)(seq + step)) {
        const Slot *slot = slot_at(assembly, seq);
        if (!slot || slot->dependency.number != number)
            return FALSE;
        if (step < 0 ? slot->dependency.first : slot->dependency.last) {
            *out_seq = seq;
            return TRUE;
        }
    }
    return FALSE;
}

static void join(PouceAssembly *assembly, guint16 seq, gint64 number, gint64 now_us)
{
    guint16 first, last;
    if (!find_end(assembly, seq, -1, &first) || !find_end(assembly, seq, 1, &last))
        return;
    const Slot *head = slot_at(assembly, first);
    PouceAssemblyFrame *frame = g_new0(PouceAssemblyFrame, 1);
    frame->vp8 = g_byte_array_new();
    frame->rtp_timestamp = head->rtp_timestamp;
    frame->arrival_us = now_us;
    frame->number = number;
    frame->back = head->dependency.back;
    for (guint16 at = first; at != (guint16)(last + 1); at++) {
        Slot *slot = slot_at(assembly, at);
        g_byte_array_append(frame->vp8, slot->data, (guint)slot->bytes);
        empty(slot);
    }
    keep(assembly, frame);
}

void pouce_assembly_take(PouceAssembly *assembly, const PouceAssemblyPacket *packet, gint64 now_us)
{
    gsize skip = descriptor_bytes(packet->payload, packet->bytes);
    gint64 number = unwrap(assembly, packet->dependency.number);
    if (skip == 0 || packet->bytes > POUCE_ASSEMBLY_PACKET_MAX_BYTES || number <= assembly->last)
        return;
    if (assembly->stuck_us == 0)
        assembly->stuck_us = now_us;
    Slot *slot = &assembly->slots[packet->seq % POUCE_ASSEMBLY_PACKETS];
    empty(slot);
    *slot = (Slot){TRUE, packet->seq, packet->rtp_timestamp, packet->dependency,
        g_memdup2(packet->payload + skip, packet->bytes - skip), packet->bytes - skip};
    join(assembly, packet->seq, number, now_us);
}

PouceAssemblyFrame *pouce_assembly_next(PouceAssembly *assembly, gint64 now_us)
{
    for (guint i = 0; i < assembly->waiting_count; i++) {
        if (!is_ready(assembly, assembly->waiting[i]))
            continue;
        PouceAssemblyFrame *frame = take_waiting(assembly, i);
        while (i-- > 0) // older than what is shown now
            pouce_assembly_frame_free(take_waiting(assembly, 0));
        assembly->last = frame->number;
        assembly->given[frame->number % POUCE_DEPENDENCY_BACK_MAX] = frame->number;
        assembly->stuck_us = assembly->newest > assembly->last ? now_us : 0;
        return frame;
    }
    return NULL;
}

// The sender made a frame from one that it took for shown.
static gboolean is_misled(const PouceAssembly *assembly)
{
    for (guint i = 0; i < assembly->waiting_count; i++)
        if (assembly->waiting[i]->back > 1)
            return TRUE;
    return FALSE;
}

gboolean pouce_assembly_wants_key(PouceAssembly *assembly, gint64 now_us)
{
    gint64 patience_us = is_misled(assembly) ? POUCE_ASSEMBLY_MISLED_US : POUCE_ASSEMBLY_STUCK_US;
    if (assembly->stuck_us == 0 || now_us - assembly->stuck_us < patience_us)
        return FALSE;
    assembly->stuck_us = now_us;
    return TRUE;
}
