// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What the desk and the viewing tell, handed to the page that shows it.

#include <glib/gi18n.h>

#include "look/format.h"
#include "look/x11_place.h"
#include "viewer/ui/front.h"
#include "viewer/ui/studio.h"
#include "viewer/ui/words.h"

static void set(char **text, char *taken)
{
    g_free(*text);
    *text = taken;
}

static void take_account(PouceFront *front, const PouceAccount *account)
{
    const PouceHelper *helper = account->helper;
    front->known = TRUE;
    front->helps = helper != NULL;
    set(&front->name, g_strdup(account->name));
    if (helper) {
        set(&front->rate, pouce_format_rate(helper->rate_minor_per_min, helper->currency));
        set(&front->skills, g_strjoinv(", ", helper->skills));
        set(&front->languages, pouce_words_languages(helper->languages));
        set(&front->place, g_strdup(helper->place));
    }
    pouce_front_set_available(front, front->available); // kept with the login
    if (front->page == front->login || !front->page)
        pouce_front_back(front);
}

static void set_online(PouceFront *front, gboolean online)
{
    front->online = online;
    pouce_page_lobby_write(front->lobby);
}

static void take_session(PouceFront *front, const PouceSession *session)
{
    g_clear_pointer(&front->session, pouce_session_free);
    front->session = pouce_session_copy(session);
    if (session->seeker)
        set(&front->seeker, g_strdup(session->seeker->name));
}

static void on_ring(PouceFront *front, const PouceDeskEvent *event)
{
    if (pouce_front_viewing(front))
        return;
    if (event->session->seeker)
        set(&front->seeker, g_strdup(event->session->seeker->name));
    pouce_page_ring_begin(front->ring, event->session, event->expires_ms);
    pouce_front_show(front, front->ring);
}

static void on_ring_over(PouceFront *front, const char *reason)
{
    pouce_page_ring_stop(front->ring);
    if (front->page != front->ring)
        return;
    g_autofree char *sentence = pouce_words_ring_over(reason, front->seeker);
    pouce_front_back(front);
    pouce_front_complain(front, sentence);
}

static void on_accepted(PouceFront *front, const PouceSession *session)
{
    take_session(front, session);
    front->refused = FALSE;
    pouce_studio_begin(front->studio);
    pouce_page_waiting_write(front->waiting, session->state == POUCE_STATE_CONNECTING);
    pouce_front_show(front, front->waiting);
}

static void on_state(PouceFront *front, const PouceSession *session)
{
    if (!front->session || !g_str_equal(session->id, front->session->id))
        return;
    take_session(front, session);
    if (front->page == front->waiting)
        pouce_page_waiting_write(front->waiting, session->state != POUCE_STATE_ACCEPTED);
    if (front->page == front->over && session->state < POUCE_STATE_SETTLED)
        pouce_page_over_write(front->over, NULL);
}

static void on_problem(PouceFront *front, const PouceDeskEvent *event)
{
    g_autofree char *sentence = pouce_words_trouble(event->code, front->seeker);
    if (front->page == front->waiting && !pouce_front_viewing(front))
        pouce_front_back(front); // accepted too late
    pouce_front_complain(front, sentence);
}

static void on_refused(PouceFront *front, const PouceDeskEvent *event)
{
    g_autofree char *sentence = pouce_words_trouble(event->code, front->seeker);
    front_log_out_done(front, sentence);
}

void front_on_desk(gpointer user, const PouceDeskEvent *event)
{
    PouceFront *front = user;
    switch (event->kind) {
    case POUCE_DESK_ACCOUNT:
        take_account(front, event->account);
        return;
    case POUCE_DESK_ONLINE:
    case POUCE_DESK_OFFLINE:
        set_online(front, event->kind == POUCE_DESK_ONLINE);
        return;
    case POUCE_DESK_REFUSED:
        on_refused(front, event);
        return;
    case POUCE_DESK_LOGGED_OUT:
        front_log_out_done(front, NULL);
        return;
    case POUCE_DESK_RING:
        on_ring(front, event);
        return;
    case POUCE_DESK_RING_OVER:
        on_ring_over(front, event->text);
        return;
    case POUCE_DESK_ACCEPTED:
        on_accepted(front, event->session);
        return;
    case POUCE_DESK_STATE:
        on_state(front, event->session);
        return;
    case POUCE_DESK_SETTLED:
        if (front->page == front->over)
            pouce_page_over_write(front->over, event->receipt);
        return;
    case POUCE_DESK_PROBLEM:
        on_problem(front, event);
        return;
    }
}

static void on_pin_changed(PouceFront *front, const PouceViewingEvent *event)
{
    pouce_page_pin_write(front->pin, event->before, event->text);
    pouce_front_show(front, front->pin);
}

static void on_over(PouceFront *front)
{
    take_session(front, pouce_viewing_peek_session(pouce_front_viewing(front)));
    pouce_studio_finish(front->studio);
    pouce_page_over_write(front->over, NULL);
    pouce_front_show(front, front->over);
    if (front->quitting)
        g_main_loop_quit(front->loop);
}

void front_on_viewing(gpointer user, const PouceViewingEvent *event)
{
    PouceFront *front = user;
    if (event->kind == POUCE_VIEWING_REFUSED_PEER)
        front->refused = TRUE;
    if (event->kind == POUCE_VIEWING_PIN_CHANGED)
        on_pin_changed(front, event);
    if (event->kind == POUCE_VIEWING_BOUND)
        pouce_front_show(front, pouce_studio_page(front->studio));
    if (event->kind == POUCE_VIEWING_OVER)
        on_over(front);
    else
        pouce_studio_told(front->studio, event);
}
