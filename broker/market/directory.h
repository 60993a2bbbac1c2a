// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Who can help, who is here, who is busy; and who fits a need best.
//
// In memory, built from the store at start, fed by presence. One thread; no clock.
//
// The rank is a sum of points, each shown to the seeker as a reason:
//   free      1000 available now, 400 busy, 0 away: an instant nudge comes first
//   fit       500 when any word of the need is found at all
//   skill     0…40  share of the need's words (without stop words) found among the skills and the
//                   about text: the same word 1, the same beginning 0.7; in the about text half
//   language  15    the asked language is spoken
//   place     15    the same place; 8: a word of it in common
//   rating    0…20  Bayesian mean (5 imagined ratings of 3.5 stars) from 3 to 5 stars
//   known     10    settled sessions with this seeker
//   price     0…10  free of charge 10; falls to 0 at POUCE_RANK_DEAR_MINOR a minute
// Equal points: more settled sessions, then the smaller account id, so that the order is total.
// Words compare without case and accents; two words begin alike when at least four letters and
// seven tenths of the shorter one are the same (imprimante, imprimer; printer, printing).

#include <glib.h>

#include "signaling/wire/role.h"

G_BEGIN_DECLS

#define POUCE_DIRECTORY_MAX 100000 // helpers
#define POUCE_DEVICES_MAX 8        // present devices an account; the oldest gives way
#define POUCE_MATCH_MAX 50         // results
#define POUCE_RANK_DEAR_MINOR 200  // per minute; a travelling repairer's hour is worth 120 units
#define POUCE_RATING_PRIOR_COUNT 5 // imagined ratings
#define POUCE_RATING_PRIOR_HUNDREDTHS 350

typedef struct PouceDirectory PouceDirectory;

/** A helper's card. Strings are the directory's, valid until the card is put again or removed. */
typedef struct {
    const char *id; // account
    const char *name;
    const char *const *skills; // NULL-terminated
    const char *const *languages;
    const char *place;
    const char *about;
    gint64 rate_minor_per_min;
    gint64 ratings;
    gint64 stars; // their sum
    gint64 sessions;
} PouceHelperCard;

/** pouce_helper_card_stars_hundredths - plain mean for display, 0 without ratings */
gint64 pouce_helper_card_stars_hundredths(const PouceHelperCard *card);

PouceDirectory *pouce_directory_new(void);
void pouce_directory_free(PouceDirectory *directory);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceDirectory, pouce_directory_free)

/** pouce_directory_put - add or replace; copies; FALSE when POUCE_DIRECTORY_MAX is reached */
gboolean pouce_directory_put(PouceDirectory *directory, const PouceHelperCard *card);
const PouceHelperCard *pouce_directory_find(const PouceDirectory *directory, const char *id);
guint pouce_directory_count(const PouceDirectory *directory);

/** Presence: a device came (or changed its mind), or went. Accounts without a card count too. */
void pouce_directory_device_up(
    PouceDirectory *directory, const char *account, const char *device, gboolean available);
void pouce_directory_device_down(
    PouceDirectory *directory, const char *account, const char *device);
/** pouce_directory_devices - available ones of @account: NULL-terminated, borrowed until the next
 * change */
const char *const *pouce_directory_devices(PouceDirectory *directory, const char *account);
guint pouce_directory_online(const PouceDirectory *directory); // accounts with a device

/** pouce_directory_set_busy - @session NULL: no longer */
void pouce_directory_set_busy(PouceDirectory *directory, const char *account, const char *session);
PouceAvailability pouce_directory_available(const PouceDirectory *directory, const char *account);

/** Learned after each settlement and rating. */
void pouce_directory_settled(PouceDirectory *directory, const char *seeker, const char *helper);
void pouce_directory_rated(PouceDirectory *directory, const char *helper, gint64 stars);
/** pouce_directory_know - at start: @count settled sessions of this pair */
void pouce_directory_know(
    PouceDirectory *directory, const char *seeker, const char *helper, gint64 count);

typedef struct {
    const char *code; // skill language place rating known price free; static
    char value[48];   // the skill, the language, the place, "4.80", the count, the rate, "now"
} PouceReasonShown;

typedef struct {
    const PouceHelperCard *card; // borrowed until the directory changes
    PouceAvailability available;
    double points;
    PouceReasonShown reasons[7];
    int reason_count;
} PouceMatch;

typedef struct {
    const char *seeker;   // never ranked for himself; "" or NULL: nobody
    const char *need;     // free words; NULL or "": all
    const char *language; // filter and points; NULL or "": any
    const char *place;    // points only
    gboolean free_only;   // available now only
    int limit;            // 1 … POUCE_MATCH_MAX
} PouceMatchQuery;

/**
 * pouce_directory_match - the best for a need, best first
 * A helper who does not speak the asked language is left out; an empty language list leaves nobody
 * out.
 * @out:    room for @query->limit matches
 * Returns: how many
 */
int pouce_directory_match(
    const PouceDirectory *directory, const PouceMatchQuery *query, PouceMatch *out);
/** pouce_directory_explain - one helper's match for @query, available or not; FALSE: unknown */
gboolean pouce_directory_explain(const PouceDirectory *directory, const PouceMatchQuery *query,
    const char *helper, PouceMatch *out);

G_END_DECLS
