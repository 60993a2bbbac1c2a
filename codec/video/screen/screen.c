// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

// The screen encoder: VP8 for desktops. Its cost follows what changed. Fingerprints of the source
// say which macroblocks did; only those are predicted, transformed and reconstructed, all others
// are plain records that cost next to nothing. The loop filter is never used, so what did not
// change does not drift.
//
// A macroblock is in turn: dirty (the far end shows something old), blurred (shown, but coarsely)
// and none of these: sharp. All dirty ones go into the next frame, at the finest quantizer that
// meets the budget; when that is the sharp one, blurred ones fill the rest.

#include "codec/video/screen/screen.h"

#include "codec/video/screen/attempt.h"
#include "codec/video/screen/fingerprint.h"
#include "codec/video/screen/halves.h"
#include "codec/video/screen/history.h"
#include "codec/video/screen/motion.h"
#include "codec/video/screen/rate.h"
#include "codec/video/screen/refine.h"
#include "codec/video/screen/sample.h"
#include "codec/video/screen/store.h"

#include <string.h>

// The last attempt gives up residuals instead of the budget.
#define ATTEMPTS_MAX 4
// When sharpening what is blurred would take more frames than this, it is done in two steps.
#define CONGESTED_FRAMES 2.0
// One in this many macroblocks changed: a large change; within this time of another: a busy screen.
#define LARGE_CHANGE_PART 8
#define BUSY_US 100000
// No large change for so long: the next one is to be readable soon, and sharp a little later.
#define QUIET_US 250000
// One in this many macroblocks changes, again and again: scrolls and films.
#define FLOW_PART 16
// When not one in this many of those is a copy, it is a film: the next frame replaces this one, and
// what is made perfect has not been seen.
#define FLEETING_PART 4
/** No frame of a scroll for so long: it pauses. Twice what 30 a second take. */
#define FLOW_PAUSE_US 66000
#define FLEETING_QUANTIZER 8
// Blurred macroblocks offered to a frame that takes as many as fit.
#define PARTIAL_PICK 1.25
// What stands still goes to the finest rung that all of it reaches within so many frames: each rung
// on the way costs bytes of its own. What moves goes by one frame.
#define REFINE_AHEAD 4
// Where the changes of a flow take more than one in so many parts of the budget, there is no
// surplus to make other things perfect with.
#define STRAINED_PART 3
// Aim below the budget: more than a little beyond it costs another attempt.
#define AIM 0.94
#define LIMIT 1.04
// Shares of what the bitrate allows are not strict: what one frame takes beyond, the next ones
// lack.
#define SHARE_LIMIT 1.25
// Up to here a frame is tried at the sharp quantizer without a look at its content.
#define GENEROUS_BYTES_PER_MB 220

typedef struct {
    PouceEncoder base;
    PouceEncoderConfig config;
    ScreenStore store;
    ScreenAttempt attempt;
    ScreenRate rate;
    ScreenHistory history;
    ScreenRefinePlan plan;
    ScreenMotion *motion;
    ScreenGlyphs *glyphs;
    guint64 *fingerprints; // of the source as last seen
    guint32 *changed_ms;   // when each macroblock last changed
    PouceDamage dirty, blurred;
    guint32 next_id;
    guint32 base_id; // of the frame being made
    guint32 now_ms;  // of this call
    gboolean started;
    gboolean flows;    // the last change was large
    gboolean fleeting; // the last large change held few copies
    gboolean first;    // the frame being made is the first of a large change after a quiet while
    gboolean rest;     // or the second part of one
    int whole_mb;      // macroblocks of that change
    gint64 due_us;
    gint64 large_us; // when much changed at once; long ago at first
} ScreenEncoder;

static void clear_pictures(ScreenEncoder *screen)
{
    screen_store_clear(&screen->store);
    screen_attempt_clear(&screen->attempt);
    g_clear_pointer(&screen->motion, screen_motion_free);
    g_clear_pointer(&screen->glyphs, screen_glyphs_free);
    g_clear_pointer(&screen->fingerprints, g_free);
    g_clear_pointer(&screen->changed_ms, g_free);
    pouce_damage_clear(&screen->dirty);
    pouce_damage_clear(&screen->blurred);
}

