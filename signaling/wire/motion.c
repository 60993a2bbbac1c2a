// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "signaling/wire/motion.h"

#include "signaling/wire/byte_order.h"

static const gsize kind_bytes[] = {0, 10, 13, 14, 5}; // by kind

gboolean pouce_motion_parse(const void *data, gsize bytes, PouceMotion *out)
{
    const guint8 *in = data;
    if (bytes < 1 || in[0] >= G_N_ELEMENTS(kind_bytes) || in[0] < 1 || bytes != kind_bytes[in[0]])
        return FALSE;
    PouceMotion motion = {.kind = (PouceMotionKind)in[0]};
    if (motion.kind == POUCE_MOTION_HEARTBEAT) {
        motion.seq = pouce_read_u32(in + 1);
        motion.echo = pouce_read_u32(in + 5);
        motion.decoded = pouce_read_u32(in + 9);
        *out = motion;
        return TRUE;
    }
    if (motion.kind == POUCE_MOTION_DECODED) {
        motion.rtp_timestamp = pouce_read_u32(in + 1);
        *out = motion;
        return TRUE;
    }
    if (in[1] > (motion.kind == POUCE_MOTION_POINTER ? 3 : 1))
        return FALSE;
    motion.visible = in[1] & 1;
    motion.moves = (in[1] & 2) != 0;
    motion.seq = pouce_read_u32(in + 2);
    motion.x = pouce_read_u16(in + 6);
    motion.y = pouce_read_u16(in + 8);
    if (motion.kind == POUCE_MOTION_CURSOR)
        motion.shape = pouce_read_u32(in + 10);
    *out = motion;
    return TRUE;
}

gsize pouce_motion_build(const PouceMotion *motion, guint8 out[POUCE_MOTION_MAX_BYTES])
{
    g_assert(motion->kind >= POUCE_MOTION_POINTER && motion->kind <= POUCE_MOTION_DECODED);
    out[0] = (guint8)motion->kind;
    if (motion->kind == POUCE_MOTION_HEARTBEAT) {
        pouce_write_u32(out + 1, motion->seq);
        pouce_write_u32(out + 5, motion->echo);
        pouce_write_u32(out + 9, motion->decoded);
        return kind_bytes[motion->kind];
    }
    if (motion->kind == POUCE_MOTION_DECODED) {
        pouce_write_u32(out + 1, motion->rtp_timestamp);
        return kind_bytes[motion->kind];
    }
    out[1] = motion->visible ? 1 : 0;
    if (motion->kind == POUCE_MOTION_POINTER && motion->moves)
        out[1] |= 2;
    pouce_write_u32(out + 2, motion->seq);
    pouce_write_u16(out + 6, motion->x);
    pouce_write_u16(out + 8, motion->y);
    if (motion->kind == POUCE_MOTION_CURSOR)
        pouce_write_u32(out + 10, motion->shape);
    return kind_bytes[motion->kind];
}

gboolean pouce_motion_is_newer(guint32 seq, guint32 last)
{
    return seq != last && seq - last < G_GUINT64_CONSTANT(0x80000000);
}
