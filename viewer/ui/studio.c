// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include <glib/gi18n.h>

#include "look/format.h"
#include "look/parts.h"
#include "viewer/ui/studio_private.h"
#include "viewer/ui/words.h"

#define SECOND_MS 1000
// A sentence stays this long; a screen reader has said it by then.
#define SAID_MS 8000
// Narrower windows begin without chat and figures beside the picture.
#define SIDE_FROM_PX 900
// A picture needs more room than a question.
#define WIDTH_PX 1180
#define HEIGHT_PX 820
#define MARGIN_PX 80

PouceViewing *studio_viewing(PouceStudio *studio)
{
    return studio->running ? pouce_front_viewing(studio->page.front) : NULL;
}

gboolean studio_controls(PouceStudio *studio)
{
    PouceViewing *viewing = studio_viewing(studio);
    return viewing && pouce_viewing_control_left_ms(viewing) != 0 && !studio->draws;
}

const char *studio_seeker(PouceStudio *studio)
{
    return studio->page.front->seeker ? studio->page.front->seeker : "";
}

// ---- sentences

static gboolean on_quiet(gpointer data)
{
    PouceStudio *studio = data;
    studio->quiet = 0;
    pouce_part_notice_set(studio->page.notice, NULL);
    return G_SOURCE_REMOVE;
}

void pouce_studio_say(PouceStudio *studio, const char *sentence)
{
    pouce_part_notice_set(studio->page.notice, sentence);
    g_clear_handle_id(&studio->quiet, g_source_remove);
    if (sentence && *sentence)
        studio->quiet = g_timeout_add(SAID_MS, on_quiet, studio);
}

void studio_say_filled(PouceStudio *studio, const char *text)
{
    g_autofree char *sentence = pouce_fill(text, "{name}", studio_seeker(studio));
    pouce_studio_say(studio, sentence);
}

gboolean studio_check(PouceStudio *studio, gboolean ok, GError **error)
{
    if (ok)
        return TRUE;
    g_autofree char *sentence = pouce_words_error(*error, studio_seeker(studio));
    pouce_studio_say(studio, sentence);
    g_clear_error(error);
    return FALSE;
}

// ---- the bar above the picture

static void write_meter(PouceStudio *studio)
{
    PouceViewing *viewing = studio_viewing(studio);
    const PouceSession *session = studio->page.front->session;
    const char *note = "";
    g_autofree char *lost = NULL;
    g_autofree char *time = pouce_format_clock(studio->signed_ms);
    gboolean costs = session && session->has_price && session->price.rate_minor_per_min > 0;
    g_autofree char *cost = costs ? pouce_format_money(studio->cost_minor, session->price.currency)
                                  : pouce_format_rate(0, "EUR");
    gtk_label_set_text(GTK_LABEL(studio->time), time);
    gtk_label_set_text(GTK_LABEL(studio->cost), cost);
    if (studio->lost_until_us) {
        gint64 left_us = MAX(0, studio->lost_until_us - g_get_monotonic_time());
        g_autofree char *seconds = g_strdup_printf("%d", (int)(left_us / G_USEC_PER_SEC));
        lost = pouce_fill(_("The connection is interrupted. Trying to come back, {seconds} s left. "
                            "Nothing is counted."),
            "{seconds}", seconds);
        note = lost;
    } else if (studio->paused) {
        note = _("Paused: nothing is counted");
    } else if (viewing && pouce_canvas_has_picture(studio->canvas) &&
               !pouce_viewing_is_counting(viewing)) {
        note = _("The picture does not arrive: nothing is counted");
    }
    pouce_part_label_set(studio->counting, note);
}

static void write_loan_left(PouceStudio *studio)
{
    PouceViewing *viewing = studio_viewing(studio);
    gint64 left_ms = viewing ? pouce_viewing_control_left_ms(viewing) : 0;
    g_autofree char *clock = pouce_format_clock(left_ms + 999);
    g_autofree char *text = left_ms < 0 ? g_strdup(_("until they are taken back"))
                                        : pouce_fill(_("for {time} more"), "{time}", clock);
    gtk_label_set_text(GTK_LABEL(studio->loan_left), text);
}

void studio_loan_changed(PouceStudio *studio)
{
    PouceViewing *viewing = studio_viewing(studio);
    gboolean lent = viewing && pouce_viewing_control_left_ms(viewing) != 0;
    if (!lent)
        studio_hands_rest(studio);
    gtk_widget_set_visible(studio->loan, lent);
    write_loan_left(studio);
    if (lent)
        gtk_widget_add_css_class(GTK_WIDGET(studio->stage), "lent");
    else
        gtk_widget_remove_css_class(GTK_WIDGET(studio->stage), "lent");
    studio_hands_follow(studio);
    studio_tools_write(studio);
}