static void init_pictures(ScreenEncoder *screen, int width_px, int height_px)
{
    screen->config.width_px = width_px;
    screen->config.height_px = height_px;
    screen_store_init(&screen->store, width_px, height_px);
    screen_attempt_init(&screen->attempt, width_px, height_px);
    pouce_damage_init(&screen->dirty, width_px, height_px);
    pouce_damage_init(&screen->blurred, width_px, height_px);
    screen->motion = screen_motion_new(screen->dirty.mb_columns, screen->dirty.mb_rows);
    screen->glyphs = screen_glyphs_new(screen->dirty.mb_columns * 16, screen->dirty.mb_rows * 16);
    gsize count = (gsize)screen->dirty.mb_columns * screen->dirty.mb_rows;
    screen->fingerprints = g_new0(guint64, count);
    screen->changed_ms = g_new0(guint32, count);
    screen->history = (ScreenHistory){0};
    screen->started = FALSE;
    screen->rest = FALSE;
    screen->due_us = -1;
    screen->large_us = -QUIET_US;
}

static PouceEncoder *screen_create(const PouceEncoderConfig *config, GError **error)
{
    ScreenEncoder *screen = g_new0(ScreenEncoder, 1);
    screen->base.klass = &pouce_encoder_screen;
    screen->config = *config;
    screen->next_id = 1;
    screen_rate_init(&screen->rate, config->bitrate_bps, config->fps_max);
    init_pictures(screen, config->width_px, config->height_px);
    return &screen->base;
}

static void screen_destroy(PouceEncoder *encoder)
{
    ScreenEncoder *screen = (ScreenEncoder *)encoder;
    clear_pictures(screen);
    g_free(screen);
}

static gboolean screen_resize(PouceEncoder *encoder, int width_px, int height_px, GError **error)
{
    ScreenEncoder *screen = (ScreenEncoder *)encoder;
    clear_pictures(screen);
    init_pictures(screen, width_px, height_px);
    return TRUE;
}

static void note_change(ScreenEncoder *screen, const PouceFrame *frame, int x, int y)
{
    int index = y * screen->dirty.mb_columns + x;
    guint64 now = screen_fingerprint(frame, x, y);
    if (screen->started && now == screen->fingerprints[index])
        return;
    screen->fingerprints[index] = now;
    screen->changed_ms[index] = screen->now_ms;
    pouce_damage_set(&screen->dirty, x, y);
    screen_motion_renew(screen->motion, frame, x, y);
}

static void note_changes(ScreenEncoder *screen, const PouceEncodeRequest *request)
{
    const PouceFrame *frame = request->frame;
    gboolean all = !request->damage || !screen->started;
    screen_motion_begin(screen->motion,
        all ? frame->mb_columns * frame->mb_rows : pouce_damage_count(request->damage));
    if (all) {
        for (int y = 0; y < frame->mb_rows; y++)
            for (int x = 0; x < frame->mb_columns; x++)
                note_change(screen, frame, x, y);
        return;
    }
    for (int x = 0, y = 0, n; pouce_damage_next_run(request->damage, &x, &y, &n); x += n)
        for (int i = x; i < x + n; i++)
            note_change(screen, frame, i, y);
}

// While much is coarse, bits go further when nothing is made perfect yet; and what comes in with a
// scroll is not made better than what it comes to. Small changes are what somebody is looking at.
static int finest_quantizer(const ScreenEncoder *screen, int budget_bytes, gboolean flows)
{
    int counts[SCREEN_RUNGS] = {0}, rung = 0;
    screen_refine_count(counts, &screen->blurred, screen->store.qualities);
    while (rung < SCREEN_RUNGS - 1 && counts[rung] * screen->rate.refined_bytes_per_mb[rung] <=
                                          CONGESTED_FRAMES * budget_bytes)
        rung++;
    int quantizer = screen_refine_quantizer(rung);
    if (!flows)
        return MIN(quantizer, SCREEN_RATE_COMFORT);
    quantizer = MAX(quantizer, (int)screen->rate.finest);
    return screen->fleeting ? MAX(quantizer, FLEETING_QUANTIZER) : quantizer;
}

