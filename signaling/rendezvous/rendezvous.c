// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

// The face only; what stands behind it follows.

#include "signaling/rendezvous/rendezvous.h"

GQuark pouce_rendezvous_error_quark(void)
{
    return g_quark_from_static_string("pouce_rendezvous_error");
}

PouceRendezvous *pouce_rendezvous_new(const PouceRendezvousConfig *config,
    const PouceRendezvousEvents *events, gpointer user, GError **error)
{
    g_set_error_literal(
        error, POUCE_RENDEZVOUS_ERROR, POUCE_RENDEZVOUS_ERROR_UNSUPPORTED, "not here yet");
    return NULL;
}

void pouce_rendezvous_free(PouceRendezvous *rendezvous)
{
}

void pouce_rendezvous_login(PouceRendezvous *rendezvous, const char *login, const char *password,
    PouceRendezvousCallback callback, gpointer user)
{
}

gboolean pouce_rendezvous_has_token(PouceRendezvous *rendezvous)
{
    return 0;
}

void pouce_rendezvous_forget_token(PouceRendezvous *rendezvous)
{
}

void pouce_rendezvous_call(PouceRendezvous *rendezvous, const char *method, const char *path,
    json_t *body, const char *idempotency_key, PouceRendezvousCallback callback, gpointer user)
{
}

void pouce_rendezvous_connect(PouceRendezvous *rendezvous)
{
}

void pouce_rendezvous_disconnect(PouceRendezvous *rendezvous)
{
}

void pouce_rendezvous_set_available(PouceRendezvous *rendezvous, gboolean available)
{
}

PouceRendezvousState pouce_rendezvous_state(PouceRendezvous *rendezvous)
{
    return 0;
}

PouceRendezvousSend pouce_rendezvous_send(PouceRendezvous *rendezvous, const char *json)
{
    return 0;
}

PouceRendezvousSend pouce_rendezvous_send_ticks(PouceRendezvous *rendezvous, const char *session,
    const char *role, gint64 last_seq, const char *json)
{
    return 0;
}

PouceRendezvousSend pouce_rendezvous_send_end(
    PouceRendezvous *rendezvous, const char *session, const char *json)
{
    return 0;
}

guint pouce_rendezvous_kept(PouceRendezvous *rendezvous)
{
    return 0;
}
