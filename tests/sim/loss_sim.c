// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// How long a shared screen stands still when packets get lost at random both ways, and when the
// line narrows: both ends' own code over simulated lines (picture.h), so without what the machine
// is busy with. As a test a few seeds against the live link's bars; with arguments a table.
//
// usage: loss [SEEDS [SECONDS [WORD]]]   WORD: only scenes whose name has it

#include "tests/sim/picture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define WARM_UP_S 5
#define SEEDS 2
#define SECONDS 10

typedef struct {
    const char *name;
    gint64 least_us, most_us; // between two changes
    int px;                   // side of what changes
    double loss;
    gint64 then_bps; // 0: 8 Mb/s all the time
    double bar_ms;   // longest freeze, beyond the longest time between two changes
    int least_bps;   // the estimate never falls below
} Scene;

// A patch of noise, some packets each; a small one now and then, as typing is; all that fits.
static const Scene scenes[] = {
    {"patch 1 %", 50000, 90000, 96, 0.01, 0, 210, 3000000},
    {"patch 5 %", 50000, 90000, 96, 0.05, 0, 510, 2000000},
    {"patch 20 %", 50000, 90000, 96, 0.20, 0, 1910, 1500000},
    {"typing 1 %", 150000, 500000, 16, 0.01, 0, 300, 1000000},
    {"typing 5 %", 150000, 500000, 16, 0.05, 0, 600, 1000000},
    {"typing 20 %", 150000, 500000, 16, 0.20, 0, 2000, 500000},
    {"film 1 %", 15000, 35000, 240, 0.01, 0, 300, 2000000},
    {"film 5 %", 15000, 35000, 240, 0.05, 0, 600, 1500000},
    {"film 20 %", 15000, 35000, 240, 0.20, 0, 2000, 1000000},
    {"film, 8 to 2 Mb/s", 15000, 35000, 240, 0, 2000000, 465, 1000000},
};

static const SimPath far = {
    .rate_bps = 8000000, .queue_max_bytes = 250000, .delay_us = 30000, .jitter_us = 2000};

static void play(SimPicture *sim, const Scene *scene, guint seed, double seconds)
{
    SimPath path = far;
    path.loss = scene->loss;
    sim_picture_init(sim, seed, path);
    sim->change_least_us = scene->least_us;
    sim->change_most_us = scene->most_us;
    sim->change_px = scene->px;
    sim_picture_run(sim, WARM_UP_S);
    sim_picture_measure(sim);
    if (scene->then_bps > 0) {
        sim->up.path.rate_bps = scene->then_bps;
        sim->up.path.queue_max_bytes = 100000;
        sim_picture_run(sim, 1);
        g_array_set_size(sim->queues_us, 0); // the goal is for after the first second
    }
    sim_picture_run(sim, seconds);
}

typedef struct {
    GArray *worst_ms; // of each run
    double p95_ms, p99_ms, queue_ms, frames, keys, recoveries, lost, resent, mbps;
    int least_bps;
} Figures;

static void take_figures(Figures *figures, SimPicture *sim, guint seeds, double seconds)
{
    double worst_ms = sim_picture_freeze_ms(sim, 100);
    g_array_append_val(figures->worst_ms, worst_ms);
    figures->p95_ms += sim_picture_freeze_ms(sim, 95) / seeds;
    figures->p99_ms += sim_picture_freeze_ms(sim, 99) / seeds;
    figures->queue_ms = MAX(figures->queue_ms, sim_picture_queue_p95_ms(sim));
    figures->frames += (double)sim->frames / seeds;
    figures->keys += (double)sim->keys / seeds;
    figures->recoveries += (double)sim->recoveries / seeds;
    figures->lost += (double)sim->lost_packets / seeds;
    figures->resent += (double)sim->resent / seeds;
    figures->mbps += (double)sim->bytes * 8 / seconds / 1e6 / seeds;
    figures->least_bps = MIN(figures->least_bps, sim->least_bps);
}

static gint compare(gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void print_scene(const Scene *scene, guint seeds, double seconds)
{
    Figures figures = {
        .worst_ms = g_array_new(FALSE, FALSE, sizeof(double)), .least_bps = G_MAXINT};
    for (guint seed = 1; seed <= seeds; seed++) {
        SimPicture sim;
        play(&sim, scene, seed, seconds);
        take_figures(&figures, &sim, seeds, seconds);
        sim_picture_clear(&sim);
    }
    g_array_sort(figures.worst_ms, compare);
    const double *worst_ms = (const double *)figures.worst_ms->data;
    printf(
        "%-18s freezes p95 %3.0f p99 %3.0f, worst of a run: half %3.0f, 90 %% %3.0f, most %4.0f ms;"
        " queue p95 %.0f ms; %.0f frames, %.1f keys, %.0f made anew; %.0f lost, %.0f sent again;"
        " %.2f Mb/s; least estimate %.2f\n",
        scene->name, figures.p95_ms, figures.p99_ms, worst_ms[(seeds - 1) / 2],
        worst_ms[(seeds - 1) * 9 / 10], worst_ms[seeds - 1], figures.queue_ms, figures.frames,
        figures.keys, figures.recoveries, figures.lost, figures.resent, figures.mbps,
        figures.least_bps / 1e6);
    fflush(stdout);
    g_array_unref(figures.worst_ms);
}

static void the_picture_goes_on(void **state)
{
    for (guint i = 0; i < G_N_ELEMENTS(scenes); i++) {
        const Scene *scene = &scenes[i];
        for (guint seed = 1; seed <= SEEDS; seed++) {
            SimPicture sim;
            play(&sim, scene, seed, SECONDS);
            double worst_ms = sim_picture_freeze_ms(&sim, 100);
            double queue_ms = sim_picture_queue_p95_ms(&sim);
            gboolean fine = worst_ms <= scene->bar_ms + (double)scene->most_us / 1000 &&
                            sim.least_bps >= scene->least_bps &&
                            (scene->then_bps == 0 || queue_ms < 60);
            if (!fine)
                print_error("%s, seed %u: freeze %.0f ms, queue %.0f ms, least estimate %d\n",
                    scene->name, seed, worst_ms, queue_ms, sim.least_bps);
            sim_picture_clear(&sim);
            assert_true(fine);
        }
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_picture_goes_on)};
    if (argc < 2)
        return cmocka_run_group_tests(tests, NULL, NULL);
    guint seeds = (guint)CLAMP(atoi(argv[1]), 1, 1000);
    double seconds = argc > 2 ? CLAMP(atof(argv[2]), 1, 3600) : SECONDS;
    for (guint i = 0; i < G_N_ELEMENTS(scenes); i++)
        if (argc < 4 || strstr(scenes[i].name, argv[3]))
            print_scene(&scenes[i], seeds, seconds);
    return 0;
}
