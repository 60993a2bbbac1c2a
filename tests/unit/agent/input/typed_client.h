// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// An ordinary Xlib program: one focused window, text through an input context, the keyboard map
// fetched anew when Xlib hears that it changed, as every old and new application does.

#include <glib.h>

G_BEGIN_DECLS

typedef struct TypedClient TypedClient;

typedef struct {
    int type; // KeyPress, KeyRelease, ButtonPress, ButtonRelease
    guint code;
    guint state;
    gulong keysym;
    int x, y; // in the root
} TypedEvent;

TypedClient *typed_client_new(const char *display);
void typed_client_free(TypedClient *client);
const char *typed_client_text(TypedClient *client);
const GArray *typed_client_events(TypedClient *client); // of TypedEvent
void typed_client_forget(TypedClient *client);
/** typed_client_nothing_down - no key and no button is pressed, as the server sees it */
gboolean typed_client_nothing_down(TypedClient *client);
/** typed_client_keysyms - how many keycodes have a meaning */
int typed_client_mapped_keycodes(TypedClient *client);
void typed_client_lock_caps(TypedClient *client);
void typed_client_lock_group(TypedClient *client, guint group);

G_END_DECLS
