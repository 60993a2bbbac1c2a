// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "agent/core/consent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define VIEW POUCE_CAPABILITY_VIEW
#define POINTER POUCE_CAPABILITY_POINTER
#define CONTROL POUCE_CAPABILITY_CONTROL
#define RECORD POUCE_CAPABILITY_RECORD
#define CARD (VIEW | POINTER | CONTROL)

// What a step must cause, as words: "ask control", "grant 7 control 5000", "revoke control owner".
typedef struct {
    GString *words;
} Heard;

static void hear(const PouceConsentEffect *effect, void *data)
{
    static const char *const kinds[] = {"ask", "unask", "grant", "refuse", "revoke"};
    GString *words = ((Heard *)data)->words;
    if (words->len)
        g_string_append(words, "; ");
    g_string_append_printf(words, "%s ", kinds[effect->kind]);
    if (effect->kind != POUCE_CONSENT_REVOKE)
        g_string_append_printf(words, "%u ", effect->id);
    g_string_append(words, pouce_capability_name(effect->may));
    if (effect->kind == POUCE_CONSENT_GRANT || effect->kind == POUCE_CONSENT_ASK)
        g_string_append_printf(words, " %u", effect->ms);
    if (effect->kind == POUCE_CONSENT_REVOKE)
        g_string_append_printf(words, " %s", pouce_revoke_by_name(effect->by));
}

typedef enum {
    BIND,
    UNBIND,
    ASK, // id 7, control, ms
    ASK_RECORD,
    YES,
    NO,
    LEND,
    TAKE,
    GIVE,
    HAND, // local input
    STALL,
    PAUSE,
    RESUME,
    TICK,
    QUESTION,
    NO_QUESTION,
} Step;

typedef struct {
    Step step;
    gint64 at_ms;
    guint32 ms;
    const char *effects;
    int input; // may input pass after it?
} Row;

static void play(PouceConsent *c, Step step, guint32 ms, gint64 now_us)
{
    switch (step) {
    case BIND:
    case UNBIND:
        pouce_consent_set_bound(c, step == BIND, now_us);
        break;
    case ASK:
        pouce_consent_ask(c, 7, CONTROL, ms, now_us);
        break;
    case ASK_RECORD:
        pouce_consent_ask(c, 8, RECORD, 0, now_us);
        break;
    case YES:
    case NO:
        pouce_consent_answer(c, 7, step == YES, ms, now_us);
        break;
    case LEND:
        pouce_consent_lend(c, CONTROL, ms, now_us);
        break;
    case TAKE:
        pouce_consent_revoke(c, CONTROL, POUCE_REVOKE_OWNER, now_us);
        break;
    case GIVE:
        pouce_consent_revoke(c, CONTROL, POUCE_REVOKE_HELPER, now_us);
        break;
    case HAND:
        pouce_consent_local_input(c, now_us);
        break;
    case STALL:
        pouce_consent_stall(c, now_us);
        break;
    case PAUSE:
    case RESUME:
        pouce_consent_set_paused(c, step == PAUSE, now_us);
        break;
    case TICK:
        pouce_consent_tick(c, now_us);
        break;
    case QUESTION:
    case NO_QUESTION:
        pouce_consent_question(c, step == QUESTION);
        break;
    }
}

static void run_story(const char *name, const Row *rows, gsize count, guint32 settle_ms)
{
    Heard heard = {g_string_new(NULL)};
    PouceConsent c;
    pouce_consent_init(&c, CARD, hear, &heard);
    c.settle_ms = settle_ms;
    for (gsize i = 0; i < count; i++) {
        g_string_truncate(heard.words, 0);
        play(&c, rows[i].step, rows[i].ms, rows[i].at_ms * 1000);
        if (strcmp(heard.words->str, rows[i].effects) != 0)
            fail_msg("%s, row %zu: \"%s\", should be \"%s\"", name, i, heard.words->str,
                rows[i].effects);
        if (pouce_consent_allows_input(&c, rows[i].at_ms * 1000) != rows[i].input)
            fail_msg("%s, row %zu: input should be %s", name, i, rows[i].input ? "let in" : "out");
    }
    g_string_free(heard.words, TRUE);
}

#define BOUND                                                                                      \
    {                                                                                              \
        BIND, 0, 0, "grant 0 view 0; grant 0 pointer 0", 0                                         \
    }
#define STORY(name, settle, ...)                                                                   \
    do {                                                                                           \
        const Row rows[] = {__VA_ARGS__};                                                          \
        run_story(name, rows, G_N_ELEMENTS(rows), settle);                                         \
    } while (0)

