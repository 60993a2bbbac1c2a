// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/switchboard/relay_book.h"

#include "broker/switchboard/exchange.h"

typedef struct {
    char *device[2];
    guint candidates[2], descriptions[2];
} Page;

struct PouceRelayBook {
    GHashTable *pages; /* session id -> Page */
};

static void page_free(gpointer data)
{
    Page *page = data;
    g_free(page->device[0]);
    g_free(page->device[1]);
    g_free(page);
}

PouceRelayBook *pouce_relay_book_new(void)
{
    PouceRelayBook *book = g_new0(PouceRelayBook, 1);
    book->pages = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, page_free);
    return book;
}

void pouce_relay_book_free(PouceRelayBook *book)
{
    if (!book)
        return;
    g_hash_table_unref(book->pages);
    g_free(book);
}

static int side_of(Page *page, const char *device)
{
    for (int i = 0; i < 2; i++) {
        if (!page->device[i])
            page->device[i] = g_strdup(device);
        if (g_str_equal(page->device[i], device))
            return i;
    }
    return -1;
}

const char *pouce_relay_book_take(
    PouceRelayBook *book, const char *session, const char *device, PouceRelayKind kind)
{
    Page *page = g_hash_table_lookup(book->pages, session);
    if (!page) {
        page = g_new0(Page, 1);
        g_hash_table_insert(book->pages, g_strdup(session), page);
    }
    int side = side_of(page, device);
    if (side < 0)
        return "Only the two devices of a session may relay in it.";
    if (kind == POUCE_RELAY_CANDIDATE) {
        if (page->candidates[side] >= POUCE_CANDIDATES_MAX)
            return "At most 50 candidates may follow a description.";
        page->candidates[side]++;
        return NULL;
    }
    if (page->descriptions[side] >= POUCE_EXCHANGE_DESCRIPTIONS_MAX)
        return "This session was connected too many times. End it and begin another.";
    page->descriptions[side]++;
    page->candidates[side] = 0;
    return NULL;
}

void pouce_relay_book_close(PouceRelayBook *book, const char *session)
{
    g_hash_table_remove(book->pages, session);
}

guint pouce_relay_book_count(const PouceRelayBook *book)
{
    return g_hash_table_size(book->pages);
}
