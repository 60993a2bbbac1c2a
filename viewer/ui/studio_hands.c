// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The helper's mouse and keyboard on the picture: points, draws, or works, whichever holds. While
// control is lent and the picture has the focus, all keys go to the seeker, and while the pointer
// is on it those of the window manager too; Ctrl+Alt+Home never does: it leads back to the window.

#include <math.h>

#include "viewer/ui/studio_private.h"

#define NOTCH 120
#define EVDEV_OFFSET 8 // X11's keycodes begin there

// ---- mouse

static void send_inputs(PouceStudio *studio, const PouceInput *inputs, guint count)
{
    PouceViewing *viewing = studio_viewing(studio);
    for (guint n = 0; viewing && n < count; n++)
        pouce_viewing_input(viewing, &inputs[n], NULL);
}

static void hide_pointer(PouceStudio *studio)
{
    PouceViewing *viewing = studio_viewing(studio);
    if (viewing && studio->pointing)
        pouce_viewing_point(viewing, FALSE, FALSE, studio->last_x, studio->last_y, NULL);
    studio->pointing = FALSE;
}

static void tell_pointer(PouceStudio *studio)
{
    PouceViewing *viewing = studio_viewing(studio);
    gboolean visible = gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(studio->tools.point));
    gboolean works = studio_controls(studio);
    if (viewing && (visible || works))
        pouce_viewing_point(viewing, visible, works, studio->last_x, studio->last_y, NULL);
    studio->pointing = visible;
}

static gboolean find_wire(PouceStudio *studio, GdkEvent *event, gboolean clamp)
{
    double x, y;
    return gdk_event_get_position(event, &x, &y) &&
           pouce_stage_to_wire(studio->stage, x, y, clamp, &studio->last_x, &studio->last_y);
}

static gboolean on_motion(PouceStudio *studio, GdkEvent *event)
{
    if (!studio->inside) {
        studio->inside = TRUE;
        studio_hands_follow(studio);
    }
    gboolean drawing = pouce_ink_is_drawing(studio->ink);
    GdkModifierType held = gdk_event_get_modifier_state(event) &
                           (GDK_BUTTON1_MASK | GDK_BUTTON2_MASK | GDK_BUTTON3_MASK);
    if (!find_wire(studio, event, drawing || held)) {
        hide_pointer(studio);
        return FALSE;
    }
    if (drawing && pouce_ink_extend(studio->ink, (PouceInkAt){studio->last_x, studio->last_y})) {
        pouce_canvas_ink_extend(studio->canvas, studio->last_x, studio->last_y);
        pouce_ink_flush(studio->ink);
    }
    tell_pointer(studio);
    return FALSE;
}

static void begin_stroke(PouceStudio *studio)
{
    pouce_ink_begin(studio->ink, studio->rgb, (PouceInkAt){studio->last_x, studio->last_y});
    pouce_canvas_ink_begin(studio->canvas, studio->rgb, studio->last_x, studio->last_y);
    pouce_ink_flush(studio->ink);
    studio_tools_ink_changed(studio);
}

static void end_stroke(PouceStudio *studio)
{
    if (pouce_ink_is_drawing(studio->ink))
        pouce_ink_end(studio->ink);
}

// GDK counts the wheel among the buttons; ours are left, middle, right.
static void send_button(PouceStudio *studio, guint button, gboolean down)
{
    PouceInput out[POUCE_INPUT_MAP_OUT_MAX];
    send_inputs(studio, out,
        pouce_input_map_button(&studio->map, button, down, studio->last_x, studio->last_y, out));
}

static gboolean on_press(PouceStudio *studio, GdkEvent *event)
{
    guint button = gdk_button_event_get_button(event);
    gtk_widget_grab_focus(GTK_WIDGET(studio->stage));
    if (!find_wire(studio, event, FALSE))
        return FALSE;
    if (studio->draws && button == GDK_BUTTON_PRIMARY)
        begin_stroke(studio);
    else if (studio_controls(studio))
        send_button(studio, button, TRUE);
    else
        tell_pointer(studio);
    return TRUE;
}

