// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/macroblock.h"

#include "codec/video/screen/choose.h"
#include "codec/video/screen/inter.h"
#include "codec/video/screen/kernels.h"
#include "codec/video/screen/split.h"
#include "codec/video/screen/tables.h"

#include <string.h>

// Below this cost a whole-macroblock prediction is good enough not to try sixteen small ones.
#define BLOCKS_WORTH_TRYING(step) (64 + 4 * (guint32)(step))

/** Pieces that cost less, 1/256 bit, are taken without a look at small blocks. */
#define PIECES_CHEAP (64 * 256)

/** One macroblock at work. */
typedef struct {
    ScreenCoder *coder;
    int x, y;
    ScreenMacroblock *mb;
    ScreenWindow source;
    ScreenWindow current;
    ScreenEdge edges[3];
    ScreenPrediction prediction;
    ScreenLevels levels;
    ScreenPieces pieces;          // if the mode is SPLIT
    guint32 luma_sad, chroma_sad; // of the prediction, or SCREEN_SAD_UNKNOWN
} Work;

static void gather_edges(Work *work)
{
    const PouceFrame *current = work->coder->current;
    for (int plane = 0; plane < 3; plane++) {
        int size = plane ? 8 : 16;
        screen_edge_gather(&work->edges[plane], current->planes[plane], current->strides[plane],
            work->x * size, work->y * size, size, work->coder->columns * size);
    }
}

static void predict_pieces(Work *work, const ScreenChoice *choice)
{
    const ScreenCoder *coder = work->coder;
    const PouceFrame *ref = coder->refs[choice->ref];
    const ScreenVector *vectors = work->pieces.vectors;
    ScreenPlane luma = {ref->planes[0], ref->strides[0], coder->columns * 16, coder->rows * 16};
    for (int block = 0; block < 16; block++) {
        int x = block % 4 * 4, y = block / 4 * 4;
        screen_inter_predict(work->prediction.y + y * 16 + x, 16, &luma, work->x * 16 + x,
            work->y * 16 + y, 4, vectors[block].row * 2, vectors[block].column * 2);
    }
    for (int i = 0; i < 8; i++) {
        int plane = 1 + i / 4, x = i % 2 * 4, y = i % 4 / 2 * 4;
        ScreenPlane from = {
            ref->planes[plane], ref->strides[plane], coder->columns * 8, coder->rows * 8};
        ScreenVector vector = screen_split_chroma(vectors, i % 4);
        guint8 *to = (plane == 1 ? work->prediction.u : work->prediction.v) + y * 8 + x;
        screen_inter_predict(
            to, 8, &from, work->x * 8 + x, work->y * 8 + y, 4, vector.row, vector.column);
    }
}

static void predict_inter(Work *work, const ScreenChoice *choice)
{
    if (choice->mode == SCREEN_MODE_SPLIT) {
        predict_pieces(work, choice);
        return;
    }
    const ScreenCoder *coder = work->coder;
    const PouceFrame *ref = coder->refs[choice->ref];
    if (!ref) {
        screen_store_read(coder->store, choice->ref, work->x, work->y, &work->prediction);
        return;
    }
    guint8 *outputs[3] = {work->prediction.y, work->prediction.u, work->prediction.v};
    for (int plane = 0; plane < 3; plane++) {
        int size = plane ? 8 : 16;
        ScreenPlane from = {
            ref->planes[plane], ref->strides[plane], coder->columns * size, coder->rows * size};
        if (plane)
            screen_inter_predict_chroma(
                outputs[plane], 8, &from, work->x * 8, work->y * 8, choice->vector);
        else
            screen_inter_predict_luma(
                outputs[0], 16, &from, work->x * 16, work->y * 16, choice->vector);
    }
}

// What @mode and @uv_mode say of a macroblock whose edges are gathered; 4x4 modes come later.
static void predict_intra(Work *work, guint8 mode, guint8 uv_mode)
{
    work->mb->uv_mode = uv_mode;
    if (mode != SCREEN_MODE_BLOCKS)
        screen_intra_predict(work->prediction.y, 16, &work->edges[0], mode, 16);
    screen_intra_predict(work->prediction.u, 8, &work->edges[1], uv_mode, 8);
    screen_intra_predict(work->prediction.v, 8, &work->edges[2], uv_mode, 8);
}

