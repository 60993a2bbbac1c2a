// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// Packets of VP8 as they come, in any order and with gaps, made into frames that can be decoded:
// each is given out once it is whole and the frame that it needs was given out. A frame is not held
// up by others that it does not need, so one made from a confirmed reference passes those that lack
// packets; what is older than it is dropped then.
//
// Bad input costs memory up to the limits below, and no more. One thread at a time; monotonic time
// is an argument.

#include "signaling/wire/dependency.h"

G_BEGIN_DECLS

/** Packets kept, by sequence number; as many frames back as one can name. */
#define POUCE_ASSEMBLY_PACKETS 4096
#define POUCE_ASSEMBLY_PACKET_MAX_BYTES 1500
/** Whole frames that wait for one that they need; the oldest goes when there are more. */
#define POUCE_ASSEMBLY_WAITING 128
#define POUCE_ASSEMBLY_WAITING_MAX_BYTES (8 * 1024 * 1024)
/** Nothing could be given out for this long although packets came: only a key frame helps. */
#define POUCE_ASSEMBLY_STUCK_US G_USEC_PER_SEC
/** The same when what came was meant to go on from a frame that was not given out. */
#define POUCE_ASSEMBLY_MISLED_US (G_USEC_PER_SEC / 5)

typedef struct {
    guint16 seq;
    guint32 rtp_timestamp;
    PouceDependency dependency;
    const guint8 *payload; // with the VP8 payload descriptor; borrowed for the call
    gsize bytes;
} PouceAssemblyPacket;

typedef struct {
    GByteArray *vp8;
    guint32 rtp_timestamp;
    gint64 arrival_us; // of the packet that made it whole
    gint64 number;
    guint16 back;
} PouceAssemblyFrame;

typedef struct PouceAssembly PouceAssembly;

PouceAssembly *pouce_assembly_new(void);
void pouce_assembly_free(PouceAssembly *assembly);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceAssembly, pouce_assembly_free)

/** pouce_assembly_take - what cannot be a packet of a frame is dropped */
void pouce_assembly_take(PouceAssembly *assembly, const PouceAssemblyPacket *packet, gint64 now_us);
/** pouce_assembly_next - Returns: the next frame to decode, the caller's; NULL: none now */
PouceAssemblyFrame *pouce_assembly_next(PouceAssembly *assembly, gint64 now_us);
void pouce_assembly_frame_free(PouceAssemblyFrame *frame);
/** pouce_assembly_wants_key - TRUE when a key frame should be asked for; not at every call */
gboolean pouce_assembly_wants_key(PouceAssembly *assembly, gint64 now_us);

G_END_DECLS
