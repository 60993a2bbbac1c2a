// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "broker/market/directory.h"

#include <string.h>

#include "broker/market/listed.h"
#include "broker/market/words.h"

static void listed_free(gpointer data)
{
    PouceListed *listed = data;

    for (gsize i = 0; listed->card.skills[i]; i++) {
        g_strfreev(listed->skill_words[i]);
    }
    g_free(listed->skill_words);
    g_strfreev(listed->about_words);
    g_free(listed->place_folded);
    g_strfreev(listed->place_words);
    g_free((char *)listed->card.id);
    g_free((char *)listed->card.name);
    g_strfreev((char **)listed->card.skills);
    g_strfreev((char **)listed->card.languages);
    g_free((char *)listed->card.place);
    g_free((char *)listed->card.about);
    g_free(listed);
}

static void presence_free(gpointer data)
{
    PoucePresence *presence = data;

    for (int i = 0; i < presence->device_count; i++) {
        g_free(presence->devices[i].id);
    }
    g_free(presence->busy);
    g_free(presence);
}

PouceDirectory *pouce_directory_new(void)
{
    PouceDirectory *directory = g_new0(PouceDirectory, 1);

    directory->helpers = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, listed_free);
    directory->presence = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, presence_free);
    directory->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return directory;
}

void pouce_directory_free(PouceDirectory *directory)
{
    if (directory) {
        g_hash_table_unref(directory->helpers);
        g_hash_table_unref(directory->presence);
        g_hash_table_unref(directory->known);
        g_free(directory);
    }
}

gint64 pouce_helper_card_stars_hundredths(const PouceHelperCard *card)
{
    return card->ratings > 0 ? (card->stars * 100 + card->ratings / 2) / card->ratings : 0;
}

gboolean pouce_directory_put(PouceDirectory *directory, const PouceHelperCard *card)
{
    if (!g_hash_table_contains(directory->helpers, card->id) &&
        g_hash_table_size(directory->helpers) >= POUCE_DIRECTORY_MAX) {
        return FALSE;
    }
    PouceListed *listed = g_new0(PouceListed, 1);

    listed->card = *card;
    listed->card.id = g_strdup(card->id);
    listed->card.name = g_strdup(card->name);
    listed->card.skills = (const char *const *)g_strdupv((char **)card->skills);
    listed->card.languages = (const char *const *)g_strdupv((char **)card->languages);
    listed->card.place = g_strdup(card->place);
    listed->card.about = g_strdup(card->about);
    guint skills = g_strv_length((char **)card->skills);

    listed->skill_words = g_new0(char **, skills + 1);
    for (guint i = 0; i < skills; i++) {
        listed->skill_words[i] = pouce_words_of(card->skills[i]);
    }
    listed->about_words = pouce_words_of(card->about);
    g_autofree char *folded = pouce_words_fold(card->place);
    listed->place_folded = g_strdup(g_strstrip(folded));
    listed->place_words = pouce_words_of(card->place);
    g_hash_table_replace(directory->helpers, (char *)listed->card.id, listed);
    return TRUE;
}

const PouceHelperCard *pouce_directory_find(const PouceDirectory *directory, const char *id)
{
    const PouceListed *listed = g_hash_table_lookup(directory->helpers, id);

    return listed ? &listed->card : NULL;
}

guint pouce_directory_count(const PouceDirectory *directory)
{
    return g_hash_table_size(directory->helpers);
}

static PoucePresence *presence_of(PouceDirectory *directory, const char *account)
{
    PoucePresence *presence = g_hash_table_lookup(directory->presence, account);

    if (!presence) {
        presence = g_new0(PoucePresence, 1);
        g_hash_table_insert(directory->presence, g_strdup(account), presence);
    }
    return presence;
}

static void forget_if_empty(PouceDirectory *directory, const char *account)
{
    PoucePresence *presence = g_hash_table_lookup(directory->presence, account);

    if (presence && presence->device_count == 0 && !presence->busy) {
        g_hash_table_remove(directory->presence, account);
    }
}

