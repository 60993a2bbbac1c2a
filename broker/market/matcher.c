// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include <string.h>

#include "broker/market/listed.h"
#include "broker/market/words.h"

#define POINTS_NOW 1000
#define POINTS_BUSY 400
#define POINTS_FIT 500
#define POINTS_SKILL 40
#define POINTS_LANGUAGE 15
#define POINTS_PLACE 15
#define POINTS_PLACE_WORD 8
#define POINTS_RATING 20
#define POINTS_KNOWN 10
#define POINTS_PRICE 10
#define ABOUT_WEIGHT 0.5

// A query with its words cut once.
typedef struct {
    const PouceDirectory *directory;
    const PouceMatchQuery *query;
    char **need_words;
    char *place_folded;
    char **place_words;
} Question;

static void question_init(
    Question *question, const PouceDirectory *directory, const PouceMatchQuery *query)
{
    g_autofree char *folded = pouce_words_fold(query->place ? query->place : "");

    *question = (Question){
        .directory = directory,
        .query = query,
        .need_words = pouce_words_of(query->need ? query->need : ""),
        .place_folded = g_strdup(g_strstrip(folded)),
        .place_words = pouce_words_of(query->place ? query->place : ""),
    };
}

static void question_clear(Question *question)
{
    g_strfreev(question->need_words);
    g_free(question->place_folded);
    g_strfreev(question->place_words);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Question, question_clear)

static void give_reason(PouceMatch *match, const char *code, const char *value)
{
    g_assert(match->reason_count < (int)G_N_ELEMENTS(match->reasons));
    PouceReasonShown *reason = &match->reasons[match->reason_count++];

    reason->code = code;
    // Cut between characters, not inside one.
    gsize bytes = MIN(strlen(value), sizeof reason->value - 1);

    while (bytes > 0 && value[bytes] && ((guchar)value[bytes] & 0xc0) == 0x80) {
        bytes--;
    }
    memcpy(reason->value, value, bytes);
    reason->value[bytes] = '\0';
}

static double best_of(const char *word, char *const *others)
{
    double best = 0;

    for (gsize i = 0; others[i] && best < 1; i++) {
        best = MAX(best, pouce_words_alike(word, others[i]));
    }
    return best;
}

static void add_skill(const Question *question, const PouceListed *listed, PouceMatch *match)
{
    double sum = 0;
    double shown = 0;
    const char *skill = NULL;
    gsize words = 0;

    for (; question->need_words[words]; words++) {
        double best = ABOUT_WEIGHT * best_of(question->need_words[words], listed->about_words);

        for (gsize i = 0; listed->card.skills[i]; i++) {
            double fit = best_of(question->need_words[words], listed->skill_words[i]);

            best = MAX(best, fit);
            if (fit > shown) {
                shown = fit;
                skill = listed->card.skills[i];
            }
        }
        sum += best;
    }
    if (sum > 0) {
        match->points += POINTS_FIT + POINTS_SKILL * sum / (double)words;
    }
    if (skill) {
        give_reason(match, "skill", skill);
    }
}

// "fr" speaks "fr-CA" and the other way round.
static gboolean same_language(const char *a, const char *b)
{
    gsize bytes = strcspn(a, "-_");

    return bytes == strcspn(b, "-_") && g_ascii_strncasecmp(a, b, bytes) == 0;
}

static gboolean has_text(const char *text)
{
    return text && *text;
}

// FALSE: does not speak the asked language.
static gboolean add_language(const Question *question, const PouceListed *listed, PouceMatch *match)
{
    const char *const *languages = listed->card.languages;

    if (!has_text(question->query->language) || !languages[0]) {
        return TRUE;
    }
    for (gsize i = 0; languages[i]; i++) {
        if (same_language(languages[i], question->query->language)) {
            match->points += POINTS_LANGUAGE;
            give_reason(match, "language", languages[i]);
            return TRUE;
        }
    }
    return FALSE;
}

static void add_place(const Question *question, const PouceListed *listed, PouceMatch *match)
{
    double points = 0;

    if (!*question->place_folded || !*listed->place_folded) {
        return;
    }
    if (strcmp(question->place_folded, listed->place_folded) == 0) {
        points = POINTS_PLACE;
    }
    for (gsize i = 0; question->place_words[i] && points == 0; i++) {
        if (best_of(question->place_words[i], listed->place_words) == 1) {
            points = POINTS_PLACE_WORD;
        }
    }
    if (points > 0) {
        match->points += points;
        give_reason(match, "place", listed->card.place);
    }
}

