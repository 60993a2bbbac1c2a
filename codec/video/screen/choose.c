// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/choose.h"

#include "codec/video/screen/inter.h"
#include "codec/video/screen/intra.h"
#include "codec/video/screen/kernels.h"
#include "codec/video/screen/search.h"
#include "codec/video/screen/tables.h"

#include <string.h>

// Bits that a record takes, roughly: the exact figure hangs on probabilities not yet known.
#define BITS_VECTOR 16
#define BITS_OTHER_REF 3
#define BITS_INTRA 6
// A motion search pays between these costs: below is nothing to gain, above is something new.
#define SEARCH_SAD_MIN (256 * 3 / 2)
#define SEARCH_SAD_MAX (256 * 24)

guint32 screen_choose_weight(const ScreenQuantizer *quantizer)
{
    // A bit is worth a fifth of a step: the usual trade of rate against absolute differences.
    return MAX(256u * quantizer->y.step[1] / 5, 64);
}

guint32 screen_choose_good(const ScreenQuantizer *quantizer)
{
    return 16 + 4 * (guint32)quantizer->y.step[1];
}

static gboolean is_inside(const ScreenCoder *coder, int x, int y, ScreenVector v)
{
    int left = x * 64 + v.column, top = y * 64 + v.row; // quarters
    return left >= 0 && top >= 0 && left + 64 <= coder->columns * 64 &&
           top + 64 <= coder->rows * 64;
}

// Whole bits that say @mode after these neighbours.
static guint32 mode_bits(const ScreenSurvey *survey, ScreenMode mode)
{
    const guint8 *p = survey->probs;
    guint32 cost = screen_bit_cost[mode == SCREEN_MODE_ZERO ? p[0] : 256 - p[0]];
    if (mode != SCREEN_MODE_ZERO)
        cost += screen_bit_cost[mode == SCREEN_MODE_NEAREST ? p[1] : 256 - p[1]];
    if (mode == SCREEN_MODE_NEAR || mode == SCREEN_MODE_NEW)
        cost += screen_bit_cost[mode == SCREEN_MODE_NEAR ? p[2] : 256 - p[2]];
    return (cost + 128) / 256 + (mode == SCREEN_MODE_NEW ? BITS_VECTOR : 0);
}

static gboolean is_whole(ScreenVector vector)
{
    return !((vector.column | vector.row) & 3);
}

// The quality of the block @vector points to: the worst of the macroblocks that it overlaps.
static guint8 quality_at(
    const ScreenCoder *coder, const guint8 *qualities, int x, int y, ScreenVector vector)
{
    if (!is_whole(vector))
        return SCREEN_QUALITY_POOR;
    int left = x * 16 + (vector.column >> 2), top = y * 16 + (vector.row >> 2);
    const guint8 *at = qualities + top / 16 * coder->columns + left / 16;
    int right = left % 16 ? 1 : 0, down = top % 16 ? coder->columns : 0;
    return MAX(MAX(at[0], at[right]), MAX(at[down], at[down + right]));
}

// Whether the source of this block stood there, pixel for pixel, when LAST was made.
static gboolean is_exact(
    const ScreenCoder *coder, ScreenPixels source, int x, int y, ScreenVector vector)
{
    if (!is_whole(vector))
        return FALSE;
    int left = x * 16 + (vector.column >> 2), top = y * 16 + (vector.row >> 2);
    const guint8 *shown = coder->shown_luma + (gsize)top * coder->shown_stride + left;
    for (int row = 0; row < 16; row++)
        if (memcmp(source.pixels + row * source.stride, shown + row * coder->shown_stride, 16) != 0)
            return FALSE;
    return TRUE;
}

/** What the search of one macroblock looks at. */
typedef struct {
    const ScreenCoder *coder;
    int x, y;
    ScreenPixels source;
    ScreenSurvey survey;
    guint32 weight;
    ScreenChoice *best;
    gboolean found;
} Search;

static ScreenPlane luma_of(const ScreenCoder *coder, const PouceFrame *frame)
{
    return (ScreenPlane){
        frame->planes[0], frame->strides[0], coder->columns * 16, coder->rows * 16};
}

static gboolean is_offered(const Search *search, ScreenRef ref, ScreenVector vector)
{
    const ScreenCoder *coder = search->coder;
    if (ref != SCREEN_REF_LAST)
        return coder->saved_offered[ref] && screen_vector_is_zero(vector) &&
               screen_store_has(coder->store, ref, search->x, search->y);
    return coder->refs[ref] && is_inside(coder, search->x, search->y, vector);
}

