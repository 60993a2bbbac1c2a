// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/voice/playout.h"

#include <math.h>
#include <string.h>

#define MS(ms) ((gsize)(ms)*POUCE_PLAYOUT_RATE_HZ / 1000)
/** More is an old story: 500 ms. */
#define ROOM MS(500)
/** After a pause: so that the second packet may come a little later than the first. */
#define LEAD MS(5)
/** Kept beyond what was needed lately. */
#define SLACK MS(3)
/** Less is not worth a cut. */
#define EXCESS_MIN MS(4)
/** What was left at each draw is remembered for 3 s; one gap in that time is forgiven, so that the
 * delay does not follow it; a second one shows that it has to. */
#define DRAWS 600
#define DRAW_SAMPLES MS(5)
#define FORGIVEN 5
#define GAP_WEIGHT 3
/** Between two cuts. */
#define CUT_EVERY MS(40)
/** A voice's period, 80 to 400 Hz; how much of it is compared. */
#define LAG_MIN (POUCE_PLAYOUT_RATE_HZ / 400)
#define LAG_MAX (POUCE_PLAYOUT_RATE_HZ / 80)
#define ALIKE MS(5)
/** Poorer matches are heard as a click; a long delay is worse. */
#define MATCH_MIN 0.7
#define EXCESS_URGENT MS(60)
/** Quieter than this is a pause: about -54 dB. */
#define QUIET_RMS 64
/** Made up: fades out over this, and into what comes after it over MERGE. */
#define FADE MS(60)
#define MERGE MS(5)
/** Nothing for so long: the other one stopped speaking, not a gap. */
#define STOPPED MS(400)
#define PAST (LAG_MAX + ALIKE)

struct PoucePlayout {
    gint16 fifo[ROOM];
    gsize count;
    gint16 past[PAST]; // what was drawn last
    gboolean playing;
    gsize missing; // samples made up since the last real one
    gsize period;  // of what is made up
    gint16 made[LAG_MAX];
    guint gaps;
    gsize spare[DRAWS]; // ring: what was left after each draw
    guint spares, spare_at;
    gsize since_cut;
};

PoucePlayout *pouce_playout_new(void)
{
    return g_new0(PoucePlayout, 1);
}

void pouce_playout_free(PoucePlayout *playout)
{
    g_free(playout);
}

gsize pouce_playout_waiting(const PoucePlayout *playout)
{
    return playout->count;
}

guint pouce_playout_gaps(const PoucePlayout *playout)
{
    return playout->gaps;
}

// How alike two stretches of ALIKE samples are, 1 at best.
static double match(const gint16 *a, const gint16 *b)
{
    double ab = 0, aa = 1, bb = 1;
    for (gsize i = 0; i < ALIKE; i++) {
        ab += (double)a[i] * b[i];
        aa += (double)a[i] * a[i];
        bb += (double)b[i] * b[i];
    }
    return ab / sqrt(aa * bb);
}

// The distance at which @at repeats itself, at most @most; forward in time.
static gsize find_period(const gint16 *at, gsize most, double *out_match)
{
    gsize best = LAG_MIN;
    *out_match = -1;
    for (gsize lag = LAG_MIN; lag <= most; lag += 2) {
        double alike = match(at, at + lag);
        if (alike > *out_match) {
            *out_match = alike;
            best = lag;
        }
    }
    return best;
}

static gboolean is_quiet(const gint16 *samples, gsize count)
{
    double sum = 0;
    for (gsize i = 0; i < count; i++) {
        sum += (double)samples[i] * samples[i];
    }
    return sum < (double)count * QUIET_RMS * QUIET_RMS;
}

static void drop(PoucePlayout *playout, gsize count)
{
    playout->count -= count;
    memmove(playout->fifo, playout->fifo + count, playout->count * sizeof *playout->fifo);
}

static gint16 blend(gint16 from, gint16 to, gsize at, gsize length)
{
    gint64 sum = (gint64)from * (gint64)(length - at) + (gint64)to * (gint64)at;
    return (gint16)(sum / (gint64)length);
}

// What comes next runs over into what comes @lag later.
static void cut(PoucePlayout *playout, gsize lag)
{
    gint16 *fifo = playout->fifo;
    gsize merge = MIN(lag, MERGE);
    for (gsize i = 0; i < merge; i++) {
        fifo[lag + i] = blend(fifo[i], fifo[lag + i], i, merge);
    }
    drop(playout, lag);
    for (guint i = 0; i < playout->spares; i++) {
        playout->spare[i] -= MIN(playout->spare[i], lag);
    }
}

// What was left unused even at the worst of the last draws, but for those forgiven.
static gsize find_excess(const PoucePlayout *playout)
{
    gsize least[FORGIVEN + 1];
    guint kept = 0;
    if (playout->spares < DRAWS / 4) {
        return 0;
    }
    for (guint i = 0; i < playout->spares; i++) {
        gsize spare = playout->spare[i];
        guint at = kept <= FORGIVEN ? kept : FORGIVEN + 1;
        if (at > FORGIVEN && spare >= least[FORGIVEN]) {
            continue;
        }
        at = MIN(at, FORGIVEN);
        for (; at > 0 && least[at - 1] > spare; at--) {
            least[at] = least[at - 1];
        }
        least[at] = spare;
        kept = MIN(kept + 1, FORGIVEN + 1);
    }
    return least[FORGIVEN] > SLACK ? least[FORGIVEN] - SLACK : 0;
}

