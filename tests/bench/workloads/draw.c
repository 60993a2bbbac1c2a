// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/bench/workloads/draw.h"

#include <math.h>
#include <pango/pangocairo.h>

static const char *const syllables[] = {"ba", "con", "der", "el", "fi", "gra", "hu", "is", "jo",
    "ka", "lem", "mi", "nor", "o", "pre", "qui", "ra", "sto", "ti", "ul", "ver", "wa", "xi", "yo",
    "ze", "th", "ing", "ed", "er", "ly"};

/** What text is painted with when only its place matters; a colour that nothing else has. */
#define MARK_RGB 0x01fe02

static DrawStyle style = {.scale = 1};

void draw_set_style(const DrawStyle *wanted)
{
    style = *wanted;
}

gboolean draw_is_mark(guint32 bgrx)
{
    return (bgrx & 0xffffff) == MARK_RGB;
}

static void set_colour(cairo_t *cairo, guint32 rgb)
{
    cairo_set_source_rgb(
        cairo, (rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0);
}

char *draw_words(GRand *random, int words)
{
    GString *text = g_string_new(NULL);
    for (int i = 0; i < words; i++) {
        int count = g_rand_int_range(random, 1, 5);
        if (i)
            g_string_append_c(text, ' ');
        for (int k = 0; k < count; k++)
            g_string_append(text, syllables[g_rand_int_range(random, 0, G_N_ELEMENTS(syllables))]);
        if (g_rand_int_range(random, 0, 9) == 0)
            g_string_append_c(text, g_rand_boolean(random) ? ',' : '.');
    }
    return g_string_free(text, FALSE);
}

// What @font says, in the family and at the size of the style.
static PangoFontDescription *make_font(const char *font)
{
    PangoFontDescription *description = pango_font_description_from_string(font);
    if (style.family && !g_str_has_prefix(font, "Monospace"))
        pango_font_description_set_family(description, style.family);
    double size = pango_font_description_get_size(description) * style.scale;
    pango_font_description_set_size(description, (int)size);
    return description;
}

// A filled box for each line of the layout.
static void mark_lines(cairo_t *cairo, PangoLayout *layout, int x, int y)
{
    PangoLayoutIter *lines = pango_layout_get_iter(layout);
    set_colour(cairo, MARK_RGB);
    do {
        PangoRectangle box;
        pango_layout_iter_get_line_extents(lines, NULL, &box);
        pango_extents_to_pixels(&box, NULL);
        cairo_rectangle(cairo, x + box.x, y + box.y, box.width, box.height);
    } while (pango_layout_iter_next_line(lines));
    cairo_fill(cairo);
    pango_layout_iter_free(lines);
}

static int draw_paragraph(
    cairo_t *cairo, const char *text, const char *font, int x, int y, int width, guint32 colour)
{
    g_autoptr(PangoLayout) layout = pango_cairo_create_layout(cairo);
    PangoFontDescription *description = make_font(font);
    pango_layout_set_font_description(layout, description);
    pango_font_description_free(description);
    pango_layout_set_width(layout, width * PANGO_SCALE);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_text(layout, text, -1);
    set_colour(cairo, colour);
    cairo_move_to(cairo, x, y);
    if (style.mark_text)
        mark_lines(cairo, layout, x, y);
    else
        pango_cairo_show_layout(cairo, layout);
    int height;
    pango_layout_get_pixel_size(layout, NULL, &height);
    return height;
}

void draw_line(
    cairo_t *cairo, const char *text, const char *font, double x, double y, guint32 colour)
{
    draw_paragraph(cairo, text, font, (int)x, (int)y, 100000, colour);
}

static cairo_surface_t *new_surface(int width_px, int height_px, guint32 ground)
{
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width_px, height_px);
    g_assert(cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS);
    cairo_t *cairo = cairo_create(surface);
    set_colour(cairo, ground);
    cairo_paint(cairo);
    cairo_destroy(cairo);
    return surface;
}

cairo_surface_t *draw_text_page(GRand *random, int width_px, int height_px, gboolean dark)
{
    guint32 ground = dark ? 0x1e1f22 : 0xffffff, ink = dark ? 0xd0d4da : 0x202124;
    cairo_surface_t *page = new_surface(width_px, height_px, ground);
    cairo_t *cairo = cairo_create(page);
    int y = 20, margin = 24;
    while (y < height_px) {
        gboolean heading = g_rand_int_range(random, 0, 5) == 0;
        gboolean link = g_rand_int_range(random, 0, 6) == 0;
        g_autofree char *text = draw_words(random, heading ? 5 : g_rand_int_range(random, 15, 90));
        y += draw_paragraph(cairo, text, heading ? "Sans Bold 17" : "Sans 11", margin, y,
                 width_px - 2 * margin, link ? 0x1a5fb4 : ink) +
             12;
        if (g_rand_int_range(random, 0, 12) == 0) {
            int height = g_rand_int_range(random, 60, 200);
            cairo_surface_t *photo = draw_photo(random, width_px / 3, height);
            draw_at(cairo, photo, margin, y, width_px / 3, height, 0);
            cairo_surface_destroy(photo);
            y += height + 12;
        }
    }
    cairo_destroy(cairo);
    return page;
}