static guint32 sad_at(const Search *search, ScreenRef ref, ScreenVector vector)
{
    if (ref != SCREEN_REF_LAST) {
        ScreenPrediction at;
        screen_store_read(search->coder->store, ref, search->x, search->y, &at);
        return screen_kernels.sad16(search->source, (ScreenPixels){at.y, 16});
    }
    const PouceFrame *frame = search->coder->refs[ref];
    ScreenPlane plane = luma_of(search->coder, frame);
    if (!is_whole(vector)) {
        ScreenSearch between = {
            .source = search->source, .plane = &plane, .x = search->x * 16, .y = search->y * 16};
        return screen_search_cost(&between, vector);
    }
    const guint8 *at = plane.pixels + (gsize)(search->y * 16 + vector.row / 4) * plane.stride +
                       search->x * 16 + vector.column / 4;
    return screen_kernels.sad16(search->source, (ScreenPixels){at, plane.stride});
}

static void try_vector(Search *search, ScreenRef ref, ScreenVector vector)
{
    const ScreenCoder *coder = search->coder;
    if (!is_offered(search, ref, vector))
        return;
    ScreenMode mode = screen_vectors_mode(&search->survey, vector);
    if (mode == SCREEN_MODE_NEW && !screen_vectors_reachable(&search->survey, vector))
        return;
    guint32 bits = mode_bits(&search->survey, mode) + (ref != SCREEN_REF_LAST ? BITS_OTHER_REF : 0);
    guint32 sad = sad_at(search, ref, vector), cost = sad + bits * search->weight / 256;
    if (search->found && cost >= search->best->cost)
        return;
    *search->best = (ScreenChoice){
        .mode = (guint8)mode,
        .ref = (guint8)ref,
        .vector = vector,
        .cost = cost,
        .sad = is_whole(vector) ? sad : SCREEN_SAD_UNKNOWN,
        .quality = quality_at(coder, coder->qualities[ref], search->x, search->y, vector),
    };
    search->found = TRUE;
}

// Whether a look at four rows says that @vector, whole pixels inside, is not worth a full one.
static gboolean is_hopeless(const Search *search, ScreenVector vector)
{
    const ScreenCoder *coder = search->coder;
    const PouceFrame *frame = coder->refs[SCREEN_REF_LAST];
    if (!frame || !is_inside(coder, search->x, search->y, vector))
        return TRUE;
    if (!search->found)
        return FALSE;
    int stride = frame->strides[0], stride4 = search->source.stride * 4;
    const guint8 *at = frame->planes[0] + (gsize)(search->y * 16 + vector.row / 4) * stride +
                       search->x * 16 + vector.column / 4;
    guint32 quarter = screen_kernels.sad16x4(
        (ScreenPixels){search->source.pixels + search->source.stride, stride4},
        (ScreenPixels){at + stride, stride * 4});
    return quarter * 3 > search->best->cost;
}

// Something that was there before, in golden or altref, and is there again.
static gboolean try_return(Search *search)
{
    const ScreenCoder *coder = search->coder;
    int index = search->y * coder->columns + search->x;
    static const ScreenVector zero = {0, 0};
    for (ScreenRef ref = SCREEN_REF_GOLDEN; ref < SCREEN_REFS; ref++) {
        if (!coder->saved_offered[ref] || coder->shown[ref][index] != coder->fingerprints[index] ||
            !screen_store_has(coder->store, ref, search->x, search->y))
            continue;
        *search->best = (ScreenChoice){
            .mode = (guint8)screen_vectors_mode(&search->survey, zero),
            .ref = (guint8)ref,
            .sad = SCREEN_SAD_UNKNOWN,
            .exact = TRUE,
            .quality = coder->qualities[ref][index],
        };
        return TRUE;
    }
    return FALSE;
}

