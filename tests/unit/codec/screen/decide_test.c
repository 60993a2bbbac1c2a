// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What decides without pixels of its own: motion by anchors, the order of refinement, the rate.

#include "codec/video/screen/macroblock.h"
#include "codec/video/screen/motion.h"
#include "codec/video/screen/rate.h"
#include "codec/video/screen/refine.h"
#include "tests/unit/codec/screen/strokes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

static int search(
    ScreenMotion *motion, const PouceFrame *frame, PouceDamage *changed, ScreenVector vectors[8])
{
    screen_motion_begin(motion, pouce_damage_count(changed));
    for (int x = 0, y = 0, n; pouce_damage_next_run(changed, &x, &y, &n); x += n)
        for (int i = x; i < x + n; i++)
            screen_motion_renew(motion, frame, i, y);
    return screen_motion_search(motion, changed, vectors, 8);
}

static gboolean contains(const ScreenVector *vectors, int count, int dx, int dy)
{
    for (int i = 0; i < count; i++)
        if (vectors[i].column == -dx * 4 && vectors[i].row == -dy * 4)
            return TRUE;
    return FALSE;
}

// A region of 900x600 px; the last ways leave 3 % of its height, and of its width.
static void test_finds_motion(void **state)
{
    static const int ways[][2] = {{0, 10}, {0, -57}, {0, 300}, {13, 0}, {-200, 0}, {31, -17},
        {-5, -211}, {1, 1}, {0, 1}, {0, 500}, {0, -500}, {0, 550}, {0, -550}, {0, 582}, {0, -582},
        {800, 0}, {-800, 0}, {873, 0}, {-873, 0}};
    g_autoptr(PouceFrame) frame = pouce_frame_new(1280, 720);
    ScreenMotion *motion = screen_motion_new(frame->mb_columns, frame->mb_rows);
    PouceDamage changed;
    pouce_damage_init(&changed, 1280, 720);
    for (guint i = 0; i < G_N_ELEMENTS(ways); i++) {
        ScreenVector vectors[8];
        strokes_fill(frame, 50 + i);
        pouce_damage_fill(&changed);
        search(motion, frame, &changed, vectors);
        PouceRect rect = {100, 50, 900, 600};
        strokes_shift(frame, rect, ways[i][0], ways[i][1]);
        pouce_damage_empty(&changed);
        pouce_damage_add_rect(&changed, rect);
        int count = search(motion, frame, &changed, vectors);
        assert_true(contains(vectors, MIN(count, 1), ways[i][0], ways[i][1]));
    }
    pouce_damage_clear(&changed);
    screen_motion_free(motion);
}

static void test_finds_two_motions(void **state)
{
    g_autoptr(PouceFrame) frame = pouce_frame_new(1280, 720);
    ScreenMotion *motion = screen_motion_new(frame->mb_columns, frame->mb_rows);
    PouceDamage changed;
    pouce_damage_init(&changed, 1280, 720);
    pouce_damage_fill(&changed);
    ScreenVector vectors[8];
    strokes_fill(frame, 99);
    search(motion, frame, &changed, vectors);
    strokes_shift(frame, (PouceRect){0, 0, 600, 720}, 0, -30);
    strokes_shift(frame, (PouceRect){640, 0, 640, 720}, 0, 77);
    int count = search(motion, frame, &changed, vectors);
    assert_true(contains(vectors, MIN(count, 2), 0, -30));
    assert_true(contains(vectors, MIN(count, 2), 0, 77));
    pouce_damage_clear(&changed);
    screen_motion_free(motion);
}

/** A picture of 100 by 100 macroblocks that are all coarse and still, and what is refined of it. */
typedef struct {
    PouceDamage blurred, moving, picked;
    guint32 *changed_ms;
    guint8 *qualities;
    ScreenRefineQuery query;
    ScreenRefinePlan plan;
} Refinement;

static const double each_bytes[SCREEN_RUNGS] = {10, 10, 10, 10};

static void refinement_init(Refinement *refinement)
{
    *refinement = (Refinement){0};
    pouce_damage_init(&refinement->blurred, 1600, 1600);
    pouce_damage_init(&refinement->moving, 1600, 1600);
    pouce_damage_init(&refinement->picked, 1600, 1600);
    pouce_damage_fill(&refinement->blurred);
    refinement->changed_ms = g_new0(guint32, 100 * 100);
    refinement->qualities = g_malloc(100 * 100);
    memset(refinement->qualities, 20, 100 * 100);
    refinement->query = (ScreenRefineQuery){.blurred = &refinement->blurred,
        .moving = &refinement->moving,
        .changed_ms = refinement->changed_ms,
        .now_ms = 1000,
        .qualities = refinement->qualities,
        .cursor_x = 50,
        .cursor_y = 20};
}

