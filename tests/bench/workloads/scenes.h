// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What happens on the screen: each scene draws the picture of a moment into a BGRX surface. A
// moment follows from the seed and the time alone.

#include "tests/bench/workloads/draw.h"

#define SCENE_PAGES 4

typedef struct {
    int width_px, height_px;
    guint32 seed;
    cairo_surface_t *desktop; // wallpaper and panel
    struct SceneProps *props; // drawn when they are first needed
} SceneStage;

#define SCENE_PLACES_MAX 2

/** Where something that moves as a whole stands, in pixels. */
typedef struct {
    int x, y;
} ScenePlace;

typedef struct {
    const char *name;
    const char *what;
    void (*draw)(const SceneStage *stage, cairo_t *cairo, double t_s);
    /** Returns: how many things move as a whole; NULL: none */
    int (*places)(const SceneStage *stage, double t_s, ScenePlace places[SCENE_PLACES_MAX]);
} Scene;

void scene_stage_init(SceneStage *stage, int width_px, int height_px, guint32 seed);
void scene_stage_clear(SceneStage *stage);

/** scene_find - NULL when there is none of that name */
const Scene *scene_find(const char *name);
/** scene_list - terminated by an entry without name */
const Scene *scene_list(void);
