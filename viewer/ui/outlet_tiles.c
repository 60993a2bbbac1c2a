// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Tiles as nodes that are kept: GTK repaints those whose node is a new one.

#include "viewer/ui/outlet.h"

#define TILE_PX 128

typedef struct {
    PouceOutlet outlet;
    GtkWidget *widget; // borrowed
    GMutex lock;       // of the rest: the canvas writes on another thread than GTK draws on
    PoucePixels pixels;
    PouceRect area;
    GskRenderNode **tiles; // row-major; NULL: to be drawn anew
    int columns, rows;
    guint redraw; // source on the main context
    gboolean visible;
} TilesOutlet;

static void forget_tile(TilesOutlet *self, int column, int row)
{
    GskRenderNode **tile = &self->tiles[row * self->columns + column];
    g_clear_pointer(tile, gsk_render_node_unref);
}

static void forget_rect(TilesOutlet *self, PouceRect rect)
{
    int last_column = MIN(self->columns - 1, (rect.x + rect.width - 1) / TILE_PX);
    int last_row = MIN(self->rows - 1, (rect.y + rect.height - 1) / TILE_PX);
    for (int row = rect.y / TILE_PX; row <= last_row; row++)
        for (int column = rect.x / TILE_PX; column <= last_column; column++)
            forget_tile(self, column, row);
}

static gboolean on_redraw(gpointer data)
{
    TilesOutlet *self = data;
    g_mutex_lock(&self->lock);
    self->redraw = 0;
    g_mutex_unlock(&self->lock);
    gtk_widget_queue_draw(self->widget);
    return G_SOURCE_REMOVE;
}

static void ask_redraw(TilesOutlet *self)
{
    if (!self->redraw)
        self->redraw = g_idle_add_full(G_PRIORITY_HIGH, on_redraw, self, NULL);
}

static void drop(TilesOutlet *self)
{
    if (self->tiles)
        forget_rect(self, (PouceRect){0, 0, self->pixels.width_px, self->pixels.height_px});
    g_clear_pointer(&self->tiles, g_free);
    g_clear_pointer(&self->pixels.bgrx, g_free);
    self->columns = self->rows = 0;
}

static gboolean resize(PouceOutlet *outlet, PouceRect area, PoucePixels *out_pixels)
{
    TilesOutlet *self = (TilesOutlet *)outlet;
    g_mutex_lock(&self->lock);
    drop(self);
    self->area = area;
    self->pixels = (PoucePixels){NULL, area.width * 4, area.width, area.height};
    if (area.width > 0 && area.height > 0) {
        self->pixels.bgrx = g_malloc0((gsize)area.width * (gsize)area.height * 4);
        self->columns = (area.width + TILE_PX - 1) / TILE_PX;
        self->rows = (area.height + TILE_PX - 1) / TILE_PX;
        self->tiles = g_new0(GskRenderNode *, (gsize)self->columns * (gsize)self->rows);
    }
    *out_pixels = self->pixels;
    ask_redraw(self);
    g_mutex_unlock(&self->lock);
    return TRUE;
}

static void wait_read(PouceOutlet *outlet)
{
    // GTK may draw a tile while its pixels change: that tile is drawn again.
}

static void show(PouceOutlet *outlet, const PouceRect *rects, guint count)
{
    TilesOutlet *self = (TilesOutlet *)outlet;
    g_mutex_lock(&self->lock);
    for (guint n = 0; n < count && self->tiles; n++)
        forget_rect(self, rects[n]);
    ask_redraw(self);
    g_mutex_unlock(&self->lock);
}

static void move(PouceOutlet *outlet, int x_px, int y_px)
{
    // GTK draws it where the widget is.
}

static void set_visible(PouceOutlet *outlet, gboolean visible)
{
    ((TilesOutlet *)outlet)->visible = visible;
}

static GskRenderNode *draw_tile(TilesOutlet *self, int column, int row, double scale)
{
    PouceRect rect = {column * TILE_PX, row * TILE_PX, TILE_PX, TILE_PX};
    rect.width = MIN(rect.width, self->pixels.width_px - rect.x);
    rect.height = MIN(rect.height, self->pixels.height_px - rect.y);
    graphene_rect_t bounds = GRAPHENE_RECT_INIT((float)((self->area.x + rect.x) / scale),
        (float)((self->area.y + rect.y) / scale), (float)(rect.width / scale),
        (float)(rect.height / scale));
    GskRenderNode *node = gsk_cairo_node_new(&bounds);
    cairo_t *cr = gsk_cairo_node_get_draw_context(node);
    guint8 *at = self->pixels.bgrx + (gsize)rect.y * self->pixels.stride_bytes + (gsize)rect.x * 4;
    cairo_surface_t *pixels = cairo_image_surface_create_for_data(
        at, CAIRO_FORMAT_RGB24, rect.width, rect.height, self->pixels.stride_bytes);
    cairo_translate(cr, bounds.origin.x, bounds.origin.y);
    cairo_scale(cr, 1 / scale, 1 / scale);
    cairo_set_source_surface(cr, pixels, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_NEAREST);
    cairo_paint(cr);
    cairo_destroy(cr);
    cairo_surface_finish(pixels);
    cairo_surface_destroy(pixels);
    return node;
}

static void snapshot(PouceOutlet *outlet, GtkSnapshot *into)
{
    TilesOutlet *self = (TilesOutlet *)outlet;
    double scale = gtk_widget_get_scale_factor(self->widget);
    g_mutex_lock(&self->lock);
    for (int row = 0; row < self->rows && self->visible; row++)
        for (int column = 0; column < self->columns; column++) {
            GskRenderNode **tile = &self->tiles[row * self->columns + column];
            if (!*tile)
                *tile = draw_tile(self, column, row, scale);
            gtk_snapshot_append_node(into, *tile);
        }
    g_mutex_unlock(&self->lock);
}

static void free_outlet(PouceOutlet *outlet)
{
    TilesOutlet *self = (TilesOutlet *)outlet;
    if (self->redraw)
        g_source_remove(self->redraw);
    drop(self);
    g_mutex_clear(&self->lock);
    g_free(self);
}

static const PouceOutletClass tiles_class = {
    .resize = resize,
    .wait = wait_read,
    .show = show,
    .move = move,
    .set_visible = set_visible,
    .snapshot = snapshot,
    .free = free_outlet,
};

PouceOutlet *pouce_outlet_tiles_new(GtkWidget *widget)
{
    TilesOutlet *self = g_new0(TilesOutlet, 1);
    self->outlet.class = &tiles_class;
    self->widget = widget;
    g_mutex_init(&self->lock);
    return &self->outlet;
}
