// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What poucectl's files share: the talk with the broker, and what to print.
#pragma once

#include <glib.h>
#include <jansson.h>

typedef struct {
    char *data;
    gboolean json;
    gboolean verify, csv, off, is_operator, without_relay;
    char *name, *locale, *memo, *key, *from, *to, *output, *url, *ca_file;
    gint limit;
    char **words; /* the command and its arguments, NULL-terminated */
} PouceCtl;

/** Asks the broker; takes @request. A new reference, or NULL with a sentence. */
json_t *pouce_ctl_ask(const PouceCtl *ctl, json_t *request, GError **error);

/** An amount as people write it: "12.50 EUR"; owned. */
char *pouce_ctl_money(gint64 minor, const char *currency);

/** Tables for people. */
void pouce_ctl_print_accounts(json_t *answer);
void pouce_ctl_print_sessions(json_t *answer);
void pouce_ctl_print_session(json_t *answer);

/**
 * pouce_ctl_verify_ticks - judges a session's ticks anew, from the keys alone
 * Prints one line a tick and a sum. FALSE when anything does not hold, or the bill does not follow
 * from it.
 */
gboolean pouce_ctl_verify_ticks(const PouceCtl *ctl, json_t *answer);
void pouce_ctl_print_ticks(json_t *answer);

/** Says part by part what works and what is missing. FALSE when something is broken, or is
 * missing and was not meant to be. */
gboolean pouce_ctl_doctor(const PouceCtl *ctl);
