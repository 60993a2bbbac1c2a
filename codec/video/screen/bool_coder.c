// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/bool_coder.h"

void screen_bool_init(ScreenBoolCoder *coder, guint8 *data, gsize capacity)
{
    *coder = (ScreenBoolCoder){.data = data, .capacity = capacity, .range = 255};
}

static void carry(ScreenBoolCoder *coder)
{
    gsize at = MIN(coder->bytes, coder->capacity);
    while (at > 0 && ++coder->data[at - 1] == 0)
        at--;
}

// Moves the @count highest bytes of low out; their bits lie above the window.
static void emit(ScreenBoolCoder *coder, int count)
{
    if (coder->low >> (8 + coder->pending))
        carry(coder);
    for (int i = 0; i < count; i++) {
        coder->pending -= 8;
        guint8 byte = (guint8)(coder->low >> (8 + coder->pending));
        if (coder->bytes < coder->capacity)
            coder->data[coder->bytes++] = byte;
        else
            coder->overflow = TRUE;
    }
    coder->low &= (G_GUINT64_CONSTANT(1) << (8 + coder->pending)) - 1;
}

void screen_bool_drain(ScreenBoolCoder *coder)
{
    emit(coder, 4);
}

gsize screen_bool_finish(ScreenBoolCoder *coder)
{
    // The window itself goes out too, rounded up to whole bytes. One byte more, because ffmpeg
    // takes a partition for cut off when macroblocks follow after its last bit, even skipped ones.
    int bits = coder->pending + 8;
    int padding = (8 - bits % 8) % 8 + 8;
    coder->low <<= padding + 8;
    coder->pending += padding + 8;
    emit(coder, coder->pending / 8);
    return coder->bytes;
}

void screen_bool_literal(ScreenBoolCoder *coder, guint32 value, int count)
{
    while (count-- > 0)
        screen_bool_put(coder, (value >> count) & 1, 128);
}

// Pending bits never exceed 31 + 23 then, so that low and a carry fit into 64 bits.
#define STEP_SHIFT_LIMIT 24

static ScreenBoolStep make_step(guint64 add, guint32 range, int shift)
{
    gboolean fits = shift < STEP_SHIFT_LIMIT;
    return (ScreenBoolStep){
        .add = fits ? add : 0,
        .range = (guint8)range,
        .shift = fits ? (guint8)shift : SCREEN_BOOL_STEP_UNUSABLE,
    };
}

ScreenBoolStep screen_bool_step(guint8 range, const guint8 *bits, const guint8 *probs, int count)
{
    g_assert(count <= 8);
    // So far below zero that nothing is drained: low keeps all bits.
    ScreenBoolCoder coder = {.range = range, .pending = -1000};
    for (int i = 0; i < count; i++)
        screen_bool_put(&coder, bits[i], probs[i]);
    return make_step(coder.low, coder.range, coder.pending + 1000);
}

ScreenBoolStep screen_bool_step_join(const ScreenBoolStep *first, const ScreenBoolStep *second)
{
    int shift = first->shift + second->shift;
    guint64 add = shift < STEP_SHIFT_LIMIT ? (first->add << second->shift) + second->add : 0;
    return make_step(add, second->range, shift);
}
