// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "agent/ui/question.h"

#include "agent/ui/format.h"
#include "look/parts.h"
#include "look/x11_place.h"

#include <glib/gi18n.h>

#define MS_PER_MIN (60 * 1000)

static const guint32 minutes[] = {1, 5, 15, 60};

typedef struct {
    guint32 id;
    PouceCapability what;
    guint32 ms;
} Asked;

struct PouceQuestion {
    PouceFlow *flow;
    GtkWidget *window, *what, *explain, *how_long, *yes, *no;
    GQueue waiting; // of Asked; the first one is on screen
};

static Asked *first(PouceQuestion *question)
{
    return g_queue_peek_head(&question->waiting);
}

static gboolean has_time(PouceCapability what)
{
    return what == POUCE_CAPABILITY_CONTROL;
}

// The shortest offered time that is enough.
static guint choice_for(guint32 ms)
{
    guint at = 0;
    while (at + 1 < G_N_ELEMENTS(minutes) && minutes[at] * MS_PER_MIN < ms)
        at++;
    return at;
}

static void say(PouceQuestion *question, PouceCapability what)
{
    const char *name = pouce_flow_helper_name(question->flow);
    g_autofree char *text = NULL;
    const char *explain = "";
    if (what == POUCE_CAPABILITY_CONTROL) {
        text = g_strdup_printf(_("%s asks to use your mouse and keyboard."), name);
        explain = _("You see all that is done. As soon as you touch your mouse or keyboard, it "
                    "ends.");
    } else if (what == POUCE_CAPABILITY_RECORD) {
        text = g_strdup_printf(_("%s asks to record your screen."), name);
        explain = _("Everything that your screen shows from now on would be kept in a film.");
    } else if (what == POUCE_CAPABILITY_POINTER) {
        text = g_strdup_printf(_("%s asks to point and draw on your screen."), name);
        explain = _("Your helper can show you where to click, but cannot click.");
    } else if (what == POUCE_CAPABILITY_VOICE) {
        text = g_strdup_printf(_("%s asks to talk with you."), name);
        explain = _("You hear your helper. Your own microphone stays off until you turn it on.");
    } else
        text = g_strdup_printf(_("%1$s asks for more: %2$s."), name, pouce_capability_name(what));
    gtk_label_set_text(GTK_LABEL(question->what), text);
    pouce_part_label_set(question->explain, explain);
    gtk_window_set_title(GTK_WINDOW(question->window), text);
}

static void show_first(PouceQuestion *question)
{
    const Asked *asked = first(question);
    if (!asked) {
        gtk_widget_set_visible(question->window, FALSE);
        return;
    }
    say(question, asked->what);
    GtkWidget *box = gtk_widget_get_parent(question->how_long);
    gtk_widget_set_visible(box, has_time(asked->what));
    gtk_drop_down_set_selected(
        GTK_DROP_DOWN(question->how_long), choice_for(asked->ms ? asked->ms : 5 * MS_PER_MIN));
    pouce_x11_present(GTK_WINDOW(question->window));
    gtk_widget_grab_focus(question->no);
}

static void answer(PouceQuestion *question, gboolean yes)
{
    g_autofree Asked *asked = g_queue_pop_head(&question->waiting);
    if (!asked)
        return;
    guint at = gtk_drop_down_get_selected(GTK_DROP_DOWN(question->how_long));
    guint32 ms = has_time(asked->what) && at < G_N_ELEMENTS(minutes) ? minutes[at] * MS_PER_MIN : 0;
    show_first(question);
    pouce_agent_answer(question->flow->agent, asked->id, yes, ms); // may end the session, and us
}

static void on_yes(gpointer data)
{
    answer(data, TRUE);
}

static void on_no(gpointer data)
{
    answer(data, FALSE);
}

static gboolean on_close(GtkWindow *window, PouceQuestion *question)
{
    answer(question, FALSE);
    return TRUE;
}

PouceQuestion *pouce_question_new(PouceFlow *flow)
{
    PouceQuestion *question = g_new0(PouceQuestion, 1);
    GtkWidget *column = pouce_part_column(14), *row = pouce_part_row(12), *box;
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    for (gsize i = 0; i < G_N_ELEMENTS(minutes); i++)
        g_ptr_array_add(names, pouce_format_minutes(minutes[i]));
    g_ptr_array_add(names, NULL);
    question->flow = flow;
    question->window = gtk_window_new();
    gtk_window_set_default_size(GTK_WINDOW(question->window), 460, -1);
    gtk_window_set_resizable(GTK_WINDOW(question->window), FALSE);
    gtk_widget_add_css_class(question->window, "pouce");
    gtk_widget_add_css_class(column, "page");
    question->what = pouce_part_text("", "lead");
    gtk_widget_add_css_class(question->what, "strong");
    question->explain = pouce_part_text("", NULL);
    question->how_long =
        pouce_part_choice(_("_For how long?"), (const char *const *)names->pdata, &box);
    question->yes = pouce_part_button(_("_Yes, I agree"), "primary", on_yes, question);
    question->no = pouce_part_button(_("_No"), NULL, on_no, question);
    gtk_box_append(GTK_BOX(row), question->yes);
    gtk_box_append(GTK_BOX(row), question->no);
    gtk_box_append(GTK_BOX(column), question->what);
    gtk_box_append(GTK_BOX(column), question->explain);
    gtk_box_append(GTK_BOX(column), box);
    gtk_box_append(GTK_BOX(column), row);
    gtk_window_set_child(GTK_WINDOW(question->window), column);
    g_signal_connect(question->window, "close-request", G_CALLBACK(on_close), question);
    pouce_part_on_escape(question->window, on_no, question);
    pouce_x11_keep_above(GTK_WINDOW(question->window), FALSE);
    return question;
}

void pouce_question_free(PouceQuestion *question)
{
    if (!question)
        return;
    g_queue_clear_full(&question->waiting, g_free);
    gtk_window_destroy(GTK_WINDOW(question->window));
    g_free(question);
}

void pouce_question_ask(PouceQuestion *question, guint32 id, PouceCapability what, guint32 ms)
{
    if (!question)
        return;
    Asked *asked = g_new(Asked, 1);
    *asked = (Asked){id, what, ms};
    g_queue_push_tail(&question->waiting, asked);
    if (first(question) == asked)
        show_first(question);
}

void pouce_question_withdraw(PouceQuestion *question, guint32 id)
{
    for (GList *at = question ? question->waiting.head : NULL; at; at = at->next) {
        Asked *asked = at->data;
        if (asked->id == id) {
            g_queue_delete_link(&question->waiting, at);
            g_free(asked);
            show_first(question);
            return;
        }
    }
}
