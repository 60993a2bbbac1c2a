// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/store.h"

#include <string.h>

static gsize count_of(const ScreenStore *store)
{
    return (gsize)store->last->mb_columns * store->last->mb_rows;
}

void screen_store_init(ScreenStore *store, int width_px, int height_px)
{
    *store = (ScreenStore){
        .last = pouce_frame_new(width_px, height_px),
        .current = pouce_frame_new(width_px, height_px),
    };
    gsize count = count_of(store);
    pouce_damage_init(&store->behind, width_px, height_px);
    store->shown = g_new0(guint64, count);
    store->qualities = g_new0(guint8, count);
    store->shown_stride = store->last->mb_columns * 16;
    store->shown_luma = g_malloc0(count * 256);
    for (int i = 0; i < 2; i++) {
        ScreenSaved *saved = &store->saved[i];
        saved->tiles = g_new0(ScreenTile *, count);
        saved->fingerprints = g_new0(guint64, count);
        saved->qualities = g_new0(guint8, count);
        pouce_damage_init(&saved->apart, width_px, height_px);
        pouce_damage_fill(&saved->apart);
    }
}

void screen_store_clear(ScreenStore *store)
{
    if (store->last)
        screen_store_forget(store);
    g_clear_pointer(&store->last, pouce_frame_unref);
    g_clear_pointer(&store->current, pouce_frame_unref);
    g_clear_pointer(&store->shown, g_free);
    g_clear_pointer(&store->qualities, g_free);
    g_clear_pointer(&store->shown_luma, g_free);
    pouce_damage_clear(&store->behind);
    for (int i = 0; i < 2; i++) {
        g_clear_pointer(&store->saved[i].tiles, g_free);
        g_clear_pointer(&store->saved[i].fingerprints, g_free);
        g_clear_pointer(&store->saved[i].qualities, g_free);
        pouce_damage_clear(&store->saved[i].apart);
    }
}

// A tile with what last shows at @x, @y; nobody holds it yet.
static ScreenTile *tile_take(ScreenStore *store, int x, int y)
{
    ScreenTile *tile = g_new(ScreenTile, 1);
    store->tile_count++;
    tile->users = 0;
    ScreenWindow in = screen_window(store->last, x, y);
    for (int row = 0; row < 16; row++)
        memcpy(tile->y + row * 16, in.planes[0] + row * in.strides[0], 16);
    for (int row = 0; row < 8; row++) {
        memcpy(tile->u + row * 8, in.planes[1] + row * in.strides[1], 8);
        memcpy(tile->v + row * 8, in.planes[2] + row * in.strides[2], 8);
    }
    return tile;
}

static void tile_drop(ScreenStore *store, ScreenTile **tile)
{
    if (*tile && --(*tile)->users == 0) {
        g_free(*tile);
        store->tile_count--;
    }
    *tile = NULL;
}

static void release(ScreenStore *store, ScreenSaved *saved)
{
    for (gsize at = 0; at < count_of(store); at++)
        tile_drop(store, &saved->tiles[at]);
    saved->usable = FALSE;
    pouce_damage_fill(&saved->apart);
}

// Two whole pictures and the luma leave a third more than one to tiles. Where these would take
// more, what is there only for want of a better one gives way to the better one.
static void make_room(ScreenStore *store, int tiles)
{
    for (int i = 0; i < 2; i++)
        if (store->saved[i].usable && store->saved[i].coarse && store->saved[1 - i].usable &&
            ((gsize)store->tile_count + (gsize)tiles) * 3 > count_of(store) * 4)
            release(store, &store->saved[i]);
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
        int at = y * columns + x;
        for (int i = at; i < at + n; i++)
            tile_drop(store, &saved->tiles[i]);
        memcpy(saved->fingerprints + at, store->shown + at, sizeof(guint64) * n);
        memcpy(saved->qualities + at, store->qualities + at, (gsize)n);
    }
    pouce_damage_empty(&saved->apart);
    saved->usable = TRUE;
    saved->coarse = FALSE;
    saved->since_id = id;
}

ScreenWindow screen_store_window(const ScreenStore *store, ScreenRef ref, int x, int y)
{
    const ScreenSaved *saved = &store->saved[SCREEN_SAVED_INDEX(ref)];
    ScreenTile *tile = saved->tiles[y * saved->apart.mb_columns + x];
    if (!tile)
        return screen_window(store->last, x, y);
    return (ScreenWindow){.planes = {tile->y, tile->u, tile->v}, .strides = {16, 8, 8}};
}

// Last is about to change at @x, @y: whoever shares that with it gets it as it was.
static void part(ScreenStore *store, int x, int y)
{
    ScreenTile *tile = NULL;
    for (int i = 0; i < 2; i++) {
        ScreenSaved *saved = &store->saved[i];
        if (!saved->usable || pouce_damage_get(&saved->apart, x, y))
            continue;
        if (!tile)
            tile = tile_take(store, x, y);
        tile->users++;
        saved->tiles[y * saved->apart.mb_columns + x] = tile;
    }
}

static void note_source(ScreenStore *store, const PouceFrame *source, int x, int y, int count)
{
    for (int row = y * 16; row < y * 16 + 16; row++)
        memcpy(store->shown_luma + (gsize)row * store->shown_stride + x * 16,
            source->planes[0] + (gsize)row * source->strides[0] + x * 16, (gsize)count * 16);
}

void screen_store_advance(ScreenStore *store, const PouceDamage *coded, const PouceFrame *source,
    const guint64 *fingerprints, const guint8 *qualities)
{
    int columns = coded->mb_columns;
    make_room(store, pouce_damage_count(coded));
    for (int x = 0, y = 0, n; pouce_damage_next_run(coded, &x, &y, &n); x += n)
        for (int i = x; i < x + n; i++)
            part(store, i, y);
    PouceFrame *old = store->last;
    store->last = store->current;
    store->current = old;
    for (int x = 0, y = 0, n; pouce_damage_next_run(coded, &x, &y, &n); x += n) {
        int at = y * columns + x;
        memcpy(store->shown + at, fingerprints + at, sizeof(guint64) * n);
        memcpy(store->qualities + at, qualities + at, (gsize)n);
        note_source(store, source, x, y, n);
    }
    // Whatever current still lacked was overwritten or copied before: only @coded differs now.
    pouce_damage_empty(&store->behind);
    pouce_damage_add(&store->behind, coded);
    for (int i = 0; i < 2; i++)
        pouce_damage_add(&store->saved[i].apart, coded);
}

void screen_store_forget(ScreenStore *store)
{
    for (int i = 0; i < 2; i++)
        release(store, &store->saved[i]);
}

gsize screen_store_pixel_bytes(const ScreenStore *store)
{
    return count_of(store) * (2 * 384 + 256) + (gsize)store->tile_count * 384;
}
