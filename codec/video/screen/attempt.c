// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/attempt.h"

#include "codec/video/screen/partitions.h"
#include "codec/video/screen/tables.h"

#include <string.h>

// Memory for one frame's bytes and tokens, for each macroblock: 128 bytes and 192
// tokens of two bytes are 4 MB at 1920x1080. A frame that does not fit is coded coarser.
#define OUTPUT_BYTES_PER_MB 128
#define OUTPUT_BYTES_BASE 16384
#define TOKENS_PER_MB 192
#define TOKENS_BASE 16384
#define TOKENS_OF_ONE_MB (25 * 33)

// Bytes for each byte of token cost, to begin with: fitted probabilities save, modes cost.
#define FITTED 0.95
// A frame this far beyond its limit is not worth finishing: costs are those of the probabilities
// before, which the frame's own may better by a third.
#define GIVE_UP 1.5
// Where a frame that need not code everything stops: what it takes is known to some percent.
#define PARTIAL_SHARE 0.9
/** Below this, fixed costs hide what the tokens took. */
#define LEARN_BYTES 4000
/** So many macroblocks tell what refinement takes. */
#define REFINED_MIN 16

// Decisions hold while the step is about the same.
static gboolean still_holds(int decided_at, int quantizer)
{
    return screen_ac_steps[quantizer] * 4 <= screen_ac_steps[decided_at] * 5;
}

static void make_plain(ScreenMacroblock *mb)
{
    *mb = (ScreenMacroblock){.mode = SCREEN_MODE_ZERO, .ref = SCREEN_REF_LAST, .skip = TRUE};
}

void screen_attempt_init(ScreenAttempt *attempt, int width_px, int height_px)
{
    *attempt = (ScreenAttempt){.fitted = FITTED,
        .split_tokens = SCREEN_PARTITIONS_TOKENS,
        .header = {.width_px = width_px, .height_px = height_px}};
    pouce_damage_init(&attempt->coded, width_px, height_px);
    pouce_damage_init(&attempt->coarse, width_px, height_px);
    pouce_damage_init(&attempt->left, width_px, height_px);
    int columns = attempt->coded.mb_columns, rows = attempt->coded.mb_rows;
    gsize count = (gsize)columns * rows;
    attempt->macroblocks = g_new0(ScreenMacroblock, (gsize)(columns + 1) * (rows + 1));
    attempt->qualities = g_new0(guint8, count);
    attempt->segment_map.map = g_new0(guint8, count);
    attempt->output_capacity = count * OUTPUT_BYTES_PER_MB + OUTPUT_BYTES_BASE;
    attempt->output = g_malloc(attempt->output_capacity);
    screen_tokens_init(&attempt->tokens, count * TOKENS_PER_MB + TOKENS_BASE, rows);
    attempt->coder = (ScreenCoder){
        .columns = columns,
        .rows = rows,
        .first = attempt->macroblocks + (columns + 1) + 1,
        .tokens = &attempt->tokens,
        .quantizer = &attempt->coder.quantizers[0],
    };
}

void screen_attempt_clear(ScreenAttempt *attempt)
{
    g_clear_pointer(&attempt->macroblocks, g_free);
    g_clear_pointer(&attempt->qualities, g_free);
    g_clear_pointer(&attempt->segment_map.map, g_free);
    g_clear_pointer(&attempt->output, g_free);
    screen_tokens_clear(&attempt->tokens);
    pouce_damage_clear(&attempt->coded);
    pouce_damage_clear(&attempt->coarse);
    pouce_damage_clear(&attempt->left);
}

void screen_attempt_begin_key(ScreenAttempt *attempt)
{
    memcpy(attempt->entropy.tokens, screen_coefficient_defaults, sizeof attempt->entropy.tokens);
    screen_modes_reset(&attempt->entropy.modes);
    pouce_damage_fill(&attempt->coded);
}

static gsize bytes_of(const ScreenAttempt *attempt, guint64 cost)
{
    return (gsize)((double)cost * attempt->fitted / 256 / 8);
}

static gsize spent_bytes(const ScreenAttempt *attempt)
{
    return bytes_of(attempt, attempt->tokens.cost);
}