static void choose_chroma_and_predict(Work *work, guint8 mode)
{
    ScreenMode uv_mode = screen_choose_chroma(
        work->coder, &work->edges[1], &work->edges[2], work->x, work->y, &work->chroma_sad);
    predict_intra(work, mode, (guint8)uv_mode);
}

static ScreenPixels source_plane(const Work *work, int plane)
{
    return (ScreenPixels){work->source.planes[plane], work->source.strides[plane]};
}

static void gather_around(const Work *work, int block, ScreenAround *around)
{
    int bx = block % 4 * 4, by = block / 4 * 4, stride = work->current.strides[0];
    const guint8 *at = work->current.planes[0] + by * stride + bx;
    const ScreenEdge *edge = &work->edges[0];
    guint8 *left = around->pixels + 1, *above = around->pixels + 6;
    for (int i = 0; i < 4; i++)
        left[3 - i] = bx > 0 ? at[i * stride - 1] : edge->left[by + i];
    if (by > 0)
        left[4] = bx > 0 ? at[-stride - 1] : edge->left[by - 1];
    else
        left[4] = bx > 0 ? edge->above[bx - 1] : edge->corner;
    memcpy(above, by > 0 ? at - stride : edge->above + bx, 4);
    // To the right of the macroblock nothing is there yet: all rows use the row above it.
    memcpy(above + 4, by > 0 && bx < 12 ? at - stride + 4 : edge->above + bx + 4, 4);
}

// Returns the cost of the best mode of block @block, which is noted; @out_sad: of its prediction.
static guint32 choose_block(Work *work, int block, const guint8 source[16],
    guint8 predictions[][16], guint32 weight, guint32 *out_sad)
{
    const ScreenMacroblock *mb = work->mb, *above = mb - (work->coder->columns + 1);
    int a = block < 4 ? above->blocks[12 + block] : mb->blocks[block - 4];
    int l = block % 4 == 0 ? (mb - 1)->blocks[block + 3] : mb->blocks[block - 1];
    const guint16 *costs =
        work->coder->key ? screen_key_block_mode_costs[a][l] : screen_block_mode_costs;
    ScreenAround around;
    guint32 sads[SCREEN_BLOCK_MODES], best_cost = G_MAXUINT32;
    int best = 0;
    gather_around(work, block, &around);
    screen_kernels.block_sads(sads, predictions, &around, source);
    for (int mode = 0; mode < SCREEN_BLOCK_MODES; mode++) {
        guint32 cost = sads[mode] + costs[mode] * weight / 65536;
        if (cost < best_cost) {
            best_cost = cost;
            best = mode;
        }
    }
    work->mb->blocks[block] = (guint8)best;
    *out_sad = sads[best];
    return best_cost;
}

// Tries a mode for each 4x4 block, reconstructing as it goes; gives up above @limit.
static gboolean code_blocks(Work *work, guint32 limit)
{
    const ScreenQuantizer *quantizer = work->coder->quantizer;
    guint32 weight = screen_choose_weight(quantizer), cost = 0, sad;
    for (int block = 0; block < 16; block++) {
        int x = block % 4 * 4, y = block / 4 * 4, stride = work->current.strides[0];
        guint8 *dst = work->current.planes[0] + y * stride + x;
        const guint8 *src = work->source.planes[0] + y * work->source.strides[0] + x;
        guint8 source[16], predictions[SCREEN_BLOCK_MODES][16];
        for (int i = 0; i < 4; i++)
            memcpy(source + i * 4, src + i * work->source.strides[0], 4);
        cost += choose_block(work, block, source, predictions, weight, &sad);
        if (cost >= limit)
            return FALSE;
        for (int i = 0; i < 4; i++)
            memcpy(dst + i * stride, predictions[work->mb->blocks[block]] + i * 4, 4);
        work->levels.ends[block] = 0;
        if (sad > quantizer->y.nothing_sad)
            screen_residual_block(
                &work->levels, block, dst, stride, src, work->source.strides[0], quantizer);
    }
    return TRUE;
}

