// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// One run of the window: the agent, what was asked, and which page is on screen. The agent's phase
// decides the page; pages call the agent. Main thread only.

#include "agent/core/agent.h"
#include "agent/ui/ui.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** DESIGN.md: a helper's viewer rings for at most 30 s. */
#define POUCE_FLOW_RING_S 30

typedef struct PouceFlow PouceFlow;
typedef struct PoucePage PoucePage;

/** First member of each page's own struct; the widget owns it. */
struct PoucePage {
    PouceFlow *flow;
    GtkWidget *root;                 // in the window's stack
    GtkWidget *body;                 // vertical box
    GtkWidget *notice;               // what went wrong, under the title
    void (*enter)(PoucePage *page);  // each time that it is shown; sets the focus
    void (*escape)(PoucePage *page); // the Escape key; NULL: nothing
};

typedef struct PouceBar PouceBar;
typedef struct PouceChat PouceChat;
typedef struct PouceQuestion PouceQuestion;

struct PouceFlow {
    PouceAgent *agent;
    GMainLoop *loop;
    GtkWindow *window;
    GtkStack *stack;
    GtkWidget *offline; // banner
    PoucePage *page;    // on screen
    PoucePage *sign_in, *need, *helpers, *ring, *consent, *over;
    PouceBar *bar; // this and the next two: NULL without a session
    PouceChat *chat;
    PouceQuestion *question;
    PouceCaptureMonitor screens[POUCE_CAPTURE_MONITORS_MAX];
    int screen_count, screen_chosen;
    char *stop_key; // for people
    char *wanted_need;
    char *wanted_helper;
    char *wanted_cap;
    gboolean started; // the command line's need was asked
    char *complaint;  // the last one
    gint64 complained_us;
    // What was asked last.
    char *asked_need, *asked_language, *asked_place;
    gint64 asked_cap_minor;
};

// Pages (page_*.c). Each is made once.
PoucePage *pouce_page_sign_in_new(PouceFlow *flow);
PoucePage *pouce_page_need_new(PouceFlow *flow, const PouceAgentUiStart *start);
PoucePage *pouce_page_helpers_new(PouceFlow *flow);
PoucePage *pouce_page_ring_new(PouceFlow *flow);
PoucePage *pouce_page_consent_new(PouceFlow *flow);
PoucePage *pouce_page_over_new(PouceFlow *flow);

/**
 * pouce_page_init - the frame that all pages share
 * @page:  first member of a zeroed heap struct; freed by @free_page with the widget
 * @title: window title and heading
 */
void pouce_page_init(PoucePage *page, PouceFlow *flow, const char *title,
    void (*enter)(PoucePage *page), GDestroyNotify free_page);
void pouce_page_set_title(PoucePage *page, const char *title);
/** pouce_page_add - appends to the body, for short */
void pouce_page_add(PoucePage *page, GtkWidget *child);

void pouce_page_sign_in_set_busy(PoucePage *page, gboolean busy);
void pouce_page_need_set_account(PoucePage *page, const PouceAccount *account);
/** pouce_page_need_search - as its button */
void pouce_page_need_search(PoucePage *page);
void pouce_page_helpers_set(PoucePage *page, PouceHelper *const *helpers, guint count);
void pouce_page_helpers_wait(PoucePage *page);
/** pouce_page_helpers_has_list - an answer is there to go back to */
gboolean pouce_page_helpers_has_list(PoucePage *page);
void pouce_page_ring_set(PoucePage *page, const PouceSession *session);
void pouce_page_consent_set_screens(
    PoucePage *page, const PouceCaptureMonitor *monitors, int count, int chosen);
void pouce_page_over_set_receipt(PoucePage *page, const PouceReceipt *receipt);
void pouce_page_over_set_rated(PoucePage *page);

// Going from page to page (flow.c).
void pouce_flow_show(PouceFlow *flow, PoucePage *page);
/** pouce_flow_find - looks for helpers and shows the list */
void pouce_flow_find(
    PouceFlow *flow, const char *need, const char *language, const char *place, gint64 cap_minor);
/** pouce_flow_request - rings; NULL: the first free */
void pouce_flow_request(PouceFlow *flow, const char *helper);
/** pouce_flow_complain - a sentence where the user looks */
void pouce_flow_complain(PouceFlow *flow, const char *sentence);
void pouce_flow_quit(PouceFlow *flow);
/** pouce_flow_close_session - the bar and what belongs to it go away */
void pouce_flow_close_session(PouceFlow *flow);
/** pouce_flow_helper_name - of the present session; a general word while unknown; borrowed */
const char *pouce_flow_helper_name(PouceFlow *flow);
/** pouce_flow_currency - of the account; "EUR" before */
const char *pouce_flow_currency(PouceFlow *flow);

/** pouce_flow_listener - what the agent tells (listener.c); data is the flow */
const PouceAgentListener *pouce_flow_listener(void);
/** pouce_flow_follow - the page or the bar that belongs to @phase */
void pouce_flow_follow(PouceFlow *flow, PouceAgentPhase phase);

G_END_DECLS
