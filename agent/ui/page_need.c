// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What do you need help with: a field, ready-made needs, and three small choices.

#include "agent/ui/flow.h"
#include "agent/ui/format.h"
#include "look/parts.h"

#include "look/money.h"

#include <glib/gi18n.h>
#include <locale.h>

// Amounts to choose from, in whole units of the account's currency.
static const int amounts[] = {2, 5, 10, 20, 50};
#define AMOUNTS (int)G_N_ELEMENTS(amounts)
#define USUAL_AMOUNT 10

static const char *const languages[] = {"", "fr", "en", "de", "es", "it", "pt", "ar"};

static const struct {
    const char *icon, *label, *need;
} ready[] = {
    {"printer-symbolic", N_("The printer"), N_("My printer does not print")},
    {"mail-unread-symbolic", N_("E-mail"), N_("I have a problem with my e-mail")},
    {"system-search-symbolic", N_("A lost file"), N_("I cannot find a file on my computer")},
    {"network-wireless-symbolic", N_("The Internet"), N_("My Internet connection does not work")},
    {"x-office-document-symbolic", N_("A document"), N_("I need help to write a document")},
    {"dialog-question-symbolic", N_("Something else"), ""},
};
#define READY_COLUMNS 3

typedef struct {
    PoucePage page;
    GtkWidget *need, *language, *place, *amount, *find, *account;
    gint64 caps[AMOUNTS + 2]; // minor units; as the drop-down
    int cap_count;
} Need;

static const char *text_of(GtkWidget *entry)
{
    return gtk_editable_get_text(GTK_EDITABLE(entry));
}

static void on_find(gpointer data)
{
    Need *self = data;
    g_autofree char *need = g_strstrip(g_strdup(text_of(self->need)));
    pouce_part_notice_set(self->page.notice,
        *need ? NULL : _("Say in a few words what you need, or choose one of the buttons."));
    if (!*need) {
        gtk_widget_grab_focus(self->need);
        return;
    }
    guint language = gtk_drop_down_get_selected(GTK_DROP_DOWN(self->language));
    guint cap = gtk_drop_down_get_selected(GTK_DROP_DOWN(self->amount));
    pouce_flow_find(self->page.flow, need, languages[MIN(language, G_N_ELEMENTS(languages) - 1)],
        text_of(self->place), cap < (guint)self->cap_count ? self->caps[cap] : 0);
}

void pouce_page_need_search(PoucePage *page)
{
    on_find(page);
}

static void on_ready(GtkButton *button, Need *self)
{
    const char *need = g_object_get_data(G_OBJECT(button), "need");
    gtk_editable_set_text(GTK_EDITABLE(self->need), *need ? _(need) : "");
    gtk_widget_grab_focus(*need ? self->find : self->need);
}

static GtkWidget *ready_button(Need *self, gsize i)
{
    GtkWidget *button = gtk_button_new();
    GtkWidget *inside = pouce_part_column(4);
    GtkWidget *icon = g_object_new(GTK_TYPE_IMAGE, "accessible-role",
        GTK_ACCESSIBLE_ROLE_PRESENTATION, "icon-name", ready[i].icon, NULL);
    GtkWidget *label = gtk_label_new(_(ready[i].label));
    gtk_image_set_pixel_size(GTK_IMAGE(icon), 28);
    gtk_label_set_wrap(GTK_LABEL(label), TRUE);
    gtk_box_append(GTK_BOX(inside), icon);
    gtk_box_append(GTK_BOX(inside), label);
    gtk_button_set_child(GTK_BUTTON(button), inside);
    gtk_widget_add_css_class(button, "ready");
    pouce_part_name(button, _(ready[i].label));
    g_object_set_data(G_OBJECT(button), "need", (gpointer)ready[i].need);
    g_signal_connect(button, "clicked", G_CALLBACK(on_ready), self);
    return button;
}

static GtkWidget *ready_grid(Need *self)
{
    GtkWidget *grid = gtk_grid_new();
    gtk_grid_set_column_homogeneous(GTK_GRID(grid), TRUE);
    gtk_grid_set_column_spacing(GTK_GRID(grid), 10);
    gtk_grid_set_row_spacing(GTK_GRID(grid), 10);
    for (gsize i = 0; i < G_N_ELEMENTS(ready); i++)
        gtk_grid_attach(GTK_GRID(grid), ready_button(self, i), (int)i % READY_COLUMNS,
            (int)i / READY_COLUMNS, 1, 1);
    return grid;
}

static guint usual_language(const char *wanted)
{
    const char *locale = wanted ? wanted : setlocale(LC_MESSAGES, NULL);
    const char *const *names = g_get_language_names();
    const char *first = wanted || !names[0] || g_str_equal(names[0], "C") ? locale : names[0];
    for (guint i = 1; i < G_N_ELEMENTS(languages); i++)
        if (first && g_str_has_prefix(first, languages[i]))
            return i;
    return 0;
}

