// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

// Big-endian integers in byte buffers, read and written one byte at a time. No bounds are checked
// here: callers have compared the whole message's size first.
#pragma once

#include <glib.h>

static inline guint16 pouce_read_u16(const guint8 *in)
{
    return (guint16)(in[0] << 8 | in[1]);
}

static inline guint32 pouce_read_u32(const guint8 *in)
{
    return (guint32)in[0] << 24 | (guint32)in[1] << 16 | (guint32)in[2] << 8 | in[3];
}

static inline void pouce_write_u16(guint8 *out, guint16 value)
{
    out[0] = (guint8)(value >> 8);
    out[1] = (guint8)value;
}

static inline void pouce_write_u32(guint8 *out, guint32 value)
{
    pouce_write_u16(out, (guint16)(value >> 16));
    pouce_write_u16(out + 2, (guint16)value);
}