static void stories_go_as_written(void **state)
{
    STORY("asked and granted, then time is over", 0, BOUND,
        {ASK, 10, 5000, "ask 7 control 5000", 0},
        {YES, 20, 0, "unask 7 control; grant 7 control 5000", 1}, {TICK, 5019, 0, "", 1},
        {TICK, 5020, 0, "revoke control timeout", 0}, {TICK, 9000, 0, "", 0});
    STORY("a loan always has an end", 0, BOUND, {ASK, 10, 0, "ask 7 control 300000", 0},
        {YES, 20, 0, "unask 7 control; grant 7 control 300000", 1},
        {LEND, 30, 999999999, "grant 0 control 3600000", 1});
    STORY("the owner's hand ends it at once and it stays ended", 0, BOUND,
        {LEND, 10, 5000, "grant 0 control 5000", 1}, {HAND, 11, 0, "revoke control local_input", 0},
        {HAND, 12, 0, "", 0}, {TICK, 1000, 0, "", 0}, {YES, 1001, 0, "", 0});
    STORY("nothing before the bind", 0, {ASK, 0, 0, "refuse 7 control", 0}, {LEND, 1, 0, "", 0},
        BOUND);
    STORY("a refusal lasts a moment", 0, BOUND, {ASK, 10, 100, "ask 7 control 100", 0},
        {NO, 20, 0, "unask 7 control; refuse 7 control", 0}, {ASK, 30, 100, "refuse 7 control", 0},
        {ASK, 3030, 100, "ask 7 control 100", 0});
    STORY("an unanswered question is refused", 0, BOUND, {ASK, 10, 100, "ask 7 control 100", 0},
        {ASK, 20, 100, "", 0}, {TICK, 60009, 0, "", 0},
        {TICK, 60010, 0, "unask 7 control; refuse 7 control", 0}, {YES, 60020, 0, "", 0});
    STORY("no input while a question is shown", 0, BOUND,
        {LEND, 10, 50000, "grant 0 control 50000", 1}, {ASK_RECORD, 20, 0, "ask 8 record 0", 0},
        {TICK, 30, 0, "", 0}, {QUESTION, 40, 0, "", 0},
        {TICK, 60020, 0, "revoke control timeout; unask 8 record; refuse 8 record", 0},
        {NO_QUESTION, 60030, 0, "", 0});
    STORY("the window's own question too", 0, BOUND, {LEND, 10, 50000, "grant 0 control 50000", 1},
        {QUESTION, 11, 0, "", 0}, {NO_QUESTION, 12, 0, "", 1});
    STORY("owner, helper, stall, pause and drop end it", 0, BOUND,
        {LEND, 10, 0, "grant 0 control 300000", 1}, {TAKE, 11, 0, "revoke control owner", 0},
        {LEND, 12, 0, "grant 0 control 300000", 1}, {GIVE, 13, 0, "revoke control helper", 0},
        {LEND, 14, 0, "grant 0 control 300000", 1}, {STALL, 15, 0, "revoke control policy", 0},
        {LEND, 16, 0, "grant 0 control 300000", 1}, {PAUSE, 17, 0, "revoke control policy", 0},
        {LEND, 18, 0, "", 0}, {ASK, 18, 0, "refuse 7 control", 0}, {RESUME, 19, 0, "", 0},
        {LEND, 20, 0, "grant 0 control 300000", 1},
        {UNBIND, 21, 0, "revoke view policy; revoke pointer policy; revoke control policy", 0},
        {BIND, 22, 0, "grant 0 view 0; grant 0 pointer 0", 0});
    STORY("a hand that comes to rest does not end a fresh loan", 1000, BOUND,
        {LEND, 10, 5000, "grant 0 control 5000", 1}, {HAND, 500, 0, "", 0}, {TICK, 799, 0, "", 0},
        {TICK, 800, 0, "", 1}, {HAND, 900, 0, "", 0},
        {HAND, 1010, 0, "revoke control local_input", 0});
}

static void permissions_are_taken_back_for_good(void **state)
{
    Heard heard = {g_string_new(NULL)};
    PouceConsent c;
    pouce_consent_init(&c, CARD, hear, &heard);
    pouce_consent_set_bound(&c, TRUE, 0);
    assert_true(pouce_consent_allows(&c, POINTER, 1));
    assert_int_equal(pouce_consent_left_ms(&c, POINTER, 1), -1);
    pouce_consent_revoke(&c, POINTER, POUCE_REVOKE_OWNER, 2);
    assert_false(pouce_consent_allows(&c, POINTER, 3));
    pouce_consent_set_bound(&c, FALSE, 4);
    pouce_consent_set_bound(&c, TRUE, 5);
    assert_false(pouce_consent_allows(&c, POINTER, 6));
    assert_true(pouce_consent_allows(&c, VIEW, 6));
    g_string_free(heard.words, TRUE);
}

