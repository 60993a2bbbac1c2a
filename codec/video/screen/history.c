// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/history.h"

/** A desktop that stood for less was on its way to another. */
#define STILL_US 250000
#define FOLLOW_INTERVAL_US 1000000
/** One in this many macroblocks has to change before the old desktop is put by. */
#define LARGE_CHANGE_PART 8
/** What differs in fewer than one in this many is the same desktop. */
#define SAME_PART 4

/** After a loss, others are expected for as long. */
#define GUARD_US (10 * G_USEC_PER_SEC)
/** A recovery makes up for at most this and the time that a confirmation takes. */
#define GUARD_INTERVAL_US 150000
/** What was saved is not confirmed after so long: another picture is tried. */
#define UNCONFIRMED_US 1000000

// The older of the two gives way to the present picture, once the newer one is confirmed.
static void guard(const ScreenHistory *history, const ScreenStore *store,
    const ScreenMoment *moment, ScreenHeader *header)
{
    const ScreenSaved *golden = &store->saved[SCREEN_SAVED_INDEX(SCREEN_REF_GOLDEN)];
    const ScreenSaved *altref = &store->saved[SCREEN_SAVED_INDEX(SCREEN_REF_ALTREF)];
    gboolean golden_newer =
        golden->usable && (!altref->usable || golden->since_id >= altref->since_id);
    const ScreenSaved *newer = golden_newer ? golden : altref;
    gint64 age_us = moment->now_us - history->saved_us;
    gboolean confirmed = !newer->usable || newer->since_id <= history->confirmed_id;
    if (pouce_damage_is_empty(&newer->apart) ||
        age_us < (confirmed ? GUARD_INTERVAL_US : UNCONFIRMED_US))
        return;
    // Never the only one that is confirmed.
    if (golden_newer == confirmed)
        header->altref = SCREEN_COPY_LAST;
    else
        header->golden = SCREEN_COPY_LAST;
}

static gboolean is_near(const ScreenSaved *saved, int total_mb)
{
    return saved->usable && !saved->coarse &&
           pouce_damage_count(&saved->apart) * SAME_PART < total_mb;
}

// Whether @saved is what a large change brings back.
static gboolean comes_back(const ScreenSaved *saved, const ScreenMoment *moment)
{
    const PouceDamage *changed = moment->changed;
    int same = 0;
    for (int x = 0, y = 0, n; pouce_damage_next_run(changed, &x, &y, &n); x += n)
        for (int at = y * changed->mb_columns + x, end = at + n; at < end; at++)
            same += saved->fingerprints[at] == moment->fingerprints[at];
    return saved->usable && same * 2 > moment->changed_mb;
}

// Which of the two saved pictures gives way to the present one.
static int give_way(const ScreenStore *store, const ScreenMoment *moment, gboolean put_by)
{
    const ScreenSaved *saved = store->saved;
    for (int i = 0; i < 2; i++)
        if (!saved[i].usable || saved[i].coarse)
            return i;
    for (int i = 0; i < 2; i++)
        if (is_near(&saved[i], moment->total_mb))
            return i;
    for (int i = 0; i < 2; i++)
        if (put_by && comes_back(&saved[i], moment))
            return i;
    for (int i = 0; i < 2; i++)
        if (!saved[i].put_by)
            return i;
    return saved[1].since_id < saved[0].since_id;
}

void screen_history_plan(ScreenHistory *history, const ScreenStore *store,
    const ScreenMoment *moment, ScreenHeader *header)
{
    header->golden = header->altref = SCREEN_COPY_NONE;
    history->puts_by = FALSE;
    if (history->lost_anew)
        history->guarded_us = moment->now_us + GUARD_US;
    history->lost_anew = FALSE;
    gboolean stood = moment->now_us - history->changed_us >= STILL_US;
    if (moment->changed_mb)
        history->changed_us = moment->now_us;
    if (moment->now_us < history->guarded_us) {
        guard(history, store, moment, header);
        return;
    }
    if (!moment->was_sharp)
        return;
    history->puts_by = stood && moment->changed_mb * LARGE_CHANGE_PART > moment->total_mb;
    int index = give_way(store, moment, history->puts_by);
    const ScreenSaved *saved = &store->saved[index];
    gboolean due = !saved->usable || moment->now_us - history->followed_us >= FOLLOW_INTERVAL_US;
    if ((history->puts_by || due) && !pouce_damage_is_empty(&saved->apart))
        *(index ? &header->altref : &header->golden) = SCREEN_COPY_LAST;
}

void screen_history_keep_key(ScreenHistory *history, ScreenStore *store)
{
    if (history->key_id) {
        screen_store_save(store, SCREEN_REF_ALTREF, history->key_id);
        store->saved[SCREEN_SAVED_INDEX(SCREEN_REF_ALTREF)].coarse = TRUE;
        history->key_id = 0;
    }
}

static void save(
    ScreenHistory *history, ScreenStore *store, ScreenRef ref, guint32 id, gint64 now_us)
{
    screen_store_save(store, ref, id);
    store->saved[SCREEN_SAVED_INDEX(ref)].put_by = history->puts_by;
    history->saved_us = now_us;
    if (!history->puts_by)
        history->followed_us = now_us;
}

void screen_history_sent(ScreenHistory *history, ScreenStore *store, const ScreenHeader *header,
    guint32 id, gint64 now_us)
{
    if (header->key) {
        screen_store_forget(store);
        history->key_id = id;
        history->changed_us = history->followed_us = history->saved_us = now_us;
    }
    if (header->key || header->recovery) {
        history->base_id = id;
        history->lost_id = 0;
    }
    if (header->golden == SCREEN_COPY_LAST)
        save(history, store, SCREEN_REF_GOLDEN, id, now_us);
    if (header->altref == SCREEN_COPY_LAST)
        save(history, store, SCREEN_REF_ALTREF, id, now_us);
}

void screen_history_confirm(ScreenHistory *history, guint32 id)
{
    history->confirmed_id = MAX(history->confirmed_id, id);
}

void screen_history_lost(ScreenHistory *history, guint32 id)
{
    if (id < history->base_id)
        return; // what came since does not need it
    history->lost_anew = TRUE;
    history->lost_id = history->lost_id ? MIN(history->lost_id, id) : id;
}

guint32 screen_history_recover(const ScreenHistory *history, ScreenStore *store)
{
    guint32 base_id = 0;
    for (int i = 0; i < 2; i++) {
        ScreenSaved *saved = &store->saved[i];
        if (saved->since_id > history->confirmed_id || saved->since_id >= history->lost_id)
            saved->usable = FALSE;
        if (saved->usable)
            base_id = MAX(base_id, saved->since_id);
    }
    return base_id;
}
