// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/motion.h"

#include <string.h>

#define TABLE_SIZE (SCREEN_MOTION_ANCHORS_MAX * 2)
#define BALLOT_SIZE 1024
/** Fewer pairs than this are chance. */
#define VOTES_MIN 3
#define EMPTY 0xffff

typedef struct {
    ScreenAnchor anchors[SCREEN_ANCHORS_PER_MB];
    guint8 count;
} Cell;

typedef struct {
    gint16 dx, dy;
    guint32 votes;
} Ballot;

struct ScreenMotion {
    int columns;
    Cell *cells;
    ScreenAnchor vanished[SCREEN_MOTION_ANCHORS_MAX];
    int vanished_count;
    guint32 thin_mask;         // anchors with any of these hash bits are passed over
    guint16 table[TABLE_SIZE]; // hash to index in vanished
    gboolean repeated[SCREEN_MOTION_ANCHORS_MAX];
    Ballot ballots[BALLOT_SIZE];
};

ScreenMotion *screen_motion_new(int mb_columns, int mb_rows)
{
    ScreenMotion *motion = g_new0(ScreenMotion, 1);
    motion->columns = mb_columns;
    motion->cells = g_new0(Cell, (gsize)mb_columns * mb_rows);
    return motion;
}

void screen_motion_free(ScreenMotion *motion)
{
    if (!motion)
        return;
    g_free(motion->cells);
    g_free(motion);
}

void screen_motion_begin(ScreenMotion *motion, int changed_max)
{
    motion->vanished_count = 0;
    motion->thin_mask = 0;
    while (changed_max * SCREEN_ANCHORS_PER_MB > SCREEN_MOTION_ANCHORS_MAX * 2) {
        motion->thin_mask = motion->thin_mask << 1 | 1;
        changed_max /= 2;
    }
}

void screen_motion_renew(ScreenMotion *motion, const PouceFrame *frame, int mb_x, int mb_y)
{
    Cell *cell = &motion->cells[mb_y * motion->columns + mb_x];
    for (int i = 0; i < cell->count; i++) {
        if (motion->vanished_count == SCREEN_MOTION_ANCHORS_MAX)
            break;
        if (!(cell->anchors[i].hash & motion->thin_mask))
            motion->vanished[motion->vanished_count++] = cell->anchors[i];
    }
    cell->count = (guint8)screen_anchors_find(cell->anchors, frame, mb_x, mb_y);
}

static guint32 slot_of(guint32 hash)
{
    return (hash >> 16) & (TABLE_SIZE - 1);
}

// Anchors that occur twice say nothing about where one of them went.
static void build_table(ScreenMotion *motion)
{
    memset(motion->table, 0xff, sizeof motion->table);
    for (int i = 0; i < motion->vanished_count; i++) {
        guint32 slot = slot_of(motion->vanished[i].hash);
        motion->repeated[i] = FALSE;
        while (motion->table[slot] != EMPTY &&
               motion->vanished[motion->table[slot]].hash != motion->vanished[i].hash)
            slot = (slot + 1) & (TABLE_SIZE - 1);
        if (motion->table[slot] == EMPTY)
            motion->table[slot] = (guint16)i;
        else
            motion->repeated[motion->table[slot]] = TRUE;
    }
}

static const ScreenAnchor *find_vanished(const ScreenMotion *motion, guint32 hash)
{
    guint32 slot = slot_of(hash);
    for (; motion->table[slot] != EMPTY; slot = (slot + 1) & (TABLE_SIZE - 1)) {
        int i = motion->table[slot];
        if (motion->vanished[i].hash == hash)
            return motion->repeated[i] ? NULL : &motion->vanished[i];
    }
    return NULL;
}

static void vote(ScreenMotion *motion, int dx, int dy)
{
    guint32 slot = ((guint32)dx * 0x9e3779b1u ^ (guint32)dy * 0x85ebca77u) >> 22;
    for (int tries = 0; tries < 16; tries++, slot = (slot + 1) % BALLOT_SIZE) {
        Ballot *ballot = &motion->ballots[slot];
        if (ballot->votes && (ballot->dx != dx || ballot->dy != dy))
            continue;
        ballot->dx = (gint16)dx;
        ballot->dy = (gint16)dy;
        ballot->votes++;
        return;
    }
    // Too many different vectors: this one is chance, or it will be voted for again elsewhere.
}

static void count_votes(ScreenMotion *motion, const PouceDamage *changed)
{
    memset(motion->ballots, 0, sizeof motion->ballots);
    for (int x = 0, y = 0, n; pouce_damage_next_run(changed, &x, &y, &n); x += n)
        for (int i = x; i < x + n; i++) {
            const Cell *cell = &motion->cells[y * motion->columns + i];
            for (int k = 0; k < cell->count; k++) {
                const ScreenAnchor *now = &cell->anchors[k];
                if (now->hash & motion->thin_mask)
                    continue;
                const ScreenAnchor *before = find_vanished(motion, now->hash);
                if (before && (before->x != now->x || before->y != now->y))
                    vote(motion, before->x - now->x, before->y - now->y);
            }
        }
}

int screen_motion_search(
    ScreenMotion *motion, const PouceDamage *changed, ScreenVector *vectors, int count)
{
    if (motion->vanished_count < VOTES_MIN)
        return 0;
    build_table(motion);
    count_votes(motion, changed);
    int found = 0;
    guint32 most = 0;
    while (found < count) {
        Ballot *best = &motion->ballots[0];
        for (int i = 1; i < BALLOT_SIZE; i++)
            if (motion->ballots[i].votes > best->votes)
                best = &motion->ballots[i];
        most = MAX(most, best->votes);
        if (best->votes < VOTES_MIN || best->votes * 50 < most)
            break;
        vectors[found++] =
            (ScreenVector){.row = (gint16)(best->dy * 4), .column = (gint16)(best->dx * 4)};
        best->votes = 0;
    }
    return found;
}