static gboolean on_second(gpointer data)
{
    PouceStudio *studio = data;
    write_meter(studio);
    write_loan_left(studio);
    return G_SOURCE_CONTINUE;
}

static void on_pause(gpointer data)
{
    PouceStudio *studio = data;
    GError *error = NULL;
    PouceViewing *viewing = studio_viewing(studio);
    if (viewing)
        studio_check(studio, pouce_viewing_pause(viewing, !studio->paused_by_us, &error), &error);
}

static void on_end(gpointer data)
{
    PouceViewing *viewing = studio_viewing(data);
    if (viewing)
        pouce_viewing_end(viewing);
}

static void on_give_back(gpointer data)
{
    PouceStudio *studio = data;
    PouceViewing *viewing = studio_viewing(studio);
    if (viewing)
        pouce_viewing_give_back(viewing, NULL);
    gtk_widget_grab_focus(GTK_WIDGET(studio->stage));
}

static GtkWidget *figure(const char *caption, GtkWidget **out_value)
{
    GtkWidget *box = pouce_part_column(0);
    *out_value = pouce_part_text("", "strong");
    gtk_widget_add_css_class(*out_value, "figure");
    gtk_box_append(GTK_BOX(box), pouce_part_text(caption, "above"));
    gtk_box_append(GTK_BOX(box), *out_value);
    gtk_widget_set_valign(box, GTK_ALIGN_CENTER);
    return box;
}

static GtkWidget *make_head(PouceStudio *studio)
{
    GtkWidget *head = pouce_part_row(16), *who = pouce_part_column(0);
    gtk_widget_add_css_class(head, "head");
    studio->face = pouce_part_face("", 44);
    studio->name = g_object_new(GTK_TYPE_LABEL, "accessible-role", GTK_ACCESSIBLE_ROLE_HEADING,
        "xalign", 0.0, "ellipsize", PANGO_ELLIPSIZE_END, NULL);
    gtk_widget_add_css_class(studio->name, "strong");
    studio->need = gtk_label_new("");
    gtk_label_set_xalign(GTK_LABEL(studio->need), 0);
    gtk_label_set_ellipsize(GTK_LABEL(studio->need), PANGO_ELLIPSIZE_END);
    gtk_widget_add_css_class(studio->need, "soft");
    gtk_widget_set_hexpand(who, TRUE);
    gtk_widget_set_valign(who, GTK_ALIGN_CENTER);
    gtk_box_append(GTK_BOX(who), studio->name);
    gtk_box_append(GTK_BOX(who), studio->need);
    gtk_box_append(GTK_BOX(head), studio->face);
    gtk_box_append(GTK_BOX(head), who);
    gtk_box_append(GTK_BOX(head), figure(_("Signed time"), &studio->time));
    gtk_box_append(GTK_BOX(head), figure(_("Amount"), &studio->cost));
    studio->pause = pouce_part_button(_("_Pause"), NULL, on_pause, studio);
    studio->end = pouce_part_button(_("_End"), "danger", on_end, studio);
    gtk_widget_set_valign(studio->pause, GTK_ALIGN_CENTER);
    gtk_widget_set_valign(studio->end, GTK_ALIGN_CENTER);
    gtk_box_append(GTK_BOX(head), studio->pause);
    gtk_box_append(GTK_BOX(head), studio->end);
    return head;
}

static GtkWidget *make_loan(PouceStudio *studio)
{
    GtkWidget *words = pouce_part_column(0), *first = pouce_part_row(6);
    GtkWidget *lent = gtk_label_new(_("Mouse and keyboard are lent to you"));
    studio->loan = pouce_part_row(12);
    gtk_widget_add_css_class(studio->loan, "loan");
    gtk_widget_add_css_class(lent, "strong");
    gtk_box_append(GTK_BOX(first), lent);
    studio->loan_left = gtk_label_new("");
    gtk_widget_add_css_class(studio->loan_left, "figure");
    gtk_box_append(GTK_BOX(first), studio->loan_left);
    gtk_box_append(GTK_BOX(words), first);
    gtk_box_append(
        GTK_BOX(words), pouce_part_text(_("Ctrl+Alt+Home: back to this window"), "soft"));
    gtk_box_append(GTK_BOX(studio->loan), words);
    studio->loan_back = pouce_part_button(_("_Give back"), NULL, on_give_back, studio);
    gtk_widget_set_valign(studio->loan_back, GTK_ALIGN_CENTER);
    gtk_box_append(GTK_BOX(studio->loan), studio->loan_back);
    gtk_widget_set_visible(studio->loan, FALSE);
    return studio->loan;
}

