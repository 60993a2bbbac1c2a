// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "signaling/wire/input.h"

#include "signaling/wire/byte_order.h"

static const gsize kind_bytes[] = {0, 4, 5, 7, 9, 1, 6}; // by kind

static gboolean scalar_valid(guint32 scalar)
{
    return scalar > 0 && scalar <= 0x10ffff && !(scalar >= 0xd800 && scalar <= 0xdfff);
}

static gboolean valid(const PouceInput *input)
{
    switch (input->kind) {
    case POUCE_INPUT_CHARACTER:
        return scalar_valid(input->scalar);
    case POUCE_INPUT_BUTTON:
        return input->button >= 1 && input->button <= 3;
    case POUCE_INPUT_KEYSYM:
        return input->keysym != 0;
    default:
        return TRUE;
    }
}

static gboolean read_flag(guint8 byte, gboolean *out)
{
    *out = byte == 1;
    return byte <= 1;
}

gboolean pouce_input_parse(const void *data, gsize bytes, PouceInput *out)
{
    const guint8 *in = data;
    if (bytes < 1 || in[0] >= G_N_ELEMENTS(kind_bytes) || in[0] < 1 || bytes != kind_bytes[in[0]])
        return FALSE;
    PouceInput input = {.kind = (PouceInputKind)in[0]};
    gboolean good = TRUE;
    switch (input.kind) {
    case POUCE_INPUT_KEY:
        good = read_flag(in[1], &input.down);
        input.code = pouce_read_u16(in + 2);
        break;
    case POUCE_INPUT_CHARACTER:
        input.scalar = pouce_read_u32(in + 1);
        break;
    case POUCE_INPUT_BUTTON:
        input.button = in[1];
        good = read_flag(in[2], &input.down);
        input.x = pouce_read_u16(in + 3);
        input.y = pouce_read_u16(in + 5);
        break;
    case POUCE_INPUT_WHEEL:
        input.dx = (gint16)pouce_read_u16(in + 1);
        input.dy = (gint16)pouce_read_u16(in + 3);
        input.x = pouce_read_u16(in + 5);
        input.y = pouce_read_u16(in + 7);
        break;
    case POUCE_INPUT_RELEASE_ALL:
        break;
    case POUCE_INPUT_KEYSYM:
        good = read_flag(in[1], &input.down);
        input.keysym = pouce_read_u32(in + 2);
        break;
    }
    if (!good || !valid(&input))
        return FALSE;
    *out = input;
    return TRUE;
}

gsize pouce_input_build(const PouceInput *input, guint8 out[POUCE_INPUT_MAX_BYTES])
{
    g_assert(input->kind >= POUCE_INPUT_KEY && input->kind <= POUCE_INPUT_KEYSYM && valid(input));
    out[0] = (guint8)input->kind;
    switch (input->kind) {
    case POUCE_INPUT_KEY:
        out[1] = input->down ? 1 : 0;
        pouce_write_u16(out + 2, input->code);
        break;
    case POUCE_INPUT_CHARACTER:
        pouce_write_u32(out + 1, input->scalar);
        break;
    case POUCE_INPUT_BUTTON:
        out[1] = input->button;
        out[2] = input->down ? 1 : 0;
        pouce_write_u16(out + 3, input->x);
        pouce_write_u16(out + 5, input->y);
        break;
    case POUCE_INPUT_WHEEL:
        pouce_write_u16(out + 1, (guint16)input->dx);
        pouce_write_u16(out + 3, (guint16)input->dy);
        pouce_write_u16(out + 5, input->x);
        pouce_write_u16(out + 7, input->y);
        break;
    case POUCE_INPUT_RELEASE_ALL:
        break;
    case POUCE_INPUT_KEYSYM:
        out[1] = input->down ? 1 : 0;
        pouce_write_u32(out + 2, input->keysym);
        break;
    }
    return kind_bytes[input->kind];
}