static void apply(Work *work, const ScreenChoice *choice)
{
    ScreenMacroblock *mb = work->mb;
    mb->mode = choice->mode;
    mb->ref = choice->ref;
    mb->vector = choice->vector;
    if (choice->mode == SCREEN_MODE_SPLIT)
        memcpy(mb->vectors, work->pieces.vectors, sizeof mb->vectors);
    mb->decided = SCREEN_DECIDED;
    memset(mb->blocks, screen_intra_derived_block(choice->mode), sizeof mb->blocks);
    work->luma_sad = choice->sad;
    work->chroma_sad = SCREEN_SAD_UNKNOWN;
}

// Squared errors of the three planes as they are reconstructed now.
static void measure(const Work *work, guint32 sse[3])
{
    for (int plane = 0; plane < 3; plane++)
        sse[plane] = screen_kernels.sse(source_plane(work, plane),
            (ScreenPixels){work->current.planes[plane], work->current.strides[plane]},
            plane ? 8 : 16);
}

// What was coded at @quantizer may be better than that says: flat areas always are.
static guint8 judge(const Work *work, int quantizer)
{
    guint32 sse[3];
    if (quantizer <= SCREEN_SHARP_QUANTIZER)
        return (guint8)quantizer;
    measure(work, sse);
    gboolean sharp =
        sse[0] <= SCREEN_SHARP_LUMA_SSE && MAX(sse[1], sse[2]) <= SCREEN_SHARP_CHROMA_SSE;
    return (guint8)(sharp ? SCREEN_SHARP_QUANTIZER : quantizer);
}

static void finish(Work *work, gboolean luma_done)
{
    ScreenCoder *coder = work->coder;
    const ScreenQuantizer *quantizer = coder->quantizer;
    gboolean bare = coder->frugal && !luma_done; // prediction alone
    if (bare || (!luma_done && work->luma_sad <= quantizer->y.nothing_sad))
        screen_residual_no_luma(&work->levels, &work->current, &work->prediction);
    else if (!luma_done && work->mb->mode == SCREEN_MODE_SPLIT)
        screen_residual_blocks(&work->levels, &work->current, &work->source, work->prediction.y,
            quantizer, work->pieces.copied);
    else if (!luma_done)
        screen_residual_luma(
            &work->levels, &work->current, &work->source, work->prediction.y, quantizer);
    if (bare || work->chroma_sad <= quantizer->uv.nothing_sad)
        screen_residual_no_chroma(&work->levels, &work->current, &work->prediction);
    else
        screen_residual_chroma(
            &work->levels, &work->current, &work->source, &work->prediction, quantizer);
    screen_residual_record(
        coder->tokens, work->mb, coder->columns + 1, bare ? NULL : &work->levels);
}

// Luma is coded by small blocks from what surrounds them; the rest follows.
static void become_blocks(Work *work)
{
    work->mb->mode = SCREEN_MODE_BLOCKS;
    work->mb->ref = SCREEN_REF_INTRA;
    work->mb->vector = (ScreenVector){0, 0};
    work->mb->decided = SCREEN_DECIDED;
    choose_chroma_and_predict(work, SCREEN_MODE_BLOCKS);
    finish(work, TRUE);
}

// Luma of the macroblock as it is reconstructed now, and back.
static void keep_luma(const Work *work, guint8 *kept)
{
    for (int y = 0; y < 16; y++)
        memcpy(kept + y * 16, work->current.planes[0] + y * work->current.strides[0], 16);
}

static guint32 price_blocks(const Work *work)
{
    const ScreenMacroblock *mb = work->mb;
    const ScreenCoder *coder = work->coder;
    guint32 price = screen_residual_price(
        coder->tokens, mb, coder->columns + 1, SCREEN_MODE_BLOCKS, &work->levels);
    for (int block = 0; block < 16; block++)
        price += screen_block_mode_costs[mb->blocks[block]];
    return price;
}

