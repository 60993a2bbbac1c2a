// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The route table and how a path finds its row. Pure; any thread.
#pragma once

#include <glib.h>

/** Segments and parameters a path may have; longer paths match nothing. */
#define POUCE_PATH_MAX_SEGMENTS 8
#define POUCE_PATH_MAX_PARAMS 2
#define POUCE_PATH_PARAM_MAX_BYTES 64

typedef struct PouceCall PouceCall;

/** Answers @call now or later with pouce_call_answer or pouce_call_fail, exactly once. Main thread.
 */
typedef void (*PouceHandler)(PouceCall *call, gpointer app);

typedef enum { POUCE_AUTH_NONE, POUCE_AUTH_ACCOUNT, POUCE_AUTH_OPERATOR } PouceAuth;

/** Which buckets a request is counted in, besides that of its address. */
typedef enum {
    POUCE_RATE_PLAIN,   /* address, account */
    POUCE_RATE_SIGN_UP, /* address, few a minute */
    POUCE_RATE_LOG_IN,  /* address and login, few a minute */
    POUCE_RATE_REQUEST, /* account, few a minute: rings somebody, or makes credentials */
} PouceRateKind;

typedef struct {
    const char *method; /* GET answers HEAD as well */
    const char *path;   /* "/api/v1/sessions/{id}/end" */
    PouceAuth auth;
    PouceRateKind rate;
    gboolean body; /* a JSON object is required */
    gboolean key;  /* Idempotency-Key is required */
    PouceHandler handle;
} PouceRoute;

/** Values of the {names} of a pattern in order. */
typedef struct {
    guint count;
    char value[POUCE_PATH_MAX_PARAMS][POUCE_PATH_PARAM_MAX_BYTES + 1];
} PouceParams;

/**
 * pouce_route_find - the row for @method and @path
 * @path:        as it came, still percent-encoded; a parameter is plain [A-Za-z0-9_-] and anything
 * else matches nothing
 * @out_params:  filled on a match
 * @out_allowed: TRUE if the path exists with another method
 * Returns:      the row, or NULL
 */
const PouceRoute *pouce_route_find(const PouceRoute *routes, gsize count, const char *method,
    const char *path, PouceParams *out_params, gboolean *out_allowed);
