// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Any bytes as dependency descriptors and as packets. What a descriptor says is built to the same;
// frames come out in rising order, each after the one that it needs.

#include "signaling/peer/assembly.h"

#include <string.h>

#define HEADER_BYTES 7

int LLVMFuzzerTestOneInput(const guint8 *data, gsize bytes);

static void check_descriptor(const guint8 *data, gsize bytes)
{
    PouceDependency first, second;
    guint8 built[POUCE_DEPENDENCY_MAX_BYTES];
    if (!pouce_dependency_parse(data, bytes, &first))
        return;
    gsize size = pouce_dependency_build(&first, built);
    g_assert(pouce_dependency_parse(built, size, &second));
    g_assert(first.first == second.first && first.last == second.last);
    g_assert(first.number == second.number && first.back == second.back);
}

static void check_frames(PouceAssembly *assembly, GHashTable *given, gint64 *last, gint64 now_us)
{
    PouceAssemblyFrame *frame;
    while ((frame = pouce_assembly_next(assembly, now_us))) {
        g_assert(frame->number > *last);
        *last = frame->number;
        gint64 base = frame->number - frame->back;
        g_assert(frame->back == 0 || g_hash_table_contains(given, &base));
        g_hash_table_add(given, g_memdup2(&frame->number, sizeof frame->number));
        pouce_assembly_frame_free(frame);
    }
}

// A packet: seq, number and flags of two bytes each, of the flags 13 bits say how far back; a byte
// of length; the payload.
int LLVMFuzzerTestOneInput(const guint8 *data, gsize bytes)
{
    check_descriptor(data, bytes);
    g_autoptr(PouceAssembly) assembly = pouce_assembly_new();
    g_autoptr(GHashTable) given = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    gint64 last = -1, now_us = 0;
    while (bytes >= HEADER_BYTES) {
        gsize length = MIN(data[6], bytes - HEADER_BYTES);
        guint flags = (guint)(data[4] << 8 | data[5]);
        PouceAssemblyPacket packet = {.seq = (guint16)(data[0] << 8 | data[1]),
            .dependency = {.first = flags >> 15 & 1,
                .last = flags >> 14 & 1,
                .number = (guint16)(data[2] << 8 | data[3]),
                .back = (guint16)MIN(flags & 0x1fff, POUCE_DEPENDENCY_BACK_MAX)},
            .payload = data + HEADER_BYTES,
            .bytes = length};
        now_us += 10000;
        pouce_assembly_take(assembly, &packet, now_us);
        check_frames(assembly, given, &last, now_us);
        pouce_assembly_wants_key(assembly, now_us);
        data += HEADER_BYTES + length;
        bytes -= HEADER_BYTES + length;
    }
    return 0;
}
