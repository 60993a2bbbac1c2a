// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "signaling/peer/sctp_clock.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

/** As the library calls its thread; the kernel keeps 15 characters. */
#define THREAD_NAME "SCTP timer"
#define THREAD_NAME_BYTES 16
#define HURRY_US (1 * G_USEC_PER_SEC)

static GMutex lock;
static GCond hurried;
static gint64 hurry_until_us; // under lock

gint64 pouce_sctp_clock_tick(PouceSctpClock *clock, gint64 now_us, gint64 step_us)
{
    if (clock->told_us == 0 || now_us - clock->told_us > POUCE_SCTP_BEHIND_MAX_US) {
        clock->told_us = now_us - (clock->told_us == 0 ? 0 : POUCE_SCTP_BEHIND_MAX_US);
    }
    if (now_us - clock->told_us < POUCE_SCTP_TICK_US) {
        return clock->told_us + step_us;
    }
    clock->told_us += POUCE_SCTP_TICK_US;
    return 0;
}

void pouce_sctp_clock_hurry(void)
{
    g_mutex_lock(&lock);
    hurry_until_us = g_get_monotonic_time() + HURRY_US;
    g_cond_broadcast(&hurried);
    g_mutex_unlock(&lock);
}

static void wait_tick(void)
{
    static _Thread_local PouceSctpClock clock; // a later association has a thread of its own
    g_mutex_lock(&lock);
    for (;;) {
        gint64 now_us = g_get_monotonic_time();
        gint64 step_us = now_us < hurry_until_us ? POUCE_SCTP_TICK_US : POUCE_SCTP_STEP_US;
        gint64 until_us = pouce_sctp_clock_tick(&clock, now_us, step_us);
        if (until_us == 0) {
            break;
        }
        g_cond_wait_until(&hurried, &lock, until_us);
    }
    g_mutex_unlock(&lock);
}

static gboolean is_tick_of_sctp(const struct timespec *request)
{
    static _Thread_local enum { UNKNOWN, YES, NO } known;
    if (request->tv_sec != 0 || request->tv_nsec != POUCE_SCTP_TICK_US * 1000) {
        return FALSE;
    }
    if (known == UNKNOWN) {
        char name[THREAD_NAME_BYTES] = "";
        prctl(PR_GET_NAME, name);
        known = strcmp(name, THREAD_NAME) == 0 ? YES : NO;
    }
    return known == YES;
}

/** Comes before libc's in every program that holds this file, for its libraries too. */
int nanosleep(const struct timespec *request, struct timespec *remaining)
{
    if (request && is_tick_of_sctp(request)) {
        wait_tick();
        return 0;
    }
    int error = clock_nanosleep(CLOCK_MONOTONIC, 0, request, remaining);
    if (error == 0) {
        return 0;
    }
    errno = error;
    return -1;
}
