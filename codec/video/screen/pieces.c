// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/pieces.h"

#include "codec/video/screen/split.h"
#include "codec/video/screen/tables.h"

#include <stdlib.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/** Fewer copies than this are not worth sixteen vectors. */
#define COPIES_MIN 3
/** What a copy is worth a residual for: more than this coarser than the frame makes it. */
#define COARSER_MAX 10
// Bits: of a new vector, and of taking another vector than a neighbour's.
#define BITS_VECTOR 16
#define BITS_OTHER 6

/** A vector and the blocks for which it is an exact copy. */
typedef struct {
    ScreenVector vector;
    guint16 mask;
} Candidate;

/** One macroblock at work. */
typedef struct {
    const ScreenCoder *coder;
    int x, y; // px
    const guint8 *source;
    int stride;
    Candidate candidates[SCREEN_PIECES_VECTORS_MAX];
    int count;
} Puzzle;

static inline guint32 load4(const guint8 *p)
{
    guint32 word;
    memcpy(&word, p, sizeof word);
    return word;
}

// Which of sixteen 4x4 blocks are equal, the first in the lowest bit.
#ifdef __SSE2__
static guint16 equal_blocks(ScreenPixels a, ScreenPixels b)
{
    const __m128i all = _mm_set1_epi8(-1);
    guint32 mask = 0;
    for (int y = 0; y < 16; y += 4) {
        __m128i same = all;
        for (int row = y; row < y + 4; row++)
            same = _mm_and_si128(
                same, _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(a.pixels + row * a.stride)),
                          _mm_loadu_si128((const __m128i *)(b.pixels + row * b.stride))));
        same = _mm_cmpeq_epi32(same, all);
        mask |= (guint32)_mm_movemask_ps(_mm_castsi128_ps(same)) << y;
    }
    return (guint16)mask;
}
#else
static guint16 equal_blocks(ScreenPixels a, ScreenPixels b)
{
    guint32 mask = 0;
    for (int y = 0; y < 16; y += 4) {
        guint32 differs[4] = {0};
        for (int row = y; row < y + 4; row++)
            for (int x = 0; x < 4; x++)
                differs[x] |= load4(a.pixels + row * a.stride + x * 4) ^
                              load4(b.pixels + row * b.stride + x * 4);
        for (int x = 0; x < 4; x++)
            mask |= (guint32)(differs[x] == 0) << (y + x);
    }
    return (guint16)mask;
}
#endif

static guint16 match(const Puzzle *puzzle, ScreenVector vector)
{
    const ScreenCoder *coder = puzzle->coder;
    int left = puzzle->x + vector.column / 4, top = puzzle->y + vector.row / 4;
    if (left < 0 || top < 0 || left + 16 > coder->columns * 16 || top + 16 > coder->rows * 16)
        return 0;
    return equal_blocks((ScreenPixels){puzzle->source, puzzle->stride},
        (ScreenPixels){
            coder->shown_luma + (gsize)top * coder->shown_stride + left, coder->shown_stride});
}

static void gather_candidates(Puzzle *puzzle, const ScreenVector *vectors, int count)
{
    for (int i = 0; i < count && puzzle->count < SCREEN_PIECES_VECTORS_MAX; i++) {
        gboolean known = FALSE;
        for (int k = 0; k < puzzle->count; k++)
            known |= screen_vector_equal(puzzle->candidates[k].vector, vectors[i]);
        guint16 mask =
            known || ((vectors[i].row | vectors[i].column) & 3) ? 0 : match(puzzle, vectors[i]);
        if (mask)
            puzzle->candidates[puzzle->count++] = (Candidate){vectors[i], mask};
    }
}

// The vector that explains most takes what it can, then the next; Returns: what is explained.
static guint16 assign_copies(const Puzzle *puzzle, ScreenVector vectors[16])
{
    guint16 done = 0;
    for (;;) {
        guint16 best = 0;
        ScreenVector vector = {0, 0};
        for (int i = 0; i < puzzle->count; i++) {
            guint16 mask = puzzle->candidates[i].mask & (guint16)~done;
            if (__builtin_popcount(mask) > __builtin_popcount(best)) {
                best = mask;
                vector = puzzle->candidates[i].vector;
            }
        }
        if (!best)
            return done;
        for (int block = 0; block < 16; block++)
            if (best >> block & 1)
                vectors[block] = vector;
        done |= best;
    }
}

