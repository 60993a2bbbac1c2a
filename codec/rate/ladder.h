// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// The last step of what a slow line costs. Frames get fewer first and coarser next, which the
// budget of each frame brings about by itself; when even that takes too long, the picture is sent
// at half its size. Text of half the size is hard to read, so this step is late, and slow to be
// taken.
//
// Pure: time is an argument. Caller's memory, one thread.

#include <glib.h>

G_BEGIN_DECLS

/** Below so many bits a second for each pixel of the screen (108 kb/s at 1920x1080) ... */
#define POUCE_LADDER_DOWN_BPS_PER_PX 0.052
/** ... for this long the picture is halved; above so many, for that long, it is whole again. */
#define POUCE_LADDER_DOWN_US (5 * G_USEC_PER_SEC)
#define POUCE_LADDER_UP_BPS_PER_PX 0.12
#define POUCE_LADDER_UP_US (4 * G_USEC_PER_SEC)

typedef struct {
    gboolean halved;
    gint64 since_us; // when the rate came to ask for the other; -1: it does not
} PouceLadder;

void pouce_ladder_init(PouceLadder *ladder);

/**
 * pouce_ladder_update - to be asked at each frame
 * @now_us: monotonic, never decreasing
 * @bps:    the estimate; @pixels: of the whole screen
 * Returns: whether the picture should be halved
 */
gboolean pouce_ladder_update(PouceLadder *ladder, gint64 now_us, int bps, int pixels);

G_END_DECLS
