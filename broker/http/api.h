// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The handlers of PROTOCOL.md section 1 and the table that names them. Each reads and checks its
// input, asks the desk or the store, and answers in a callback. Main thread.
#pragma once

#include "broker/desk/desk.h"
#include "broker/http/password.h"
#include "broker/http/server.h"
#include "broker/http/view.h"

/** Everything that handlers need. Filled by the program; all borrowed. */
typedef struct {
    PouceStore *store;
    PouceDesk *desk;
    PouceTokens *tokens;
    PoucePasswords *passwords;
    PouceServer *server; /* set after pouce_server_new */
    PouceView view;
    const char *name; /* of this broker, shown to people */
    void (*logged_out)(gpointer data, const char *device);
    gpointer logged_out_data;
} PouceApi;

/** The API's rows; programs may append their own (the console does). */
extern const PouceRoute pouce_api_routes[];
extern const gsize pouce_api_route_count;

/** How an error of desk, ledger or store is shown. */
PouceProblem pouce_api_problem(const GError *error);

/** Answers @call with what @error means. */
void pouce_api_fail(PouceCall *call, const GError *error);

/** The caller in the desk's words; borrowed from @call. */
PouceDeskCall pouce_api_desk_call(PouceCall *call);

/* this broker, and the way to it */
void pouce_api_check(PouceCall *call, gpointer app);

/* people */
void pouce_api_sign_up(PouceCall *call, gpointer app);
void pouce_api_log_in(PouceCall *call, gpointer app);
void pouce_api_log_out(PouceCall *call, gpointer app);
void pouce_api_me(PouceCall *call, gpointer app);
void pouce_api_put_helper(PouceCall *call, gpointer app);
void pouce_api_helpers(PouceCall *call, gpointer app);
void pouce_api_helper(PouceCall *call, gpointer app);

/* sessions */
void pouce_api_create_session(PouceCall *call, gpointer app);
void pouce_api_sessions(PouceCall *call, gpointer app);
void pouce_api_session(PouceCall *call, gpointer app);
void pouce_api_accept(PouceCall *call, gpointer app);
void pouce_api_decline(PouceCall *call, gpointer app);
void pouce_api_confirm(PouceCall *call, gpointer app);
void pouce_api_end(PouceCall *call, gpointer app);
void pouce_api_rate(PouceCall *call, gpointer app);
void pouce_api_receipt(PouceCall *call, gpointer app);
void pouce_api_ticks(PouceCall *call, gpointer app);
