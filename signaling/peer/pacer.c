// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "signaling/peer/pacer.h"

#include "signaling/peer/pace.h"

/** Packets that wait: more than the longest frame has; beyond, they are dropped. */
#define WAITING_MAX 8192

struct PoucePacer {
    PoucePacerTarget target;
    GMutex lock;
    GCond changed;
    GQueue waiting; // GstBuffer
    gint64 due_us;  // when the next burst may leave
    int bps;
    int waiting_bps; // pace of what waits
    gboolean sending;
    gboolean stopped;
    GThread *thread; // NULL until something has to wait
};

PoucePacer *pouce_pacer_new(const PoucePacerTarget *target)
{
    PoucePacer *pacer = g_new0(PoucePacer, 1);
    pacer->target = *target;
    g_mutex_init(&pacer->lock);
    g_cond_init(&pacer->changed);
    g_queue_init(&pacer->waiting);
    return pacer;
}

void pouce_pacer_stop(PoucePacer *pacer)
{
    g_mutex_lock(&pacer->lock);
    pacer->stopped = TRUE;
    g_queue_clear_full(&pacer->waiting, (GDestroyNotify)gst_buffer_unref);
    g_cond_broadcast(&pacer->changed);
    while (pacer->sending) {
        g_cond_wait(&pacer->changed, &pacer->lock);
    }
    GThread *thread = g_steal_pointer(&pacer->thread);
    g_mutex_unlock(&pacer->lock);
    g_clear_pointer(&thread, g_thread_join);
}

void pouce_pacer_free(PoucePacer *pacer)
{
    if (!pacer) {
        return;
    }
    pouce_pacer_stop(pacer);
    g_mutex_clear(&pacer->lock);
    g_cond_clear(&pacer->changed);
    g_free(pacer);
}

void pouce_pacer_set_bps(PoucePacer *pacer, int bps)
{
    g_mutex_lock(&pacer->lock);
    pacer->bps = bps;
    g_mutex_unlock(&pacer->lock);
}

// Under the lock, which it lets go while it sends: the next burst of what waits.
static GstFlowReturn send_burst(PoucePacer *pacer)
{
    gint64 most = pouce_pace_burst_bytes(pacer->waiting_bps), bytes = 0;
    GstBufferList *burst = gst_buffer_list_new();
    GstBuffer *packet;
    while ((packet = g_queue_peek_head(&pacer->waiting)) &&
           (bytes == 0 || bytes + (gint64)gst_buffer_get_size(packet) <= most)) {
        bytes += (gint64)gst_buffer_get_size(packet);
        gst_buffer_list_add(burst, g_queue_pop_head(&pacer->waiting));
    }
    pacer->due_us = g_get_monotonic_time() + pouce_pace_gap_us(pacer->waiting_bps, bytes);
    pacer->sending = TRUE;
    g_mutex_unlock(&pacer->lock);
    GstFlowReturn flow = pacer->target.send(pacer->target.user, burst);
    g_mutex_lock(&pacer->lock);
    pacer->sending = FALSE;
    g_cond_broadcast(&pacer->changed);
    return flow;
}

static gpointer run(gpointer data)
{
    PoucePacer *pacer = data;
    g_mutex_lock(&pacer->lock);
    while (!pacer->stopped) {
        if (pacer->waiting.length == 0 || pacer->sending) {
            g_cond_wait(&pacer->changed, &pacer->lock);
        } else if (g_get_monotonic_time() < pacer->due_us) {
            g_cond_wait_until(&pacer->changed, &pacer->lock, pacer->due_us);
        } else {
            send_burst(pacer);
        }
    }
    g_mutex_unlock(&pacer->lock);
    return NULL;
}

static void queue_packets(PoucePacer *pacer, GstBufferList *packets)
{
    guint count = gst_buffer_list_length(packets);
    for (guint i = 0; i < count && pacer->waiting.length < WAITING_MAX; i++) {
        g_queue_push_tail(&pacer->waiting, gst_buffer_ref(gst_buffer_list_get(packets, i)));
    }
    gst_buffer_list_unref(packets);
}

GstFlowReturn pouce_pacer_push(PoucePacer *pacer, GstBufferList *packets, gboolean at_once)
{
    GstFlowReturn flow = GST_FLOW_OK;
    g_mutex_lock(&pacer->lock);
    if (pacer->stopped) {
        g_mutex_unlock(&pacer->lock);
        gst_buffer_list_unref(packets);
        return GST_FLOW_FLUSHING;
    }
    gboolean idle = pacer->waiting.length == 0 && !pacer->sending;
    pacer->waiting_bps = at_once ? 0 : pacer->bps;
    queue_packets(pacer, packets);
    if (idle) {
        flow = send_burst(pacer);
    }
    if (pacer->waiting.length > 0 && !pacer->stopped) {
        if (!pacer->thread) {
            pacer->thread = g_thread_new("pace", run, pacer);
        }
        g_cond_broadcast(&pacer->changed);
    }
    g_mutex_unlock(&pacer->lock);
    return flow;
}

gboolean pouce_pacer_is_empty(PoucePacer *pacer)
{
    g_mutex_lock(&pacer->lock);
    gboolean empty = pacer->waiting.length == 0 && !pacer->sending;
    g_mutex_unlock(&pacer->lock);
    return empty;
}
