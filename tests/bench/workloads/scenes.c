// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/bench/workloads/scenes.h"

#include <math.h>
#include <string.h>

#define PAGE_HEIGHT_PX 12000
#define LINE_PX 19
#define PANEL_PX 32

struct SceneProps {
    cairo_surface_t *pages[SCENE_PAGES];
    cairo_surface_t *photo; // larger than the screen
};

void scene_stage_init(SceneStage *stage, int width_px, int height_px, guint32 seed)
{
    *stage = (SceneStage){.width_px = width_px, .height_px = height_px, .seed = seed};
    GRand *random = g_rand_new_with_seed(seed);
    stage->desktop = draw_photo(random, width_px, height_px);
    cairo_t *cairo = cairo_create(stage->desktop);
    cairo_set_source_rgb(cairo, 0.1, 0.1, 0.12);
    cairo_rectangle(cairo, 0, 0, width_px, PANEL_PX);
    cairo_fill(cairo);
    draw_line(cairo, "Activities    Sat 14:02    wifi  sound  85 %", "Sans 11", 20, 7, 0xffffff);
    cairo_destroy(cairo);
    g_rand_free(random);
    stage->props = g_new0(struct SceneProps, 1);
}

void scene_stage_clear(SceneStage *stage)
{
    cairo_surface_destroy(stage->desktop);
    cairo_surface_destroy(stage->props->photo);
    for (int i = 0; i < SCENE_PAGES; i++)
        cairo_surface_destroy(stage->props->pages[i]);
    g_free(stage->props);
}

static int page_width(const SceneStage *stage)
{
    return stage->width_px * 3 / 5;
}

// Text, code, dark text and more text.
static cairo_surface_t *page_of(const SceneStage *stage, int page)
{
    cairo_surface_t **surface = &stage->props->pages[page];
    if (*surface)
        return *surface;
    GRand *random = g_rand_new_with_seed(stage->seed + 100 + (guint32)page);
    *surface = page == 1 ? draw_code_page(random, page_width(stage), PAGE_HEIGHT_PX, LINE_PX)
                         : draw_text_page(random, page_width(stage), PAGE_HEIGHT_PX, page == 2);
    g_rand_free(random);
    return *surface;
}

static cairo_surface_t *photo_of(const SceneStage *stage)
{
    cairo_surface_t **surface = &stage->props->photo;
    if (*surface)
        return *surface;
    GRand *random = g_rand_new_with_seed(stage->seed + 200);
    *surface = draw_photo(random, stage->width_px + 400, stage->height_px + 400);
    g_rand_free(random);
    return *surface;
}

static int page_height(const SceneStage *stage)
{
    return stage->height_px - PANEL_PX - 60;
}

// The desktop with one document window; @scroll px of it are gone above.
static void draw_document(const SceneStage *stage, cairo_t *cairo, int page, int x, int scroll)
{
    int width = page_width(stage), height = page_height(stage);
    cairo_set_source_rgb(cairo, 0.24, 0.22, 0.27);
    cairo_rectangle(cairo, x - 1, PANEL_PX + 8, width + 2, height + 33);
    cairo_fill(cairo);
    draw_line(cairo, page % 2 ? "editor.c - Editor" : "Document - Reader", "Sans Bold 11", x + 12,
        PANEL_PX + 14, 0xffffff);
    draw_at(cairo, page_of(stage, page), x, PANEL_PX + 40, width, height, scroll);
}

static void draw_base(const SceneStage *stage, cairo_t *cairo)
{
    cairo_set_source_surface(cairo, stage->desktop, 0, 0);
    cairo_paint(cairo);
}

static void draw_caret(cairo_t *cairo, int x, int y, double t_s)
{
    if (fmod(t_s, 1.06) >= 0.53)
        return;
    cairo_set_source_rgb(cairo, 0, 0, 0);
    cairo_rectangle(cairo, x, y, 2, 17);
    cairo_fill(cairo);
}

static void scene_idle(const SceneStage *stage, cairo_t *cairo, double t_s)
{
    draw_base(stage, cairo);
    draw_document(stage, cairo, 0, 100, 0);
    draw_caret(cairo, 300, 400, t_s);
}