static void refinement_clear(Refinement *refinement)
{
    pouce_damage_clear(&refinement->blurred);
    pouce_damage_clear(&refinement->moving);
    pouce_damage_clear(&refinement->picked);
    g_free(refinement->changed_ms);
    g_free(refinement->qualities);
}

static int refine(Refinement *refinement, double budget_bytes, double ahead)
{
    pouce_damage_empty(&refinement->picked);
    if (!screen_refine_plan(&refinement->plan, &refinement->query, each_bytes, budget_bytes, ahead))
        return 0;
    return screen_refine_pick(&refinement->picked, &refinement->plan);
}

static int rung_at(const Refinement *refinement, int x, int y)
{
    return screen_refine_rung(&refinement->plan, x, y, refinement->qualities[y * 100 + x]);
}

static void test_refines_near_the_cursor_first(void **state)
{
    Refinement refinement;
    refinement_init(&refinement);
    PouceDamage *picked = &refinement.picked;
    refinement.changed_ms[20 * 100 + 50] = 970;          // part of a film
    assert_int_equal(refine(&refinement, 480, 1e6), 48); // three around the cursor, without it
    assert_false(pouce_damage_get(picked, 50, 20));
    assert_true(pouce_damage_get(picked, 51, 20));
    assert_true(pouce_damage_get(picked, 48, 18));
    assert_false(pouce_damage_get(picked, 54, 20));
    refinement.changed_ms[90 * 100 + 90] = 900;       // newer than all others
    assert_int_equal(refine(&refinement, 1, 1e6), 1); // some progress with any budget
    assert_true(pouce_damage_get(picked, 90, 90));
    assert_int_equal(refine(&refinement, 1e6, 1), 100 * 100 - 1);
    refinement_clear(&refinement);
}

static void test_refines_what_is_coarsest_first(void **state)
{
    Refinement refinement;
    refinement_init(&refinement);
    for (int x = 0; x < 100; x++) {
        refinement.qualities[80 * 100 + x] = 100;
        refinement.qualities[10 * 100 + x] = 45;
    }
    // Enough to bring a hundred to be readable and some of those to be good.
    assert_int_equal(refine(&refinement, 1500, 1), 151);
    assert_int_equal(screen_refine_quantizer(rung_at(&refinement, 99, 80)), SCREEN_RATE_READABLE);
    assert_int_equal(screen_refine_quantizer(rung_at(&refinement, 50, 10)), SCREEN_RATE_COMFORT);
    assert_int_equal(rung_at(&refinement, 50, 20), -1);
    // With time, all of it goes where it shall end at once, and what is nearest begins.
    assert_true(refine(&refinement, 1500, 1000) < 200);
    assert_int_equal(screen_refine_quantizer(rung_at(&refinement, 50, 20)), SCREEN_SHARP_QUANTIZER);
    assert_int_equal(rung_at(&refinement, 99, 80), -1);
    refinement.query.finest = SCREEN_RATE_COMFORT;
    assert_int_equal(refine(&refinement, 1e6, 1), 200); // the others are good already
    refinement_clear(&refinement);
}

static void test_refines_what_has_yet_to_come_past(void **state)
{
    Refinement refinement;
    refinement_init(&refinement);
    pouce_damage_fill(&refinement.moving);
    for (int i = 0; i < 100 * 100; i++)
        refinement.changed_ms[i] = 1000;
    refinement.query.from_y = 1; // upwards
    refine(&refinement, 10 * 10 * 10, 1e6);
    assert_true(rung_at(&refinement, 50, 26) >= 0);
    assert_int_equal(rung_at(&refinement, 50, 14), -1);
    refinement.query.cursor_x = -1; // unknown: from the edge where it comes in
    assert_true(refine(&refinement, 1000, 1e6) > 0);
    assert_true(rung_at(&refinement, 3, 99) >= 0);
    assert_int_equal(rung_at(&refinement, 3, 50), -1);
    refinement_clear(&refinement);
}

static void test_rate(void **state)
{
    ScreenRate rate;
    screen_rate_init(&rate, 8000000, 60);
    screen_rate_advance(&rate, 0);
    int full = screen_rate_allowance_bytes(&rate, FALSE);
    assert_int_equal(full, SCREEN_RATE_BURST_US); // a byte a microsecond
    screen_rate_spent(&rate, (gsize)full);
    assert_true(screen_rate_allowance_bytes(&rate, FALSE) < 10000);
    screen_rate_advance(&rate, 50000);
    assert_in_range(screen_rate_allowance_bytes(&rate, FALSE), 49000, 51000);
    screen_rate_spent(&rate, 10000000); // debt is bounded
    screen_rate_advance(&rate, 50000 + 2 * SCREEN_RATE_BURST_US);
    assert_int_equal(screen_rate_allowance_bytes(&rate, FALSE), full);
}

