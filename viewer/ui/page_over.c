// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// After the end: what was signed, what it earns, the receipt. The receipt exists a moment after the
// session is over.

#include <glib/gi18n.h>

#include "look/format.h"
#include "look/parts.h"
#include "viewer/ui/front.h"
#include "viewer/ui/words.h"

typedef struct {
    PoucePage page;
    GtkWidget *note, *facts, *back;
} Over;

static void on_back(gpointer data)
{
    pouce_front_back(((Over *)data)->page.front);
}

static void enter(PoucePage *page)
{
    gtk_widget_grab_focus(((Over *)page)->back);
}

static char *note_of(const PouceFront *front, gboolean settled)
{
    const PouceSession *session = front->session;
    if (front->refused)
        return g_strdup(_("Refused before anything was shown: the far end could not prove that it "
                          "is the device that Pouce named."));
    g_autofree char *reason = pouce_words_end(session->end_reason, front->seeker);
    if (settled)
        return g_steal_pointer(&reason);
    gboolean pending = session->state == POUCE_STATE_ENDED || session->state == POUCE_STATE_SETTLED;
    const char *bill = pending ? _("The bill is being written…") : _("Nothing was billed.");
    return *reason ? g_strdup_printf("%s %s", reason, bill) : g_strdup(bill);
}

static void write_receipt(Over *self, const PouceReceipt *receipt)
{
    g_autofree char *time = pouce_format_clock(receipt->signed_ms);
    g_autofree char *rate = pouce_format_rate(receipt->rate_minor_per_min, receipt->currency);
    g_autofree char *amount = pouce_format_money(receipt->amount_minor, receipt->currency);
    g_autofree char *fee = pouce_format_money(receipt->fee_minor, receipt->currency);
    g_autofree char *yours = pouce_format_money(receipt->helper_amount_minor, receipt->currency);
    g_autofree char *paid_by = pouce_fill(_("Paid by {name}"), "{name}", receipt->seeker);
    pouce_page_facts_add(self->facts, _("Signed time"), time);
    pouce_page_facts_add(self->facts, _("Rate"), rate);
    pouce_page_facts_add(self->facts, paid_by, amount);
    pouce_page_facts_add(self->facts, _("Pouce's fee"), fee);
    pouce_page_facts_add(self->facts, _("For you"), yours);
    pouce_page_facts_add(self->facts, _("Receipt"), receipt->number);
}

void pouce_page_over_write(PoucePage *page, const PouceReceipt *receipt)
{
    Over *self = (Over *)page;
    const PouceFront *front = page->front;
    const PouceSession *session = front->session;
    if (!session)
        return;
    gboolean came =
        !front->refused &&
        (session->signed_ms > 0 || session->state == POUCE_STATE_ENDED ||
            session->state == POUCE_STATE_SETTLED || session->state == POUCE_STATE_RATED);
    const char *title = receipt ? _("Thank you for helping {name}")
                        : came  ? _("The session with {name} is over")
                                : _("The session with {name} did not come about");
    g_autofree char *filled = pouce_fill(title, "{name}", front->seeker);
    g_autofree char *note = note_of(front, receipt != NULL);
    pouce_page_set_title(page, filled);
    gtk_label_set_text(GTK_LABEL(self->note), note);
    pouce_page_facts_clear(self->facts);
    if (receipt)
        write_receipt(self, receipt);
}

PoucePage *pouce_page_over_new(PouceFront *front)
{
    Over *self = g_new0(Over, 1);
    pouce_page_init(&self->page, front, "", enter);
    self->note = pouce_part_text("", "lead");
    pouce_page_add(&self->page, self->note);
    self->facts = pouce_page_facts();
    gtk_widget_add_css_class(self->facts, "card");
    pouce_page_add(&self->page, self->facts);
    self->back = pouce_part_button(_("_Back"), "primary", on_back, self);
    gtk_widget_add_css_class(self->back, "big");
    gtk_widget_set_halign(self->back, GTK_ALIGN_START);
    pouce_page_add(&self->page, self->back);
    return &self->page;
}