// A way here, if it leads from an exact copy and a better one than is known. Returns TRUE if it is
// as good as can be.
static gboolean try_copy(Search *search, ScreenVector vector)
{
    const ScreenCoder *coder = search->coder;
    if (!is_inside(coder, search->x, search->y, vector) ||
        !is_exact(coder, search->source, search->x, search->y, vector))
        return FALSE;
    ScreenMode mode = screen_vectors_mode(&search->survey, vector);
    if (mode == SCREEN_MODE_NEW && !screen_vectors_reachable(&search->survey, vector))
        return FALSE;
    guint8 quality =
        quality_at(coder, coder->qualities[SCREEN_REF_LAST], search->x, search->y, vector);
    if (search->found && quality >= search->best->quality)
        return FALSE;
    *search->best = (ScreenChoice){
        .mode = (guint8)mode,
        .ref = SCREEN_REF_LAST,
        .vector = vector,
        .sad = SCREEN_SAD_UNKNOWN,
        .exact = TRUE,
        .quality = quality,
    };
    search->found = TRUE;
    return quality <= SCREEN_QUALITY_FADED;
}

// What has moved here unchanged, however coarse it is: it carries its refinement along. Pixels tell
// nothing of that while the far end shows something coarse.
static gboolean find_copy(Search *search)
{
    const ScreenCoder *coder = search->coder;
    static const ScreenVector zero = {0, 0};
    if (try_copy(search, search->survey.nearest) || try_copy(search, zero) ||
        try_copy(search, search->survey.near))
        return TRUE;
    for (int i = 0; i < coder->candidate_count; i++)
        if (try_copy(search, coder->candidates[i]))
            return TRUE;
    return search->found;
}

static gint16 step_towards(int from, int to)
{
    // In whole pixels: 4 quarters.
    int step = CLAMP(to - from, -SCREEN_VECTOR_STEP_MAX / 4 * 4, SCREEN_VECTOR_STEP_MAX / 4 * 4);
    return (gint16)(from + step);
}

// A vector may differ from its prediction by 255 px at most. When an exact one is further away,
// this macroblock takes the longest step towards it, so that those below and to the right of it can
// go on from there.
static void try_ramp(Search *search, ScreenVector target)
{
    const ScreenCoder *coder = search->coder;
    const ScreenSurvey *survey = &search->survey;
    if (!coder->refs[SCREEN_REF_LAST] || !is_inside(coder, search->x, search->y, target) ||
        screen_vectors_mode(survey, target) != SCREEN_MODE_NEW ||
        screen_vectors_reachable(survey, target) ||
        !is_exact(coder, search->source, search->x, search->y, target))
        return;
    ScreenVector ramp = {.row = step_towards(survey->best.row, target.row),
        .column = step_towards(survey->best.column, target.column)};
    if (screen_vectors_mode(survey, ramp) != SCREEN_MODE_NEW ||
        !is_inside(coder, search->x, search->y, ramp))
        return;
    *search->best = (ScreenChoice){
        .mode = SCREEN_MODE_NEW,
        .ref = SCREEN_REF_LAST,
        .vector = ramp,
        .sad = SCREEN_SAD_UNKNOWN,
        .ramp = TRUE,
    };
    search->found = TRUE;
}

static void search_init(Search *search, const ScreenCoder *coder, int x, int y, ScreenChoice *best)
{
    int stride = coder->columns + 1;
    ScreenPlace place = {x, y, coder->columns, coder->rows, stride};
    ScreenWindow source = screen_window(coder->source, x, y);
    *search = (Search){.coder = coder, .x = x, .y = y, .best = best};
    search->weight = screen_choose_weight(coder->quantizer);
    search->source = (ScreenPixels){source.planes[0], source.strides[0]};
    screen_vectors_survey(&search->survey, coder->first + (gsize)y * stride + x, &place);
}

void screen_choose_nearby(const ScreenCoder *coder, int x, int y, ScreenChoice *best)
{
    if (best->mode == SCREEN_MODE_SPLIT || best->ref != SCREEN_REF_LAST || best->exact ||
        best->ramp || best->cost < SEARCH_SAD_MIN || best->cost > SEARCH_SAD_MAX)
        return;
    Search search;
    search_init(&search, coder, x, y, best);
    search.found = TRUE;
    ScreenPlane plane = luma_of(coder, coder->refs[SCREEN_REF_LAST]);
    ScreenSearch nearby = {.source = search.source,
        .plane = &plane,
        .x = x * 16,
        .y = y * 16,
        .expected = search.survey.best,
        .weight = search.weight};
    ScreenVector vector = best->vector;
    screen_search_refine(&nearby, &vector);
    try_vector(&search, SCREEN_REF_LAST, vector);
}