static void test_pick_falls_with_the_budget(void **state)
{
    ScreenRate rate;
    screen_rate_init(&rate, 8000000, 60);
    ScreenEstimate estimate = {.sampled_mb = 10, .total_mb = 100};
    for (int i = 0; i < SCREEN_ESTIMATE_BINS; i++)
        estimate.bins[i] = (guint32)(SCREEN_ESTIMATE_BINS - i);
    int before = 0;
    for (int budget = 200000; budget > 100; budget = budget * 3 / 4) {
        int quantizer = screen_rate_pick(&rate, &estimate, FALSE, 4, budget);
        assert_true(quantizer >= before);
        before = quantizer;
    }
    assert_int_equal(before, 127);
}

// On a fast line the first frame of a large change takes less than it may, but stays readable.
static void test_first_frame_is_bounded(void **state)
{
    ScreenRate slow, fast;
    screen_rate_init(&slow, 8000000, 60);
    screen_rate_init(&fast, 400000000, 60);
    assert_true(screen_rate_first_bytes(&slow, 8160, 8160) > 30000); // more than its 10 ms
    assert_true(screen_rate_first_bytes(&slow, 8160, 8160) < 100000);
    assert_true(
        screen_rate_first_bytes(&slow, 100, 100) < screen_rate_first_bytes(&slow, 8160, 8160));
    assert_in_range((int)screen_rate_first_bytes(&fast, 8160, 8160), 400000, 600000);
    ScreenEstimate estimate = {.sampled_mb = 10, .total_mb = 8160};
    for (int i = 0; i < SCREEN_ESTIMATE_BINS; i++)
        estimate.bins[i] = (guint32)(SCREEN_ESTIMATE_BINS - i) / 16;
    assert_int_equal(
        screen_rate_pick_first(&slow, &estimate, FALSE, 2, 1000), SCREEN_RATE_READABLE);
    assert_int_equal(screen_rate_pick_first(&slow, &estimate, FALSE, 90, 1000), 90);
    assert_int_equal(screen_rate_pick_first(&fast, &estimate, FALSE, 2, 1e9), 2);
}

// Grain: what comes out falls much faster with the step than the estimate says.
static void test_learns_how_steep_it_is(void **state)
{
    ScreenRate rate;
    screen_rate_init(&rate, 4000000, 30);
    ScreenEstimate estimate = {.sampled_mb = 10, .total_mb = 100};
    for (int i = 0; i < SCREEN_ESTIMATE_BINS; i++)
        estimate.bins[i] = (guint32)(SCREEN_ESTIMATE_BINS - i) / 8;
    int wide = 0;
    for (int frame = 0; frame < 40; frame++) {
        double budget = frame % 2 ? 800 : 4000;
        int quantizer = screen_rate_pick(&rate, &estimate, FALSE, 4, budget);
        double bytes = screen_estimate_bytes(&estimate, quantizer) * pow(quantizer / 60.0, -4);
        screen_rate_learn(&rate, &estimate, FALSE, quantizer, bytes, FALSE);
        wide += frame >= 20 && (bytes < budget * 0.7 || bytes > budget * 1.3);
    }
    assert_int_equal(wide, 0);
}

// Frames that come out too large make the next one aim lower; small ones do not make it aim higher.
static void test_aims_lower_after_surprises(void **state)
{
    ScreenRate rate;
    screen_rate_init(&rate, 8000000, 60);
    assert_true(screen_rate_aim(&rate, 0.94) == 0.94);
    screen_rate_note_beyond(&rate, 10000, 5000);
    assert_true(screen_rate_aim(&rate, 0.94) == 0.94);
    for (int i = 0; i < 4; i++)
        screen_rate_note_beyond(&rate, 10000, 12000);
    assert_true(screen_rate_aim(&rate, 0.94) < 0.88);
    screen_rate_note_beyond(&rate, 10000, 10000000);
    assert_true(screen_rate_aim(&rate, 0.94) > 0.75);
    for (int i = 0; i < 10; i++)
        screen_rate_note_beyond(&rate, 10000, 10000);
    assert_true(screen_rate_aim(&rate, 0.94) == 0.94);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finds_motion),
        cmocka_unit_test(test_finds_two_motions),
        cmocka_unit_test(test_refines_near_the_cursor_first),
        cmocka_unit_test(test_refines_what_is_coarsest_first),
        cmocka_unit_test(test_refines_what_has_yet_to_come_past),
        cmocka_unit_test(test_rate),
        cmocka_unit_test(test_first_frame_is_bounded),
        cmocka_unit_test(test_pick_falls_with_the_budget),
        cmocka_unit_test(test_learns_how_steep_it_is),
        cmocka_unit_test(test_aims_lower_after_surprises),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