static guint32 sad_block(const Puzzle *puzzle, int block, ScreenVector vector)
{
    const PouceFrame *last = puzzle->coder->refs[SCREEN_REF_LAST];
    int x = block % 4 * 4, y = block / 4 * 4;
    const guint8 *a = puzzle->source + y * puzzle->stride + x;
    const guint8 *b = last->planes[0] + (gsize)(puzzle->y + y + vector.row / 4) * last->strides[0] +
                      puzzle->x + x + vector.column / 4;
    guint32 sum = 0;
    for (int row = 0; row < 4; row++, a += puzzle->stride, b += last->strides[0])
        for (int column = 0; column < 4; column++)
            sum += (guint32)abs(a[column] - b[column]);
    return sum;
}

static gboolean is_near(const ScreenVector vectors[16], int block, ScreenVector vector)
{
    return (block % 4 && screen_vector_equal(vectors[block - 1], vector)) ||
           (block >= 4 && screen_vector_equal(vectors[block - 4], vector));
}

static gboolean has_room(const Puzzle *puzzle, int block, ScreenVector vector)
{
    int left = puzzle->x + block % 4 * 4 + vector.column / 4;
    int top = puzzle->y + block / 4 * 4 + vector.row / 4;
    return left >= 0 && top >= 0 && left + 4 <= puzzle->coder->columns * 16 &&
           top + 4 <= puzzle->coder->rows * 16;
}

static void gather_rows(const Puzzle *puzzle, int block, guint32 rows[4])
{
    const guint8 *p = puzzle->source + block / 4 * 4 * puzzle->stride + block % 4 * 4;
    for (int i = 0; i < 4; i++)
        rows[i] = load4(p + i * puzzle->stride);
}

static gboolean is_copy(const Puzzle *puzzle, int block, const guint32 rows[4], ScreenVector vector)
{
    const ScreenCoder *coder = puzzle->coder;
    if (!has_room(puzzle, block, vector))
        return FALSE;
    const guint8 *p = coder->shown_luma +
                      (gsize)(puzzle->y + block / 4 * 4 + vector.row / 4) * coder->shown_stride +
                      puzzle->x + block % 4 * 4 + vector.column / 4;
    for (int i = 0; i < 4; i++)
        if (load4(p + i * coder->shown_stride) != rows[i])
            return FALSE;
    return TRUE;
}

// The pixel that most others of the block are equal to, four times.
static guint32 ground_of(const guint32 rows[4])
{
    guint8 pixels[16], best = 0;
    int most = 0;
    memcpy(pixels, rows, 16);
    for (int i = 0; i < 16 && most < 8; i++) {
        int same = 0;
        for (int k = 0; k < 16; k++)
            same += pixels[k] == pixels[i];
        if (same > most) {
            most = same;
            best = pixels[i];
        }
    }
    return best * 0x01010101u;
}

// The same letter elsewhere, or at least its ground.
static gboolean find_glyph(
    Puzzle *puzzle, int block, const guint32 rows[4], ScreenVector best, ScreenVector *out)
{
    ScreenGlyphs *glyphs = puzzle->coder->glyphs;
    int x = puzzle->x + block % 4 * 4, y = puzzle->y + block / 4 * 4;
    if (screen_glyphs_find(glyphs, rows, x, y, best, out))
        return TRUE;
    guint32 ground = ground_of(rows), flat[4] = {ground, ground, ground, ground};
    ScreenVector vector;
    if (puzzle->count < SCREEN_PIECES_VECTORS_MAX &&
        screen_glyphs_find(glyphs, flat, x, y, best, &vector))
        puzzle->candidates[puzzle->count++] = (Candidate){vector, 0};
    return FALSE;
}

// What is new and has stood nowhere takes the vector that comes nearest; Returns: absolute
// differences, vector bits included.
static guint32 assign_nearest(
    const Puzzle *puzzle, int block, ScreenVector vectors[16], guint32 weight)
{
    guint32 best = G_MAXUINT32, best_sad = 0, other = BITS_OTHER * weight / 256;
    vectors[block] = (ScreenVector){0, 0};
    for (int i = 0; i < puzzle->count; i++) {
        ScreenVector vector = puzzle->candidates[i].vector;
        if (!has_room(puzzle, block, vector))
            continue;
        guint32 sad = sad_block(puzzle, block, vector);
        guint32 cost = sad + (is_near(vectors, block, vector) ? 0 : other);
        if (cost < best) {
            best = cost;
            best_sad = sad;
            vectors[block] = vector;
        }
    }
    return best_sad;
}

