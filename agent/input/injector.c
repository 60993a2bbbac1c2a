// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "agent/input/injector.h"

#include <string.h>

static const PouceInjectorClass *const classes[] = {&pouce_injector_xtest, &pouce_injector_null};

GQuark pouce_injector_error_quark(void)
{
    return g_quark_from_static_string("pouce-injector-error");
}

PouceInjector *pouce_injector_open(const char *spec, GMainContext *context, GError **error)
{
    const char *colon = strchr(spec, ':');
    gsize length = colon ? (gsize)(colon - spec) : strlen(spec);
    for (gsize i = 0; i < G_N_ELEMENTS(classes); i++) {
        const char *name = classes[i]->name;
        if (strlen(name) != length || strncmp(name, spec, length) != 0)
            continue;
        PouceInjector *input = classes[i]->open(colon ? colon + 1 : "", context, error);
        if (input)
            input->klass = classes[i];
        return input;
    }
    g_set_error(error, POUCE_INJECTOR_ERROR, POUCE_INJECTOR_ERROR_USAGE,
        "There is no way of input \"%s\": use xtest, xtest:DISPLAY or null.", spec);
    return NULL;
}

void pouce_injector_free(PouceInjector *input)
{
    if (input)
        input->klass->free(input);
}

static void inject(PouceInjector *input, PouceInjectorEvent event)
{
    input->klass->inject(input, &event);
}

void pouce_injector_key(PouceInjector *input, guint16 evdev, gboolean down)
{
    inject(input, (PouceInjectorEvent){.kind = POUCE_INJECT_KEY, .code = evdev, .down = down});
}

void pouce_injector_keysym(PouceInjector *input, guint32 keysym, gboolean down)
{
    inject(input, (PouceInjectorEvent){.kind = POUCE_INJECT_KEYSYM, .code = keysym, .down = down});
}

void pouce_injector_character(PouceInjector *input, guint32 scalar)
{
    inject(input, (PouceInjectorEvent){.kind = POUCE_INJECT_CHARACTER, .code = scalar});
}

void pouce_injector_button(PouceInjector *input, int button, gboolean down, int x_px, int y_px)
{
    if (button < 1 || button > 3)
        return;
    inject(input, (PouceInjectorEvent){.kind = POUCE_INJECT_BUTTON,
                      .code = (guint32)button,
                      .down = down,
                      .x_px = x_px,
                      .y_px = y_px});
}

void pouce_injector_wheel(PouceInjector *input, int dx, int dy, int x_px, int y_px)
{
    inject(input, (PouceInjectorEvent){
                      .kind = POUCE_INJECT_WHEEL, .dx = dx, .dy = dy, .x_px = x_px, .y_px = y_px});
}

void pouce_injector_move(PouceInjector *input, int x_px, int y_px)
{
    inject(input, (PouceInjectorEvent){.kind = POUCE_INJECT_MOVE, .x_px = x_px, .y_px = y_px});
}

void pouce_injector_release_all(PouceInjector *input)
{
    inject(input, (PouceInjectorEvent){.kind = POUCE_INJECT_RELEASE_ALL});
}