static void shorten(PoucePlayout *playout, gsize drawn)
{
    playout->since_cut += drawn;
    if (playout->since_cut < CUT_EVERY) {
        return;
    }
    gsize excess = find_excess(playout);
    if (excess < EXCESS_MIN || playout->count < LAG_MIN + ALIKE) {
        return;
    }
    playout->since_cut = 0;
    gsize most = MIN(MIN(excess, LAG_MAX), playout->count - ALIKE);
    if (is_quiet(playout->fifo, most + ALIKE)) {
        cut(playout, most);
        return;
    }
    double alike;
    gsize lag = find_period(playout->fifo, most, &alike);
    if (alike >= MATCH_MIN || excess > EXCESS_URGENT) {
        cut(playout, lag);
    }
}

static void remember(PoucePlayout *playout, gsize spare)
{
    playout->spare[playout->spare_at] = spare;
    playout->spare_at = (playout->spare_at + 1) % DRAWS;
    playout->spares = MIN(playout->spares + 1, DRAWS);
}

// The delay is longer now by what was missing: with it, more would have been left before.
static void end_gap(PoucePlayout *playout)
{
    for (guint i = 0; i < playout->spares; i++) {
        playout->spare[i] += playout->missing;
    }
    for (guint i = 0; i < GAP_WEIGHT; i++) {
        remember(playout, 0);
    }
    playout->missing = 0;
}

void pouce_playout_put(PoucePlayout *playout, const gint16 *samples, gsize count)
{
    if (!playout->playing) {
        memset(playout->fifo, 0, LEAD * sizeof *playout->fifo);
        playout->count = LEAD;
        playout->playing = TRUE;
    }
    if (count > ROOM) {
        samples += count - ROOM;
        count = ROOM;
    }
    if (playout->count + count > ROOM) {
        drop(playout, playout->count + count - ROOM);
    }
    memcpy(playout->fifo + playout->count, samples, count * sizeof *samples);
    playout->count += count;
}

// The last period of what was heard, backwards in time like find_period forwards.
static void begin_gap(PoucePlayout *playout)
{
    gint16 turned[PAST];
    double alike;
    for (gsize i = 0; i < PAST; i++) {
        turned[i] = playout->past[PAST - 1 - i];
    }
    playout->period = find_period(turned, LAG_MAX, &alike);
    memcpy(playout->made, playout->past + PAST - playout->period,
        playout->period * sizeof *playout->made);
    playout->gaps++;
}

// Sample @at of what is made up.
static gint16 made_up(const PoucePlayout *playout, gsize at)
{
    if (at >= FADE || playout->period == 0) {
        return 0;
    }
    return blend(playout->made[at % playout->period], 0, at, FADE);
}

static void make_up(PoucePlayout *playout, gint16 *out, gsize count)
{
    if (count == 0 || !playout->playing) {
        memset(out, 0, count * sizeof *out);
        return;
    }
    if (playout->missing == 0) {
        begin_gap(playout);
    }
    for (gsize i = 0; i < count; i++) {
        out[i] = made_up(playout, playout->missing + i);
    }
    playout->missing += count;
    if (playout->missing >= STOPPED) {
        playout->playing = FALSE;
        playout->missing = 0;
        playout->spares = playout->spare_at = 0;
    }
}

static void keep_past(PoucePlayout *playout, const gint16 *drawn, gsize count)
{
    gsize kept = MIN(count, PAST);
    memmove(playout->past, playout->past + kept, (PAST - kept) * sizeof *drawn);
    memcpy(playout->past + PAST - kept, drawn + count - kept, kept * sizeof *drawn);
}

static void draw_some(PoucePlayout *playout, gint16 *out, gsize count)
{
    if (playout->playing) {
        shorten(playout, count);
    }
    gsize real = MIN(count, playout->count);
    memcpy(out, playout->fifo, real * sizeof *out);
    if (real > 0 && playout->missing > 0) {
        gsize merge = MIN(real, MERGE);
        for (gsize i = 0; i < merge; i++) {
            out[i] = blend(made_up(playout, playout->missing + i), out[i], i, merge);
        }
        end_gap(playout);
    }
    drop(playout, real);
    keep_past(playout, out, real);
    make_up(playout, out + real, count - real);
    if (playout->playing && playout->missing == 0) {
        remember(playout, playout->count);
    }
}

void pouce_playout_draw(PoucePlayout *playout, gint16 *out, gsize count)
{
    for (gsize done = 0; done < count;) {
        gsize some = MIN(count - done, DRAW_SAMPLES);
        draw_some(playout, out + done, some);
        done += some;
    }
}
