// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/sim/broker_world.h"

#include <string.h>

#include "broker/store/audit.h"
#include "broker/store/people.h"

#define MONEY_MINOR 100000
#define DEADLINE_S 60

static void on_fatal(gpointer data, const GError *error)
{
    g_error("the store broke: %s", error->message);
}

static void name_person(Person *person, int number)
{
    g_snprintf(person->account, sizeof person->account, "01890000-0000-7000-8000-%012d", number);
    g_snprintf(person->device, sizeof person->device, "01890000-0000-7000-9000-%012d", number);
}

static gboolean make_person(
    PouceDb *db, const Person *person, gboolean helper, int number, GError **error)
{
    g_autoptr(GBytes) bytes = g_bytes_new("x", 1);
    PouceAccountRow account = {(char *)person->account, (char *)person->account, (char *)"Name",
        (char *)"fr", bytes, bytes, 1, 1, 1, 1};
    char *skills[] = {(char *)"printer", NULL};
    char *none[] = {NULL};
    PouceHelperRow row = {.account = (char *)person->account,
        .skills = skills,
        .languages = none,
        .place = (char *)"",
        .about = (char *)"",
        .currency = (char *)"EUR",
        .rate_minor_per_min = number * 60,
        .changed_s = 1};
    g_autofree char *key = g_strdup_printf("credit %s", person->account);
    PouceLedgerRequest request = {key, person->account, "EUR", 1};

    return pouce_accounts_insert(db, &account, error) &&
           (!helper || pouce_helpers_put(db, &row, error)) &&
           (helper ||
               pouce_ledger_credit(db, &request, person->account, MONEY_MINOR, "sim", error));
}

static gboolean make_people(PouceDb *db, gpointer data, GError **error)
{
    World *world = data;
    gboolean ok = TRUE;

    if (pouce_accounts_count(db, error) > 0) {
        return TRUE;
    }
    for (int i = 0; i < WORLD_SEEKERS; i++) {
        ok = ok && make_person(db, &world->seekers[i], FALSE, i, error);
    }
    for (int i = 0; i < WORLD_HELPERS; i++) {
        ok = ok && make_person(db, &world->helpers[i], TRUE, i, error);
    }
    return ok;
}

void world_name(World *world)
{
    for (int i = 0; i < WORLD_SEEKERS; i++) {
        name_person(&world->seekers[i], 100 + i);
    }
    for (int i = 0; i < WORLD_HELPERS; i++) {
        name_person(&world->helpers[i], 200 + i);
    }
}

void world_open(World *world, const char *folder)
{
    g_autoptr(GError) error = NULL;

    g_free(world->uri);
    world->uri = g_strdup_printf("sqlite:%s/pouce.db", folder);
    world_name(world);
    PouceStoreConfig store = {world->uri, on_fatal, NULL};
    world->store = pouce_store_new(&store, &error);
    g_assert_no_error(error);
    pouce_store_write(world->store, make_people, NULL, world, NULL, NULL);
    world_flush(world);
    g_autoptr(PouceDb) db = world_db(world);
    PouceDeskConfig desk = {
        world->store, world->listener, world->data, "EUR", 1000, world->now_us, world->now_s, db};
    world->desk = pouce_desk_new(&desk, &error);
    g_assert_no_error(error);
    for (int i = 0; i < WORLD_HELPERS; i++) {
        PouceDeskCall call = world_call(world, &world->helpers[i], NULL);

        pouce_desk_device_up(world->desk, &call, TRUE);
    }
}

void world_close(World *world)
{
    g_clear_pointer(&world->store, pouce_store_free);
    g_clear_pointer(&world->desk, pouce_desk_free);
}

PouceDb *world_db(World *world)
{
    g_autoptr(GError) error = NULL;
    PouceDb *db = pouce_db_open(world->uri, POUCE_DB_READ, &error);

    g_assert_no_error(error);
    return db;
}

static gboolean nothing(PouceDb *db, gpointer data, GError **error)
{
    return TRUE;
}

static void on_nothing(gpointer data, const GError *error)
{
    *(gboolean *)data = TRUE;
}

static gboolean on_late(gpointer data)
{
    g_error("the store did not answer within %d s", DEADLINE_S);
    return G_SOURCE_REMOVE;
}

