// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The GSource below must look into XCB's own queue before it sleeps: a reply read by one call may
// have brought events along, and then the descriptor never becomes readable for them.

#include "agent/x11/connection.h"

#include <stdlib.h>
#include <string.h>

// Events handled before other sources of the loop get their turn.
#define EVENTS_PER_DISPATCH 512

typedef struct {
    GSource source;
    PouceX11 *x11;
    const PouceX11Listener *listener;
    void *data;
    gpointer tag;
    xcb_generic_event_t *queued;
} Source;

GQuark pouce_x11_error_quark(void)
{
    return g_quark_from_static_string("pouce-x11-error");
}

gboolean pouce_x11_open(PouceX11 *out, const char *display, GError **error)
{
    const char *name = display && *display ? display : NULL;
    int number = 0;
    xcb_connection_t *xcb = xcb_connect(name, &number);
    if (xcb_connection_has_error(xcb)) {
        xcb_disconnect(xcb);
        const char *shown = name ? name : g_getenv("DISPLAY");
        g_set_error(error, POUCE_X11_ERROR, POUCE_X11_ERROR_DENIED,
            "No X server answers at \"%s\": start the program from a desktop session, or name the "
            "display, as in x11::0.",
            shown ? shown : "");
        return FALSE;
    }
    xcb_screen_iterator_t it = xcb_setup_roots_iterator(xcb_get_setup(xcb));
    for (int i = 0; i < number && it.rem > 1; i++)
        xcb_screen_next(&it);
    *out = (PouceX11){.xcb = xcb,
        .screen = it.data,
        .screen_number = number,
        .display = g_strdup(name ? name : "")};
    return TRUE;
}

void pouce_x11_close(PouceX11 *x11)
{
    if (x11->xcb)
        xcb_disconnect(x11->xcb);
    g_free(x11->display);
    memset(x11, 0, sizeof *x11);
}

static gboolean source_prepare(GSource *base, int *timeout_ms)
{
    Source *source = (Source *)base;
    *timeout_ms = -1;
    xcb_flush(source->x11->xcb);
    if (!source->queued)
        source->queued = xcb_poll_for_queued_event(source->x11->xcb);
    return source->queued || xcb_connection_has_error(source->x11->xcb);
}

static gboolean source_check(GSource *base)
{
    Source *source = (Source *)base;
    return source->queued || g_source_query_unix_fd(base, source->tag) != 0 ||
           xcb_connection_has_error(source->x11->xcb);
}

static gboolean source_dispatch(GSource *base, GSourceFunc callback, void *user_data)
{
    Source *source = (Source *)base;
    for (int i = 0; i < EVENTS_PER_DISPATCH; i++) {
        xcb_generic_event_t *event = g_steal_pointer(&source->queued);
        if (!event)
            event = xcb_poll_for_event(source->x11->xcb);
        if (!event)
            break;
        source->listener->event(event, source->data);
        free(event);
        if (g_source_is_destroyed(base))
            return G_SOURCE_REMOVE;
    }
    if (xcb_connection_has_error(source->x11->xcb)) {
        if (source->listener->lost)
            source->listener->lost(source->data);
        return G_SOURCE_REMOVE;
    }
    if (source->listener->after)
        source->listener->after(source->data);
    return G_SOURCE_CONTINUE;
}

static void source_finalize(GSource *base)
{
    free(((Source *)base)->queued);
}

static GSourceFuncs source_funcs = {
    .prepare = source_prepare,
    .check = source_check,
    .dispatch = source_dispatch,
    .finalize = source_finalize,
};

GSource *pouce_x11_attach(
    PouceX11 *x11, GMainContext *context, const PouceX11Listener *listener, void *data)
{
    GSource *base = g_source_new(&source_funcs, sizeof(Source));
    Source *source = (Source *)base;
    source->x11 = x11;
    source->listener = listener;
    source->data = data;
    source->tag = g_source_add_unix_fd(
        base, xcb_get_file_descriptor(x11->xcb), G_IO_IN | G_IO_HUP | G_IO_ERR);
    g_source_set_name(base, "pouce-x11");
    g_source_attach(base, context);
    return base;
}

xcb_atom_t pouce_x11_atom(PouceX11 *x11, const char *name)
{
    xcb_intern_atom_cookie_t cookie = xcb_intern_atom(x11->xcb, 0, strlen(name), name);
    xcb_intern_atom_reply_t *reply = xcb_intern_atom_reply(x11->xcb, cookie, NULL);
    xcb_atom_t atom = reply ? reply->atom : XCB_ATOM_NONE;
    free(reply);
    return atom;
}

gboolean pouce_x11_check(PouceX11 *x11, xcb_void_cookie_t cookie, const char *what, GError **error)
{
    xcb_generic_error_t *failure = xcb_request_check(x11->xcb, cookie);
    if (failure) {
        g_set_error(error, POUCE_X11_ERROR, POUCE_X11_ERROR_UNSUPPORTED,
            "The X server refused to %s (error %d).", what, failure->error_code);
        free(failure);
        return FALSE;
    }
    if (xcb_connection_has_error(x11->xcb)) {
        g_set_error(error, POUCE_X11_ERROR, POUCE_X11_ERROR_GONE, "The X server went away.");
        return FALSE;
    }
    return TRUE;
}
