// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/glyphs.h"

#include <stdlib.h>
#include <string.h>

// As wide as a vector reaches, as high as a line of text or two.
#define TILE_WIDTH_PX 256
#define TILE_HEIGHT_PX 32
#define TABLE_BITS 16
/** A tile takes some 20 us to index: it has to serve this many macroblocks. */
#define MACROBLOCKS_PER_TILE 4
// When of so many macroblocks fewer than one in so many gained anything, this part of the picture
// holds no text; then only one in so many still tries.
#define TRIAL_MACROBLOCKS 48
#define GAINS_MIN_PART 8
#define SPARSE_PART 8

/** Where a block was seen last; compared before use. */
typedef struct {
    guint16 x, y;
} Place;

struct ScreenGlyphs {
    int width_px, height_px;
    int tile_columns, tile_rows;
    guint8 *indexed; // for each tile
    const guint8 *luma;
    int stride;
    int tried, gained; // macroblocks of late
    int skipped;
    int asked, tiles, hits;
    gboolean hit; // the macroblock that asks has found something
    Place table[1 << TABLE_BITS];
};

ScreenGlyphs *screen_glyphs_new(int width_px, int height_px)
{
    ScreenGlyphs *glyphs = g_new0(ScreenGlyphs, 1);
    glyphs->width_px = width_px;
    glyphs->height_px = height_px;
    glyphs->tile_columns = (width_px + TILE_WIDTH_PX - 1) / TILE_WIDTH_PX;
    glyphs->tile_rows = (height_px + TILE_HEIGHT_PX - 1) / TILE_HEIGHT_PX;
    glyphs->indexed = g_new0(guint8, (gsize)glyphs->tile_columns * glyphs->tile_rows);
    return glyphs;
}

void screen_glyphs_free(ScreenGlyphs *glyphs)
{
    if (!glyphs)
        return;
    g_free(glyphs->indexed);
    g_free(glyphs);
}

void screen_glyphs_begin(ScreenGlyphs *glyphs, const guint8 *luma, int stride)
{
    glyphs->luma = luma;
    glyphs->stride = stride;
    if (glyphs->tiles)
        memset(glyphs->indexed, 0, (gsize)glyphs->tile_columns * glyphs->tile_rows);
    glyphs->tried = glyphs->gained = glyphs->skipped = 0;
    glyphs->asked = glyphs->tiles = glyphs->hits = 0;
    glyphs->hit = FALSE;
}

static inline guint32 load4(const guint8 *p)
{
    guint32 word;
    memcpy(&word, p, sizeof word);
    return word;
}

// The tile column is part of the name: what is out of reach must not displace what is within.
static inline guint32 slot_of(guint32 a, guint32 b, guint32 c, guint32 d, int tile_x)
{
    guint32 hash = (a * 0x9e3779b1u + b) * 0x85ebca77u ^ ((c * 0xc2b2ae3du + d) * 0x27d4eb2fu);
    hash = (hash ^ hash >> 15) * 0x9e3779b1u + (guint32)tile_x * 0x632be5abu;
    return hash >> (32 - TABLE_BITS);
}

static void index_tile(ScreenGlyphs *glyphs, int tile_x, int tile_y)
{
    int right = MIN((tile_x + 1) * TILE_WIDTH_PX, glyphs->width_px - 3);
    int bottom = MIN((tile_y + 1) * TILE_HEIGHT_PX, glyphs->height_px - 3);
    int stride = glyphs->stride;
    glyphs->indexed[tile_y * glyphs->tile_columns + tile_x] = TRUE;
    glyphs->tiles++;
    for (int y = tile_y * TILE_HEIGHT_PX; y < bottom; y++) {
        const guint8 *row = glyphs->luma + (gsize)y * stride;
        for (int x = tile_x * TILE_WIDTH_PX; x < right; x++) {
            const guint8 *p = row + x;
            guint32 slot = slot_of(
                load4(p), load4(p + stride), load4(p + 2 * stride), load4(p + 3 * stride), tile_x);
            glyphs->table[slot] = (Place){(guint16)x, (guint16)y};
        }
    }
}

gboolean screen_glyphs_try(ScreenGlyphs *glyphs)
{
    if (glyphs->tried >= TRIAL_MACROBLOCKS && glyphs->gained * GAINS_MIN_PART < glyphs->tried &&
        ++glyphs->skipped % SPARSE_PART)
        return FALSE;
    glyphs->hit = FALSE;
    if (++glyphs->tried >= 2 * TRIAL_MACROBLOCKS) { // what is long ago counts less
        glyphs->tried /= 2;
        glyphs->gained /= 2;
    }
    return TRUE;
}

void screen_glyphs_gain(ScreenGlyphs *glyphs)
{
    glyphs->gained++;
    glyphs->hits += glyphs->hit;
}

gboolean screen_glyphs_ask(ScreenGlyphs *glyphs, int x, int y)
{
    if (glyphs->asked > TRIAL_MACROBLOCKS && glyphs->hits * GAINS_MIN_PART < glyphs->asked)
        return FALSE;
    glyphs->asked++;
    int tile_x = x / TILE_WIDTH_PX, tile_y = y / TILE_HEIGHT_PX;
    for (int dy = 1; dy >= -1; dy--) // the same row last: what is nearest displaces the rest
        for (int dx = -1; dx <= 1; dx++) {
            int tx = tile_x + dx, ty = tile_y + dy;
            if (tx < 0 || ty < 0 || tx >= glyphs->tile_columns || ty >= glyphs->tile_rows)
                continue;
            gboolean paid = glyphs->tiles * MACROBLOCKS_PER_TILE < glyphs->asked;
            if (paid && !glyphs->indexed[ty * glyphs->tile_columns + tx])
                index_tile(glyphs, tx, ty);
        }
    return glyphs->tiles > 0;
}

static gboolean is_equal(const ScreenGlyphs *glyphs, const guint32 rows[4], Place place)
{
    const guint8 *p = glyphs->luma + (gsize)place.y * glyphs->stride + place.x;
    for (int i = 0; i < 4; i++, p += glyphs->stride)
        if (load4(p) != rows[i])
            return FALSE;
    return TRUE;
}

gboolean screen_glyphs_find(
    ScreenGlyphs *glyphs, const guint32 rows[4], int x, int y, ScreenVector best, ScreenVector *out)
{
    int tile_x = x / TILE_WIDTH_PX;
    static const gint8 order[3] = {0, -1, 1};
    for (int i = 0; i < 3; i++) {
        guint32 slot = slot_of(rows[0], rows[1], rows[2], rows[3], tile_x + order[i]);
        Place place = glyphs->table[slot];
        int column = (place.x - x) * 4, row = (place.y - y) * 4;
        if (abs(column - best.column) > SCREEN_VECTOR_STEP_MAX ||
            abs(row - best.row) > SCREEN_VECTOR_STEP_MAX || !is_equal(glyphs, rows, place))
            continue;
        *out = (ScreenVector){.row = (gint16)row, .column = (gint16)column};
        glyphs->hit = TRUE;
        return TRUE;
    }
    return FALSE;
}
