// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// One run of the window: the desk, and which page is on screen. The desk's events and the viewing's
// decide the page; pages call the front. Main thread only.

#include <gtk/gtk.h>

#include "viewer/core/desk.h"
#include "viewer/ui/ui.h"

G_BEGIN_DECLS

typedef struct PouceFront PouceFront;
typedef struct PoucePage PoucePage;
typedef struct PouceStudio PouceStudio;
typedef struct PouceCall PouceCall;

/** First member of each page's own struct; the widget owns it. */
struct PoucePage {
    PouceFront *front;
    GtkWidget *root;                // in the window's stack
    GtkWidget *body;                // vertical box
    GtkWidget *title;               // heading; focus without another one
    GtkWidget *notice;              // what went wrong, under the title
    void (*enter)(PoucePage *page); // each time that it is shown; sets the focus
};

struct PouceFront {
    const PouceViewerUiConfig *config; // borrowed
    GMainLoop *loop;
    GtkWindow *window;
    GtkStack *stack;
    PoucePage *page; // on screen
    PoucePage *login, *lobby, *ring, *waiting, *pin, *over;
    PouceStudio *studio; // the page of a running session
    PouceCall *call;
    PouceDesk *desk; // NULL: logged out
    PoucePicture *picture;
    guint drop_desk; // source: freed outside its own callbacks
    gboolean online, available, quitting;
    char *login_name; // of the desk
    // of the account, once known
    gboolean known;
    char *name, *skills, *languages, *place, *rate;
    gboolean helps; // has a helper's profile
    // of the present or last session
    char *seeker;     // name
    gboolean refused; // the far end was not believed
    PouceSession *session;
};

// Pages (page_*.c). Each is made once.
PoucePage *pouce_page_login_new(PouceFront *front);
PoucePage *pouce_page_lobby_new(PouceFront *front);
PoucePage *pouce_page_ring_new(PouceFront *front);
PoucePage *pouce_page_waiting_new(PouceFront *front);
PoucePage *pouce_page_pin_new(PouceFront *front);
PoucePage *pouce_page_over_new(PouceFront *front);

/**
 * pouce_page_init - the frame that all pages but the session's share
 * @page: first member of a zeroed heap struct, which the widget frees
 */
void pouce_page_init(
    PoucePage *page, PouceFront *front, const char *title, void (*enter)(PoucePage *page));
/** pouce_page_init_bare - @root is the whole page */
void pouce_page_init_bare(
    PoucePage *page, PouceFront *front, GtkWidget *root, void (*enter)(PoucePage *page));
void pouce_page_set_title(PoucePage *page, const char *title);
void pouce_page_add(PoucePage *page, GtkWidget *child);
/** pouce_page_facts - a grid of names and values; a row without a value is left out on fill */
GtkWidget *pouce_page_facts(void);
void pouce_page_facts_clear(GtkWidget *facts);
void pouce_page_facts_add(GtkWidget *facts, const char *name, const char *value);

void pouce_page_login_set_busy(PoucePage *page, gboolean busy);
void pouce_page_lobby_write(PoucePage *page);
void pouce_page_ring_begin(PoucePage *page, const PouceSession *session, gint64 expires_ms);
void pouce_page_ring_stop(PoucePage *page);
/** pouce_page_waiting_write - @connecting: the seeker has confirmed */
void pouce_page_waiting_write(PoucePage *page, gboolean connecting);
void pouce_page_pin_write(PoucePage *page, const char *before, const char *now);
/** pouce_page_over_write - of front->session; @receipt may be NULL */
void pouce_page_over_write(PoucePage *page, const PouceReceipt *receipt);

// Going from page to page (front.c).
void pouce_front_show(PouceFront *front, PoucePage *page);
void pouce_front_log_in(PouceFront *front, const char *login, const char *password);
void pouce_front_log_out(PouceFront *front);
void pouce_front_set_available(PouceFront *front, gboolean available);
void pouce_front_back(PouceFront *front); // to the lobby
/** pouce_front_complain - a sentence on the page that is shown; NULL takes it away */
void pouce_front_complain(PouceFront *front, const char *sentence);
/** pouce_front_viewing - the running session; NULL: none */
PouceViewing *pouce_front_viewing(PouceFront *front);

// front_events.c
void front_on_desk(gpointer user, const PouceDeskEvent *event);
void front_on_viewing(gpointer user, const PouceViewingEvent *event);
/** front_log_out_done - the desk goes, the log-in comes */
void front_log_out_done(PouceFront *front, const char *why);

G_END_DECLS
