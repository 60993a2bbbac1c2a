// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// A large change in two frames: while the second half is coded the first one is on its way and is
// decoded. Pure.

#include "codec/frame/damage.h"
#include "codec/video/screen/store.h"

/**
 * screen_halves_worth - is it worth a frame more?
 * @coded: what is to be coded
 * @fingerprints: of the source
 * Returns: FALSE for little, and for what a saved reference shows already: copies are coded and
 *          decoded faster than a frame is begun
 */
gboolean screen_halves_worth(
    const PouceDamage *coded, const ScreenStore *store, const guint64 *fingerprints);

/** screen_halves_cut - leaves the upper half in @coded, by number, in whole rows */
void screen_halves_cut(PouceDamage *coded);