static void scene_typing(const SceneStage *stage, cairo_t *cairo, double t_s)
{
    draw_base(stage, cairo);
    draw_document(stage, cairo, 0, 100, 0);
    GRand *random = g_rand_new_with_seed(stage->seed + 7);
    g_autofree char *text = draw_words(random, 400);
    g_rand_free(random);
    int typed = (int)(t_s * 9), y = 300;
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_rectangle(cairo, 110, 290, page_width(stage) - 20, 260);
    cairo_fill(cairo);
    for (int line = 0; line * 80 <= typed && line < 12; line++, y += 20) {
        char part[81] = "";
        strncpy(part, text + line * 80, 80);
        part[CLAMP(typed - line * 80, 0, 80)] = 0;
        draw_line(cairo, part, "Sans 11", 124, y, 0x202124);
    }
}

// There and back again; @way: how far it went in all. Returns: the place of the page.
static int scroll_place(const SceneStage *stage, ScenePlace *place, int way)
{
    int most = PAGE_HEIGHT_PX - page_height(stage), scroll = way % (2 * most);
    *place = (ScenePlace){0, scroll < most ? -scroll : scroll - 2 * most};
    return 1;
}

static int places_wheel(const SceneStage *stage, double t_s, ScenePlace *places)
{
    return scroll_place(stage, places, (int)(t_s * 8) * 3 * LINE_PX);
}

static int places_smooth_600(const SceneStage *stage, double t_s, ScenePlace *places)
{
    return scroll_place(stage, places, (int)(t_s * 600));
}

static int places_smooth_1440(const SceneStage *stage, double t_s, ScenePlace *places)
{
    return scroll_place(stage, places, (int)(t_s * 1440 + 0.5));
}

static int places_smooth_2000(const SceneStage *stage, double t_s, ScenePlace *places)
{
    return scroll_place(stage, places, (int)(t_s * 2000));
}

static void draw_scroll(const SceneStage *stage, cairo_t *cairo, int page, const ScenePlace *place)
{
    draw_base(stage, cairo);
    draw_document(stage, cairo, page, 100, -place->y);
}

static void scene_wheel(const SceneStage *stage, cairo_t *cairo, double t_s)
{
    ScenePlace place;
    places_wheel(stage, t_s, &place);
    draw_scroll(stage, cairo, 0, &place);
}

static void scene_smooth_600(const SceneStage *stage, cairo_t *cairo, double t_s)
{
    ScenePlace place;
    places_smooth_600(stage, t_s, &place);
    draw_scroll(stage, cairo, 0, &place);
}

static void scene_smooth_1440(const SceneStage *stage, cairo_t *cairo, double t_s)
{
    ScenePlace place;
    places_smooth_1440(stage, t_s, &place);
    draw_scroll(stage, cairo, 0, &place);
}

static void scene_smooth_2000(const SceneStage *stage, cairo_t *cairo, double t_s)
{
    ScenePlace place;
    places_smooth_2000(stage, t_s, &place);
    draw_scroll(stage, cairo, 0, &place);
}

static int places_two_panes(const SceneStage *stage, double t_s, ScenePlace *places)
{
    places[0] = (ScenePlace){0, -((int)(t_s * 730) % 10000)};
    places[1] = (ScenePlace){0, (int)(t_s * 410) % 9000 - 9000};
    return 2;
}

static void scene_two_panes(const SceneStage *stage, cairo_t *cairo, double t_s)
{
    ScenePlace places[2];
    places_two_panes(stage, t_s, places);
    draw_base(stage, cairo);
    int half = stage->width_px / 2, height = stage->height_px - PANEL_PX;
    draw_at(cairo, page_of(stage, 1), 0, PANEL_PX, half - 4, height, -places[0].y);
    draw_at(cairo, page_of(stage, 0), half, PANEL_PX, half, height, -places[1].y);
}

static int places_drag(const SceneStage *stage, double t_s, ScenePlace *places)
{
    places->x = (int)(stage->width_px * (0.35 + 0.3 * sin(t_s * 1.7)));
    places->y = (int)(stage->height_px * (0.3 + 0.2 * sin(t_s * 2.9 + 1)));
    return 1;
}

static void scene_drag(const SceneStage *stage, cairo_t *cairo, double t_s)
{
    ScenePlace place;
    places_drag(stage, t_s, &place);
    draw_base(stage, cairo);
    draw_document(stage, cairo, 2, 60, 500);
    int x = place.x, y = place.y;
    int width = stage->width_px / 3, height = stage->height_px / 2;
    cairo_set_source_rgb(cairo, 0.24, 0.22, 0.27);
    cairo_rectangle(cairo, x, y, width, height);
    cairo_fill(cairo);
    draw_line(cairo, "Files", "Sans Bold 11", x + 12, y + 6, 0xffffff);
    draw_at(cairo, page_of(stage, 3), x + 1, y + 32, width - 2, height - 33, 2000);
}