// Pieces of what was there against small blocks from what surrounds them, priced by their tokens:
// where text begins or ends, differences of pixels say little of bits. Chroma is about the same.
static void code_pieces(Work *work, const ScreenChoice *pieces)
{
    ScreenCoder *coder = work->coder;
    ScreenLevels levels;
    screen_residual_blocks(&work->levels, &work->current, &work->source, work->prediction.y,
        coder->quantizer, work->pieces.copied);
    memset(work->levels.ends + 16, 0, 9);
    guint32 price = work->pieces.price + screen_residual_price(coder->tokens, work->mb,
                                             coder->columns + 1, SCREEN_MODE_SPLIT, &work->levels);
    if (price > PIECES_CHEAP) {
        guint8 kept[256];
        keep_luma(work, kept);
        levels = work->levels;
        gather_edges(work);
        if (code_blocks(work, G_MAXUINT32) && price_blocks(work) < price) {
            become_blocks(work);
            return;
        }
        work->levels = levels;
        for (int y = 0; y < 16; y++)
            memcpy(work->current.planes[0] + y * work->current.strides[0], kept + y * 16, 16);
    }
    apply(work, pieces);
    coder->tokens->cost += work->pieces.price;
    finish(work, TRUE);
}

// What was coded with its residual is as good as the quantizer.
static gboolean note_quality(const Work *work, guint8 *out_quality)
{
    const ScreenCoder *coder = work->coder;
    *out_quality = coder->frugal ? SCREEN_QUALITY_POOR : (guint8)coder->quantizer->index;
    if (work->mb->mode == SCREEN_MODE_SPLIT)
        *out_quality = MAX(*out_quality, work->pieces.quality);
    *out_quality = judge(work, *out_quality);
    return *out_quality <= SCREEN_SHARP_QUANTIZER;
}

// From the cheapest to the dearest: vectors at hand (@best, if @has_inter), whole-macroblock
// modes, a search around the vector, 4x4 modes. Each only if there is still something to gain.
static void code_new(Work *work, ScreenChoice *best, gboolean has_inter)
{
    ScreenCoder *coder = work->coder;
    ScreenChoice intra;
    gather_edges(work);
    screen_choose_intra(coder, &work->edges[0], work->x, work->y, &intra);
    if (has_inter && best->cost < intra.cost)
        screen_choose_nearby(coder, work->x, work->y, best);
    // Small blocks hardly ever win where a vector does twice as well as one large block.
    gboolean moved = has_inter && best->cost < intra.cost / 2;
    if (!has_inter || intra.cost < best->cost)
        *best = intra;
    gboolean try_blocks =
        !coder->frugal && !moved && best->cost > BLOCKS_WORTH_TRYING(coder->quantizer->y.step[1]);
    if (try_blocks && code_blocks(work, best->cost)) {
        become_blocks(work);
        return;
    }
    apply(work, best);
    if (best->ref == SCREEN_REF_INTRA)
        choose_chroma_and_predict(work, best->mode);
    else
        predict_inter(work, best);
    finish(work, FALSE);
}

// From here on @work is coded with another of the frame's quantizers.
static void take_segment(Work *work, int segment)
{
    work->mb->segment = (guint8)segment;
    work->coder->quantizer = &work->coder->quantizers[segment];
}

// What a copy of something of @quality is worth: its luma is just as good, but half a chroma pixel
// is interpolated, so that chroma may have blurred.
static guint8 judge_copy(const Work *work, int quality, gboolean *out_bad)
{
    guint32 sse[3];
    measure(work, sse);
    guint32 chroma = MAX(sse[1], sse[2]);
    if (quality > SCREEN_QUALITY_FADED) {
        *out_bad = sse[0] > SCREEN_SHARP_LUMA_SSE || chroma > SCREEN_SHARP_CHROMA_SSE;
        return (guint8)(*out_bad ? quality : SCREEN_SHARP_QUANTIZER);
    }
    *out_bad = chroma > SCREEN_MOVING_CHROMA_SSE;
    return chroma > SCREEN_SHARP_CHROMA_SSE * 2 ? SCREEN_QUALITY_FADED : SCREEN_SHARP_QUANTIZER;
}