// Adds to what the frame codes the blurred macroblocks that @budget_bytes should hold, and lets
// them and what moves be sharpened, to no finer quantizer than @finest; Returns: how many were
// added.
static int plan_refinement(ScreenEncoder *screen, const PouceEncodeRequest *request, int finest,
    double budget_bytes, double ahead)
{
    ScreenCoder *coder = &screen->attempt.coder;
    gboolean moves = coder->candidate_count > 0 && !screen->fleeting;
    ScreenVector from = moves ? coder->candidates[0] : (ScreenVector){0, 0};
    ScreenRefineQuery query = {
        .blurred = &screen->blurred,
        .moving = moves ? &screen->dirty : NULL,
        .changed_ms = screen->changed_ms,
        .now_ms = screen->now_ms,
        .qualities = screen->store.qualities,
        .finest = finest,
        .cursor_x = request->cursor_x_px < 0 ? -1 : request->cursor_x_px / 16,
        .cursor_y = request->cursor_y_px / 16,
        .from_x = (from.column > 0) - (from.column < 0),
        .from_y = (from.row > 0) - (from.row < 0),
    };
    coder->plan = NULL;
    if (budget_bytes <= 0 || !screen_refine_plan(&screen->plan, &query,
                                 screen->rate.refined_bytes_per_mb, budget_bytes, ahead))
        return 0;
    coder->plan = &screen->plan;
    return screen_refine_pick(&screen->attempt.coded, &screen->plan);
}

static void learn_refinement(ScreenEncoder *screen)
{
    for (int rung = 0; rung < SCREEN_RUNGS; rung++) {
        double bytes = screen_attempt_refined_bytes(&screen->attempt, rung);
        double *each_bytes = &screen->rate.refined_bytes_per_mb[rung];
        if (bytes >= 0)
            *each_bytes = (*each_bytes + MAX(bytes, 1)) / 2;
    }
}

// The first frame after a quiet while is only as fine as is soon there; the rest is refined at
// once. Returns: TRUE if that made it coarser.
static gboolean hurry(const ScreenRate *rate, const ScreenEstimate *estimate, gboolean moved,
    int *quantizer, double first_bytes)
{
    int before = *quantizer;
    *quantizer = screen_rate_pick_first(rate, estimate, moved, before, first_bytes);
    return *quantizer > before;
}

// Beyond this a frame is tried again.
static gsize limit_of(
    const ScreenEncoder *screen, const PouceEncodeRequest *request, int budget_bytes)
{
    double share = MIN(budget_bytes * SHARE_LIMIT, screen->rate.credit_bytes / 2);
    return (gsize)MAX(budget_bytes * LIMIT, request->budget_bytes > 0 ? 0 : share);
}

/** A frame of changes at work. */
typedef struct {
    ScreenEstimate estimate;
    int changed_mb;
    int budget_bytes;
    double aim_bytes;
    double needed_bytes; // estimated, by the changes
    gboolean moved;
    gboolean flows; // large enough to be a frame of a scroll or a film
    gboolean hasty; // coarser than it had to be
} Change;

// The frame refines too, with what changes leave of its budget. Those are expected to take what
// they did in the frames before, rather than what a sample of a few macroblocks says.
static void share_budget(
    ScreenEncoder *screen, const PouceEncodeRequest *request, const Change *change, int quantizer)
{
    ScreenCoder *coder = &screen->attempt.coder;
    const ScreenRate *rate = &screen->rate;
    double left = change->aim_bytes - screen_rate_expect(rate, change->needed_bytes);
    // Where changes need much of each frame, what is saved on refinement makes the next ones
    // better.
    gboolean strained = change->flows && rate->flow_bytes * STRAINED_PART > change->budget_bytes;
    gboolean perfect = quantizer <= SCREEN_SHARP_QUANTIZER || !strained;
    if (!coder->key && !screen->attempt.header.recovery)
        plan_refinement(
            screen, request, perfect ? SCREEN_SHARP_QUANTIZER : SCREEN_RATE_COMFORT, left, 1);
    coder->polish_until = (guint64)(MAX(left, 0) * 8 * 256);
}