// One line between head and picture, always as high: nothing that is said moves the picture.
static GtkWidget *make_line(PouceStudio *studio)
{
    GtkWidget *line = pouce_part_row(8);
    gtk_widget_add_css_class(line, "line");
    studio->counting = pouce_part_text("", "offline");
    gtk_widget_set_visible(studio->counting, FALSE);
    studio->page.notice = pouce_part_notice();
    gtk_widget_add_css_class(studio->page.notice, "said");
    GtkWidget *parts[] = {studio->counting, studio->page.notice};
    for (gsize n = 0; n < G_N_ELEMENTS(parts); n++) {
        gtk_widget_set_valign(parts[n], GTK_ALIGN_CENTER);
        gtk_label_set_lines(GTK_LABEL(parts[n]), 2);
        gtk_label_set_ellipsize(GTK_LABEL(parts[n]), PANGO_ELLIPSIZE_END);
        gtk_label_set_natural_wrap_mode(GTK_LABEL(parts[n]), GTK_NATURAL_WRAP_NONE);
        gtk_box_append(GTK_BOX(line), parts[n]);
    }
    GtkWidget *room = pouce_part_row(0);
    gtk_widget_set_hexpand(room, TRUE);
    gtk_box_append(GTK_BOX(line), room);
    gtk_box_append(GTK_BOX(line), make_loan(studio));
    return line;
}

// ---- ink goes to the seeker, and over our own picture

static void send_ink(
    gpointer user, gint64 stroke, guint32 rgb, const PouceInkAt *points, guint count, gboolean end)
{
    PouceViewing *viewing = studio_viewing(user);
    guint16 flat[2 * POUCE_INK_POINTS_MAX];
    for (guint n = 0; n < count; n++) {
        flat[2 * n] = points[n].x;
        flat[2 * n + 1] = points[n].y;
    }
    if (viewing)
        pouce_viewing_ink(viewing, stroke, rgb, flat, count, end, NULL);
}

static void send_ink_clear(gpointer user)
{
    PouceViewing *viewing = studio_viewing(user);
    if (viewing)
        pouce_viewing_ink_clear(viewing, NULL);
}

// ---- life

static void enter(PoucePage *page)
{
    PouceStudio *studio = (PouceStudio *)page;
    gtk_window_set_default_widget(page->front->window, NULL);
    gtk_widget_grab_focus(GTK_WIDGET(studio->stage));
}

static void on_destroy(GtkWidget *root, PouceStudio *studio)
{
    studio->running = FALSE;
    g_signal_handlers_disconnect_by_data(studio->page.front->window, studio);
    g_clear_handle_id(&studio->timer, g_source_remove);
    g_clear_handle_id(&studio->quiet, g_source_remove);
    g_clear_pointer(&studio->ink, pouce_ink_free);
    g_clear_object(&studio->dead_keys);
    studio_voice_forget(studio);
    g_clear_pointer(&studio->recording, g_free);
}

PouceStudio *pouce_studio_new(PouceFront *front)
{
    PouceStudio *studio = g_new0(PouceStudio, 1);
    const PouceInkSink sink = {.send = send_ink, .clear = send_ink_clear};
    GtkWidget *root = pouce_part_column(6), *work = pouce_part_row(8), *over = gtk_overlay_new();
    studio->page.front = front;
    studio->ink = pouce_ink_new(&sink, studio);
    studio->stage = pouce_stage_new();
    studio->canvas = pouce_stage_canvas(studio->stage);
    pouce_input_map_init(&studio->map);
    gtk_widget_add_css_class(root, "studio");
    gtk_box_append(GTK_BOX(root), make_head(studio));
    gtk_box_append(GTK_BOX(root), make_line(studio));
    studio->waiting = pouce_part_text(_("The picture is on its way"), "soft");
    gtk_widget_set_halign(studio->waiting, GTK_ALIGN_CENTER);
    gtk_widget_set_valign(studio->waiting, GTK_ALIGN_CENTER);
    gtk_overlay_set_child(GTK_OVERLAY(over), pouce_stage_box(studio->stage));
    gtk_overlay_add_overlay(GTK_OVERLAY(over), studio->waiting);
    gtk_box_append(GTK_BOX(work), over);
    gtk_box_append(GTK_BOX(work), studio_side_new(studio));
    gtk_widget_set_vexpand(work, TRUE);
    gtk_box_append(GTK_BOX(root), work);
    gtk_box_append(GTK_BOX(root), studio_tools_new(studio));
    pouce_page_init_bare(&studio->page, front, root, enter);
    g_signal_connect(root, "destroy", G_CALLBACK(on_destroy), studio);
    studio_hands_init(studio);
    return studio;
}