gsize screen_attempt_polish_bytes(const ScreenAttempt *attempt)
{
    return bytes_of(attempt, attempt->coder.polish_cost);
}

double screen_attempt_refined_bytes(const ScreenAttempt *attempt, int rung)
{
    const ScreenRefined *refined = &attempt->coder.refined[rung];
    return refined->count < REFINED_MIN ? -1
                                        : (double)bytes_of(attempt, refined->cost) / refined->count;
}

static gboolean is_spent(const ScreenAttempt *attempt, gsize limit_bytes)
{
    const ScreenTokens *tokens = &attempt->tokens;
    return spent_bytes(attempt) >= limit_bytes * 3 / 4 || // the rest is for records
           tokens->count + TOKENS_OF_ONE_MB > tokens->capacity;
}

// Macroblocks after @x, @y are not coded this time.
static void leave_rest(ScreenAttempt *attempt, int x, int y)
{
    PouceDamage *coded = &attempt->coded, *left = &attempt->left;
    gsize words = (gsize)coded->words_per_row * coded->mb_rows;
    gsize first = (gsize)y * coded->words_per_row + x / 64;
    memcpy(left->bits + first, coded->bits + first, (words - first) * sizeof *coded->bits);
    left->bits[first] &= x % 64 < 63 ? ~G_GUINT64_CONSTANT(0) << (x % 64 + 1) : 0;
    pouce_damage_subtract(coded, left);
}

// FALSE when it gave up; @out_done: macroblocks coded until then.
static gboolean code_all(ScreenAttempt *attempt, gsize limit_bytes, gboolean frugal, int *out_done)
{
    ScreenCoder *coder = &attempt->coder;
    gsize give_up = (gsize)((double)limit_bytes * GIVE_UP);
    *out_done = 0;
    coder->frugal = FALSE;
    for (int x = 0, y = 0, n; pouce_damage_next_run(&attempt->coded, &x, &y, &n); x += n) {
        for (int i = x; i < x + n; i++) {
            coder->frugal = frugal && is_spent(attempt, limit_bytes);
            guint8 *quality = &attempt->qualities[y * coder->columns + i];
            if (!screen_macroblock_code(coder, i, y, quality))
                pouce_damage_set(&attempt->coarse, i, y);
            if (attempt->partial && (double)spent_bytes(attempt) > limit_bytes * PARTIAL_SHARE) {
                leave_rest(attempt, i, y);
                return TRUE;
            }
        }
        *out_done += n;
        if (!frugal && (spent_bytes(attempt) > give_up || attempt->tokens.overflow))
            return FALSE;
    }
    return TRUE;
}

// The frame goes out: what it changes at the far end for good is in force.
static void accept(ScreenAttempt *attempt, const ScreenEntropy *entropy, gsize bytes)
{
    const ScreenCoder *coder = &attempt->coder;
    ScreenSegmented segmented = {&attempt->coded, coder->first, coder->columns + 1};
    screen_segments_sent(&attempt->header.segments, &attempt->segment_map, &segmented);
    attempt->entropy = *entropy;
    attempt->output_bytes = bytes;
}

// Returns the bytes, 0 if they do not fit into memory.
static gsize write_with(ScreenAttempt *attempt, ScreenEntropy *entropy, int partitions)
{
    const ScreenCoder *coder = &attempt->coder;
    ScreenHeader *header = &attempt->header;
    header->key = coder->key;
    ScreenSegmented segmented = {&attempt->coded, coder->first, coder->columns + 1};
    for (int i = 0; i < SCREEN_SEGMENTS; i++)
        header->segments.quantizers[i] = (guint8)coder->quantizers[i].index;
    header->quantizer = screen_segments_fit(
        &header->segments, &attempt->segment_map, &segmented, header->key || header->recovery);
    header->partitions = partitions;
    ScreenModes *modes = &entropy->modes;
    modes->key = coder->key;
    modes->columns = coder->columns;
    modes->rows = coder->rows;
    modes->first = coder->first;
    modes->coded = &attempt->coded;
    modes->segments = &header->segments;
    screen_modes_fit(modes);
    int tag = coder->key ? SCREEN_KEY_TAG_BYTES : SCREEN_TAG_BYTES;
    ScreenBoolCoder bools;
    screen_bool_init(&bools, attempt->output + tag, attempt->output_capacity - tag);
    screen_header_write(&bools, header, &attempt->tokens, entropy->tokens, modes);
    screen_modes_write(modes, &bools);
    gsize first = screen_bool_finish(&bools);
    if (bools.overflow || first > SCREEN_FIRST_PARTITION_MAX_BYTES || attempt->tokens.overflow)
        return 0;
    screen_header_tag(attempt->output, header, first);
    gsize at = tag + first;
    gsize second = screen_partitions_write(&attempt->tokens, entropy->tokens, partitions,
        attempt->output + at, attempt->output_capacity - at);
    return second ? at + second : 0;
}