// An attempt took @change_bytes for the changes.
static void learn_change(
    ScreenEncoder *screen, const Change *change, int quantizer, double change_bytes)
{
    const ScreenAttempt *attempt = &screen->attempt;
    ScreenRate *rate = &screen->rate;
    if (change->estimate.sampled_mb)
        screen_rate_learn(rate, &change->estimate, change->moved, quantizer, MAX(change_bytes, 1),
            !attempt->output_bytes);
    if (!attempt->output_bytes)
        return;
    learn_refinement(screen);
    screen->flows = change->flows;
    screen_rate_flow(rate, change->flows && !change->hasty, MAX(change_bytes, 0));
    if (!change->flows)
        return;
    if (!change->hasty)
        screen_rate_settle(
            rate, quantizer, SCREEN_SHARP_QUANTIZER, change->budget_bytes, MAX(change_bytes, 0));
    screen->fleeting = attempt->coder.copies * FLEETING_PART < change->changed_mb;
}

// Tries until the frame fits; Returns: bytes, 0: failed.
static gsize try_change(ScreenEncoder *screen, Change *change, int quantizer, gsize limit)
{
    ScreenAttempt *attempt = &screen->attempt;
    ScreenRate *rate = &screen->rate;
    ScreenEstimate *estimate = &change->estimate;
    gboolean estimated = estimate->sampled_mb > 0 && change->needed_bytes > 0;
    ScreenTry tries[ATTEMPTS_MAX];
    int count = 0;
    for (int i = 0; i < ATTEMPTS_MAX; i++) {
        gboolean last =
            i == ATTEMPTS_MAX - 1 || (count > 0 && tries[count - 1].quantizer == quantizer);
        gsize bytes = screen_attempt_run(attempt, quantizer, limit, last);
        double change_bytes = (double)bytes - (double)screen_attempt_polish_bytes(attempt);
        if (!attempt->output_bytes && !estimate->sampled_mb)
            screen_sample(estimate, &attempt->coder, &attempt->coded);
        if (i == 0 && estimated)
            screen_rate_note_beyond(rate, change->needed_bytes, change_bytes);
        learn_change(screen, change, quantizer, change_bytes);
        if (attempt->output_bytes)
            return bytes;
        // What was to be refined beside may have been too much.
        if (!attempt->coder.plan)
            tries[count++] = (ScreenTry){quantizer, MAX(change_bytes, 1)};
        quantizer = count > 0 ? screen_rate_pick_again(
                                    rate, estimate, change->moved, tries, count, change->aim_bytes)
                              : screen_rate_pick(
                                    rate, estimate, change->moved, quantizer, change->aim_bytes);
        attempt->coder.plan = NULL;
    }
    return 0;
}

// Codes what is dirty, at the finest quantizer that meets the budget, and sharpens what moved and
// what is blurred elsewhere with what is left of it; Returns: bytes, 0: failed.
static gsize encode_dirty(
    ScreenEncoder *screen, const PouceEncodeRequest *request, int budget_bytes)
{
    ScreenAttempt *attempt = &screen->attempt;
    ScreenRate *rate = &screen->rate;
    int changed_mb = pouce_damage_count(&attempt->coded);
    Change change = {
        .changed_mb = changed_mb,
        .budget_bytes = budget_bytes,
        .aim_bytes = budget_bytes * screen_rate_aim(rate, AIM),
        .needed_bytes = (double)changed_mb * GENEROUS_BYTES_PER_MB,
        .moved = attempt->coder.candidate_count > 0,
        .flows = !attempt->coder.key &&
                 changed_mb * FLOW_PART > screen->dirty.mb_columns * screen->dirty.mb_rows,
    };
    ScreenEstimate *estimate = &change.estimate;
    int finest = finest_quantizer(screen, budget_bytes, change.flows), quantizer = finest;
    double first_bytes = screen_rate_first_bytes(rate, changed_mb, screen->whole_mb);
    if (change.needed_bytes > (screen->first ? MIN(first_bytes, budget_bytes) : budget_bytes)) {
        screen_sample(estimate, &attempt->coder, &attempt->coded);
        quantizer = screen_rate_pick(rate, estimate, change.moved, finest, change.aim_bytes);
        change.needed_bytes = screen_rate_bytes(rate, estimate, change.moved, quantizer);
    }
    if (screen->first && estimate->sampled_mb > 0) {
        change.hasty = hurry(rate, estimate, change.moved, &quantizer, first_bytes);
        change.needed_bytes = screen_rate_bytes(rate, estimate, change.moved, quantizer);
        change.aim_bytes = MIN(change.aim_bytes, MAX(first_bytes, change.needed_bytes));
    }
    attempt->partial = FALSE;
    attempt->coder.plan = NULL;
    if (quantizer == finest && change.needed_bytes > 0)
        share_budget(screen, request, &change, quantizer);
    screen_store_catch_up(&screen->store, &attempt->coded);
    return try_change(screen, &change, quantizer, limit_of(screen, request, budget_bytes));
}

