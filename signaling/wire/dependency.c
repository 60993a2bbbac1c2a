// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "signaling/wire/dependency.h"

#include "signaling/wire/byte_order.h"

// Two templates, one decode target, no chains, no resolutions: a key frame, and a frame that needs
// the one before it. Any other distance is written as the frame's own.
#define TEMPLATE_KEY 0
#define TEMPLATE_NEXT 1
#define STRUCTURE_BITS 28
#define FIXED_BYTES 3

typedef struct {
    guint8 *data;
    gsize bits; // written or read so far
    gsize size_bits;
} Bits;

static void put(Bits *out, guint32 value, int count)
{
    while (count-- > 0) {
        if (value >> count & 1)
            out->data[out->bits / 8] |= (guint8)(0x80 >> out->bits % 8);
        out->bits++;
    }
}

// Beyond the end: zeros, and more bits than there are, which the caller looks at once.
static guint32 take(Bits *in, int count)
{
    guint32 value = 0;
    while (count-- > 0) {
        gboolean set = in->bits < in->size_bits && in->data[in->bits / 8] >> (7 - in->bits % 8) & 1;
        value = value << 1 | (set ? 1 : 0);
        in->bits++;
    }
    return value;
}

// 6 template id offset, 5 decode targets - 1; layers: same (0), no more (3); indications: switch
// (2), required (3); distances: none; one of 1; chains: 0; resolutions: 0.
static guint32 structure(void)
{
    guint8 data[4] = {0};
    Bits bits = {data, 0, 32};
    put(&bits, 0, 6 + 5);
    put(&bits, 0, 2);
    put(&bits, 3, 2);
    put(&bits, 2, 2);
    put(&bits, 3, 2);
    put(&bits, 0, 1);
    put(&bits, 1, 1);
    put(&bits, 0, 4);
    put(&bits, 0, 1);
    put(&bits, 0, 2);
    return pouce_read_u32(data) >> (32 - STRUCTURE_BITS);
}

// The size of a distance in units of four bits.
static int nibbles(guint16 back)
{
    return back <= 16 ? 1 : back <= 256 ? 2 : 3;
}

gsize pouce_dependency_build(
    const PouceDependency *dependency, guint8 out[POUCE_DEPENDENCY_MAX_BYTES])
{
    g_assert(dependency->back <= POUCE_DEPENDENCY_BACK_MAX);
    guint8 data[POUCE_DEPENDENCY_MAX_BYTES] = {0};
    Bits bits = {data, 0, sizeof data * 8};
    gboolean key = dependency->back == 0;
    put(&bits, dependency->first ? 1 : 0, 1);
    put(&bits, dependency->last ? 1 : 0, 1);
    put(&bits, key ? TEMPLATE_KEY : TEMPLATE_NEXT, 6);
    put(&bits, dependency->number, 16);
    if (key && dependency->first) {
        put(&bits, 0x10, 5); // the structure follows
        put(&bits, structure(), STRUCTURE_BITS);
    } else if (dependency->back > 1) {
        int size = nibbles(dependency->back);
        put(&bits, 0x02, 5); // distances of its own follow
        put(&bits, (guint32)size, 2);
        put(&bits, dependency->back - 1u, 4 * size);
        put(&bits, 0, 2);
    }
    gsize bytes = (bits.bits + 7) / 8;
    for (gsize i = 0; i < bytes; i++)
        out[i] = data[i];
    return bytes;
}

// What follows the five flags; FALSE unless it is one of the two forms.
static gboolean parse_rest(Bits *bits, PouceDependency *dependency)
{
    guint32 flags = take(bits, 5);
    if (flags == 0x10 && dependency->back == 0 && dependency->first) {
        return take(bits, STRUCTURE_BITS) == structure();
    }
    if (flags != 0x02 || dependency->back == 0) {
        return flags == 0;
    }
    int size = (int)take(bits, 2);
    dependency->back = (guint16)(take(bits, 4 * size) + 1);
    return size > 0 && take(bits, 2) == 0;
}

gboolean pouce_dependency_parse(const void *data, gsize bytes, PouceDependency *out)
{
    if (bytes < FIXED_BYTES || bytes > POUCE_DEPENDENCY_MAX_BYTES)
        return FALSE;
    Bits bits = {(guint8 *)data, 0, bytes * 8}; // only read
    PouceDependency dependency = {.first = take(&bits, 1) != 0, .last = take(&bits, 1) != 0};
    guint32 template = take(&bits, 6);
    dependency.number = (guint16)take(&bits, 16);
    if (template > TEMPLATE_NEXT)
        return FALSE;
    dependency.back = template == TEMPLATE_NEXT ? 1 : 0;
    if (bytes > FIXED_BYTES && !parse_rest(&bits, &dependency))
        return FALSE;
    if (bits.bits > bits.size_bits)
        return FALSE;
    *out = dependency;
    return TRUE;
}
