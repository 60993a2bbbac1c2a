// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One HTTP request on its way through the broker: who asks, what, and the one answer. A call is
// reference counted; the server holds a reference until it is answered, so handlers that answer
// later need none of their own. A call whose client went away may be answered all the same: the
// answer is dropped. Main thread.
#pragma once

#include <glib.h>
#include <jansson.h>
#include <libsoup/soup.h>

#include "broker/http/problem.h"
#include "broker/http/route.h"
#include "broker/http/tokens.h"

PouceCall *pouce_call_ref(PouceCall *call);
void pouce_call_unref(PouceCall *call);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceCall, pouce_call_unref)

/** What the request brought. Borrowed; valid as long as the call. */
PouceWho *pouce_call_who(PouceCall *call); /* NULL when the route needs nobody */
const char *pouce_call_param(PouceCall *call, guint index);
json_t *pouce_call_body(PouceCall *call);        /* NULL when the route takes none */
const char *pouce_call_key(PouceCall *call);     /* Idempotency-Key, valid; NULL if not required */
const char *pouce_call_token(PouceCall *call);   /* the bearer token, or NULL */
const char *pouce_call_address(PouceCall *call); /* the client's address as text */
GBytes *pouce_call_hash(
    PouceCall *call); /* SHA-256 of method, path and body; owned by the caller */
gint64 pouce_call_now_us(PouceCall *call); /* when it came, monotonic */
gint64 pouce_call_now_s(PouceCall *call);  /* and wall time */

/** One query parameter, decoded; "" if absent. */
const char *pouce_call_query(PouceCall *call, const char *name);

/** A query parameter as a number; @missing if absent. FALSE: the call was answered `malformed`. */
gboolean pouce_call_query_int(
    PouceCall *call, const char *name, gint64 min, gint64 max, gint64 missing, gint64 *out);

/** Answers with JSON; @json is taken; NULL: no body (204). */
void pouce_call_answer(PouceCall *call, guint status, json_t *json);

/** Answers with bytes. */
void pouce_call_answer_bytes(PouceCall *call, guint status, const char *type, GBytes *bytes);

/** Answers with a problem; @detail is a sentence that says what to do. */
void pouce_call_fail(PouceCall *call, PouceProblem problem, const char *detail);

/** The same for a failed read of the body: `malformed` with the error's sentence. */
void pouce_call_refuse(PouceCall *call, const GError *error);

/**
 * pouce_call_stream - begins an answer without an end (server-sent events)
 * @gone:  called once when the client went away; the call must not be used after
 */
void pouce_call_stream(
    PouceCall *call, const char *type, void (*gone)(gpointer data), gpointer data);

/** Sends one piece. FALSE when the one before is still on its way: skip this one. */
gboolean pouce_call_stream_send(PouceCall *call, const char *text);

/** Ends the stream; @gone is not called any more. */
void pouce_call_stream_end(PouceCall *call);