// A second opinion on when input may pass, written from the rules and not from the code.
typedef struct {
    gboolean bound, paused, lent;
    gint64 until_us;
    int questions_of_window;
    gboolean asked[2]; // control, record
} Model;

typedef struct {
    Model model;
    GString *words;
} Walk;

static void follow(const PouceConsentEffect *effect, void *data)
{
    Model *m = &((Walk *)data)->model;
    int which = effect->may == RECORD;
    if (effect->kind == POUCE_CONSENT_ASK)
        m->asked[which] = TRUE;
    if (effect->kind == POUCE_CONSENT_UNASK)
        m->asked[which] = FALSE;
}

static void step_model(Model *m, Step step, guint32 ms, gint64 now_us, gboolean was_asked)
{
    guint32 cut = ms == 0 ? POUCE_CONSENT_LOAN_DEFAULT_MS : MIN(ms, POUCE_CONSENT_LOAN_MAX_MS);
    if (step == BIND || step == UNBIND) {
        m->lent = m->lent && step == BIND;
        m->bound = step == BIND;
    } else if (step == PAUSE || step == RESUME) {
        m->paused = step == PAUSE;
        m->lent = m->lent && !m->paused;
    } else if (step == HAND || step == TAKE || step == GIVE || step == STALL) {
        m->lent = FALSE;
    } else if (step == LEND && m->bound && !m->paused) {
        m->lent = TRUE;
        m->until_us = now_us + (gint64)cut * 1000;
    } else if (step == YES && was_asked) {
        m->lent = TRUE;
        m->until_us = now_us + (gint64)cut * 1000;
    }
}

static void no_walk_finds_input_without_a_loan(void **state)
{
    const char *given = g_getenv("POUCE_TEST_SEED");
    guint32 seed = given ? (guint32)strtoul(given, NULL, 10) : 4242;
    GRand *rand = g_rand_new_with_seed(seed);
    guint let_in = 0;
    for (int walk = 0; walk < 400; walk++) {
        Walk w = {0};
        PouceConsent c;
        gint64 now_us = 1;
        pouce_consent_init(&c, CARD, follow, &w);
        for (int i = 0; i < 200; i++) {
            Step step = (Step)g_rand_int_range(rand, 0, NO_QUESTION + 1);
            if (g_rand_int_range(rand, 0, 4) == 0)
                step = i % 2 ? LEND : BIND;
            guint32 ms = (guint32)g_rand_int_range(rand, 1, 20000);
            now_us += g_rand_int_range(rand, 0, 8) ? g_rand_int_range(rand, 0, 4000000) : 70000000;
            if (step == NO_QUESTION && w.model.questions_of_window == 0)
                continue;
            w.model.questions_of_window += (step == QUESTION) - (step == NO_QUESTION);
            // A question that is too old may not be answered any more.
            pouce_consent_tick(&c, now_us);
            gboolean was_asked = w.model.asked[0];
            play(&c, step, ms, now_us);
            step_model(&w.model, step, ms, now_us, was_asked);
            gboolean may = w.model.bound && w.model.lent && now_us < w.model.until_us &&
                           !w.model.paused && w.model.questions_of_window == 0 &&
                           !w.model.asked[0] && !w.model.asked[1];
            if (pouce_consent_allows_input(&c, now_us) != may)
                fail_msg("seed %u, walk %d, step %d (%d): input is %s", seed, walk, i, step,
                    may ? "kept out wrongly" : "let in without a loan");
            let_in += may;
            gint64 due_us = pouce_consent_next_due_us(&c);
            assert_true(due_us == -1 || due_us > now_us);
        }
    }
    assert_true(let_in > 1000); // the walk does meet loans
    g_rand_free(rand);
}

static void lists_are_read(void **state)
{
    PouceCapability may = 0;
    g_autoptr(GError) error = NULL;
    assert_true(pouce_consent_parse_list("view, pointer,control", &may, NULL));
    assert_int_equal(may, CARD);
    assert_false(pouce_consent_parse_list("view,everything", &may, &error));
    assert_non_null(strstr(error->message, "everything"));
    assert_false(pouce_consent_parse_list("view,,control", &may, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stories_go_as_written),
        cmocka_unit_test(permissions_are_taken_back_for_good),
        cmocka_unit_test(no_walk_finds_input_without_a_loan),
        cmocka_unit_test(lists_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