static GtkWidget *add_choices(Need *self, const PouceAgentUiStart *start)
{
    GtkWidget *row = pouce_part_row(12), *box;
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(names, g_strdup(_("Any language")));
    for (gsize i = 1; i < G_N_ELEMENTS(languages); i++)
        g_ptr_array_add(names, pouce_format_language(languages[i]));
    g_ptr_array_add(names, NULL);
    self->language =
        pouce_part_choice(_("In which _language?"), (const char *const *)names->pdata, &box);
    gtk_drop_down_set_selected(
        GTK_DROP_DOWN(self->language), usual_language(start ? start->language : NULL));
    gtk_box_append(GTK_BOX(row), box);
    self->place = pouce_part_entry(_("_Where?"), POUCE_PLACE_MAX_CHARS, &box);
    gtk_entry_set_placeholder_text(GTK_ENTRY(self->place), _("Anywhere"));
    gtk_entry_set_activates_default(GTK_ENTRY(self->place), TRUE);
    gtk_editable_set_width_chars(GTK_EDITABLE(self->place), 12);
    gtk_widget_set_hexpand(box, TRUE);
    gtk_box_append(GTK_BOX(row), box);
    const char *const none[] = {NULL};
    self->amount = pouce_part_choice(_("Spend at _most"), none, &box);
    gtk_box_append(GTK_BOX(row), box);
    return row;
}

static void on_sign_out(gpointer data)
{
    pouce_agent_sign_out(((Need *)data)->page.flow->agent);
}

static void enter(PoucePage *page)
{
    Need *self = (Need *)page;
    gtk_window_set_default_widget(page->flow->window, self->find);
    gtk_widget_grab_focus(self->need);
}

PoucePage *pouce_page_need_new(PouceFlow *flow, const PouceAgentUiStart *start)
{
    Need *self = g_new0(Need, 1);
    GtkWidget *box;
    pouce_page_init(&self->page, flow, _("What do you need help with?"), enter, g_free);
    self->need = pouce_part_entry(_("_Say it in your own words"), POUCE_NEED_MAX_CHARS, &box);
    gtk_entry_set_activates_default(GTK_ENTRY(self->need), TRUE);
    pouce_page_add(&self->page, box);
    pouce_page_add(&self->page, ready_grid(self));
    pouce_page_add(&self->page, add_choices(self, start));
    self->find = pouce_part_button(_("_Find somebody"), "primary", on_find, self);
    gtk_widget_add_css_class(self->find, "big");
    pouce_page_add(&self->page, self->find);

    GtkWidget *foot = pouce_part_row(12);
    self->account = pouce_part_text("", "soft");
    gtk_widget_set_hexpand(self->account, TRUE);
    gtk_box_append(GTK_BOX(foot), self->account);
    gtk_box_append(GTK_BOX(foot), pouce_part_button(_("Sign _out"), "quiet", on_sign_out, self));
    pouce_page_add(&self->page, foot);
    if (start && start->need)
        gtk_editable_set_text(GTK_EDITABLE(self->need), start->need);
    if (start && start->place)
        gtk_editable_set_text(GTK_EDITABLE(self->place), start->place);
    return &self->page;
}

static void add_cap(Need *self, GPtrArray *names, gint64 minor, const char *currency)
{
    self->caps[self->cap_count++] = minor;
    g_ptr_array_add(names,
        minor > 0 ? pouce_format_money(minor, currency) : g_strdup(_("Nothing: free help only")));
}

static gint64 unit_of(const char *currency)
{
    gint64 unit = 1;
    for (int i = pouce_money_exponent(currency); i > 0; i--)
        unit *= 10;
    return unit;
}

// What the account can pay, from small to large; the usual amount is chosen.
static void fill_amounts(Need *self, const PouceAccount *account)
{
    gint64 left = MAX(account->balance_minor - account->held_minor, 0);
    gint64 unit = unit_of(account->currency);
    gint64 wanted = USUAL_AMOUNT * unit;
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    if (self->page.flow->wanted_cap)
        pouce_money_parse(self->page.flow->wanted_cap, account->currency, &wanted, NULL);
    self->cap_count = 0;
    add_cap(self, names, 0, account->currency);
    gboolean placed = wanted == 0;
    for (int i = 0; i < AMOUNTS; i++) {
        gint64 minor = amounts[i] * unit;
        if (!placed && wanted <= MIN(minor, left)) {
            placed = TRUE;
            if (wanted != minor)
                add_cap(self, names, wanted, account->currency);
        }
        if (minor <= left)
            add_cap(self, names, minor, account->currency);
    }
    if (!placed && wanted <= left)
        add_cap(self, names, wanted, account->currency);
    g_ptr_array_add(names, NULL);
    g_autoptr(GtkStringList) list = gtk_string_list_new((const char *const *)names->pdata);
    gtk_drop_down_set_model(GTK_DROP_DOWN(self->amount), G_LIST_MODEL(list));
    guint chosen = (guint)self->cap_count - 1;
    for (int i = 0; i < self->cap_count; i++)
        if (self->caps[i] == wanted)
            chosen = (guint)i;
    gtk_drop_down_set_selected(GTK_DROP_DOWN(self->amount), chosen);
}

void pouce_page_need_set_account(PoucePage *page, const PouceAccount *account)
{
    Need *self = (Need *)page;
    gint64 left = MAX(account->balance_minor - account->held_minor, 0);
    g_autofree char *money = pouce_format_money(left, account->currency);
    g_autofree char *text = g_strdup_printf(_("%1$s, you have %2$s."), account->name, money);
    gtk_label_set_text(GTK_LABEL(self->account), text);
    fill_amounts(self, account);
}
