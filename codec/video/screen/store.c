// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/store.h"

#include <stdlib.h>
#include <string.h>

/** Pixels of a macroblock. */
#define TILE_BYTES 384
/** Tiles are given up in such parts of all, so that they need not be ranked for each new one. */
#define ROOM_PART 16
/** Tiles of about the same price. */
#define CLASSES 16

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

static gsize bytes_of(const ScreenTile *tile)
{
    return (gsize)__builtin_popcount(tile->rows_y) * 16 +
           (gsize)__builtin_popcount(tile->rows_u) * 8 +
           (gsize)__builtin_popcount(tile->rows_v) * 8;
}

static guint8 *keep_rows(guint8 *out, const ScreenWindow *in, int plane, guint32 *out_rows)
{
    gsize size = plane ? 8 : 16;
    const guint8 *row = in->planes[plane], *above = NULL;
    *out_rows = 0;
    for (gsize i = 0; i < size; i++, above = row, row += in->strides[plane]) {
        if (above && memcmp(row, above, size) == 0)
            continue;
        *out_rows |= 1u << i;
        memcpy(out, row, size);
        out += size;
    }
    return out;
}

// A tile with what last shows at @x, @y; nobody holds it yet.
static ScreenTile *tile_take(ScreenStore *store, int x, int y)
{
    ScreenWindow in = screen_window(store->last, x, y);
    guint8 pixels[384], *end = pixels;
    guint32 rows[3];
    for (int plane = 0; plane < 3; plane++)
        end = keep_rows(end, &in, plane, &rows[plane]);
    gsize bytes = (gsize)(end - pixels);
    ScreenTile *tile = g_malloc(sizeof *tile + bytes);
    *tile = (ScreenTile){
        .rows_y = (guint16)rows[0], .rows_u = (guint8)rows[1], .rows_v = (guint8)rows[2]};
    memcpy(tile->pixels, pixels, bytes);
    store->tile_bytes += bytes;
    return tile;
}

static void tile_drop(ScreenStore *store, ScreenTile **tile)
{
    if (*tile && --(*tile)->users == 0) {
        store->tile_bytes -= bytes_of(*tile);
        g_free(*tile);
    }
    *tile = NULL;
}

static const guint8 *read_rows(guint8 *out, const guint8 *at, gsize size, guint32 rows)
{
    for (gsize i = 0; i < size; i++, out += size) {
        memcpy(out, rows >> i & 1 ? at : out - size, size);
        at += rows >> i & 1 ? size : 0;
    }
    return at;
}

static void tile_read(const ScreenTile *tile, ScreenPrediction *out)
{
    const guint8 *at = read_rows(out->y, tile->pixels, 16, tile->rows_y);
    at = read_rows(out->u, at, 8, tile->rows_u);
    read_rows(out->v, at, 8, tile->rows_v);
}

static void release(ScreenStore *store, ScreenSaved *saved)
{
    for (gsize at = 0; at < count_of(store); at++)
        tile_drop(store, &saved->tiles[at]);
    saved->usable = FALSE;
    pouce_damage_fill(&saved->apart);
}

static gsize tile_bytes_max(const ScreenStore *store)
{
    return count_of(store) * (SCREEN_STORE_PICTURES * TILE_BYTES - (2 * TILE_BYTES + 256));
}

// How dear it is to code @tile anew, 0 to CLASSES - 1: differences between neighbours, doubling.
static int class_of(const ScreenTile *tile)
{
    ScreenPrediction pixels;
    guint32 sum = 0;
    tile_read(tile, &pixels);
    for (int i = 0; i < 15 * 16 - 1; i++)
        sum += (guint32)abs(pixels.y[i] - pixels.y[i + 1]) +
               (guint32)abs(pixels.y[i] - pixels.y[i + 16]);
    return MIN(32 - __builtin_clz(sum + 1), CLASSES) - 1;
}

// Gives up tiles that nobody else holds, the cheapest first, until @bytes are free.
static void give_up_tiles(ScreenStore *store, ScreenSaved *saved, gsize bytes)
{
    gsize count = count_of(store), goal = store->tile_bytes - MIN(bytes, store->tile_bytes);
    gsize found[CLASSES + 1] = {0};
    g_autofree guint8 *classes = g_malloc(count);
    for (gsize at = 0; at < count; at++) {
        const ScreenTile *tile = saved->tiles[at];
        classes[at] = (guint8)(tile && tile->users == 1 ? class_of(tile) : CLASSES);
        found[classes[at]]++;
    }
    for (int class = 0; class < CLASSES; class ++)
        for (gsize at = 0; found[class] > 0 && at < count && store->tile_bytes > goal; at++)
            if (classes[at] == class) {
                tile_drop(store, &saved->tiles[at]);
                found[class]--;
            }
}

static gboolean has_room(const ScreenStore *store)
{
    return store->tile_bytes + TILE_BYTES <= tile_bytes_max(store);
}

// FALSE if nothing that can be given up makes room for another tile.
static gboolean make_room(ScreenStore *store)
{
    gsize many = tile_bytes_max(store) / ROOM_PART + TILE_BYTES;
    ScreenSaved *saved = store->saved;
    if (has_room(store))
        return TRUE;
    for (int i = 0; i < 2; i++)
        if (saved[i].usable && saved[i].coarse && saved[1 - i].usable)
            release(store, &saved[i]);
    int older = saved[1].since_id < saved[0].since_id;
    for (int i = 0; i < 2 && !has_room(store); i++)
        give_up_tiles(store, &saved[i ? 1 - older : older], many);
    return has_room(store);
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

void screen_store_read(const ScreenStore *store, ScreenRef ref, int x, int y, ScreenPrediction *out)
{
    const ScreenSaved *saved = &store->saved[SCREEN_SAVED_INDEX(ref)];
    const ScreenTile *tile = saved->tiles[y * saved->apart.mb_columns + x];
    if (tile) {
        tile_read(tile, out);
        return;
    }
    ScreenWindow at = screen_window(store->last, x, y);
    for (int row = 0; row < 16; row++)
        memcpy(out->y + row * 16, at.planes[0] + row * at.strides[0], 16);
    for (int row = 0; row < 8; row++) {
        memcpy(out->u + row * 8, at.planes[1] + row * at.strides[1], 8);
        memcpy(out->v + row * 8, at.planes[2] + row * at.strides[2], 8);
    }
}

// Last is about to change at @x, @y: whoever shares that with it gets it as it was, or loses it.
static void part(ScreenStore *store, int x, int y)
{
    ScreenTile *tile = NULL;
    for (int i = 0; i < 2; i++) {
        ScreenSaved *saved = &store->saved[i];
        if (!saved->usable || pouce_damage_get(&saved->apart, x, y))
            continue;
        if (!tile && !make_room(store))
            return;
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
    return count_of(store) * (2 * TILE_BYTES + 256) + store->tile_bytes;
}