static void scene_switch(const SceneStage *stage, cairo_t *cairo, double t_s)
{
    gboolean second = fmod(t_s, 4) >= 2;
    draw_base(stage, cairo);
    draw_document(stage, cairo, second ? 1 : 0, second ? 180 : 100, second ? 700 : 0);
}

// All of the screen but a panel, in two columns.
static void draw_spread(const SceneStage *stage, cairo_t *cairo, int page, int scroll)
{
    int left = page_width(stage), height = stage->height_px - PANEL_PX;
    scroll %= PAGE_HEIGHT_PX - height;
    draw_base(stage, cairo);
    draw_at(cairo, page_of(stage, page), 0, PANEL_PX, left, height, scroll);
    draw_at(cairo, page_of(stage, (page + 2) % SCENE_PAGES), left, PANEL_PX, stage->width_px - left,
        height, scroll);
}

static void scene_pages(const SceneStage *stage, cairo_t *cairo, double t_s)
{
    int page = (int)(t_s / 2);
    draw_spread(stage, cairo, page % SCENE_PAGES, page * 700);
}

static void scene_slides(const SceneStage *stage, cairo_t *cairo, double t_s)
{
    int slide = (int)(t_s / 2);
    GRand *random = g_rand_new_with_seed(stage->seed + 1000 + slide);
    cairo_pattern_t *ground = cairo_pattern_create_linear(0, 0, 0, stage->height_px);
    cairo_pattern_add_color_stop_rgb(ground, 0, g_rand_double(random), 0.8, 0.9);
    cairo_pattern_add_color_stop_rgb(ground, 1, 0.9, g_rand_double(random), 0.95);
    cairo_set_source(cairo, ground);
    cairo_paint(cairo);
    cairo_pattern_destroy(ground);
    g_autofree char *title = draw_words(random, 4);
    draw_line(cairo, title, "Sans Bold 40", 80, 60, 0x102040);
    for (int i = 0; i < 6; i++) {
        g_autofree char *text = draw_words(random, 8);
        draw_line(cairo, text, "Sans 22", 120, 180 + i * 70, 0x202020);
    }
    draw_at(cairo, photo_of(stage), stage->width_px * 3 / 5, stage->height_px / 2,
        stage->width_px / 3, stage->height_px / 3, slide * 20 % 300);
    g_rand_free(random);
}

static void scene_rotate(const SceneStage *stage, cairo_t *cairo, double t_s)
{
    switch ((int)(t_s / 2) % 3) {
    case 0:
        scene_switch(stage, cairo, 0);
        break;
    case 1:
        draw_spread(stage, cairo, 1, 0);
        break;
    default:
        scene_slides(stage, cairo, 0);
    }
}

static void scene_menus(const SceneStage *stage, cairo_t *cairo, double t_s)
{
    draw_base(stage, cairo);
    draw_document(stage, cairo, 0, 100, 0);
    int step = (int)(t_s * 4);
    if (step % 3 == 2)
        return;
    GRand *random = g_rand_new_with_seed(stage->seed + step);
    int x = 140 + step % 3 * 260, y = 100;
    cairo_set_source_rgb(cairo, 0.97, 0.97, 0.97);
    cairo_rectangle(cairo, x, y, 250, 420);
    cairo_fill(cairo);
    for (int i = 0; i < 15; i++) {
        g_autofree char *text = draw_words(random, 2);
        draw_line(cairo, text, "Sans 11", x + 16, y + 10 + i * 27, 0x303030);
    }
    g_rand_free(random);
}

// Lines arrive in bursts: one to nine a frame at 60 Hz.
static int places_terminal(const SceneStage *stage, double t_s, ScenePlace *places)
{
    int line = 0;
    for (int i = 0; i < (int)(t_s * 60); i++)
        line += 1 + (i * 7919 + 13) % 9;
    int most = (PAGE_HEIGHT_PX - page_height(stage)) / LINE_PX;
    *places = (ScenePlace){0, -(line % most * LINE_PX)};
    return 1;
}

