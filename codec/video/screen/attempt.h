// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// One frame, tried: coded at a quantizer, written, and either kept or thrown away and tried again
// coarser. Everything that a frame changes for good is a value that is copied back on success.

#include "codec/video/screen/header.h"
#include "codec/video/screen/macroblock.h"

/** Probabilities that live from frame to frame, at both ends. */
typedef struct {
    ScreenTokenProbs tokens;
    ScreenModes modes;
} ScreenEntropy;

typedef struct {
    ScreenCoder coder;
    ScreenTokens tokens;
    ScreenEntropy entropy;
    ScreenHeader header;
    ScreenSegmentMap segment_map;
    PouceDamage coded;             // which macroblocks the frame codes
    gboolean partial;              // what does not fit may be left for another frame,
    PouceDamage left;              // out: and has been, taken out of coded
    PouceDamage coarse;            // out: those that are not sharp afterwards
    guint8 *qualities;             // out: of those that were coded
    ScreenMacroblock *macroblocks; // with the border
    guint8 *output;
    gsize output_capacity;
    gsize output_bytes; // of the latest attempt; 0 if it failed
    int decided_at;     // quantizer index by which macroblocks were decided
    gsize split_tokens; // from so many on they are written in several partitions; less in tests
    double fitted;      // bytes a frame takes for each byte of token cost; learned
} ScreenAttempt;

void screen_attempt_init(ScreenAttempt *attempt, int width_px, int height_px);
void screen_attempt_clear(ScreenAttempt *attempt);

/** screen_attempt_begin_key - probabilities as a key frame sets them, everything coded */
void screen_attempt_begin_key(ScreenAttempt *attempt);

/**
 * screen_attempt_run - codes and writes the frame
 * @limit_bytes: gives up early when it is clearly passed; with @frugal macroblocks beyond it get no
 *               residual instead, so that the frame comes out near it
 * Returns: its bytes; if it failed and output_bytes is 0, what it would have taken, about
 */
gsize screen_attempt_run(ScreenAttempt *attempt, int quantizer, gsize limit_bytes, gboolean frugal);

/** screen_attempt_polish_bytes - what the latest attempt spent on sharpening copies, about */
gsize screen_attempt_polish_bytes(const ScreenAttempt *attempt);

/** screen_attempt_refined_bytes - what the latest attempt spent on a macroblock of a rung, about;
 * -1: there were too few to tell */
double screen_attempt_refined_bytes(const ScreenAttempt *attempt, int rung);

/** screen_attempt_write - the bytes of what has been coded; Returns: how many, 0: too many */
gsize screen_attempt_write(ScreenAttempt *attempt);

/**
 * screen_attempt_end - records of what was coded become plain again
 * To be called when the frame goes out, and before another set of macroblocks is coded instead.
 */
void screen_attempt_end(ScreenAttempt *attempt);
