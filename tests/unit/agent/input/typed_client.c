// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/unit/agent/input/typed_client.h"

#include <X11/XKBlib.h>
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <locale.h>

struct TypedClient {
    Display *display;
    Window window;
    XIM im;
    XIC ic;
    GSource *source;
    GString *text;
    GArray *events;
};

typedef struct {
    GSource base;
    TypedClient *client;
} ClientSource;

static void take_event(TypedClient *client, XEvent *event)
{
    if (event->type == MappingNotify)
        XRefreshKeyboardMapping(&event->xmapping);
    if (XFilterEvent(event, None))
        return;
    TypedEvent seen = {.type = event->type};
    if (event->type == KeyPress || event->type == KeyRelease) {
        seen.code = event->xkey.keycode;
        seen.state = event->xkey.state;
        seen.keysym = XLookupKeysym(&event->xkey, 0);
    } else if (event->type == ButtonPress || event->type == ButtonRelease) {
        seen.code = event->xbutton.button;
        seen.state = event->xbutton.state;
        seen.x = event->xbutton.x_root;
        seen.y = event->xbutton.y_root;
    } else {
        return;
    }
    g_array_append_val(client->events, seen);
    if (event->type != KeyPress)
        return;
    char buffer[64];
    KeySym keysym;
    Status status;
    int bytes =
        Xutf8LookupString(client->ic, &event->xkey, buffer, sizeof buffer - 1, &keysym, &status);
    if (status == XLookupChars || status == XLookupBoth)
        g_string_append_len(client->text, buffer, bytes);
}

static gboolean prepare(GSource *base, int *timeout_ms)
{
    *timeout_ms = -1;
    return XPending(((ClientSource *)base)->client->display) > 0;
}

static gboolean check(GSource *base)
{
    return XPending(((ClientSource *)base)->client->display) > 0;
}

static gboolean dispatch(GSource *base, GSourceFunc callback, gpointer data)
{
    TypedClient *client = ((ClientSource *)base)->client;
    while (XPending(client->display) > 0) {
        XEvent event;
        XNextEvent(client->display, &event);
        take_event(client, &event);
    }
    return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_funcs = {.prepare = prepare, .check = check, .dispatch = dispatch};

static void open_window(TypedClient *client)
{
    Display *display = client->display;
    client->window =
        XCreateSimpleWindow(display, DefaultRootWindow(display), 0, 0, 600, 400, 0, 0, 0);
    XSelectInput(display, client->window,
        KeyPressMask | KeyReleaseMask | ButtonPressMask | ButtonReleaseMask | ExposureMask);
    XMapWindow(display, client->window);
    XEvent event;
    XWindowEvent(display, client->window, ExposureMask, &event);
    XSetInputFocus(display, client->window, RevertToParent, CurrentTime);
    XSync(display, False);
}

TypedClient *typed_client_new(const char *display)
{
    TypedClient *client = g_new0(TypedClient, 1);
    setlocale(LC_CTYPE, "C.UTF-8");
    XSetLocaleModifiers("@im=none");
    client->display = XOpenDisplay(display);
    g_assert(client->display);
    open_window(client);
    client->im = XOpenIM(client->display, NULL, NULL, NULL);
    g_assert(client->im);
    client->ic = XCreateIC(client->im, XNInputStyle, XIMPreeditNothing | XIMStatusNothing,
        XNClientWindow, client->window, NULL);
    XSetICFocus(client->ic);
    client->text = g_string_new(NULL);
    client->events = g_array_new(FALSE, FALSE, sizeof(TypedEvent));
    client->source = g_source_new(&source_funcs, sizeof(ClientSource));
    ((ClientSource *)client->source)->client = client;
    g_source_add_unix_fd(client->source, ConnectionNumber(client->display), G_IO_IN);
    g_source_attach(client->source, NULL);
    return client;
}

void typed_client_free(TypedClient *client)
{
    g_source_destroy(client->source);
    g_source_unref(client->source);
    XDestroyIC(client->ic);
    XCloseIM(client->im);
    XCloseDisplay(client->display);
    g_string_free(client->text, TRUE);
    g_array_unref(client->events);
    g_free(client);
}

const char *typed_client_text(TypedClient *client)
{
    return client->text->str;
}

const GArray *typed_client_events(TypedClient *client)
{
    return client->events;
}

void typed_client_forget(TypedClient *client)
{
    XSync(client->display, False);
    dispatch(client->source, NULL, NULL);
    g_string_truncate(client->text, 0);
    g_array_set_size(client->events, 0);
}

gboolean typed_client_nothing_down(TypedClient *client)
{
    char keys[32];
    Window root, child;
    int x, y;
    unsigned mask;
    XQueryKeymap(client->display, keys);
    XQueryPointer(client->display, client->window, &root, &child, &x, &y, &x, &y, &mask);
    for (int i = 0; i < 32; i++)
        if (keys[i])
            return FALSE;
    return (mask &
               (ShiftMask | ControlMask | Mod1Mask | Button1Mask | Button2Mask | Button3Mask)) == 0;
}

int typed_client_mapped_keycodes(TypedClient *client)
{
    int per, count = 0;
    KeySym *keysyms = XGetKeyboardMapping(client->display, 8, 248, &per);
    for (int i = 0; i < 248; i++)
        for (int k = 0; k < per; k++)
            if (keysyms[i * per + k]) {
                count++;
                break;
            }
    XFree(keysyms);
    return count;
}

void typed_client_lock_caps(TypedClient *client)
{
    XkbLockModifiers(client->display, XkbUseCoreKbd, LockMask, LockMask);
    XSync(client->display, False);
}

void typed_client_lock_group(TypedClient *client, guint group)
{
    XkbLockGroup(client->display, XkbUseCoreKbd, group);
    XSync(client->display, False);
}
