// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Things that desktops show, drawn off-screen with Cairo and Pango: pages of text with real fonts
// and anti-aliasing, windows, pictures. Everything follows from a seed.

#include <cairo.h>
#include <glib.h>

/** How everything is drawn from now on. */
typedef struct {
    const char *family; // borrowed; instead of Sans; NULL: as asked for
    double scale;       // of all text
    gboolean mark_text; // boxes in a colour of their own instead of text, to tell where it stands
} DrawStyle;

void draw_set_style(const DrawStyle *wanted);

/** draw_is_mark - whether text stands at this pixel of a picture drawn with mark_text */
gboolean draw_is_mark(guint32 bgrx);

/** draw_words - random prose; free it */
char *draw_words(GRand *random, int words);

/** draw_text_page - paragraphs, headings and lists on a ground, @height_px tall */
cairo_surface_t *draw_text_page(GRand *random, int width_px, int height_px, gboolean dark);

/** draw_code_page - monospaced coloured lines of @line_px height */
cairo_surface_t *draw_code_page(GRand *random, int width_px, int height_px, int line_px);

/** draw_photo - soft shapes, gradients and grain, as a photograph has */
cairo_surface_t *draw_photo(GRand *random, int width_px, int height_px);

/** draw_window - a frame with a title bar around @content at 0, 0 of a new surface */
cairo_surface_t *draw_window(const char *title, cairo_surface_t *content);

/** draw_at - paints @what with its upper left corner at @x, @y, scrolled up by @scroll px */
void draw_at(
    cairo_t *cairo, cairo_surface_t *what, int x, int y, int width, int height, int scroll);

/** draw_line - one line of text in @font, 0xRRGGBB */
void draw_line(
    cairo_t *cairo, const char *text, const char *font, double x, double y, guint32 colour);
