// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Acknowledged transfers a second through the store thread, with group commit.
//
// @clients keep one hold in flight each; a transfer counts when its report has come, after the
// commit. Beside it, in the same run on the same disk: one commit a transfer, and what the disk
// itself gives (write of 4 KiB and fdatasync).
//
// usage: store_bench [--clients N] [--seconds S] [--folder DIR]       prints one JSON object

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "broker/ledger/ledger.h"
#include "broker/store/store.h"

#define WALLET_MINOR POUCE_LEDGER_AMOUNT_MAX
#define LATENCIES_MAX 2000000

typedef struct {
    PouceStore *store;
    gint64 end_us;
    gint64 *latencies_us;
    gsize done;
    int flying;
    int next;
} Bench;

typedef struct {
    Bench *bench;
    int number;
    gint64 begun_us;
} Client;

static gboolean transfer(PouceDb *db, int number, GError **error)
{
    char id[32];

    g_snprintf(id, sizeof id, "hold %d", number);
    PouceLedgerRequest request = {id, id, "EUR", 1};

    return pouce_ledger_hold(db, &request, id, "ana", 1, error);
}

static gboolean work(PouceDb *db, gpointer data, GError **error)
{
    return transfer(db, ((Client *)data)->number, error);
}

static void begin(Client *client);

static void on_done(gpointer data, const GError *error)
{
    Client *client = data;
    Bench *bench = client->bench;
    gint64 now_us = g_get_monotonic_time();

    g_assert_no_error(error);
    bench->flying--;
    if (bench->done < LATENCIES_MAX) {
        bench->latencies_us[bench->done] = now_us - client->begun_us;
    }
    bench->done++;
    if (now_us < bench->end_us) {
        begin(client);
    }
}

static void begin(Client *client)
{
    Bench *bench = client->bench;

    client->number = bench->next++;
    client->begun_us = g_get_monotonic_time();
    bench->flying++;
    pouce_store_write(bench->store, work, on_done, client, NULL, NULL);
}

static gboolean give_money(PouceDb *db, gpointer data, GError **error)
{
    PouceLedgerRequest request = {"credit", "credit", "EUR", 1};

    return pouce_ledger_credit(db, &request, "ana", WALLET_MINOR, "bench", error);
}

static int compare(const void *a, const void *b)
{
    const gint64 *x = a;
    const gint64 *y = b;

    return (*x > *y) - (*x < *y);
}

static double cpu_s(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static double syncs_a_second(const char *folder, double seconds)
{
    g_autofree char *path = g_build_filename(folder, "sync", NULL);
    static const char block[4096];
    int file = open(path, O_RDWR | O_CREAT, 0600);
    gint64 begun_us = g_get_monotonic_time();
    gint64 now_us = begun_us;
    int count = 0;

    g_assert(file >= 0);
    for (; now_us - begun_us < seconds * 1e6; now_us = g_get_monotonic_time(), count++) {
        g_assert(write(file, block, sizeof block) == sizeof block);
        g_assert(fdatasync(file) == 0);
    }
    close(file);
    return count * 1e6 / (double)(now_us - begun_us);
}

static double alone_a_second(const char *uri, double seconds)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PouceDb) db = pouce_db_open(uri, POUCE_DB_WRITE, &error);
    gint64 begun_us = g_get_monotonic_time();
    gint64 now_us = begun_us;
    int count = 0;

    g_assert_no_error(error);
    for (; now_us - begun_us < seconds * 1e6; now_us = g_get_monotonic_time(), count++) {
        g_assert_true(pouce_db_begin(db, &error));
        g_assert_true(transfer(db, 1000000000 + count, &error));
        g_assert_true(pouce_db_commit(db, &error));
    }
    return count * 1e6 / (double)(now_us - begun_us);
}

static void run(Bench *bench, int clients, double seconds)
{
    g_autofree Client *all = g_new0(Client, clients);

    pouce_store_write(bench->store, give_money, NULL, NULL, NULL, NULL);
    bench->end_us = g_get_monotonic_time() + (gint64)(seconds * 1e6);
    for (int i = 0; i < clients; i++) {
        all[i].bench = bench;
        begin(&all[i]);
    }
    while (bench->flying > 0) {
        g_main_context_iteration(NULL, TRUE);
    }
}

static void remove_folder(const char *folder)
{
    static const char *const names[] = {"pouce.db", "pouce.db-wal", "pouce.db-shm", "sync"};

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(folder, names[i], NULL);

        g_unlink(path);
    }
    g_rmdir(folder);
}

int main(int argc, char **argv)
{
    int clients = 256;
    double seconds = 3;
    g_autofree char *parent = NULL;
    GOptionEntry entries[] = {
        {"clients", 0, 0, G_OPTION_ARG_INT, &clients, "Transfers in flight", "N"},
        {"seconds", 0, 0, G_OPTION_ARG_DOUBLE, &seconds, "How long", "S"},
        {"folder", 0, 0, G_OPTION_ARG_FILENAME, &parent, "Where to write", "DIR"},
        {NULL},
    };
    g_autoptr(GOptionContext) options = g_option_context_new(NULL);
    g_autoptr(GError) error = NULL;

    g_option_context_add_main_entries(options, entries, NULL);
    if (!g_option_context_parse(options, &argc, &argv, &error) || clients < 1 ||
        clients > POUCE_STORE_QUEUE_MAX / 2 || seconds <= 0) {
        g_printerr("%s\n", error ? error->message : "clients or seconds out of range");
        return 2;
    }
    g_autofree char *folder =
        g_build_filename(parent ? parent : g_get_tmp_dir(), "store-bench-XXXXXX", NULL);
    g_assert(g_mkdtemp(folder));
    g_autofree char *uri = g_strdup_printf("sqlite:%s/pouce.db", folder);
    PouceStoreConfig config = {uri, NULL, NULL};
    Bench bench = {
        .store = pouce_store_new(&config, &error), .latencies_us = g_new(gint64, LATENCIES_MAX)};

    g_assert_no_error(error);
    gint64 begun_us = g_get_monotonic_time();
    double cpu_before_s = cpu_s();
    run(&bench, clients, seconds);
    double wall_s = (double)(g_get_monotonic_time() - begun_us) / 1e6;
    double cpu_used_s = cpu_s() - cpu_before_s;

    pouce_store_free(bench.store);
    double alone = alone_a_second(uri, 1);
    double syncs = syncs_a_second(folder, 1);
    gsize kept = MIN(bench.done, LATENCIES_MAX);

    qsort(bench.latencies_us, kept, sizeof *bench.latencies_us, compare);
    g_print("{\"bench\": \"store\", \"clients\": %d, \"seconds\": %.2f, \"transfers\": %zu, "
            "\"transfers_per_s\": %.0f, \"latency_ms_p50\": %.2f, \"latency_ms_p99\": %.2f, "
            "\"cpu_us_per_transfer\": %.1f, \"one_commit_each_per_s\": %.0f, "
            "\"disk_syncs_per_s\": %.0f}\n",
        clients, wall_s, bench.done, (double)bench.done / wall_s,
        (double)bench.latencies_us[kept / 2] / 1000,
        (double)bench.latencies_us[kept * 99 / 100] / 1000, cpu_used_s * 1e6 / (double)bench.done,
        alone, syncs);
    g_free(bench.latencies_us);
    remove_folder(folder);
    return 0;
}