static gboolean on_release(PouceStudio *studio, GdkEvent *event)
{
    find_wire(studio, event, TRUE);
    end_stroke(studio);
    send_button(studio, gdk_button_event_get_button(event), FALSE);
    return TRUE;
}

static gboolean on_wheel(PouceStudio *studio, GdkEvent *event)
{
    PouceInput out[POUCE_INPUT_MAP_OUT_MAX];
    double dx = 0, dy = 0;
    if (!studio_controls(studio) || !find_wire(studio, event, FALSE))
        return FALSE;
    switch (gdk_scroll_event_get_direction(event)) {
    case GDK_SCROLL_UP:
        dy = -1;
        break;
    case GDK_SCROLL_DOWN:
        dy = 1;
        break;
    case GDK_SCROLL_LEFT:
        dx = -1;
        break;
    case GDK_SCROLL_RIGHT:
        dx = 1;
        break;
    case GDK_SCROLL_SMOOTH:
        gdk_scroll_event_get_deltas(event, &dx, &dy);
        break;
    }
    send_inputs(studio, out,
        pouce_input_map_wheel(&studio->map, (int)lround(dx * NOTCH), (int)lround(dy * NOTCH),
            studio->last_x, studio->last_y, out));
    return TRUE;
}

static gboolean on_event(GtkEventController *controller, GdkEvent *event, PouceStudio *studio)
{
    switch ((int)gdk_event_get_event_type(event)) {
    case GDK_MOTION_NOTIFY:
        return on_motion(studio, event);
    case GDK_BUTTON_PRESS:
        return on_press(studio, event);
    case GDK_BUTTON_RELEASE:
        return on_release(studio, event);
    case GDK_SCROLL:
        return on_wheel(studio, event);
    default:
        return FALSE;
    }
}

static void on_leave(GtkEventController *controller, PouceStudio *studio)
{
    if (pouce_ink_is_drawing(studio->ink) || studio->map.buttons)
        return; // still dragging
    hide_pointer(studio);
    studio->inside = FALSE;
    studio_hands_rest(studio);
    studio_hands_follow(studio);
}

// ---- keyboard

static gboolean stage_has_focus(PouceStudio *studio)
{
    GtkWindow *window = studio->page.front->window;
    return gtk_window_is_active(window) &&
           gtk_window_get_focus(window) == GTK_WIDGET(studio->stage);
}

static void send_key(
    PouceStudio *studio, gboolean down, guint keyval, guint keycode, GdkModifierType state)
{
    PouceInput out[POUCE_INPUT_MAP_OUT_MAX];
    const PouceKeyEvent event = {.down = down,
        .keysym = keyval,
        .evdev = keycode > EVDEV_OFFSET ? (guint16)(keycode - EVDEV_OFFSET) : 0,
        .unicode = gdk_keyval_to_unicode(keyval),
        .ctrl = (state & GDK_CONTROL_MASK) != 0,
        .alt = (state & GDK_ALT_MASK) != 0,
        .super = (state & GDK_SUPER_MASK) != 0};
    send_inputs(studio, out, pouce_input_map_key(&studio->map, &event, out));
}

static gboolean is_dead(guint keyval)
{
    return keyval == GDK_KEY_Multi_key || (keyval >= GDK_KEY_dead_grave && keyval <= 0xfe93);
}

// What dead keys and the compose key make of several presses.
static void on_commit(GtkIMContext *context, const char *text, PouceStudio *studio)
{
    studio->composing = FALSE;
    for (const char *at = text; *at; at = g_utf8_next_char(at)) {
        PouceInput input = {.kind = POUCE_INPUT_CHARACTER, .scalar = g_utf8_get_char(at)};
        send_inputs(studio, &input, 1);
    }
}

static void on_composed(GtkIMContext *context, PouceStudio *studio)
{
    studio->composing = FALSE;
}

static gboolean composes(
    PouceStudio *studio, GtkEventController *controller, guint keyval, GdkModifierType state)
{
    if (studio->map.by_place || state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK))
        return FALSE;
    if (!studio->composing && !is_dead(keyval))
        return FALSE;
    studio->composing = TRUE;
    return gtk_im_context_filter_keypress(
        studio->dead_keys, gtk_event_controller_get_current_event(controller));
}

