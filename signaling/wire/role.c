// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "signaling/wire/role.h"

#include <string.h>

static const char *const roles[] = {"seeker", "helper"};
static const char *const capabilities[] = {
    "view", "pointer", "control", "record", "voice", "clipboard", "files"};
static const char *const states[] = {"open", "ringing", "accepted", "connecting", "live", "paused",
    "ended", "settled", "rated", "declined", "expired", "failed"};
static const char *const end_reasons[] = {"", "seeker", "helper", "cap", "silence", "withdrawn",
    "declined", "expired", "failed", "broker"};
static const char *const revokers[] = {"owner", "local_input", "timeout", "helper", "policy"};
static const char *const availabilities[] = {"now", "busy", "away"};

static gboolean find(const char *const *words, guint n_words, const char *name, guint *out)
{
    for (guint i = 0; name && i < n_words; i++) {
        if (strcmp(words[i], name) == 0) {
            *out = i;
            return TRUE;
        }
    }
    return FALSE;
}

#define WORD_LIST(Type, type, words)                                                               \
    const char *pouce_##type##_name(Type value)                                                    \
    {                                                                                              \
        g_assert((guint)value < G_N_ELEMENTS(words));                                              \
        return words[value];                                                                       \
    }                                                                                              \
    gboolean pouce_##type##_parse(const char *name, Type *out)                                     \
    {                                                                                              \
        guint index;                                                                               \
        if (!find(words, G_N_ELEMENTS(words), name, &index))                                       \
            return FALSE;                                                                          \
        *out = (Type)index;                                                                        \
        return TRUE;                                                                               \
    }

WORD_LIST(PouceRole, role, roles)
WORD_LIST(PouceState, state, states)
WORD_LIST(PouceEndReason, end_reason, end_reasons)
WORD_LIST(PouceRevokeBy, revoke_by, revokers)
WORD_LIST(PouceAvailability, availability, availabilities)

const char *pouce_capability_name(PouceCapability one)
{
    for (guint i = 0; i < G_N_ELEMENTS(capabilities); i++) {
        if ((guint)one == 1u << i)
            return capabilities[i];
    }
    g_assert_not_reached();
}

gboolean pouce_capability_parse(const char *name, PouceCapability *out)
{
    guint index;
    if (!find(capabilities, G_N_ELEMENTS(capabilities), name, &index))
        return FALSE;
    *out = (PouceCapability)(1u << index);
    return TRUE;
}

PouceRole pouce_role_other(PouceRole role)
{
    return role == POUCE_ROLE_SEEKER ? POUCE_ROLE_HELPER : POUCE_ROLE_SEEKER;
}

gboolean pouce_state_is_over(PouceState state)
{
    return state >= POUCE_STATE_ENDED;
}
