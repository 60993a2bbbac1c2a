// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "agent/input/input.h"

#include <string.h>

static const PouceInputClass *const classes[] = {&pouce_input_xtest, &pouce_input_null};

GQuark pouce_input_error_quark(void)
{
    return g_quark_from_static_string("pouce-input-error");
}

PouceInput *pouce_input_open(const char *spec, GMainContext *context, GError **error)
{
    const char *colon = strchr(spec, ':');
    gsize length = colon ? (gsize)(colon - spec) : strlen(spec);
    for (gsize i = 0; i < G_N_ELEMENTS(classes); i++) {
        const char *name = classes[i]->name;
        if (strlen(name) != length || strncmp(name, spec, length) != 0)
            continue;
        PouceInput *input = classes[i]->open(colon ? colon + 1 : "", context, error);
        if (input)
            input->klass = classes[i];
        return input;
    }
    g_set_error(error, POUCE_INPUT_ERROR, POUCE_INPUT_ERROR_USAGE,
        "There is no way of input \"%s\": use xtest, xtest:DISPLAY or null.", spec);
    return NULL;
}

void pouce_input_free(PouceInput *input)
{
    if (input)
        input->klass->free(input);
}

static void inject(PouceInput *input, PouceInputEvent event)
{
    input->klass->inject(input, &event);
}

void pouce_input_key(PouceInput *input, guint16 evdev, gboolean down)
{
    inject(input, (PouceInputEvent){.kind = POUCE_INPUT_KEY, .code = evdev, .down = down});
}

void pouce_input_keysym(PouceInput *input, guint32 keysym, gboolean down)
{
    inject(input, (PouceInputEvent){.kind = POUCE_INPUT_KEYSYM, .code = keysym, .down = down});
}

void pouce_input_character(PouceInput *input, guint32 scalar)
{
    inject(input, (PouceInputEvent){.kind = POUCE_INPUT_CHARACTER, .code = scalar});
}

void pouce_input_button(PouceInput *input, int button, gboolean down, int x_px, int y_px)
{
    if (button < 1 || button > 3)
        return;
    inject(input, (PouceInputEvent){.kind = POUCE_INPUT_BUTTON,
                      .code = (guint32)button,
                      .down = down,
                      .x_px = x_px,
                      .y_px = y_px});
}

void pouce_input_wheel(PouceInput *input, int dx, int dy, int x_px, int y_px)
{
    inject(input, (PouceInputEvent){
                      .kind = POUCE_INPUT_WHEEL, .dx = dx, .dy = dy, .x_px = x_px, .y_px = y_px});
}

void pouce_input_move(PouceInput *input, int x_px, int y_px)
{
    inject(input, (PouceInputEvent){.kind = POUCE_INPUT_MOVE, .x_px = x_px, .y_px = y_px});
}

void pouce_input_release_all(PouceInput *input)
{
    inject(input, (PouceInputEvent){.kind = POUCE_INPUT_RELEASE_ALL});
}
