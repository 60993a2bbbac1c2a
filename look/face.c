// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A person without a photo: initials in a disc. The same name always has the same colour.

#include "look/parts.h"

#include "look/format.h"

// Dark enough for white letters: contrast above 4.5 each.
static const char *const colours[] = {
    "#a8432a", "#2c6a4b", "#1f5fa8", "#7a3f8f", "#80560a", "#0f6b74", "#9c2f5c", "#4f5b1e"};

static void paint(GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
    const char *name = g_object_get_data(G_OBJECT(area), "name");
    g_autofree char *initials = pouce_format_initials(name);
    GdkRGBA colour;
    double side = MIN(width, height);
    gdk_rgba_parse(&colour, colours[g_str_hash(name) % G_N_ELEMENTS(colours)]);
    gdk_cairo_set_source_rgba(cr, &colour);
    cairo_arc(cr, width / 2.0, height / 2.0, side / 2, 0, 2 * G_PI);
    cairo_fill(cr);

    g_autoptr(PangoLayout) layout = gtk_widget_create_pango_layout(GTK_WIDGET(area), initials);
    g_autoptr(PangoFontDescription) font = pango_font_description_from_string("Sans Bold");
    int text_width, text_height;
    pango_font_description_set_absolute_size(font, side * 0.4 * PANGO_SCALE);
    pango_layout_set_font_description(layout, font);
    pango_layout_get_pixel_size(layout, &text_width, &text_height);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_move_to(cr, (width - text_width) / 2.0, (height - text_height) / 2.0);
    pango_cairo_show_layout(cr, layout);
}

GtkWidget *pouce_part_face(const char *name, int side_px)
{
    GtkWidget *face = g_object_new(GTK_TYPE_DRAWING_AREA, "accessible-role",
        GTK_ACCESSIBLE_ROLE_IMG, "content-width", side_px, "content-height", side_px, "halign",
        GTK_ALIGN_START, "valign", GTK_ALIGN_CENTER, NULL);
    gtk_drawing_area_set_draw_func(GTK_DRAWING_AREA(face), paint, NULL, NULL);
    pouce_part_face_set(face, name);
    return face;
}

void pouce_part_face_set(GtkWidget *face, const char *name)
{
    g_object_set_data_full(G_OBJECT(face), "name", g_strdup(name ? name : ""), g_free);
    pouce_part_name(face, name ? name : "");
    gtk_widget_queue_draw(face);
}
