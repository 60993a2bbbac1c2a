// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Over the picture: the seeker's cursor and the helper's ink.

#include <math.h>

#include "viewer/ui/canvas_private.h"

// Ink is this wide on the seeker's screen, in its pixels.
#define INK_WIDTH_PX 5.0
#define INK_WIDTH_MIN_PX 2.0
// A picture made small must not make the cursor invisible.
#define CURSOR_ZOOM_MIN 0.5

typedef struct {
    guint16 x, y;
} WirePoint;

static void clear_shape(gpointer data)
{
    cairo_surface_destroy(((CanvasShape *)data)->surface);
}

static void free_stroke(gpointer data)
{
    CanvasStroke *stroke = data;
    g_array_unref(stroke->points);
    g_free(stroke);
}

void canvas_over_init(PouceCanvas *canvas)
{
    canvas->shapes = g_array_new(FALSE, FALSE, sizeof(CanvasShape));
    g_array_set_clear_func(canvas->shapes, clear_shape);
    canvas->strokes = g_ptr_array_new_with_free_func(free_stroke);
}

void canvas_over_forget(PouceCanvas *canvas)
{
    g_array_set_size(canvas->shapes, 0);
    g_ptr_array_set_size(canvas->strokes, 0);
    canvas->cursor_visible = FALSE;
}

void canvas_over_clear(PouceCanvas *canvas)
{
    g_array_unref(canvas->shapes);
    g_ptr_array_unref(canvas->strokes);
}

// Pixels of the window for one of the seeker's screen.
static double zoom_of(const PouceCanvas *canvas)
{
    int width = canvas->screen_width > 0 ? canvas->screen_width
                : canvas->kept           ? canvas->kept->width_px
                                         : 1;
    return (double)canvas->placement.width_px / width;
}

static double ink_width(const PouceCanvas *canvas)
{
    return MAX(INK_WIDTH_MIN_PX, INK_WIDTH_PX * zoom_of(canvas));
}

static void to_shown(const PouceCanvas *canvas, WirePoint point, double *out_x, double *out_y)
{
    pouce_place_from_wire(&canvas->placement, point.x, point.y, out_x, out_y);
}

// Of the points from @from on, with the width of the pen.
static PouceRect points_rect(const PouceCanvas *canvas, const CanvasStroke *stroke, guint from)
{
    double left = G_MAXINT, top = G_MAXINT, right = 0, bottom = 0, x, y;
    double reach = ink_width(canvas) / 2 + 2;
    for (guint n = from; n < stroke->points->len; n++) {
        to_shown(canvas, g_array_index(stroke->points, WirePoint, n), &x, &y);
        left = MIN(left, x);
        top = MIN(top, y);
        right = MAX(right, x);
        bottom = MAX(bottom, y);
    }
    int x_px = (int)floor(left - reach), y_px = (int)floor(top - reach);
    return (PouceRect){
        x_px, y_px, (int)ceil(right + reach) - x_px, (int)ceil(bottom + reach) - y_px};
}

// Through the midpoints: round corners from few points.
static void draw_stroke(const PouceCanvas *canvas, cairo_t *cr, const CanvasStroke *stroke)
{
    double x, y, next_x, next_y;
    to_shown(canvas, g_array_index(stroke->points, WirePoint, 0), &x, &y);
    cairo_set_source_rgb(cr, (stroke->rgb >> 16) / 255.0, (stroke->rgb >> 8 & 0xff) / 255.0,
        (stroke->rgb & 0xff) / 255.0);
    cairo_set_line_width(cr, ink_width(canvas));
    cairo_move_to(cr, x, y);
    if (stroke->points->len == 1)
        cairo_line_to(cr, x, y);
    double from_x = x, from_y = y;
    for (guint n = 1; n < stroke->points->len; n++) {
        to_shown(canvas, g_array_index(stroke->points, WirePoint, n), &next_x, &next_y);
        double mid_x = (x + next_x) / 2, mid_y = (y + next_y) / 2;
        cairo_curve_to(cr, from_x + (x - from_x) * 2 / 3, from_y + (y - from_y) * 2 / 3,
            mid_x + (x - mid_x) * 2 / 3, mid_y + (y - mid_y) * 2 / 3, mid_x, mid_y);
        from_x = mid_x;
        from_y = mid_y;
        x = next_x;
        y = next_y;
    }
    if (stroke->points->len > 1)
        cairo_line_to(cr, x, y);
    cairo_stroke(cr);
}