// No single vector explains it all, but some may explain a part each.
static void try_pieces(Search *search, ScreenPieces *pieces)
{
    const ScreenCoder *coder = search->coder;
    const ScreenMacroblock *here =
        coder->first + (gsize)search->y * (coder->columns + 1) + search->x;
    if (!coder->refs[SCREEN_REF_LAST] || !screen_glyphs_try(coder->glyphs))
        return;
    ScreenVector vectors[SCREEN_PIECES_VECTORS_MAX] = {{0, 0}, search->survey.nearest,
        search->survey.near, (here - 1)->vector, (here - coder->columns - 1)->vector};
    int count = 5;
    for (int i = 0; i < coder->candidate_count && count < SCREEN_PIECES_VECTORS_MAX; i++)
        vectors[count++] = coder->candidates[i];
    guint32 cost = screen_pieces_choose(
        coder, search->x, search->y, &search->survey, vectors, count, search->weight, pieces);
    if (cost == G_MAXUINT32 || (search->found && cost >= search->best->cost))
        return;
    if (!search->found || cost < search->best->cost / 2)
        screen_glyphs_gain(coder->glyphs);
    *search->best = (ScreenChoice){.mode = SCREEN_MODE_SPLIT,
        .ref = SCREEN_REF_LAST,
        .vector = pieces->vectors[15],
        .cost = cost,
        .sad = SCREEN_SAD_UNKNOWN};
    search->found = TRUE;
}

gboolean screen_choose_inter(
    const ScreenCoder *coder, int x, int y, ScreenChoice *best, ScreenPieces *pieces)
{
    Search search;
    search_init(&search, coder, x, y, best);
    static const ScreenVector zero = {0, 0};
    if (try_return(&search))
        return TRUE;
    if (coder->refs[SCREEN_REF_LAST] && find_copy(&search))
        return TRUE;
    if (!screen_vector_is_zero(search.survey.nearest))
        try_vector(&search, SCREEN_REF_LAST, search.survey.nearest);
    if (coder->refs[SCREEN_REF_LAST])
        try_vector(&search, SCREEN_REF_LAST, zero);
    else
        for (ScreenRef ref = SCREEN_REF_GOLDEN; ref < SCREEN_REFS; ref++)
            try_vector(&search, ref, zero);
    if (!screen_vector_is_zero(search.survey.near))
        try_vector(&search, SCREEN_REF_LAST, search.survey.near);
    for (int i = 0; i < coder->candidate_count; i++)
        if (!is_hopeless(&search, coder->candidates[i]))
            try_vector(&search, SCREEN_REF_LAST, coder->candidates[i]);
    for (int i = 0; i < coder->candidate_count; i++)
        try_ramp(&search, coder->candidates[i]);
    if (!search.found || !(best->ramp || best->cost < screen_choose_good(coder->quantizer)))
        try_pieces(&search, pieces);
    return search.found;
}

static int least_of_four(const guint32 costs[4])
{
    int least = 0;
    for (int i = 1; i < 4; i++)
        least = costs[i] < costs[least] ? i : least;
    return least;
}

void screen_choose_intra(
    const ScreenCoder *coder, const ScreenEdge *edge, int x, int y, ScreenChoice *best)
{
    ScreenWindow window = screen_window(coder->source, x, y);
    ScreenPixels source = {window.planes[0], window.strides[0]};
    guint32 base = BITS_INTRA * screen_choose_weight(coder->quantizer) / 256, sads[4];
    screen_kernels.intra_sads(sads, source, edge, screen_edge_dc(edge, 16), 16);
    int mode = least_of_four(sads);
    *best = (ScreenChoice){
        .mode = (guint8)mode,
        .ref = SCREEN_REF_INTRA,
        .cost = sads[mode] + base,
        .sad = sads[mode],
    };
}

ScreenMode screen_choose_chroma(const ScreenCoder *coder, const ScreenEdge *u, const ScreenEdge *v,
    int x, int y, guint32 *out_sad)
{
    ScreenWindow source = screen_window(coder->source, x, y);
    const ScreenEdge *edges[2] = {u, v};
    guint32 sads[2][4];
    for (int i = 0; i < 2; i++)
        screen_kernels.intra_sads(sads[i],
            (ScreenPixels){source.planes[i + 1], source.strides[i + 1]}, edges[i],
            screen_edge_dc(edges[i], 8), 8);
    for (int mode = 0; mode < 4; mode++)
        sads[0][mode] += sads[1][mode];
    int mode = least_of_four(sads[0]);
    *out_sad = sads[0][mode];
    return (ScreenMode)mode;
}
