// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/header.h"

#include "codec/video/screen/tables.h"

#include <string.h>

// Changes a small set of tree probabilities when that saves more than sending them costs.
static void fit_tree(
    ScreenBoolCoder *coder, guint8 *probs, guint32 (*counts)[2], int nodes, gboolean always)
{
    guint8 fitted[4];
    gint64 saved = -8 * 256 * nodes;
    for (int i = 0; i < nodes; i++) {
        guint64 zeros = counts[i][0], ones = counts[i][1], total = zeros + ones;
        fitted[i] = total ? (guint8)CLAMP((zeros * 256 + total / 2) / total, 1, 255) : probs[i];
        saved += (gint64)zeros * (screen_bit_cost[probs[i]] - screen_bit_cost[fitted[i]]);
        saved +=
            (gint64)ones * (screen_bit_cost[256 - probs[i]] - screen_bit_cost[256 - fitted[i]]);
    }
    gboolean send = saved > 0 || always;
    screen_bool_flag(coder, send);
    if (!send)
        return;
    for (int i = 0; i < nodes; i++)
        screen_bool_literal(coder, fitted[i], 8);
    memcpy(probs, fitted, nodes);
}

static void write_references(ScreenBoolCoder *coder, const ScreenHeader *header)
{
    screen_bool_flag(coder, 0); // neither is refreshed by this frame
    screen_bool_flag(coder, 0);
    screen_bool_literal(coder, header->golden, 2);
    screen_bool_literal(coder, header->altref, 2);
    screen_bool_flag(coder, 0); // no sign bias
    screen_bool_flag(coder, 0);
}

void screen_header_write(ScreenBoolCoder *coder, const ScreenHeader *header,
    const ScreenTokens *tokens, ScreenTokenProbs probs, ScreenModes *modes)
{
    if (header->key) {
        screen_bool_flag(coder, 0); // colour space BT.601
        screen_bool_flag(coder, 0); // the decoder clamps pixels
    }
    screen_segments_write(coder, &header->segments);
    screen_bool_flag(coder, 0);       // normal loop filter,
    screen_bool_literal(coder, 0, 6); // never used: unmoved blocks must not drift
    screen_bool_literal(coder, 0, 3);
    screen_bool_flag(coder, 0); // no adjustments of it
    screen_bool_literal(coder, (guint32)__builtin_ctz((guint)header->partitions), 2);
    screen_bool_literal(coder, (guint32)header->quantizer, 7);
    screen_bool_literal(coder, 0, 5); // all kinds of blocks by the same index
    if (!header->key)
        write_references(coder, header);
    screen_bool_flag(coder, 1); // probabilities stay in force
    if (!header->key)
        screen_bool_flag(coder, 1); // last is refreshed
    screen_tokens_fit(tokens, probs, coder, header->recovery);
    screen_bool_flag(coder, 1); // macroblocks can be skipped
    screen_bool_literal(coder, modes->prob_skip, 8);
    if (header->key)
        return;
    screen_bool_literal(coder, modes->prob_intra, 8);
    screen_bool_literal(coder, modes->prob_last, 8);
    screen_bool_literal(coder, modes->prob_golden, 8);
    fit_tree(coder, modes->y_probs, modes->y_counts, 4, header->recovery);
    fit_tree(coder, modes->uv_probs, modes->uv_counts, 3, header->recovery);
    screen_vectors_fit(coder, modes->vector_probs, modes->vector_counts, header->recovery);
}

int screen_header_tag(guint8 *data, const ScreenHeader *header, gsize first_partition_bytes)
{
    g_assert(first_partition_bytes <= SCREEN_FIRST_PARTITION_MAX_BYTES);
    guint32 tag = (guint32)first_partition_bytes << 5 | 1 << 4 | (header->key ? 0 : 1);
    data[0] = (guint8)tag;
    data[1] = (guint8)(tag >> 8);
    data[2] = (guint8)(tag >> 16);
    if (!header->key)
        return SCREEN_TAG_BYTES;
    data[3] = 0x9d;
    data[4] = 0x01;
    data[5] = 0x2a;
    data[6] = (guint8)header->width_px;
    data[7] = (guint8)(header->width_px >> 8);
    data[8] = (guint8)header->height_px;
    data[9] = (guint8)(header->height_px >> 8);
    return SCREEN_KEY_TAG_BYTES;
}
