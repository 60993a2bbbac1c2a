// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "broker/store/store.h"

#include <pthread.h>

typedef struct {
    PouceStoreWork work;
    PouceStoreDone done;
    gpointer data;
    GDestroyNotify destroy;
    GError *error;
} Job;

// One thread with its connection and its queue.
typedef struct {
    PouceStore *store;
    PouceDb *db;
    GThread *thread;
    GQueue jobs; // under store->lock
    pthread_cond_t wake;
    guint group_max;
} Lane;

struct PouceStore {
    pthread_mutex_t lock; // not GMutex: ThreadSanitizer cannot see into that one
    GMainContext *owner;
    Lane writer;
    Lane reader;
    gboolean stopping;
    gboolean broken; // a fatal error: nothing is done or reported any more
    gboolean told;   // on_fatal was called
    GError *fatal;
    GQueue results; // jobs to report, under lock
    GSource *source;
    PouceStoreFatal on_fatal;
    gpointer fatal_data;
};

static void job_free(gpointer data)
{
    Job *job = data;

    if (job->destroy) {
        job->destroy(job->data);
    }
    g_clear_error(&job->error);
    g_free(job);
}

// Owner's thread: report what the lanes have finished.
static void report(PouceStore *store)
{
    GQueue results = G_QUEUE_INIT;
    gboolean tell = FALSE;

    pthread_mutex_lock(&store->lock);
    while (!g_queue_is_empty(&store->results)) {
        g_queue_push_tail(&results, g_queue_pop_head(&store->results));
    }
    tell = store->broken && !store->told;
    store->told = store->told || tell;
    pthread_mutex_unlock(&store->lock);

    for (Job *job = g_queue_pop_head(&results); job; job = g_queue_pop_head(&results)) {
        if (job->done) {
            job->done(job->data, job->error);
        }
        job_free(job);
    }
    if (tell && store->on_fatal) {
        store->on_fatal(store->fatal_data, store->fatal);
    }
}

static gboolean on_results(gpointer data)
{
    PouceStore *store = data;

    pthread_mutex_lock(&store->lock);
    g_clear_pointer(&store->source, g_source_unref);
    pthread_mutex_unlock(&store->lock);
    report(store);
    return G_SOURCE_REMOVE;
}

// With the lock held.
static void wake_owner(PouceStore *store)
{
    if (!store->source) {
        store->source = g_idle_source_new();
        g_source_set_priority(store->source, G_PRIORITY_DEFAULT);
        g_source_set_callback(store->source, on_results, store, NULL);
        g_source_attach(store->source, store->owner);
    }
}

static void post(PouceStore *store, GQueue *jobs)
{
    pthread_mutex_lock(&store->lock);
    while (!g_queue_is_empty(jobs)) {
        g_queue_push_tail(&store->results, g_queue_pop_head(jobs));
    }
    wake_owner(store);
    pthread_mutex_unlock(&store->lock);
}

// Takes @error. The jobs of the broken group are never reported, only freed with the store.
static void become_broken(PouceStore *store, GError *error)
{
    pthread_mutex_lock(&store->lock);
    if (store->broken) {
        g_error_free(error);
    } else {
        store->broken = TRUE;
        store->fatal = error;
        wake_owner(store);
    }
    pthread_mutex_unlock(&store->lock);
}

// Returns FALSE on a fatal error only.
static gboolean run_job(PouceDb *db, Job *job, GError **error)
{
    if (!pouce_db_savepoint(db, error)) {
        return FALSE;
    }
    if (job->work(db, job->data, &job->error)) {
        g_assert(!job->error);
        return pouce_db_release(db, error);
    }
    g_assert(job->error);
    if (pouce_db_is_fatal(job->error)) {
        g_propagate_error(error, g_steal_pointer(&job->error));
        return FALSE;
    }
    return pouce_db_undo(db, error);
}

static gboolean run_group(Lane *lane, GQueue *group, GError **error)
{
    if (!pouce_db_begin(lane->db, error)) {
        return FALSE;
    }
    for (GList *item = group->head; item; item = item->next) {
        if (!run_job(lane->db, item->data, error)) {
            return FALSE;
        }
    }
    return pouce_db_commit(lane->db, error);
}

// Returns FALSE when the lane is to end.
static gboolean take_group(Lane *lane, GQueue *group)
{
    PouceStore *store = lane->store;

    pthread_mutex_lock(&store->lock);
    while (g_queue_is_empty(&lane->jobs) && !store->stopping && !store->broken) {
        pthread_cond_wait(&lane->wake, &store->lock);
    }
    while (!store->broken && !g_queue_is_empty(&lane->jobs) && group->length < lane->group_max) {
        g_queue_push_tail(group, g_queue_pop_head(&lane->jobs));
    }
    pthread_mutex_unlock(&store->lock);
    return !g_queue_is_empty(group);
}

