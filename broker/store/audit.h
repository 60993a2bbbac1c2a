// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The audit log and the memory of requests already answered.
//
// Each audit entry carries the SHA-256 of the one before it: a removed or altered line shows. The
// table refuses UPDATE and DELETE. Idempotency keys never expire: a key belongs to an account, is
// bound to the hash of its first request and gives that request's answer for ever.

#include "broker/store/db.h"

G_BEGIN_DECLS

typedef struct {
    gint64 seq;
    gint64 time_s;
    char *actor;   // account id, "broker", "operator"
    char *subject; // session or account id
    char *event;   // "session.accepted", "login.failed" …
    char *detail;  // one line, for people
    char *hash;    // hex
} PouceAuditRow;

void pouce_audit_row_free(PouceAuditRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceAuditRow, pouce_audit_row_free)

/** pouce_audit_append - needs a transaction */
gboolean pouce_audit_append(PouceDb *db, gint64 time_s, const char *actor, const char *subject,
    const char *event, const char *detail, GError **error);
/** pouce_audit_list - after @after_seq, oldest first; @subject NULL: all; the array frees its rows
 */
GPtrArray *pouce_audit_list(
    PouceDb *db, const char *subject, gint64 after_seq, gint64 limit, GError **error);
/**
 * pouce_audit_verify - walk the chain
 * @out_entries: how many hold
 * @out_problem: owned; NULL: whole. Otherwise one sentence about the first entry that does not hold
 */
gboolean pouce_audit_verify(PouceDb *db, gint64 *out_entries, char **out_problem, GError **error);

typedef enum {
    POUCE_REQUEST_NEW,      // not seen: do it, then pouce_requests_put in the same closure
    POUCE_REQUEST_REPLAY,   // seen: give @out_answer
    POUCE_REQUEST_MISMATCH, // seen with another body
    POUCE_REQUEST_FAILED,   // @error is set
} PouceRequestSeen;

/**
 * pouce_requests_find - was this key answered?
 * @body_hash:  SHA-256 of method, path and body
 * @out_status: HTTP status of the first answer
 * @out_answer: owned
 */
PouceRequestSeen pouce_requests_find(PouceDb *db, const char *account, const char *key,
    GBytes *body_hash, gint64 *out_status, GBytes **out_answer, GError **error);
gboolean pouce_requests_put(PouceDb *db, const char *account, const char *key, GBytes *body_hash,
    gint64 status, GBytes *answer, gint64 now_s, GError **error);

G_END_DECLS