void world_flush(World *world)
{
    guint timer = g_timeout_add_seconds(DEADLINE_S, on_late, NULL);

    // A read may lead to a write, a settlement to a second write: three rounds see the end.
    for (int round = 0; round < 3; round++) {
        gboolean read = FALSE;
        gboolean written = FALSE;

        pouce_store_read(world->store, nothing, on_nothing, &read, NULL, NULL);
        while (!read) {
            g_main_context_iteration(NULL, TRUE);
        }
        pouce_store_write(world->store, nothing, on_nothing, &written, NULL, NULL);
        while (!written) {
            g_main_context_iteration(NULL, TRUE);
        }
    }
    g_source_remove(timer);
}

void world_pass(World *world, gint64 us)
{
    world->now_us += us;
    world->now_s = 1790000000 + world->now_us / G_USEC_PER_SEC;
    pouce_desk_on_time(world->desk, world->now_us, world->now_s);
}

PouceDeskCall world_call(World *world, const Person *person, const guint8 *key)
{
    static const guint8 no_key[POUCE_KEY_BYTES];

    return (PouceDeskCall){
        person->account, "Name", person->device, key ? key : no_key, world->now_us, world->now_s};
}

gint64 world_number(PouceDb *db, const char *sql)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PouceDbRows) rows = pouce_db_query(db, &error, sql, "");

    g_assert_no_error(error);
    g_assert_cmpint(pouce_db_next(rows, &error), ==, POUCE_DB_ROW);
    return pouce_db_int(rows, 0);
}

void world_check(World *world)
{
    g_autoptr(PouceDb) db = world_db(world);
    g_autofree char *ledger = NULL;
    g_autofree char *audit = NULL;
    gint64 count = 0;

    g_assert_true(pouce_db_begin(db, NULL));
    g_assert_true(pouce_ledger_verify(db, &count, &ledger, NULL));
    g_assert_cmpstr(ledger, ==, NULL);
    g_assert_true(pouce_audit_verify(db, &count, &audit, NULL));
    g_assert_cmpstr(audit, ==, NULL);
    g_assert_cmpint(world_number(db, "SELECT SUM(amount) FROM ledger_postings"), ==, 0);
    g_assert_cmpint(world_number(db, "SELECT COUNT(*) FROM ledger_balances WHERE balance < 0 "
                                     "AND kind <> 'clearing'"),
        ==, 0);
    g_assert_cmpint(
        world_number(db, "SELECT COUNT(*) FROM (SELECT session FROM ledger_transfers "
                         "WHERE phase = 'settle' GROUP BY session HAVING COUNT(*) > 1)"),
        ==, 0);
    // A session in the record has its hold, and no hold is without its session.
    g_assert_cmpint(world_number(db, "SELECT COUNT(*) FROM sessions s LEFT JOIN ledger_transfers t "
                                     "ON t.session = s.id AND t.phase = 'hold' "
                                     "WHERE t.session IS NULL"),
        ==, 0);
    g_assert_cmpint(world_number(db, "SELECT COUNT(*) FROM ledger_transfers t LEFT JOIN sessions s "
                                     "ON t.session = s.id WHERE t.phase = 'hold' AND s.id IS NULL"),
        ==, 0);
    // What was paid is what the record says, and what fell through paid nothing.
    g_assert_cmpint(world_number(db, "SELECT COUNT(*) FROM sessions s JOIN ledger_transfers t "
                                     "ON t.session = s.id AND t.kind = 'post' "
                                     "WHERE t.amount <> s.cost_minor"),
        ==, 0);
    g_assert_cmpint(world_number(db, "SELECT COUNT(*) FROM sessions s JOIN ledger_transfers t "
                                     "ON t.session = s.id AND t.kind = 'post' "
                                     "WHERE s.state NOT IN ('ended', 'settled', 'rated')"),
        ==, 0);
    // Billed is at most what both signed.
    g_assert_cmpint(world_number(db, "SELECT COUNT(*) FROM sessions s WHERE s.signed_ms > 0 AND "
                                     "s.signed_ms > (SELECT MIN(m) FROM (SELECT COALESCE(MAX("
                                     "live_ms), 0) AS m FROM ticks WHERE session = s.id AND "
                                     "role = 'seeker' UNION ALL SELECT COALESCE(MAX(live_ms), 0) "
                                     "FROM ticks WHERE session = s.id AND role = 'helper'))"),
        ==, 0);
    g_assert_true(pouce_db_commit(db, NULL));
}
