// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

// Ticks and ends outlive a lost connection: they wait here, in order, until the broker says that it
// has them, or that their session is over.

#include "signaling/rendezvous/link.h"

#include <string.h>

typedef struct {
    char *session;
    gboolean end;
    gboolean seeker; // whose chain the ticks are of
    gint64 last_seq;
    char *text;
} Kept;

static void kept_free(Kept *kept)
{
    g_free(kept->session);
    g_free(kept->text);
    g_free(kept);
}

static PouceRendezvousSend keep(PouceRendezvous *rendezvous, Kept *kept)
{
    if (strlen(kept->text) > POUCE_RENDEZVOUS_MESSAGE_MAX_BYTES) {
        kept_free(kept);
        return POUCE_RENDEZVOUS_SEND_TOO_BIG;
    }
    if (rendezvous->kept.length >= POUCE_RENDEZVOUS_KEPT_MAX) {
        kept_free(kept);
        return POUCE_RENDEZVOUS_SEND_FULL;
    }
    g_queue_push_tail(&rendezvous->kept, kept);
    if (rendezvous->state == POUCE_RENDEZVOUS_ONLINE) {
        pouce_rendezvous_write(rendezvous, kept->text);
    }
    return POUCE_RENDEZVOUS_SEND_OK;
}

PouceRendezvousSend pouce_rendezvous_send_ticks(PouceRendezvous *rendezvous, const char *session,
    const char *role, gint64 last_seq, const char *json)
{
    Kept *kept = g_new0(Kept, 1);
    kept->session = g_strdup(session);
    kept->seeker = g_str_equal(role, "seeker");
    kept->last_seq = last_seq;
    kept->text = g_strdup(json);
    return keep(rendezvous, kept);
}

PouceRendezvousSend pouce_rendezvous_send_end(
    PouceRendezvous *rendezvous, const char *session, const char *json)
{
    Kept *kept = g_new0(Kept, 1);
    kept->session = g_strdup(session);
    kept->end = TRUE;
    kept->text = g_strdup(json);
    return keep(rendezvous, kept);
}

guint pouce_rendezvous_kept(PouceRendezvous *rendezvous)
{
    return rendezvous->kept.length;
}

void pouce_rendezvous_kept_flush(PouceRendezvous *rendezvous)
{
    for (GList *at = rendezvous->kept.head; at; at = at->next) {
        pouce_rendezvous_write(rendezvous, ((Kept *)at->data)->text);
    }
}

static gboolean is_acknowledged(const Kept *kept, const PouceSwitchboard *message)
{
    switch (message->type) {
    case POUCE_SWITCHBOARD_TICKS_ACK:
        return !kept->end && g_str_equal(kept->session, message->session_id) &&
               kept->last_seq <=
                   (kept->seeker ? message->ticks_ack.seeker_seq : message->ticks_ack.helper_seq);
    case POUCE_SWITCHBOARD_SESSION:
        return pouce_state_is_over(message->session.session->state) &&
               g_str_equal(kept->session, message->session.session->id);
    case POUCE_SWITCHBOARD_WELCOME: // it names the sessions that are not yet over
        for (guint i = 0; i < message->welcome.n_sessions; i++) {
            if (g_str_equal(kept->session, message->welcome.sessions[i]->id)) {
                return FALSE;
            }
        }
        return TRUE;
    default:
        return FALSE;
    }
}

void pouce_rendezvous_kept_heard(PouceRendezvous *rendezvous, const PouceSwitchboard *message)
{
    GList *next;
    for (GList *at = rendezvous->kept.head; at; at = next) {
        next = at->next;
        if (is_acknowledged(at->data, message)) {
            kept_free(at->data);
            g_queue_delete_link(&rendezvous->kept, at);
        }
    }
}

void pouce_rendezvous_kept_clear(PouceRendezvous *rendezvous)
{
    g_queue_clear_full(&rendezvous->kept, (GDestroyNotify)kept_free);
}