static void scene_terminal(const SceneStage *stage, cairo_t *cairo, double t_s)
{
    ScenePlace place;
    places_terminal(stage, t_s, &place);
    draw_scroll(stage, cairo, 1, &place);
}

static void draw_film(
    const SceneStage *stage, cairo_t *cairo, int x, int y, int width, int height, double t_s)
{
    cairo_save(cairo);
    cairo_rectangle(cairo, x, y, width, height);
    cairo_clip(cairo);
    cairo_translate(cairo, x + width / 2.0, y + height / 2.0);
    cairo_rotate(cairo, 0.1 * sin(t_s * 0.8));
    double zoom = 1.1 + 0.1 * sin(t_s * 0.6);
    cairo_scale(cairo, zoom, zoom);
    cairo_set_source_surface(cairo, photo_of(stage), -stage->width_px / 2.0 - 200 + 90 * sin(t_s),
        -stage->height_px / 2.0 - 200 + 60 * cos(t_s * 1.3));
    cairo_pattern_set_filter(cairo_get_source(cairo), CAIRO_FILTER_BILINEAR);
    cairo_paint(cairo);
    for (int i = 0; i < 5; i++) {
        cairo_set_source_rgb(cairo, 0.2 * i, 1 - 0.2 * i, 0.5);
        cairo_arc(cairo, width * 0.4 * sin(t_s * (0.5 + 0.2 * i) + i),
            height * 0.4 * cos(t_s * (0.7 + 0.1 * i)), height * 0.06, 0, 2 * G_PI);
        cairo_fill(cairo);
    }
    cairo_restore(cairo);
}

static void scene_video_window(const SceneStage *stage, cairo_t *cairo, double t_s)
{
    draw_base(stage, cairo);
    draw_document(stage, cairo, 0, 100, 0);
    draw_film(stage, cairo, 200, 300, 640, 360, floor(t_s * 30) / 30);
}

static void scene_video_full(const SceneStage *stage, cairo_t *cairo, double t_s)
{
    draw_film(stage, cairo, 0, 0, stage->width_px, stage->height_px, floor(t_s * 30) / 30);
}

static void scene_noise(const SceneStage *stage, cairo_t *cairo, double t_s)
{
    cairo_surface_t *target = cairo_get_target(cairo);
    cairo_surface_flush(target);
    guint8 *pixels = cairo_image_surface_get_data(target);
    int stride = cairo_image_surface_get_stride(target);
    guint32 state = stage->seed ^ (guint32)(t_s * 1000) ^ 0x9e3779b9;
    for (int y = 0; y < stage->height_px; y++)
        for (int x = 0; x < stage->width_px; x++) {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            memcpy(pixels + y * stride + x * 4, &state, 4);
        }
    cairo_surface_mark_dirty(target);
}

static const Scene scenes[] = {
    {"idle", "a blinking caret", scene_idle, NULL},
    {"typing", "nine characters a second", scene_typing, NULL},
    {"wheel", "three lines, eight times a second", scene_wheel, places_wheel},
    {"smooth600", "scrolling at 600 px/s", scene_smooth_600, places_smooth_600},
    {"smooth1440", "scrolling by 24 px a frame at 60 Hz", scene_smooth_1440, places_smooth_1440},
    {"smooth2000", "scrolling at 2000 px/s", scene_smooth_2000, places_smooth_2000},
    {"panes", "two panes scroll, at two speeds, in two directions", scene_two_panes,
        places_two_panes},
    {"drag", "a window is dragged over another", scene_drag, places_drag},
    {"switch", "two windows take turns every 2 s", scene_switch, NULL},
    {"rotate", "three desktops take turns every 2 s", scene_rotate, NULL},
    {"pages", "a new page of text every 2 s", scene_pages, NULL},
    {"slides", "a new slide every 2 s", scene_slides, NULL},
    {"menus", "menus open and close", scene_menus, NULL},
    {"terminal", "bursts of lines at 60 Hz", scene_terminal, places_terminal},
    {"video640", "640x360 film among text", scene_video_window, NULL},
    {"video", "full-screen film", scene_video_full, NULL},
    {"noise", "whole-screen noise", scene_noise, NULL},
    {NULL, NULL, NULL, NULL},
};

const Scene *scene_list(void)
{
    return scenes;
}

const Scene *scene_find(const char *name)
{
    for (const Scene *scene = scenes; scene->name; scene++)
        if (g_strcmp0(scene->name, name) == 0)
            return scene;
    return NULL;
}