static gboolean is_hatch(guint keyval, GdkModifierType state)
{
    return (keyval == GDK_KEY_Home || keyval == GDK_KEY_KP_Home) && state & GDK_CONTROL_MASK &&
           state & GDK_ALT_MASK;
}

static gboolean on_key(GtkEventControllerKey *controller, guint keyval, guint keycode,
    GdkModifierType state, PouceStudio *studio)
{
    if (!stage_has_focus(studio) || !studio_controls(studio))
        return studio_voice_key(studio, keyval, TRUE);
    if (is_hatch(keyval, state)) {
        studio_hands_rest(studio);
        gtk_widget_grab_focus(studio->loan_back);
        return TRUE;
    }
    if (!composes(studio, GTK_EVENT_CONTROLLER(controller), keyval, state))
        send_key(studio, TRUE, keyval, keycode, state);
    return TRUE;
}

static void on_key_up(GtkEventControllerKey *controller, guint keyval, guint keycode,
    GdkModifierType state, PouceStudio *studio)
{
    if (stage_has_focus(studio) && studio_controls(studio))
        send_key(studio, FALSE, keyval, keycode, state);
    else
        studio_voice_key(studio, keyval, FALSE);
}

void studio_hands_rest(PouceStudio *studio)
{
    PouceInput out[POUCE_INPUT_MAP_OUT_MAX];
    end_stroke(studio);
    send_inputs(studio, out, pouce_input_map_release_all(&studio->map, out));
    gtk_im_context_reset(studio->dead_keys);
    studio->composing = FALSE;
}

void studio_hands_follow(PouceStudio *studio)
{
    GdkSurface *surface = gtk_native_get_surface(GTK_NATIVE(studio->page.front->window));
    // GDK is not told of a focus that moves while the keyboard is taken: so only as long as the
    // pointer is here, too.
    gboolean wanted = studio_controls(studio) && stage_has_focus(studio) && studio->inside;
    if (!surface || wanted == studio->inhibited)
        return;
    studio->inhibited = wanted;
    if (wanted)
        gdk_toplevel_inhibit_system_shortcuts(GDK_TOPLEVEL(surface), NULL);
    else
        gdk_toplevel_restore_system_shortcuts(GDK_TOPLEVEL(surface));
}

static void on_focus(GtkWindow *window, GParamSpec *spec, PouceStudio *studio)
{
    if (!stage_has_focus(studio))
        studio_hands_rest(studio);
    if (!gtk_window_is_active(window))
        studio_voice_key(studio, GDK_KEY_F8, FALSE);
    studio_hands_follow(studio);
}

void studio_hands_init(PouceStudio *studio)
{
    GtkWidget *stage = GTK_WIDGET(studio->stage);
    GtkWidget *window = GTK_WIDGET(studio->page.front->window);
    GtkEventController *mouse = gtk_event_controller_legacy_new();
    GtkEventController *motion = gtk_event_controller_motion_new();
    GtkEventController *keys = gtk_event_controller_key_new();
    studio->dead_keys = gtk_im_context_simple_new();
    g_signal_connect(studio->dead_keys, "commit", G_CALLBACK(on_commit), studio);
    g_signal_connect(studio->dead_keys, "preedit-end", G_CALLBACK(on_composed), studio);
    g_signal_connect(mouse, "event", G_CALLBACK(on_event), studio);
    g_signal_connect(motion, "leave", G_CALLBACK(on_leave), studio);
    gtk_widget_add_controller(stage, mouse);
    gtk_widget_add_controller(stage, motion);
    // Before the window's own: Tab, Escape and mnemonics belong to the seeker then.
    gtk_event_controller_set_propagation_phase(keys, GTK_PHASE_CAPTURE);
    g_signal_connect(keys, "key-pressed", G_CALLBACK(on_key), studio);
    g_signal_connect(keys, "key-released", G_CALLBACK(on_key_up), studio);
    gtk_widget_add_controller(window, keys);
    g_signal_connect(window, "notify::is-active", G_CALLBACK(on_focus), studio);
    g_signal_connect(window, "notify::focus-widget", G_CALLBACK(on_focus), studio);
}
