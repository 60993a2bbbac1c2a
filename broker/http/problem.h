// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The broker's errors as HTTP sees them: the codes of PROTOCOL.md section 1 with their status and
// title, and the RFC 9457 document around a sentence. Constant data; any thread.
#pragma once

#include <glib.h>
#include <jansson.h>

typedef enum {
    POUCE_PROBLEM_MALFORMED,
    POUCE_PROBLEM_UNAUTHENTICATED,
    POUCE_PROBLEM_WRONG_CREDENTIALS,
    POUCE_PROBLEM_NOT_ENOUGH_MONEY,
    POUCE_PROBLEM_FORBIDDEN,
    POUCE_PROBLEM_NOT_FOUND,
    POUCE_PROBLEM_METHOD_NOT_ALLOWED,
    POUCE_PROBLEM_CONFLICT,
    POUCE_PROBLEM_IDEMPOTENCY_MISMATCH,
    POUCE_PROBLEM_LOGIN_TAKEN,
    POUCE_PROBLEM_HELPER_UNAVAILABLE,
    POUCE_PROBLEM_TOO_LARGE,
    POUCE_PROBLEM_UNSUPPORTED_MEDIA,
    POUCE_PROBLEM_TOO_MANY,
    POUCE_PROBLEM_INTERNAL,
    POUCE_PROBLEM_STOPPING,
    POUCE_PROBLEM_COUNT
} PouceProblem;

/** HTTP status of @problem. */
guint pouce_problem_status(PouceProblem problem);

/** The `code` member, static. */
const char *pouce_problem_code(PouceProblem problem);

/**
 * pouce_problem_json - the RFC 9457 document
 * @detail:  a sentence that says what to do; borrowed, UTF-8
 * Returns:  a new reference
 */
json_t *pouce_problem_json(PouceProblem problem, const char *detail);
