// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A broker without sockets for simulations: the real store and desk in a folder, people who call
// them, and a clock that only the simulation moves.

#include "broker/desk/desk.h"
#include "tests/unit/broker/market/ticker.h"

#define WORLD_SEEKERS 6
#define WORLD_HELPERS 4

typedef struct {
    char account[POUCE_ID_CHARS + 1];
    char device[POUCE_ID_CHARS + 1];
} Person;

typedef struct {
    char *uri;
    PouceStore *store;
    PouceDesk *desk;
    Person seekers[WORLD_SEEKERS];
    Person helpers[WORLD_HELPERS];
    gint64 now_us; // virtual
    gint64 now_s;
    const PouceDeskListener *listener;
    gpointer data;
} World;

/** world_name - only the ids of the people */
void world_name(World *world);
/** world_open - open or reopen; makes people at the first time; the same ids each time */
void world_open(World *world, const char *folder);
/** world_close - clean stop */
void world_close(World *world);
/** world_flush - until everything asked so far, and what followed from it, is on the disk */
void world_flush(World *world);
/** world_pass - move the clock and let deadlines happen */
void world_pass(World *world, gint64 us);
PouceDeskCall world_call(World *world, const Person *person, const guint8 *key);
/** world_check - ledger, audit, one settlement a session; aborts with a sentence */
void world_check(World *world);
/** world_db - a read-only connection; close it */
PouceDb *world_db(World *world);
gint64 world_number(PouceDb *db, const char *sql);