// An exact copy needs no residual. Something coarse is sharpened on the way while there is budget.
static gboolean code_copy(Work *work, const ScreenChoice *choice, guint8 *out_quality)
{
    ScreenCoder *coder = work->coder;
    apply(work, choice);
    predict_inter(work, choice);
    work->mb->decided = SCREEN_DECIDED_COPY;
    coder->copies++;
    work->mb->quality = choice->quality;
    screen_residual_no_luma(NULL, &work->current, &work->prediction);
    screen_residual_no_chroma(NULL, &work->current, &work->prediction);
    gboolean bad, moves = !screen_vector_is_zero(choice->vector);
    guint8 quality = *out_quality = judge_copy(work, choice->quality, &bad);
    int rung = coder->plan && !coder->frugal && coder->polish_cost < coder->polish_until
                   ? screen_refine_rung(coder->plan, work->x, work->y, quality)
                   : -1;
    if (rung >= 0)
        coder->refined[rung].count++;
    gboolean still_faded = quality == SCREEN_QUALITY_FADED && !moves;
    if (rung < 0 || !(bad || still_faded)) {
        screen_residual_record(coder->tokens, work->mb, coder->columns + 1, NULL);
        return quality <= SCREEN_SHARP_QUANTIZER;
    }
    int quantizer = screen_refine_quantizer(rung);
    if (quantizer != coder->quantizer->index)
        take_segment(work, rung == coder->plan->next ? SCREEN_SEGMENT_NEXT : SCREEN_SEGMENT_WHOLE);
    guint64 before = coder->tokens->cost;
    finish(work, FALSE);
    coder->polish_cost += coder->tokens->cost - before;
    coder->refined[rung].cost += coder->tokens->cost - before;
    *out_quality = judge(work, quantizer);
    return *out_quality <= SCREEN_SHARP_QUANTIZER;
}

static void code_given_blocks(Work *work, const guint8 modes[16])
{
    for (int block = 0; block < 16; block++) {
        int x = block % 4 * 4, y = block / 4 * 4, stride = work->current.strides[0];
        guint8 *dst = work->current.planes[0] + y * stride + x, prediction[16];
        ScreenAround around;
        gather_around(work, block, &around);
        screen_around_finish(&around);
        work->mb->blocks[block] = modes[block];
        screen_intra_predict_block(prediction, &around, modes[block]);
        for (int i = 0; i < 4; i++)
            memcpy(dst + i * stride, prediction + i * 4, 4);
        screen_residual_block(&work->levels, block, dst, stride,
            work->source.planes[0] + y * work->source.strides[0] + x, work->source.strides[0],
            work->coder->quantizer);
    }
}

// Vectors that cannot be written here are left out.
static void force_pieces(
    Work *work, const ScreenForced *forced, ScreenChoice *choice, const ScreenSurvey *survey)
{
    work->pieces.copied = forced->copied;
    for (int i = 0; i < 16; i++) {
        ScreenVector vector = forced->vectors[i];
        gboolean near = screen_vectors_reachable(survey, vector);
        work->pieces.vectors[i] = near ? vector : (ScreenVector){0, 0};
    }
    choice->vector = work->pieces.vectors[15];
}

// What an earlier attempt decided, if that can still be said: neighbours may have been decided
// anew. Pieces hang on what they cost; small blocks are never without residual.
static gboolean recall(const Work *work, ScreenChoice *out)
{
    const ScreenCoder *coder = work->coder;
    const ScreenMacroblock *mb = work->mb;
    if (!mb->decided || mb->mode == SCREEN_MODE_SPLIT ||
        (coder->frugal && mb->mode == SCREEN_MODE_BLOCKS))
        return FALSE;
    *out = (ScreenChoice){.mode = mb->mode,
        .ref = mb->ref,
        .vector = mb->vector,
        .exact = mb->decided == SCREEN_DECIDED_COPY,
        .quality = mb->quality,
        .sad = SCREEN_SAD_UNKNOWN};
    if (mb->ref == SCREEN_REF_INTRA)
        return TRUE;
    ScreenPlace place = {work->x, work->y, coder->columns, coder->rows, coder->columns + 1};
    ScreenSurvey survey;
    screen_vectors_survey(&survey, mb, &place);
    out->mode = (guint8)screen_vectors_mode(&survey, mb->vector);
    return out->mode != SCREEN_MODE_NEW || screen_vectors_reachable(&survey, mb->vector);
}