// Sharpens blurred macroblocks alone; Returns: bytes, 0: none.
static gsize encode_refinement(
    ScreenEncoder *screen, const PouceEncodeRequest *request, int budget_bytes)
{
    ScreenAttempt *attempt = &screen->attempt;
    double aim = budget_bytes * AIM * PARTIAL_PICK;
    attempt->partial = TRUE;
    attempt->coder.polish_until = G_MAXUINT64;
    for (int i = 0; i < ATTEMPTS_MAX; i++) {
        pouce_damage_empty(&attempt->coded);
        if (plan_refinement(screen, request, SCREEN_SHARP_QUANTIZER, aim, REFINE_AHEAD) == 0)
            return 0;
        screen_store_catch_up(&screen->store, &attempt->coded);
        gsize bytes = screen_attempt_run(attempt, screen_refine_quantizer(screen->plan.next),
            (gsize)budget_bytes, i == ATTEMPTS_MAX - 1);
        learn_refinement(screen);
        // What is not coded this time must be caught up with once more.
        pouce_damage_add(&screen->store.behind, &attempt->left);
        if (attempt->output_bytes) {
            screen_store_catch_up(&screen->store, &attempt->coded);
            return bytes;
        }
        screen_attempt_end(attempt);
        pouce_damage_add(&screen->store.behind, &attempt->coded);
        aim /= 2;
    }
    return 0;
}

static void commit(ScreenEncoder *screen, guint32 id, gint64 now_us)
{
    ScreenAttempt *attempt = &screen->attempt;
    screen_attempt_end(attempt);
    screen_history_sent(&screen->history, &screen->store, &attempt->header, id, now_us);
    screen_store_advance(&screen->store, &attempt->coded, attempt->coder.source,
        screen->fingerprints, attempt->qualities);
    for (gsize i = 0; i < (gsize)screen->dirty.words_per_row * screen->dirty.mb_rows; i++) {
        screen->dirty.bits[i] &= ~attempt->coded.bits[i];
        screen->blurred.bits[i] =
            (screen->blurred.bits[i] & ~attempt->coded.bits[i]) | attempt->coarse.bits[i];
    }
    screen->started = TRUE;
}

static void offer_references(ScreenEncoder *screen)
{
    ScreenCoder *coder = &screen->attempt.coder;
    ScreenStore *store = &screen->store;
    coder->fingerprints = screen->fingerprints;
    coder->store = store;
    coder->shown_luma = store->shown_luma;
    coder->shown_stride = store->shown_stride;
    coder->glyphs = screen->glyphs;
    screen_glyphs_begin(screen->glyphs, store->shown_luma, store->shown_stride);
    coder->refs[SCREEN_REF_LAST] = screen->attempt.header.recovery ? NULL : store->last;
    coder->qualities[SCREEN_REF_LAST] = store->qualities;
    for (ScreenRef ref = SCREEN_REF_GOLDEN; ref < SCREEN_REFS; ref++) {
        const ScreenSaved *saved = &store->saved[SCREEN_SAVED_INDEX(ref)];
        gboolean offered = saved->usable && (!saved->coarse || screen->attempt.header.recovery);
        coder->saved_offered[ref] = offered;
        coder->qualities[ref] = saved->qualities;
        coder->shown[ref] = saved->fingerprints;
    }
}

