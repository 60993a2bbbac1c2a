// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "agent/capture/capture.h"

#include <string.h>

static const PouceCaptureClass *const classes[] = {&pouce_capture_x11, &pouce_capture_pattern};

GQuark pouce_capture_error_quark(void)
{
    return g_quark_from_static_string("pouce-capture-error");
}

// @out_rest: what stands after the ':'
static const PouceCaptureClass *find_class(const char *spec, const char **out_rest, GError **error)
{
    const char *colon = strchr(spec, ':');
    gsize length = colon ? (gsize)(colon - spec) : strlen(spec);
    *out_rest = colon ? colon + 1 : "";
    for (gsize i = 0; i < G_N_ELEMENTS(classes); i++) {
        const char *name = classes[i]->name;
        if (strlen(name) == length && strncmp(name, spec, length) == 0)
            return classes[i];
    }
    g_set_error(error, POUCE_CAPTURE_ERROR, POUCE_CAPTURE_ERROR_USAGE,
        "There is no picture source \"%s\": use x11, x11:DISPLAY or pattern:WIDTHxHEIGHT.", spec);
    return NULL;
}

PouceCapture *pouce_capture_open(const PouceCaptureConfig *config, GError **error)
{
    const char *rest;
    const PouceCaptureClass *klass = find_class(config->spec, &rest, error);
    PouceCapture *capture = klass ? klass->open(config, rest, error) : NULL;
    if (capture)
        capture->klass = klass;
    return capture;
}

PouceCursorWatch *pouce_cursor_watch_open(const PouceCursorConfig *config, GError **error)
{
    const char *rest;
    const PouceCaptureClass *klass = find_class(config->spec, &rest, error);
    return klass && klass->watch ? klass->watch(config, rest, error) : NULL;
}

void pouce_capture_free(PouceCapture *capture)
{
    if (capture)
        capture->klass->free(capture);
}

const PouceCaptureMonitor *pouce_capture_monitors(PouceCapture *capture, int *out_count)
{
    *out_count = capture->monitor_count;
    return capture->monitors;
}

int pouce_capture_monitor(PouceCapture *capture)
{
    return capture->monitor;
}

gboolean pouce_capture_choose(PouceCapture *capture, int id)
{
    if (id < 0 || id >= capture->monitor_count)
        return FALSE;
    if (id == capture->monitor)
        return TRUE;
    return capture->klass->choose(capture, id);
}

gboolean pouce_capture_grab(PouceCapture *capture, gint64 now_us, PoucePicture *out, GError **error)
{
    return capture->klass->grab(capture, now_us, out, error);
}
