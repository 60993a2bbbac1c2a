// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Inside the desk: sessions in memory, and the closure that makes one call's effects durable.

#include "broker/desk/desk.h"

G_BEGIN_DECLS

typedef struct {
    PouceMarketSession *session;
    gboolean placed; // its hold is committed: from now on it exists for others
} PouceDeskEntry;

struct PouceDesk {
    PouceStore *store; // borrowed
    PouceDeskListener listener;
    gpointer data;
    char *currency;
    gint64 fee_bp;
    PouceDirectory *directory;
    GHashTable *entries;  // session id -> PouceDeskEntry
    GHashTable *creating; // "account key" -> requests in flight with it
    gint64 next_due_us;   // never later than the first due session; -1: none
    guint writing;        // closures that the store has not answered yet
};

/** Everything of one call that has to be written; runs on the store thread. */
typedef struct {
    PouceDesk *desk;
    int refs;
    PouceSessionRow *row;
    // What is to be written:
    gboolean hold;
    gboolean release; // void
    gboolean settle;
    gboolean rate;
    gboolean save;
    GPtrArray *audit; // of char *[3]: actor, event, detail
    GPtrArray *ticks; // of PouceTickRow
    gint64 fee_bp;
    gint64 now_us;
    gint64 now_s;
    char *account; // of the idempotent request
    char *key;     // NULL: not an idempotent request
    GBytes *body_hash;
    GBytes *answer;
    char *receipt; // set by the work
    // What is to be told after the commit:
    gboolean ring;
    gboolean tell;
    gboolean ack;
    gboolean settled;
    gboolean forget;
    GPtrArray *over; // helpers whose devices stop ringing
    PouceRingOver over_why;
    gint64 seqs[2];  // of both chains
    GError *refused; // an event of the same call that was not possible
    PouceDeskDone done;
    PouceDeskCreated created;
    gpointer done_data;
} PouceDeskWrite;

PouceDeskWrite *pouce_desk_write_new(PouceDesk *desk, gint64 now_us, gint64 now_s);
/** pouce_desk_write_add - @effects of one event; @tick: the one that came with it, or NULL */
void pouce_desk_write_add(PouceDeskWrite *write, const PouceMarketSession *session,
    const PouceEffects *effects, const PouceSignedTick *tick);
/** pouce_desk_write_queue - takes @write; the row is made now */
void pouce_desk_write_queue(PouceDeskWrite *write, const PouceMarketSession *session);

/** pouce_desk_row - the record of @session; owned */
PouceSessionRow *pouce_desk_row(const PouceMarketSession *session);
/** pouce_desk_revive - back from the record; NULL with @error when it cannot be read */
PouceMarketSession *pouce_desk_revive(const PouceSessionRow *row, GError **error);

/** pouce_desk_write_unref - of one that is not queued */
void pouce_desk_write_unref(PouceDeskWrite *write);

/** pouce_desk_apply - one event; its effects go into @write; NULL: into a write of its own, queued
 */
gboolean pouce_desk_apply(PouceDesk *desk, PouceMarketSession *session,
    const PouceMarketEvent *event, PouceDeskWrite *write, GError **error);
/** pouce_desk_forget - take the entry out of memory */
void pouce_desk_forget(PouceDesk *desk, const char *id);
/** pouce_desk_watch - @due_us counts for the next timer */
void pouce_desk_watch(PouceDesk *desk, gint64 due_us);
/** pouce_desk_creation_free - of desk->creating */
void pouce_desk_creation_free(gpointer data);
/** pouce_desk_set_busy - @helper is in @session, or no longer */
void pouce_desk_set_busy(PouceDesk *desk, const PouceMarketSession *session, const char *before);
/** pouce_desk_has_room - FALSE with @error: the store cannot take more now */
gboolean pouce_desk_has_room(PouceDesk *desk, GError **error);

G_END_DECLS