cairo_surface_t *draw_code_page(GRand *random, int width_px, int height_px, int line_px)
{
    static const guint32 inks[] = {0xd4d4d4, 0x9cdcfe, 0xce9178, 0x6a9955, 0xc586c0, 0xdcdcaa};
    cairo_surface_t *page = new_surface(width_px, height_px, 0x1e1e1e);
    cairo_t *cairo = cairo_create(page);
    for (int y = 2; y < height_px; y += line_px) {
        int x = 8 + 32 * g_rand_int_range(random, 0, 4);
        for (int part = g_rand_int_range(random, 0, 5); part > 0; part--) {
            g_autofree char *text = draw_words(random, g_rand_int_range(random, 1, 4));
            draw_line(cairo, text, "Monospace 10", x, y,
                inks[g_rand_int_range(random, 0, G_N_ELEMENTS(inks))]);
            x += 8 * ((int)g_utf8_strlen(text, -1) + 1);
        }
    }
    cairo_destroy(cairo);
    return page;
}

cairo_surface_t *draw_photo(GRand *random, int width_px, int height_px)
{
    cairo_surface_t *photo = new_surface(width_px, height_px, 0x406080);
    cairo_t *cairo = cairo_create(photo);
    for (int i = 0; i < 24; i++) {
        double x = g_rand_double_range(random, 0, width_px);
        double y = g_rand_double_range(random, 0, height_px);
        double r = g_rand_double_range(random, 0.1, 0.5) * MAX(width_px, height_px);
        cairo_pattern_t *glow = cairo_pattern_create_radial(x, y, r * 0.1, x, y, r);
        double red = g_rand_double(random), green = g_rand_double(random);
        double blue = g_rand_double(random);
        cairo_pattern_add_color_stop_rgba(glow, 0, red, green, blue, 0.9);
        cairo_pattern_add_color_stop_rgba(glow, 1, red * 0.3, green * 0.3, blue * 0.3, 0);
        cairo_set_source(cairo, glow);
        cairo_paint(cairo);
        cairo_pattern_destroy(glow);
    }
    cairo_destroy(cairo);
    cairo_surface_flush(photo);
    guint8 *pixels = cairo_image_surface_get_data(photo);
    int stride = cairo_image_surface_get_stride(photo);
    for (int y = 0; y < height_px; y++)
        for (int x = 0; x < width_px * 4; x++) {
            double wave = 12 * sin(x * 0.05 + y * 0.11) * sin(y * 0.07 - x * 0.013);
            int grain = g_rand_int_range(random, -4, 5);
            int value = pixels[y * stride + x] + (int)wave + grain;
            pixels[y * stride + x] = (guint8)CLAMP(value, 0, 255);
        }
    cairo_surface_mark_dirty(photo);
    return photo;
}

void draw_at(cairo_t *cairo, cairo_surface_t *what, int x, int y, int width, int height, int scroll)
{
    cairo_save(cairo);
    cairo_rectangle(cairo, x, y, width, height);
    cairo_clip(cairo);
    cairo_set_source_surface(cairo, what, x, y - scroll);
    cairo_pattern_set_filter(cairo_get_source(cairo), CAIRO_FILTER_NEAREST);
    cairo_paint(cairo);
    cairo_restore(cairo);
}

cairo_surface_t *draw_window(const char *title, cairo_surface_t *content)
{
    int width = cairo_image_surface_get_width(content);
    int height = cairo_image_surface_get_height(content);
    cairo_surface_t *window = new_surface(width + 2, height + 33, 0x3d3846);
    cairo_t *cairo = cairo_create(window);
    draw_line(cairo, title, "Sans Bold 11", 14, 6, 0xffffff);
    for (int i = 0; i < 3; i++) {
        cairo_arc(cairo, width - 20 - i * 26, 16, 8, 0, 2 * G_PI);
        set_colour(cairo, 0x77767b);
        cairo_fill(cairo);
    }
    draw_at(cairo, content, 1, 32, width, height, 0);
    cairo_destroy(cairo);
    return window;
}