static const CanvasShape *find_shape(const PouceCanvas *canvas)
{
    for (guint n = 0; n < canvas->shapes->len; n++) {
        const CanvasShape *shape = &g_array_index(canvas->shapes, CanvasShape, n);
        if (shape->id == canvas->cursor_shape)
            return shape;
    }
    return NULL;
}

typedef struct {
    int x, y; // of the shape's first pixel
    double zoom;
    PouceRect rect; // what it touches
} CursorPlace;

// FALSE if no cursor is to be seen.
static gboolean place_cursor(const PouceCanvas *canvas, CursorPlace *out)
{
    const CanvasShape *shape = canvas->cursor_visible ? find_shape(canvas) : NULL;
    double x, y;
    if (!shape || !canvas->kept)
        return FALSE;
    out->zoom = MAX(zoom_of(canvas), CURSOR_ZOOM_MIN);
    to_shown(canvas, (WirePoint){canvas->cursor_x, canvas->cursor_y}, &x, &y);
    out->x = (int)lround(x - shape->hot_x * out->zoom);
    out->y = (int)lround(y - shape->hot_y * out->zoom);
    int blur = (int)ceil(out->zoom) + 1; // of a filter
    out->rect =
        (PouceRect){out->x - blur, out->y - blur, (int)ceil(shape->width * out->zoom) + 2 * blur,
            (int)ceil(shape->height * out->zoom) + 2 * blur};
    return TRUE;
}

static void draw_cursor(const PouceCanvas *canvas, cairo_t *cr, const CursorPlace *at)
{
    cairo_translate(cr, at->x, at->y);
    cairo_scale(cr, at->zoom, at->zoom);
    cairo_set_source_surface(cr, find_shape(canvas)->surface, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(cr),
        at->zoom == floor(at->zoom) ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_GOOD);
    cairo_paint(cr);
}

static gboolean touches(PouceRect a, PouceRect b)
{
    PouceRect both;
    return pouce_rect_intersect(a, b, &both);
}

// A context that draws in pixels of the shown picture, inside @rect only.
static cairo_t *open_pixels(PouceCanvas *canvas, PouceRect rect)
{
    cairo_surface_t *surface = cairo_image_surface_create_for_data(canvas->out.bgrx,
        CAIRO_FORMAT_ARGB32, canvas->out.width_px, canvas->out.height_px, canvas->out.stride_bytes);
    cairo_t *cr = cairo_create(surface);
    cairo_surface_destroy(surface);
    cairo_translate(cr, -canvas->placement.seen.x, -canvas->placement.seen.y);
    cairo_rectangle(cr, rect.x, rect.y, rect.width, rect.height);
    cairo_clip(cr);
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    return cr;
}

void canvas_over_draw(PouceCanvas *canvas, PouceRect rect)
{
    CursorPlace at;
    cairo_t *cr = NULL;
    for (guint n = 0; n < canvas->strokes->len; n++) {
        const CanvasStroke *stroke = g_ptr_array_index(canvas->strokes, n);
        if (!touches(points_rect(canvas, stroke, 0), rect))
            continue;
        cr = cr ? cr : open_pixels(canvas, rect);
        draw_stroke(canvas, cr, stroke);
    }
    if (place_cursor(canvas, &at) && touches(at.rect, rect)) {
        cr = cr ? cr : open_pixels(canvas, rect);
        draw_cursor(canvas, cr, &at);
    }
    if (cr)
        cairo_destroy(cr);
}

// ---- changes

static void repaint_cursor(PouceCanvas *canvas)
{
    CursorPlace at;
    if (place_cursor(canvas, &at))
        canvas_repaint(canvas, at.rect);
}

static guint8 premultiply(guint8 value, guint8 alpha)
{
    return (guint8)((value * alpha + 127) / 255);
}

static cairo_surface_t *make_surface(const PouceCursor *cursor)
{
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_ARGB32, cursor->width, cursor->height);
    guint8 *pixels = cairo_image_surface_get_data(surface);
    int stride = cairo_image_surface_get_stride(surface);
    cairo_surface_flush(surface);
    for (int y = 0; y < cursor->height; y++)
        for (int x = 0; x < cursor->width; x++) {
            const guint8 *rgba = cursor->rgba + (y * cursor->width + x) * 4;
            guint32 *to = (guint32 *)(gpointer)(pixels + y * stride) + x;
            *to = (guint32)rgba[3] << 24 | (guint32)premultiply(rgba[0], rgba[3]) << 16 |
                  (guint32)premultiply(rgba[1], rgba[3]) << 8 | premultiply(rgba[2], rgba[3]);
        }
    cairo_surface_mark_dirty(surface);
    return surface;
}

