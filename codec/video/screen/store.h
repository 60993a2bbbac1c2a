// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// The pictures that both ends hold: last, golden and altref, and the one being made. Last and the
// one being made are whole I420 pictures. A saved reference is what last was when it was saved:
// macroblocks that have not changed since are last's own, the others are kept in tiles that golden
// and altref share, so that saving copies nothing and each operation costs what changed. The luma
// of the source behind last is kept beside it.
//
// All pixels together take no more than SCREEN_STORE_PICTURES pictures. When tiles would take more,
// some macroblocks of a saved reference are given up: a picture that is there only for want of a
// better one first, then what is cheapest to code anew of the older one, then of the newer one.

#include "codec/frame/damage.h"
#include "codec/video/screen/residual.h"
#include "codec/video/screen/types.h"

/** Most pixels that are kept, in I420 pictures. */
#define SCREEN_STORE_PICTURES 4

/** A macroblock as it was. */
typedef struct {
    guint8 users;  // 1 or 2
    guint8 rows_u; // one bit for each row that is not like the one above it; those are kept
    guint8 rows_v;
    guint16 rows_y;
    guint8 pixels[]; // 16 bytes for each row of y, 8 for each one of u and v
} ScreenTile;

/** What a saved reference is known for. */
typedef struct {
    ScreenTile **tiles;    // a reference held here; NULL: what last shows there, or given up
    guint64 *fingerprints; // of the source it shows
    guint8 *qualities;     // of each macroblock, see macroblock.h
    PouceDamage apart;     // where it differs from last
    gboolean usable;
    gboolean put_by;  // a desktop that a large change replaced
    gboolean coarse;  // as a key frame showed it: only for want of a better one
    guint32 since_id; // the frame that made the far end save it
} ScreenSaved;

typedef struct {
    PouceFrame *last;
    PouceFrame *current;
    PouceDamage behind; // where current is older than last
    guint64 *shown;     // fingerprints of the source that last shows
    guint8 *qualities;  // of last
    guint8 *shown_luma; // the luma of that source, as wide as the pictures' own
    int shown_stride;
    ScreenSaved saved[2]; // golden, altref
    gsize tile_bytes;     // pixels in tiles
} ScreenStore;

/** SCREEN_REF_GOLDEN and SCREEN_REF_ALTREF to their place in saved[] */
#define SCREEN_SAVED_INDEX(ref) ((ref)-SCREEN_REF_GOLDEN)

void screen_store_init(ScreenStore *store, int width_px, int height_px);
void screen_store_clear(ScreenStore *store);

/** screen_store_catch_up - makes current equal to last, but for @coded, which will be overwritten
 */
void screen_store_catch_up(ScreenStore *store, const PouceDamage *coded);

/** screen_store_save - golden or altref becomes what last is now; to be called before advance */
void screen_store_save(ScreenStore *store, ScreenRef ref, guint32 id);

/** screen_store_has - whether macroblock @x, @y of golden or altref, which is usable, is still
 * there
 */
static inline gboolean screen_store_has(const ScreenStore *store, ScreenRef ref, int x, int y)
{
    const ScreenSaved *saved = &store->saved[SCREEN_SAVED_INDEX(ref)];
    return !pouce_damage_get(&saved->apart, x, y) ||
           saved->tiles[y * saved->apart.mb_columns + x] != NULL;
}

/** screen_store_read - macroblock @x, @y of golden or altref, which is there */
void screen_store_read(
    const ScreenStore *store, ScreenRef ref, int x, int y, ScreenPrediction *out);

/**
 * screen_store_advance - current becomes last
 * @coded: what differs between the two; @source, @fingerprints: what current shows
 * @qualities: of what current shows
 */
void screen_store_advance(ScreenStore *store, const PouceDamage *coded, const PouceFrame *source,
    const guint64 *fingerprints, const guint8 *qualities);

/** screen_store_forget - golden and altref are not to be used: a key frame has replaced them */
void screen_store_forget(ScreenStore *store);

/** screen_store_pixel_bytes - memory that pixels take now: at most SCREEN_STORE_PICTURES of I420 */
gsize screen_store_pixel_bytes(const ScreenStore *store);
