// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A grabbed picture at half its size, kept up to date by what changed. Encode thread only.

#include "agent/capture/capture.h"

typedef struct {
    guint8 *bgrx; // NULL: none
    int width_px, height_px;
    PouceDamage damage;
} MediaHalf;

/** pouce_media_half_take - turns @picture into its half, whose pixels and damage are @half's */
void pouce_media_half_take(MediaHalf *half, PoucePicture *picture);
void pouce_media_half_clear(MediaHalf *half);