PoucePage *pouce_studio_page(PouceStudio *studio)
{
    return &studio->page;
}

PouceCanvas *pouce_studio_canvas(PouceStudio *studio)
{
    return studio->canvas;
}

static void write_who(PouceStudio *studio)
{
    const PouceSession *session = studio->page.front->session;
    g_autofree char *label = pouce_fill(_("{name}'s screen"), "{name}", studio_seeker(studio));
    gtk_label_set_text(GTK_LABEL(studio->name), studio_seeker(studio));
    gtk_label_set_text(GTK_LABEL(studio->need), session ? session->need : "");
    pouce_part_face_set(studio->face, studio_seeker(studio));
    pouce_page_set_title(&studio->page, studio_seeker(studio));
    gtk_accessible_update_property(GTK_ACCESSIBLE(studio->stage), GTK_ACCESSIBLE_PROPERTY_LABEL,
        label, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
        _("Move the pointer to show something. Draw with the pen tool. While control is lent to "
          "you, keys go to the other computer; press Ctrl, Alt and Home together to come back to "
          "this window."),
        -1);
}

static int default_width(GtkWindow *window)
{
    int width, height;
    gtk_window_get_default_size(window, &width, &height);
    return MAX(width, gtk_widget_get_width(GTK_WIDGET(window)));
}

// Wider for the picture, unless the person made it as wide already.
static void grow(GtkWindow *window)
{
    GdkRectangle room = {0, 0, WIDTH_PX, HEIGHT_PX};
    GdkSurface *surface = gtk_native_get_surface(GTK_NATIVE(window));
    GdkMonitor *monitor =
        surface ? gdk_display_get_monitor_at_surface(gdk_surface_get_display(surface), surface)
                : NULL;
    int width = gtk_widget_get_width(GTK_WIDGET(window));
    if (gtk_window_is_maximized(window) || width >= WIDTH_PX || !monitor)
        return;
    gdk_monitor_get_geometry(monitor, &room);
    gtk_window_set_default_size(
        window, MIN(WIDTH_PX, room.width - MARGIN_PX), MIN(HEIGHT_PX, room.height - MARGIN_PX));
}

void pouce_studio_begin(PouceStudio *studio)
{
    const PouceSession *session = studio->page.front->session;
    studio->running = TRUE;
    studio->asked = studio->record_asked = studio->paused = studio->paused_by_us = FALSE;
    studio->lost_until_us = 0;
    studio->signed_ms = session->signed_ms;
    studio->cost_minor = session->cost_minor;
    pouce_ink_forget(studio->ink);
    pouce_canvas_forget(studio->canvas);
    pouce_input_map_init(&studio->map);
    studio_tools_set_draws(studio, FALSE);
    studio_tools_ink_changed(studio);
    studio_side_clear(studio);
    grow(studio->page.front->window);
    studio_side_show(studio, default_width(studio->page.front->window) >= SIDE_FROM_PX);
    studio_voice_forget(studio);
    gtk_widget_set_visible(studio->waiting, TRUE);
    g_clear_handle_id(&studio->timer, g_source_remove);
    studio->timer = g_timeout_add(SECOND_MS, on_second, studio);
    write_who(studio);
    write_meter(studio);
    pouce_part_button_set(studio->pause, _("_Pause"));
    studio_loan_changed(studio);
}

void pouce_studio_finish(PouceStudio *studio)
{
    if (!studio->running)
        return;
    studio_hands_rest(studio);
    studio->running = FALSE;
    g_clear_handle_id(&studio->timer, g_source_remove);
    g_clear_pointer(&studio->recording, g_free);
    studio_voice_forget(studio);
    pouce_canvas_forget(studio->canvas);
    studio_loan_changed(studio);
    gtk_window_unfullscreen(studio->page.front->window);
}

// ---- what the viewing tells