// Adds to what is done the blocks that continue a neighbour's vector, and letters from elsewhere.
static guint16 find_more_copies(
    Puzzle *puzzle, guint16 done, ScreenVector vectors[16], ScreenVector best)
{
    gboolean ask = done != 0xffff && !puzzle->coder->frugal &&
                   screen_glyphs_ask(puzzle->coder->glyphs, puzzle->x, puzzle->y);
    for (int block = 0; block < 16; block++) {
        guint32 rows[4];
        ScreenVector vector;
        if (done >> block & 1)
            continue;
        gboolean left = block % 4 && done >> (block - 1) & 1;
        gboolean above = block >= 4 && done >> (block - 4) & 1;
        if (!left && !above && !ask)
            continue;
        gather_rows(puzzle, block, rows);
        if (left && is_copy(puzzle, block, rows, vectors[block - 1]))
            vector = vectors[block - 1];
        else if (above && is_copy(puzzle, block, rows, vectors[block - 4]))
            vector = vectors[block - 4];
        else if (!ask || !find_glyph(puzzle, block, rows, best, &vector))
            continue;
        vectors[block] = vector;
        done |= (guint16)(1 << block);
    }
    return done;
}

static guint8 quality_at(const Puzzle *puzzle, int block, ScreenVector vector)
{
    const ScreenCoder *coder = puzzle->coder;
    int left = puzzle->x + block % 4 * 4 + vector.column / 4;
    int top = puzzle->y + block / 4 * 4 + vector.row / 4;
    const guint8 *at = coder->qualities[SCREEN_REF_LAST] + top / 16 * coder->columns + left / 16;
    int right = left % 16 > 12 ? 1 : 0, down = top % 16 > 12 ? coder->columns : 0;
    return MAX(MAX(at[0], at[right]), MAX(at[down], at[down + right]));
}

static void judge_copies(const Puzzle *puzzle, guint16 done, ScreenPieces *out)
{
    int coarsest = puzzle->coder->quantizer->index + COARSER_MAX;
    out->copied = 0;
    out->quality = 0;
    for (int block = 0; block < 16; block++) {
        if (!(done >> block & 1))
            continue;
        guint8 quality = quality_at(puzzle, block, out->vectors[block]);
        if (quality > coarsest)
            continue;
        out->copied |= (guint16)(1 << block);
        out->quality = MAX(out->quality, quality);
    }
}

guint32 screen_pieces_choose(const ScreenCoder *coder, int x, int y, const ScreenSurvey *survey,
    const ScreenVector *vectors, int count, guint32 weight, ScreenPieces *out)
{
    const PouceFrame *source = coder->source;
    Puzzle puzzle = {.coder = coder, .x = x * 16, .y = y * 16, .stride = source->strides[0]};
    puzzle.source = source->planes[0] + (gsize)y * 16 * puzzle.stride + x * 16;
    gather_candidates(&puzzle, vectors, count);
    guint16 done = assign_copies(&puzzle, out->vectors);
    done = find_more_copies(&puzzle, done, out->vectors, survey->best);
    if (__builtin_popcount(done) < COPIES_MIN)
        return G_MAXUINT32;
    guint32 cost = 0;
    for (int block = 0; block < 16; block++)
        if (!(done >> block & 1))
            cost += assign_nearest(&puzzle, block, out->vectors, weight);
    for (int block = 0; block < 16; block++)
        if (!has_room(&puzzle, block, out->vectors[block]))
            return G_MAXUINT32;
    ScreenMacroblock *mb = coder->first + (gsize)y * (coder->columns + 1) + x;
    memcpy(mb->vectors, out->vectors, sizeof mb->vectors);
    guint32 bits = screen_split_cost(mb, coder->columns + 1, survey->best, BITS_VECTOR * 256);
    if (bits == G_MAXUINT32)
        return bits;
    for (int i = 0; i < 4; i++)
        bits += screen_bit_cost[256 - survey->probs[i]];
    out->price = bits;
    judge_copies(&puzzle, done, out);
    return cost + (guint32)((guint64)bits * weight / 65536);
}
