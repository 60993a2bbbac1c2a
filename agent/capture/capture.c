// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "agent/capture/capture.h"

#include <string.h>

static const PouceCaptureClass *const classes[] = {&pouce_capture_x11, &pouce_capture_pattern};

GQuark pouce_capture_error_quark(void)
{
    return g_quark_from_static_string("pouce-capture-error");
}

PouceCapture *pouce_capture_open(const PouceCaptureConfig *config, GError **error)
{
    const char *colon = strchr(config->spec, ':');
    gsize length = colon ? (gsize)(colon - config->spec) : strlen(config->spec);
    for (gsize i = 0; i < G_N_ELEMENTS(classes); i++) {
        const char *name = classes[i]->name;
        if (strlen(name) != length || strncmp(name, config->spec, length) != 0)
            continue;
        PouceCapture *capture = classes[i]->open(config, colon ? colon + 1 : "", error);
        if (!capture)
            return NULL;
        capture->klass = classes[i];
        return capture;
    }
    g_set_error(error, POUCE_CAPTURE_ERROR, POUCE_CAPTURE_ERROR_USAGE,
        "There is no picture source \"%s\": use x11, x11:DISPLAY or pattern:WIDTHxHEIGHT.",
        config->spec);
    return NULL;
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