static gpointer lane_main(gpointer data)
{
    Lane *lane = data;
    GQueue group = G_QUEUE_INIT;

    while (take_group(lane, &group)) {
        g_autoptr(GError) error = NULL;

        if (run_group(lane, &group, &error)) {
            post(lane->store, &group);
        } else {
            become_broken(lane->store, g_steal_pointer(&error));
            pthread_mutex_lock(&lane->store->lock);
            while (!g_queue_is_empty(&group)) { // freed with the store, on the owner's thread
                g_queue_push_tail(&lane->jobs, g_queue_pop_head(&group));
            }
            pthread_mutex_unlock(&lane->store->lock);
        }
    }
    return NULL;
}

static gboolean lane_open(PouceStore *store, Lane *lane, const char *uri, PouceDbMode mode,
    guint group_max, GError **error)
{
    lane->store = store;
    lane->group_max = group_max;
    pthread_cond_init(&lane->wake, NULL);
    g_queue_init(&lane->jobs);
    lane->db = pouce_db_open(uri, mode, error);
    return lane->db != NULL;
}

static void lane_close(Lane *lane)
{
    if (lane->thread) {
        g_thread_join(lane->thread);
    }
    if (lane->db && pouce_db_in_transaction(lane->db)) {
        pouce_db_rollback(lane->db, NULL);
    }
    pouce_db_close(lane->db);
    g_queue_clear_full(&lane->jobs, job_free);
    pthread_cond_destroy(&lane->wake);
}

PouceStore *pouce_store_new(const PouceStoreConfig *config, GError **error)
{
    PouceStore *store = g_new0(PouceStore, 1);

    pthread_mutex_init(&store->lock, NULL);
    g_queue_init(&store->results);
    store->owner = g_main_context_ref_thread_default();
    store->on_fatal = config->on_fatal;
    store->fatal_data = config->fatal_data;
    gboolean ok =
        lane_open(store, &store->writer, config->uri, POUCE_DB_WRITE, POUCE_STORE_GROUP_MAX, error);
    // The reader's group is short: its snapshot keeps the log from being moved into the file.
    if (!ok || !lane_open(store, &store->reader, config->uri, POUCE_DB_READ, 1, error)) {
        pouce_store_free(store);
        return NULL;
    }
    store->writer.thread = g_thread_new("store-writer", lane_main, &store->writer);
    store->reader.thread = g_thread_new("store-reader", lane_main, &store->reader);
    return store;
}

static gboolean ask(PouceStore *store, Lane *lane, Job job, GError **error)
{
    const char *why = NULL;

    pthread_mutex_lock(&store->lock);
    if (store->stopping || store->broken) {
        why = "The broker is stopping: try again in a moment.";
    } else if (lane->jobs.length >= POUCE_STORE_QUEUE_MAX) {
        why = "The broker has too much to write: try again in a moment.";
    } else {
        g_queue_push_tail(&lane->jobs, g_memdup2(&job, sizeof job));
        pthread_cond_signal(&lane->wake);
    }
    pthread_mutex_unlock(&store->lock);
    if (why) {
        g_set_error_literal(error, POUCE_DB_ERROR, POUCE_DB_ERROR_CLOSED, why);
        if (job.destroy) {
            job.destroy(job.data);
        }
    }
    return !why;
}

gboolean pouce_store_write(PouceStore *store, PouceStoreWork work, PouceStoreDone done,
    gpointer data, GDestroyNotify destroy, GError **error)
{
    return ask(store, &store->writer, (Job){work, done, data, destroy, NULL}, error);
}

gboolean pouce_store_read(PouceStore *store, PouceStoreWork work, PouceStoreDone done,
    gpointer data, GDestroyNotify destroy, GError **error)
{
    return ask(store, &store->reader, (Job){work, done, data, destroy, NULL}, error);
}

guint pouce_store_waiting(PouceStore *store)
{
    pthread_mutex_lock(&store->lock);
    guint waiting = store->writer.jobs.length;
    pthread_mutex_unlock(&store->lock);
    return waiting;
}

void pouce_store_free(PouceStore *store)
{
    if (!store) {
        return;
    }
    pthread_mutex_lock(&store->lock);
    store->stopping = TRUE;
    if (store->writer.store) {
        pthread_cond_signal(&store->writer.wake);
    }
    if (store->reader.store) {
        pthread_cond_signal(&store->reader.wake);
    }
    pthread_mutex_unlock(&store->lock);
    Lane *lanes[] = {&store->reader, &store->writer};

    for (gsize i = 0; i < G_N_ELEMENTS(lanes); i++) {
        if (lanes[i]->store) {
            lane_close(lanes[i]);
        }
    }
    if (store->source) {
        g_source_destroy(store->source);
        g_clear_pointer(&store->source, g_source_unref);
    }
    report(store);
    g_clear_error(&store->fatal);
    g_main_context_unref(store->owner);
    pthread_mutex_destroy(&store->lock);
    g_free(store);
}