void pouce_canvas_add_shape(PouceCanvas *canvas, const PouceCursor *cursor)
{
    CanvasShape shape = {.id = cursor->shape,
        .surface = make_surface(cursor),
        .hot_x = cursor->hot_x,
        .hot_y = cursor->hot_y,
        .width = cursor->width,
        .height = cursor->height};
    g_mutex_lock(&canvas->lock);
    repaint_cursor(canvas);
    for (guint n = 0; n < canvas->shapes->len; n++)
        if (g_array_index(canvas->shapes, CanvasShape, n).id == shape.id)
            g_array_remove_index(canvas->shapes, n--);
    if (canvas->shapes->len >= POUCE_CANVAS_SHAPES_MAX)
        g_array_remove_index(canvas->shapes, 0);
    g_array_append_val(canvas->shapes, shape);
    repaint_cursor(canvas);
    canvas_flush(canvas);
    g_mutex_unlock(&canvas->lock);
}

void pouce_canvas_set_cursor(
    PouceCanvas *canvas, gboolean visible, guint16 x, guint16 y, guint32 shape)
{
    CursorPlace before;
    g_mutex_lock(&canvas->lock);
    gboolean was = place_cursor(canvas, &before);
    canvas->cursor_visible = visible;
    canvas->cursor_x = x;
    canvas->cursor_y = y;
    canvas->cursor_shape = shape;
    if (was)
        canvas_repaint(canvas, before.rect); // without it: it has moved
    repaint_cursor(canvas);
    canvas_flush(canvas);
    g_mutex_unlock(&canvas->lock);
}

void pouce_canvas_ink_begin(PouceCanvas *canvas, guint32 rgb, guint16 x, guint16 y)
{
    CanvasStroke *stroke = g_new0(CanvasStroke, 1);
    WirePoint point = {x, y};
    stroke->rgb = rgb;
    stroke->points = g_array_new(FALSE, FALSE, sizeof(WirePoint));
    g_array_append_val(stroke->points, point);
    g_mutex_lock(&canvas->lock);
    if (canvas->strokes->len >= POUCE_CANVAS_STROKES_MAX)
        g_ptr_array_remove_index(canvas->strokes, 0);
    g_ptr_array_add(canvas->strokes, stroke);
    canvas_repaint(canvas, points_rect(canvas, stroke, 0));
    canvas_flush(canvas);
    g_mutex_unlock(&canvas->lock);
}

void pouce_canvas_ink_extend(PouceCanvas *canvas, guint16 x, guint16 y)
{
    WirePoint point = {x, y};
    g_mutex_lock(&canvas->lock);
    CanvasStroke *stroke =
        canvas->strokes->len ? g_ptr_array_index(canvas->strokes, canvas->strokes->len - 1) : NULL;
    if (stroke && stroke->points->len < POUCE_CANVAS_POINTS_MAX) {
        g_array_append_val(stroke->points, point);
        // The curve up to here depends on the last three.
        guint from = stroke->points->len > 3 ? stroke->points->len - 4 : 0;
        canvas_repaint(canvas, points_rect(canvas, stroke, from));
        canvas_flush(canvas);
    }
    g_mutex_unlock(&canvas->lock);
}

void pouce_canvas_ink_undo(PouceCanvas *canvas)
{
    g_mutex_lock(&canvas->lock);
    if (canvas->strokes->len) {
        guint last = canvas->strokes->len - 1;
        PouceRect rect = points_rect(canvas, g_ptr_array_index(canvas->strokes, last), 0);
        g_ptr_array_remove_index(canvas->strokes, last);
        canvas_repaint(canvas, rect);
        canvas_flush(canvas);
    }
    g_mutex_unlock(&canvas->lock);
}

void pouce_canvas_ink_clear(PouceCanvas *canvas)
{
    g_mutex_lock(&canvas->lock);
    g_ptr_array_set_size(canvas->strokes, 0);
    canvas_repaint(
        canvas, (PouceRect){0, 0, canvas->placement.width_px, canvas->placement.height_px});
    canvas_flush(canvas);
    g_mutex_unlock(&canvas->lock);
}
