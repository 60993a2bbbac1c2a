// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/store.h"

#include "codec/video/screen/residual.h"

#include <string.h>

void screen_store_init(ScreenStore *store, int width_px, int height_px)
{
    *store = (ScreenStore){
        .last = pouce_frame_new(width_px, height_px),
        .current = pouce_frame_new(width_px, height_px),
    };
    gsize count = (gsize)store->last->mb_columns * store->last->mb_rows;
    pouce_damage_init(&store->behind, width_px, height_px);
    store->shown = g_new0(guint64, count);
    store->qualities = g_new0(guint8, count);
    store->shown_stride = store->last->mb_columns * 16;
    store->shown_luma = g_malloc0(count * 256);
    for (int i = 0; i < 2; i++) {
        ScreenSaved *saved = &store->saved[i];
        saved->frame = pouce_frame_new(width_px, height_px);
        saved->fingerprints = g_new0(guint64, count);
        saved->qualities = g_new0(guint8, count);
        pouce_damage_init(&saved->apart, width_px, height_px);
        pouce_damage_fill(&saved->apart);
    }
}

void screen_store_clear(ScreenStore *store)
{
    g_clear_pointer(&store->last, pouce_frame_unref);
    g_clear_pointer(&store->current, pouce_frame_unref);
    g_clear_pointer(&store->shown, g_free);
    g_clear_pointer(&store->qualities, g_free);
    g_clear_pointer(&store->shown_luma, g_free);
    pouce_damage_clear(&store->behind);
    for (int i = 0; i < 2; i++) {
        g_clear_pointer(&store->saved[i].frame, pouce_frame_unref);
        g_clear_pointer(&store->saved[i].fingerprints, g_free);
        g_clear_pointer(&store->saved[i].qualities, g_free);
        pouce_damage_clear(&store->saved[i].apart);
    }
}

static void copy_run(PouceFrame *to, const PouceFrame *from, int x, int y, int count)
{
    ScreenWindow out = screen_window(to, x, y), in = screen_window(from, x, y);
    for (int plane = 0; plane < 3; plane++) {
        int size = plane ? 8 : 16;
        for (int row = 0; row < size; row++)
            memcpy(out.planes[plane] + row * out.strides[plane],
                in.planes[plane] + row * in.strides[plane], (gsize)size * count);
    }
}

static gsize word_count(const PouceDamage *damage)
{
    return (gsize)damage->words_per_row * damage->mb_rows;
}

void screen_store_catch_up(ScreenStore *store, const PouceDamage *coded)
{
    PouceDamage *behind = &store->behind;
    for (gsize i = 0; i < word_count(behind); i++)
        behind->bits[i] &= ~coded->bits[i];
    for (int x = 0, y = 0, n; pouce_damage_next_run(behind, &x, &y, &n); x += n)
        copy_run(store->current, store->last, x, y, n);
    pouce_damage_empty(behind);
}

void screen_store_save(ScreenStore *store, ScreenRef ref, guint32 id)
{
    ScreenSaved *saved = &store->saved[SCREEN_SAVED_INDEX(ref)];
    int columns = saved->apart.mb_columns;
    for (int x = 0, y = 0, n; pouce_damage_next_run(&saved->apart, &x, &y, &n); x += n) {
        copy_run(saved->frame, store->last, x, y, n);
        int at = y * columns + x;
        memcpy(saved->fingerprints + at, store->shown + at, sizeof(guint64) * n);
        memcpy(saved->qualities + at, store->qualities + at, (gsize)n);
    }
    pouce_damage_empty(&saved->apart);
    saved->usable = TRUE;
    saved->coarse = FALSE;
    saved->since_id = id;
}

void screen_store_advance(ScreenStore *store, const PouceDamage *coded, const PouceFrame *source,
    const guint64 *fingerprints, const guint8 *qualities)
{
    PouceFrame *old = store->last;
    store->last = store->current;
    store->current = old;
    int columns = coded->mb_columns;
    for (int x = 0, y = 0, n; pouce_damage_next_run(coded, &x, &y, &n); x += n) {
        int at = y * columns + x;
        memcpy(store->shown + at, fingerprints + at, sizeof(guint64) * n);
        memcpy(store->qualities + at, qualities + at, (gsize)n);
        for (int row = y * 16; row < y * 16 + 16; row++)
            memcpy(store->shown_luma + (gsize)row * store->shown_stride + x * 16,
                source->planes[0] + (gsize)row * source->strides[0] + x * 16, (gsize)n * 16);
    }
    // Whatever current still lacked was overwritten or copied before: only @coded differs now.
    pouce_damage_empty(&store->behind);
    pouce_damage_add(&store->behind, coded);
    for (int i = 0; i < 2; i++)
        pouce_damage_add(&store->saved[i].apart, coded);
}

void screen_store_forget(ScreenStore *store)
{
    for (int i = 0; i < 2; i++) {
        store->saved[i].usable = FALSE;
        pouce_damage_fill(&store->saved[i].apart);
    }
}