static void remove_device(PoucePresence *presence, int index)
{
    g_free(presence->devices[index].id);
    presence->device_count--;
    memmove(&presence->devices[index], &presence->devices[index + 1],
        (gsize)(presence->device_count - index) * sizeof presence->devices[0]);
}

static int find_device(const PoucePresence *presence, const char *device)
{
    for (int i = 0; i < presence->device_count; i++) {
        if (strcmp(presence->devices[i].id, device) == 0) {
            return i;
        }
    }
    return -1;
}

void pouce_directory_device_up(
    PouceDirectory *directory, const char *account, const char *device, gboolean available)
{
    PoucePresence *presence = presence_of(directory, account);
    int index = find_device(presence, device);

    if (index < 0) {
        if (presence->device_count == 0) {
            directory->online++;
        }
        if (presence->device_count == POUCE_DEVICES_MAX) {
            remove_device(presence, 0);
        }
        index = presence->device_count++;
        presence->devices[index].id = g_strdup(device);
    }
    presence->devices[index].available = available;
}

void pouce_directory_device_down(PouceDirectory *directory, const char *account, const char *device)
{
    PoucePresence *presence = g_hash_table_lookup(directory->presence, account);
    int index = presence ? find_device(presence, device) : -1;

    if (index < 0) {
        return;
    }
    remove_device(presence, index);
    if (presence->device_count == 0) {
        directory->online--;
    }
    forget_if_empty(directory, account);
}

const char *const *pouce_directory_devices(PouceDirectory *directory, const char *account)
{
    static const char *const none[] = {NULL};
    PoucePresence *presence = g_hash_table_lookup(directory->presence, account);
    int count = 0;

    if (!presence) {
        return none;
    }
    for (int i = 0; i < presence->device_count; i++) {
        if (presence->devices[i].available) {
            presence->listed[count++] = presence->devices[i].id;
        }
    }
    presence->listed[count] = NULL;
    return presence->listed;
}

guint pouce_directory_online(const PouceDirectory *directory)
{
    return directory->online;
}

void pouce_directory_set_busy(PouceDirectory *directory, const char *account, const char *session)
{
    PoucePresence *presence = presence_of(directory, account);

    g_free(presence->busy);
    presence->busy = g_strdup(session);
    forget_if_empty(directory, account);
}

PouceAvailability pouce_directory_available(const PouceDirectory *directory, const char *account)
{
    const PoucePresence *presence = g_hash_table_lookup(directory->presence, account);
    gboolean available = FALSE;

    for (int i = 0; presence && i < presence->device_count; i++) {
        available = available || presence->devices[i].available;
    }
    if (presence && presence->busy) {
        return POUCE_FREE_BUSY;
    }
    return available ? POUCE_FREE_NOW : POUCE_FREE_AWAY;
}

static char *pair_of(const char *seeker, const char *helper)
{
    return g_strdup_printf("%s %s", seeker, helper);
}

gint64 pouce_directory_known(
    const PouceDirectory *directory, const char *seeker, const char *helper)
{
    g_autofree char *pair = pair_of(seeker, helper);

    return (gint64)GPOINTER_TO_SIZE(g_hash_table_lookup(directory->known, pair));
}

void pouce_directory_know(
    PouceDirectory *directory, const char *seeker, const char *helper, gint64 count)
{
    g_hash_table_replace(directory->known, pair_of(seeker, helper), GSIZE_TO_POINTER((gsize)count));
}

void pouce_directory_settled(PouceDirectory *directory, const char *seeker, const char *helper)
{
    PouceListed *listed = g_hash_table_lookup(directory->helpers, helper);

    pouce_directory_know(
        directory, seeker, helper, pouce_directory_known(directory, seeker, helper) + 1);
    if (listed) {
        listed->card.sessions++;
    }
}

void pouce_directory_rated(PouceDirectory *directory, const char *helper, gint64 stars)
{
    PouceListed *listed = g_hash_table_lookup(directory->helpers, helper);

    if (listed) {
        listed->card.ratings++;
        listed->card.stars += stars;
    }
}