static void add_rating(const PouceListed *listed, PouceMatch *match)
{
    const PouceHelperCard *card = &listed->card;
    double prior = POUCE_RATING_PRIOR_COUNT * POUCE_RATING_PRIOR_HUNDREDTHS / 100.0;
    double mean =
        (prior + (double)card->stars) / (double)(POUCE_RATING_PRIOR_COUNT + card->ratings);

    match->points += POINTS_RATING * CLAMP((mean - 3) / 2, 0, 1);
    if (card->ratings > 0 && mean >= 3) {
        gint64 stars = pouce_helper_card_stars_hundredths(card);
        g_autofree char *value =
            g_strdup_printf("%" G_GINT64_FORMAT ".%02" G_GINT64_FORMAT, stars / 100, stars % 100);

        give_reason(match, "rating", value);
    }
}

static void add_known(const Question *question, const PouceListed *listed, PouceMatch *match)
{
    gint64 count = has_text(question->query->seeker) ? pouce_directory_known(question->directory,
                                                           question->query->seeker, listed->card.id)
                                                     : 0;

    if (count > 0) {
        g_autofree char *value = g_strdup_printf("%" G_GINT64_FORMAT, count);

        match->points += POINTS_KNOWN;
        give_reason(match, "known", value);
    }
}

static void add_price(const PouceListed *listed, PouceMatch *match)
{
    gint64 rate = listed->card.rate_minor_per_min;

    if (rate < POUCE_RANK_DEAR_MINOR) {
        g_autofree char *value = g_strdup_printf("%" G_GINT64_FORMAT, rate);

        match->points += POINTS_PRICE * (1 - (double)rate / POUCE_RANK_DEAR_MINOR);
        give_reason(match, "price", value);
    }
}

// FALSE: left out by the query's filters.
static gboolean judge(const Question *question, const PouceListed *listed, PouceMatch *match)
{
    *match = (PouceMatch){
        .card = &listed->card,
        .available = pouce_directory_available(question->directory, listed->card.id),
    };
    add_skill(question, listed, match);
    gboolean understood = add_language(question, listed, match);

    add_place(question, listed, match);
    add_rating(listed, match);
    add_known(question, listed, match);
    add_price(listed, match);
    if (match->available == POUCE_FREE_NOW) {
        match->points += POINTS_NOW;
        give_reason(match, "free", "now");
    } else if (match->available == POUCE_FREE_BUSY) {
        match->points += POINTS_BUSY;
    }
    return understood && g_strcmp0(listed->card.id, question->query->seeker) != 0 &&
           (!question->query->free_only || match->available == POUCE_FREE_NOW);
}

static gboolean is_better(const PouceMatch *a, const PouceMatch *b)
{
    if (a->points != b->points) {
        return a->points > b->points;
    }
    if (a->card->sessions != b->card->sessions) {
        return a->card->sessions > b->card->sessions;
    }
    return strcmp(a->card->id, b->card->id) < 0;
}

// Keeps @out sorted; the worst falls out at the end.
static int insert(PouceMatch *out, int count, int limit, const PouceMatch *match)
{
    int at = count;

    while (at > 0 && is_better(match, &out[at - 1])) {
        at--;
    }
    if (at == limit) {
        return count;
    }
    int kept = MIN(count, limit - 1);

    memmove(&out[at + 1], &out[at], (gsize)(kept - at) * sizeof *out);
    out[at] = *match;
    return kept + 1;
}

int pouce_directory_match(
    const PouceDirectory *directory, const PouceMatchQuery *query, PouceMatch *out)
{
    g_auto(Question) question = {0};
    GHashTableIter iter;
    gpointer value;
    int count = 0;

    g_assert(query->limit >= 1 && query->limit <= POUCE_MATCH_MAX);
    question_init(&question, directory, query);
    g_hash_table_iter_init(&iter, directory->helpers);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        PouceMatch match;

        if (judge(&question, value, &match)) {
            count = insert(out, count, query->limit, &match);
        }
    }
    return count;
}

gboolean pouce_directory_explain(const PouceDirectory *directory, const PouceMatchQuery *query,
    const char *helper, PouceMatch *out)
{
    const PouceListed *listed = g_hash_table_lookup(directory->helpers, helper);
    g_auto(Question) question = {0};

    if (!listed) {
        return FALSE;
    }
    question_init(&question, directory, query);
    judge(&question, listed, out);
    return TRUE;
}
