// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
//
// The closed word lists of PROTOCOL.md: roles, capabilities, states, reasons. Each has a name
// function (static text) and a parse function (FALSE for a word that is not on the list).
#pragma once

#include <glib.h>

typedef enum { POUCE_ROLE_SEEKER, POUCE_ROLE_HELPER } PouceRole;

// Also used as a set (bits or-ed together).
typedef enum {
    POUCE_CAPABILITY_NONE = 0,
    POUCE_CAPABILITY_VIEW = 1 << 0,
    POUCE_CAPABILITY_POINTER = 1 << 1,
    POUCE_CAPABILITY_CONTROL = 1 << 2,
    POUCE_CAPABILITY_RECORD = 1 << 3,
    POUCE_CAPABILITY_VOICE = 1 << 4,
    POUCE_CAPABILITY_CLIPBOARD = 1 << 5,
    POUCE_CAPABILITY_FILES = 1 << 6,
    POUCE_CAPABILITY_ALL = (1 << 7) - 1,
} PouceCapability;

typedef enum {
    POUCE_STATE_OPEN,
    POUCE_STATE_RINGING,
    POUCE_STATE_ACCEPTED,
    POUCE_STATE_CONNECTING,
    POUCE_STATE_LIVE,
    POUCE_STATE_PAUSED,
    POUCE_STATE_ENDED,
    POUCE_STATE_SETTLED,
    POUCE_STATE_RATED,
    POUCE_STATE_DECLINED,
    POUCE_STATE_EXPIRED,
    POUCE_STATE_FAILED,
} PouceState;

typedef enum {
    POUCE_END_NONE, // ""
    POUCE_END_SEEKER,
    POUCE_END_HELPER,
    POUCE_END_CAP,
    POUCE_END_SILENCE,
    POUCE_END_WITHDRAWN,
    POUCE_END_DECLINED,
    POUCE_END_EXPIRED,
    POUCE_END_FAILED,
    POUCE_END_BROKER,
} PouceEndReason;

typedef enum {
    POUCE_REVOKE_OWNER,
    POUCE_REVOKE_LOCAL_INPUT,
    POUCE_REVOKE_TIMEOUT,
    POUCE_REVOKE_HELPER,
    POUCE_REVOKE_POLICY,
} PouceRevokeBy;

typedef enum { POUCE_FREE_NOW, POUCE_FREE_BUSY, POUCE_FREE_AWAY } PouceAvailability;

const char *pouce_role_name(PouceRole role);
const char *pouce_capability_name(PouceCapability one); // exactly one bit
const char *pouce_state_name(PouceState state);
const char *pouce_end_reason_name(PouceEndReason reason);
const char *pouce_revoke_by_name(PouceRevokeBy by);
const char *pouce_availability_name(PouceAvailability availability);

gboolean pouce_role_parse(const char *name, PouceRole *out);
gboolean pouce_capability_parse(const char *name, PouceCapability *out); // exactly one bit
gboolean pouce_state_parse(const char *name, PouceState *out);
gboolean pouce_end_reason_parse(const char *name, PouceEndReason *out);
gboolean pouce_revoke_by_parse(const char *name, PouceRevokeBy *out);
gboolean pouce_availability_parse(const char *name, PouceAvailability *out);

PouceRole pouce_role_other(PouceRole role);

/** pouce_state_is_over - TRUE from `ended` on, and for declined, expired, failed */
gboolean pouce_state_is_over(PouceState state);
