// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What operators see: one snapshot a second of people, requests and live sessions with today's
// figures, as server-sent events for the console's page and as OpenMetrics text. Main thread.
#pragma once

#include "broker/http/api.h"
#include "broker/switchboard/exchange.h"

/** Event streams at once. */
#define POUCE_WATCH_MAX_STREAMS 32

typedef struct PouceWatch PouceWatch;

/** All borrowed, outlive the watch. */
typedef struct {
    PouceStore *store;
    PouceServer *server;
    const PouceView *view;
    PouceExchange *exchange;
} PouceWatchConfig;

PouceWatch *pouce_watch_new(const PouceWatchConfig *config);
/** pouce_watch_stop - ends all streams */
void pouce_watch_stop(PouceWatch *watch);
void pouce_watch_free(PouceWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceWatch, pouce_watch_free)

/** pouce_watch_snapshot - what the page is told; new reference */
json_t *pouce_watch_snapshot(PouceWatch *watch, gint64 now_us);

/** pouce_watch_metrics - OpenMetrics text; owned */
char *pouce_watch_metrics(PouceWatch *watch);

/** pouce_watch_serve_events, _metrics - the handlers behind /console/events and /metrics */
void pouce_watch_serve_events(PouceWatch *watch, PouceCall *call);
void pouce_watch_serve_metrics(PouceWatch *watch, PouceCall *call);