static void told_grant(PouceStudio *studio, const PouceViewingEvent *event)
{
    if (event->what != POUCE_CAPABILITY_CONTROL)
        return;
    studio->asked = FALSE;
    studio_tools_set_draws(studio, FALSE);
    studio_say_filled(studio, _("{name} lends you mouse and keyboard."));
    gtk_widget_grab_focus(GTK_WIDGET(studio->stage));
    studio_loan_changed(studio);
}

static void told_refuse(PouceStudio *studio, const PouceViewingEvent *event)
{
    if (event->what != POUCE_CAPABILITY_CONTROL)
        return;
    studio->asked = FALSE;
    studio_say_filled(studio, _("{name} prefers to keep control."));
    studio_loan_changed(studio);
}

static void told_revoke(PouceStudio *studio, const PouceViewingEvent *event)
{
    if (event->what != POUCE_CAPABILITY_CONTROL)
        return;
    g_autofree char *sentence = pouce_words_loan_over(event->by, studio_seeker(studio));
    pouce_studio_say(studio, sentence);
    studio_loan_changed(studio);
}

static void told_pause(PouceStudio *studio, const PouceViewingEvent *event)
{
    studio->paused = event->paused;
    studio->paused_by_us = event->paused_by_us;
    pouce_part_button_set(studio->pause, event->paused_by_us ? _("_Resume") : _("_Pause"));
    write_meter(studio);
}

static void say_trouble(PouceStudio *studio, const char *code)
{
    g_autofree char *sentence = pouce_words_trouble(code, studio_seeker(studio));
    pouce_studio_say(studio, sentence);
}

static void told_line(PouceStudio *studio, gboolean lost)
{
    studio->lost_until_us = lost ? g_get_monotonic_time() + POUCE_VIEWING_GRACE_US : 0;
    studio->asked = FALSE;
    write_meter(studio);
    studio_loan_changed(studio);
}

static void told_picture(PouceStudio *studio, const PouceViewingEvent *event)
{
    if (!studio->side.first_ms)
        studio->side.first_ms = MAX(1, event->ms);
    gtk_widget_set_visible(studio->waiting, FALSE);
}

static void told_signed(PouceStudio *studio, const PouceViewingEvent *event)
{
    studio->signed_ms = event->signed_ms;
    studio->cost_minor = event->cost_minor;
    write_meter(studio);
}

static void told_bound(PouceStudio *studio)
{
    told_line(studio, FALSE);
    if (pouce_ink_count(studio->ink) > 0)
        pouce_ink_resend(studio->ink);
}

static void told_more(PouceStudio *studio, const PouceViewingEvent *event)
{
    switch (event->kind) {
    case POUCE_VIEWING_SCREEN:
        pouce_canvas_set_screen(studio->canvas, event->width_px, event->height_px);
        return;
    case POUCE_VIEWING_CURSOR:
        pouce_canvas_set_cursor(studio->canvas, event->motion->visible, event->motion->x,
            event->motion->y, event->motion->shape);
        return;
    case POUCE_VIEWING_SHAPE:
        pouce_canvas_add_shape(studio->canvas, event->shape);
        return;
    case POUCE_VIEWING_CHAT:
        studio_side_heard(studio, event->text, FALSE);
        return;
    case POUCE_VIEWING_STATS:
        studio_side_figures(studio, event);
        return;
    case POUCE_VIEWING_PROBLEM:
        say_trouble(studio, event->code);
        return;
    default:
        return;
    }
}

void pouce_studio_told(PouceStudio *studio, const PouceViewingEvent *event)
{
    studio_voice_told(studio, event);
    studio_tools_record_told(studio, event);
    switch (event->kind) {
    case POUCE_VIEWING_BOUND:
        told_bound(studio);
        return;
    case POUCE_VIEWING_FIRST_FRAME:
        told_picture(studio, event);
        return;
    case POUCE_VIEWING_LOST:
    case POUCE_VIEWING_RESUMED:
        told_line(studio, event->kind == POUCE_VIEWING_LOST);
        if (event->kind == POUCE_VIEWING_LOST)
            say_trouble(studio, event->code);
        return;
    case POUCE_VIEWING_GRANT:
        told_grant(studio, event);
        return;
    case POUCE_VIEWING_REFUSE:
        told_refuse(studio, event);
        return;
    case POUCE_VIEWING_REVOKE:
        told_revoke(studio, event);
        return;
    case POUCE_VIEWING_PAUSE:
        told_pause(studio, event);
        return;
    case POUCE_VIEWING_SIGNED:
        told_signed(studio, event);
        return;
    default:
        told_more(studio, event);
    }
}