// As an earlier attempt decided: only the quantizer differs.
static void code_again(Work *work, const ScreenChoice *choice)
{
    guint8 modes[16];
    memcpy(modes, work->mb->blocks, sizeof modes);
    apply(work, choice);
    if (choice->ref == SCREEN_REF_INTRA) {
        gather_edges(work);
        predict_intra(work, choice->mode, work->mb->uv_mode);
    } else {
        predict_inter(work, choice);
    }
    if (choice->mode == SCREEN_MODE_BLOCKS)
        code_given_blocks(work, modes);
    finish(work, choice->mode == SCREEN_MODE_BLOCKS);
}

static void code_forced(Work *work, const ScreenForced *forced)
{
    ScreenCoder *coder = work->coder;
    ScreenChoice choice = {.mode = forced->mode,
        .ref = forced->ref,
        .vector = forced->vector,
        .sad = SCREEN_SAD_UNKNOWN};
    coder->frugal = forced->bare;
    take_segment(work, forced->segment);
    gather_edges(work);
    if (forced->ref != SCREEN_REF_INTRA) {
        ScreenPlace place = {work->x, work->y, coder->columns, coder->rows, coder->columns + 1};
        ScreenSurvey survey;
        screen_vectors_survey(&survey, work->mb, &place);
        choice.mode = (guint8)screen_vectors_mode(&survey, forced->vector);
        if (choice.mode == SCREEN_MODE_NEW && !screen_vectors_reachable(&survey, forced->vector)) {
            choice.mode = SCREEN_MODE_ZERO;
            choice.vector = (ScreenVector){0, 0};
        }
        if (forced->split) {
            choice.mode = SCREEN_MODE_SPLIT;
            force_pieces(work, forced, &choice, &survey);
        }
        predict_inter(work, &choice);
    } else {
        predict_intra(work, forced->mode, forced->uv_mode);
    }
    apply(work, &choice);
    if (choice.mode == SCREEN_MODE_BLOCKS)
        code_given_blocks(work, forced->blocks);
    finish(work, choice.mode == SCREEN_MODE_BLOCKS);
}

gboolean screen_macroblock_code(ScreenCoder *coder, int x, int y, guint8 *out_quality)
{
    Work work;
    work.coder = coder;
    work.x = x;
    work.y = y;
    work.mb = coder->first + (gsize)y * (coder->columns + 1) + x;
    work.source = screen_window(coder->source, x, y);
    work.current = screen_window(coder->current, x, y);
    work.luma_sad = work.chroma_sad = SCREEN_SAD_UNKNOWN;
    take_segment(&work, 0);
    screen_tokens_row(coder->tokens, y);
    if (coder->forced) {
        code_forced(&work, coder->forced);
        return FALSE;
    }
    ScreenChoice best;
    gboolean again = coder->repeats && recall(&work, &best);
    gboolean has_inter =
        again || (!coder->key && screen_choose_inter(coder, x, y, &best, &work.pieces));
    if (has_inter && best.exact)
        return code_copy(&work, &best, out_quality);
    if (again) {
        code_again(&work, &best);
    } else if (has_inter && (best.ramp || best.cost < screen_choose_good(coder->quantizer))) {
        apply(&work, &best);
        predict_inter(&work, &best);
        finish(&work, FALSE);
    } else if (has_inter && best.mode == SCREEN_MODE_SPLIT && !coder->frugal) {
        predict_inter(&work, &best);
        code_pieces(&work, &best);
    } else {
        code_new(&work, &best, has_inter);
    }
    return note_quality(&work, out_quality);
}