// What kind of frame it will be, what it codes and what it may predict from.
static void prepare(ScreenEncoder *screen, const PouceEncodeRequest *request, gboolean was_sharp)
{
    ScreenAttempt *attempt = &screen->attempt;
    ScreenCoder *coder = &attempt->coder;
    ScreenHeader *header = &attempt->header;
    gboolean lost = screen->history.lost_id != 0;
    screen_history_keep_key(&screen->history, &screen->store);
    guint32 safe_id = lost ? screen_history_recover(&screen->history, &screen->store) : 0;
    coder->key = request->key || !screen->started || (lost && !safe_id);
    screen->base_id = coder->key ? 0 : lost ? safe_id : screen->next_id - 1;
    coder->source = request->frame;
    coder->current = screen->store.current;
    coder->polish_until = 0;
    header->recovery = lost && !coder->key;
    header->golden = header->altref = SCREEN_COPY_NONE;
    pouce_damage_empty(&attempt->coded);
    if (coder->key)
        screen_attempt_begin_key(attempt);
    else if (header->recovery)
        pouce_damage_fill(&attempt->coded);
    else
        pouce_damage_add(&attempt->coded, &screen->dirty);
    ScreenMoment moment = {request->now_us, was_sharp, pouce_damage_count(&screen->dirty),
        coder->columns * coder->rows, &screen->dirty, screen->fingerprints};
    if (!coder->key && !header->recovery)
        screen_history_plan(&screen->history, &screen->store, &moment, header);
    offer_references(screen);
    coder->candidate_count = coder->key || header->recovery
                                 ? 0
                                 : screen_motion_search(screen->motion, &attempt->coded,
                                       coder->candidates, SCREEN_CANDIDATES_MAX);
}

// On a fast line the first half of a large change goes ahead. What moved is not cut: the second
// half may come from where the first one is.
static void split(ScreenEncoder *screen, const PouceEncodeRequest *request)
{
    ScreenAttempt *attempt = &screen->attempt;
    if (request->in_parts && screen->first && !screen->rest && !attempt->coder.key &&
        attempt->coder.candidate_count == 0 &&
        screen_halves_worth(&attempt->coded, &screen->store, screen->fingerprints))
        screen_halves_cut(&attempt->coded);
}

// What the frame may take; large changes in quick succession share what there is.
static int budget_of(ScreenEncoder *screen, const PouceEncodeRequest *request)
{
    const PouceDamage *coded = &screen->attempt.coded;
    gboolean large =
        pouce_damage_count(coded) * LARGE_CHANGE_PART > coded->mb_columns * coded->mb_rows;
    gboolean busy = large && request->now_us - screen->large_us < BUSY_US;
    gboolean quiet = request->now_us - screen->large_us >= QUIET_US;
    screen->first = large && !screen->attempt.header.recovery && (quiet || screen->rest);
    if (!screen->rest)
        screen->whole_mb = pouce_damage_count(coded);
    if (large)
        screen->large_us = request->now_us;
    return request->budget_bytes > 0 ? request->budget_bytes
                                     : screen_rate_allowance_bytes(&screen->rate, busy);
}

static gint64 next_due_us(const ScreenEncoder *screen, gint64 now_us, gboolean changed)
{
    if (screen->rest)
        return now_us;
    if (pouce_damage_is_empty(&screen->blurred))
        return -1;
    gint64 due_us = screen_rate_ready_us(&screen->rate, now_us);
    // Frames of a scroll refine on the way; between them it would take what these need.
    gboolean paused = changed && screen->flows && !screen->fleeting;
    return paused ? MAX(due_us, now_us + FLOW_PAUSE_US) : due_us;
}

static gboolean is_of_size(const ScreenEncoder *screen, const PouceEncodeRequest *request)
{
    const PouceDamage *damage = request->damage;
    return request->frame->width_px == screen->config.width_px &&
           request->frame->height_px == screen->config.height_px &&
           (!damage || (damage->mb_columns == screen->dirty.mb_columns &&
                           damage->mb_rows == screen->dirty.mb_rows));
}

