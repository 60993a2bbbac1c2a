// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Where the shared picture comes from: one small vtable, with its variants beside it (x11.c,
// pattern.c). The cursor goes its own way: cursor.h.
//
// A capture belongs to the thread that runs its GMainContext. It watches the source there and
// calls the listener; it never reads pixels by itself. The rhythm is the caller's: `damaged` comes
// once when something changed after the last grab (the leading edge), and the caller grabs when it
// can use a picture. All that changed meanwhile is in the next grab's damage.

#include "agent/capture/cursor.h"
#include "codec/frame/damage.h"

#include <glib.h>

G_BEGIN_DECLS

#define POUCE_CAPTURE_ERROR (pouce_capture_error_quark())
GQuark pouce_capture_error_quark(void);

typedef enum {
    POUCE_CAPTURE_ERROR_USAGE,       // no such source
    POUCE_CAPTURE_ERROR_UNSUPPORTED, // the source cannot give what we need
    POUCE_CAPTURE_ERROR_LOST,        // the source went away: open a new capture
} PouceCaptureError;

#define POUCE_CAPTURE_MONITORS_MAX 16  // as the protocol's `screen` message
#define POUCE_CAPTURE_SIDE_MAX_PX 8192 // as POUCE_FRAME_SIDE_MAX_PX
#define POUCE_MONITOR_NAME_MAX 64      // bytes with the final 0

typedef struct {
    int id;                            // place in the list
    char name[POUCE_MONITOR_NAME_MAX]; // UTF-8
    PouceRect area;                    // in the desktop's pixels
    gboolean primary;
} PouceCaptureMonitor;

/** What grab gives; everything is borrowed until the next call on the capture. */
typedef struct {
    const guint8 *bgrx; // the chosen monitor's first pixel
    int stride_bytes;
    int width_px;
    int height_px;
    const PouceDamage *damage; // since the last grab; may claim too much, never too little
} PoucePicture;

/** Called on the capture's context, not from inside a call of the caller's; except that choose
 * calls monitors_changed and damaged, and grab may call lost. Any field may be NULL. */
typedef struct {
    void (*damaged)(void *data);
    /** the list, the choice or a size changed: the next grab is whole, maybe of another size */
    void (*monitors_changed)(void *data);
    void (*lost)(const GError *error, void *data); // at most once; only free may follow
} PouceCaptureListener;

typedef struct {
    const char *spec;                     // "x11[:DISPLAY]" ("x11", "x11::0") or "pattern[:WxH]"
    GMainContext *context;                // NULL: the default one; kept
    const PouceCaptureListener *listener; // kept
    void *data;
    gboolean avoid_shared_pixmap; // x11: take the way of servers without shared pixmaps (tests)
} PouceCaptureConfig;

typedef struct PouceCapture PouceCapture;

/**
 * pouce_capture_open - looks at a source and begins to watch it
 * Errors: USAGE, UNSUPPORTED, or DENIED of POUCE_X11_ERROR
 */
PouceCapture *pouce_capture_open(const PouceCaptureConfig *config, GError **error);
void pouce_capture_free(PouceCapture *capture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceCapture, pouce_capture_free)

/** pouce_capture_monitors - borrowed until monitors_changed; never empty */
const PouceCaptureMonitor *pouce_capture_monitors(PouceCapture *capture, int *out_count);

/** pouce_capture_monitor - id of the chosen one (at first the primary) */
int pouce_capture_monitor(PouceCapture *capture);

/** pouce_capture_choose - shows monitor @id from the next grab on; FALSE if there is none */
gboolean pouce_capture_choose(PouceCapture *capture, int id);

/**
 * pouce_capture_grab - the picture now, and what changed since the last one
 * @now_us:  monotonic; drives `pattern` only
 * Returns:  FALSE with LOST or UNSUPPORTED; @out untouched
 * Blocks:   one round trip to the X server, 0.1 to 1 ms
 */
gboolean pouce_capture_grab(
    PouceCapture *capture, gint64 now_us, PoucePicture *out, GError **error);

/** What a variant implements. */
typedef struct {
    const char *name; // what stands before the first ':' of the spec
    PouceCapture *(*open)(const PouceCaptureConfig *config, const char *rest, GError **error);
    void (*free)(PouceCapture *capture);
    gboolean (*choose)(PouceCapture *capture, int id);
    gboolean (*grab)(PouceCapture *capture, gint64 now_us, PoucePicture *out, GError **error);
    /** NULL: a source without a cursor */
    PouceCursorWatch *(*watch)(const PouceCursorConfig *config, const char *rest, GError **error);
} PouceCaptureClass;

/** First member of each variant's own struct. */
struct PouceCapture {
    const PouceCaptureClass *klass;
    const PouceCaptureListener *listener;
    void *data;
    PouceCaptureMonitor monitors[POUCE_CAPTURE_MONITORS_MAX];
    int monitor_count;
    int monitor;
};

extern const PouceCaptureClass pouce_capture_x11;
extern const PouceCaptureClass pouce_capture_pattern;

G_END_DECLS