// The same, in as many partitions as pay; if one of them exceeds its share of the memory, in one.
static gsize write_all(ScreenAttempt *attempt, ScreenEntropy *entropy)
{
    gboolean large = attempt->tokens.count >= attempt->split_tokens;
    *entropy = attempt->entropy;
    gsize bytes = write_with(attempt, entropy, large ? SCREEN_PARTITIONS_MAX : 1);
    if (bytes || !large)
        return bytes;
    *entropy = attempt->entropy;
    return write_with(attempt, entropy, 1);
}

static void prepare_quantizers(ScreenCoder *coder, int quantizer)
{
    const ScreenRefinePlan *plan = coder->plan;
    screen_quantizer_init(&coder->quantizers[SCREEN_SEGMENT_CHANGED], quantizer);
    coder->quantizer = &coder->quantizers[SCREEN_SEGMENT_CHANGED];
    if (!plan)
        return;
    screen_quantizer_init(
        &coder->quantizers[SCREEN_SEGMENT_NEXT], screen_refine_quantizer(plan->next));
    if (plan->whole >= 0)
        screen_quantizer_init(
            &coder->quantizers[SCREEN_SEGMENT_WHOLE], screen_refine_quantizer(plan->whole));
}

gsize screen_attempt_run(ScreenAttempt *attempt, int quantizer, gsize limit_bytes, gboolean frugal)
{
    limit_bytes = MIN(limit_bytes, attempt->output_capacity * 3 / 4);
    prepare_quantizers(&attempt->coder, quantizer);
    screen_tokens_begin(&attempt->tokens, attempt->entropy.tokens);
    pouce_damage_empty(&attempt->coarse);
    pouce_damage_empty(&attempt->left);
    attempt->output_bytes = 0;
    attempt->coder.polish_cost = 0;
    memset(attempt->coder.refined, 0, sizeof attempt->coder.refined);
    attempt->coder.copies = 0;
    attempt->coder.repeats = still_holds(attempt->decided_at, quantizer);
    if (!attempt->coder.repeats)
        attempt->decided_at = quantizer;
    int done;
    if (!code_all(attempt, limit_bytes, frugal, &done)) {
        double all = pouce_damage_count(&attempt->coded);
        return MAX((gsize)(spent_bytes(attempt) * all / MAX(done, 1)), limit_bytes + 1);
    }
    ScreenEntropy entropy;
    gsize bytes = write_all(attempt, &entropy);
    if (!bytes)
        return MAX(attempt->output_capacity, limit_bytes) + 1;
    if (bytes > LEARN_BYTES && attempt->tokens.cost > 0)
        attempt->fitted = CLAMP((double)bytes * 8 * 256 / (double)attempt->tokens.cost, 0.5, 2);
    if (bytes <= limit_bytes || frugal)
        accept(attempt, &entropy, bytes);
    return bytes;
}

gsize screen_attempt_write(ScreenAttempt *attempt)
{
    ScreenEntropy entropy;
    gsize bytes = write_all(attempt, &entropy);
    attempt->output_bytes = 0;
    if (bytes)
        accept(attempt, &entropy, bytes);
    return bytes;
}

void screen_attempt_end(ScreenAttempt *attempt)
{
    const ScreenCoder *coder = &attempt->coder;
    attempt->decided_at = 0;
    for (int x = 0, y = 0, n; pouce_damage_next_run(&attempt->coded, &x, &y, &n); x += n)
        for (int i = x; i < x + n; i++)
            make_plain(coder->first + (gsize)y * (coder->columns + 1) + i);
}