static PouceEncodeResult screen_encode(PouceEncoder *encoder, const PouceEncodeRequest *request,
    PouceEncodedFrame *out, GError **error)
{
    ScreenEncoder *screen = (ScreenEncoder *)encoder;
    ScreenAttempt *attempt = &screen->attempt;
    if (!is_of_size(screen, request)) {
        g_set_error(error, POUCE_CODEC_ERROR, POUCE_CODEC_ERROR_UNSUPPORTED,
            "the picture is %dx%d, but the encoder was made for %dx%d", request->frame->width_px,
            request->frame->height_px, screen->config.width_px, screen->config.height_px);
        return POUCE_ENCODE_ERROR;
    }
    screen->now_ms = (guint32)(request->now_us / 1000); // differences survive its turning over
    screen_rate_advance(&screen->rate, request->now_us);
    gboolean was_sharp =
        pouce_damage_is_empty(&screen->blurred) && pouce_damage_is_empty(&screen->dirty);
    note_changes(screen, request);
    prepare(screen, request, was_sharp);
    gboolean has_change = !pouce_damage_is_empty(&attempt->coded);
    gboolean due = screen->due_us >= 0 && request->now_us >= screen->due_us;
    if (!has_change && !due && !request->keepalive)
        return POUCE_ENCODE_NOTHING;
    int budget_bytes = budget_of(screen, request);
    gsize bytes;
    if (has_change) {
        split(screen, request);
        bytes = encode_dirty(screen, request, budget_bytes);
        if (!bytes) {
            screen_attempt_end(attempt);
            pouce_damage_add(&screen->store.behind, &attempt->coded);
            g_set_error(error, POUCE_CODEC_ERROR, POUCE_CODEC_ERROR_FAILED,
                "a frame did not fit into %" G_GSIZE_FORMAT " bytes", attempt->output_capacity);
            return POUCE_ENCODE_ERROR;
        }
    } else {
        bytes = due ? encode_refinement(screen, request, budget_bytes) : 0;
        if (!bytes && request->keepalive) {
            pouce_damage_empty(&attempt->coded);
            bytes = encode_dirty(
                screen, request, budget_bytes); // nothing is dirty: all blocks are skipped
        }
    }
    if (bytes) {
        *out = (PouceEncodedFrame){
            .data = attempt->output,
            .bytes = bytes,
            .id = screen->next_id++,
            .base_id = screen->base_id,
            .key = attempt->coder.key,
            .quantizer = attempt->coder.quantizers[0].index,
            .coded_mb = pouce_damage_count(&attempt->coded),
        };
        commit(screen, out->id, request->now_us);
        screen_rate_spent(&screen->rate, bytes);
        out->more = screen->rest = !pouce_damage_is_empty(&screen->dirty);
    }
    screen->due_us = next_due_us(screen, request->now_us, has_change && bytes);
    return bytes ? POUCE_ENCODE_FRAME : POUCE_ENCODE_NOTHING;
}

static void screen_set_bitrate(PouceEncoder *encoder, int bitrate_bps)
{
    ((ScreenEncoder *)encoder)->rate.bitrate_bps = bitrate_bps;
}

static gint64 screen_next_due_us(const PouceEncoder *encoder)
{
    const ScreenEncoder *screen = (const ScreenEncoder *)encoder;
    return screen->history.lost_id ? 0 : screen->due_us;
}

static void screen_confirm(PouceEncoder *encoder, guint32 id)
{
    ScreenEncoder *screen = (ScreenEncoder *)encoder;
    if (id < screen->next_id)
        screen_history_confirm(&screen->history, id);
}

static void screen_lost(PouceEncoder *encoder, guint32 id)
{
    ScreenEncoder *screen = (ScreenEncoder *)encoder;
    if (screen->started && id > 0 && id < screen->next_id)
        screen_history_lost(&screen->history, id);
}

const PouceFrame *pouce_screen_reconstruction(const PouceEncoder *encoder)
{
    g_assert(encoder->klass == &pouce_encoder_screen);
    return ((const ScreenEncoder *)encoder)->store.last;
}

gsize pouce_screen_pixel_bytes(const PouceEncoder *encoder)
{
    g_assert(encoder->klass == &pouce_encoder_screen);
    return screen_store_pixel_bytes(&((const ScreenEncoder *)encoder)->store);
}

const PouceEncoderClass pouce_encoder_screen = {
    .name = "screen",
    .create = screen_create,
    .destroy = screen_destroy,
    .encode = screen_encode,
    .set_bitrate = screen_set_bitrate,
    .resize = screen_resize,
    .next_due_us = screen_next_due_us,
    .confirm = screen_confirm,
    .lost = screen_lost,
};
