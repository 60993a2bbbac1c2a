// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

// The registry of encoders and the calls that are the same for all of them: checks, clamps and
// dispatch.

#include "codec/video/encoder.h"

G_DEFINE_QUARK(pouce - codec - error - quark, pouce_codec_error)

static const PouceEncoderClass *const classes[] = {
    &pouce_encoder_vpx,
#ifdef POUCE_HAVE_SCREEN_ENCODER
    &pouce_encoder_screen,
#endif
};

const char *const *pouce_encoder_names(void)
{
    static const char *names[G_N_ELEMENTS(classes) + 1];
    static gsize ready = 0;
    if (g_once_init_enter(&ready)) {
        for (guint i = 0; i < G_N_ELEMENTS(classes); i++)
            names[i] = classes[i]->name;
        g_once_init_leave(&ready, 1);
    }
    return names;
}

static gboolean check_size(int width_px, int height_px, GError **error)
{
    if (width_px >= 1 && height_px >= 1 && width_px <= POUCE_FRAME_SIDE_MAX_PX &&
        height_px <= POUCE_FRAME_SIDE_MAX_PX)
        return TRUE;
    g_set_error(error, POUCE_CODEC_ERROR, POUCE_CODEC_ERROR_UNSUPPORTED,
        "cannot encode %dx%d: each side must be 1 to %d pixels", width_px, height_px,
        POUCE_FRAME_SIDE_MAX_PX);
    return FALSE;
}

PouceEncoder *pouce_encoder_new(const char *name, const PouceEncoderConfig *config, GError **error)
{
    if (!check_size(config->width_px, config->height_px, error))
        return NULL;
    PouceEncoderConfig checked = *config;
    checked.bitrate_bps =
        CLAMP(config->bitrate_bps, POUCE_ENCODER_BITRATE_MIN_BPS, POUCE_ENCODER_BITRATE_MAX_BPS);
    checked.fps_max = CLAMP(config->fps_max, 1, 240);
    for (guint i = 0; i < G_N_ELEMENTS(classes); i++)
        if (g_strcmp0(classes[i]->name, name) == 0)
            return classes[i]->create(&checked, error);
    g_autofree char *known = g_strjoinv(", ", (char **)pouce_encoder_names());
    g_set_error(error, POUCE_CODEC_ERROR, POUCE_CODEC_ERROR_UNSUPPORTED,
        "there is no encoder called '%s'; choose one of: %s", name ? name : "", known);
    return NULL;
}

void pouce_encoder_free(PouceEncoder *encoder)
{
    if (encoder)
        encoder->klass->destroy(encoder);
}

PouceEncodeResult pouce_encoder_encode(PouceEncoder *encoder, const PouceEncodeRequest *request,
    PouceEncodedFrame *out, GError **error)
{
    g_assert(request->frame && request->budget_bytes >= 0);
    PouceEncodeRequest asked = *request;
    asked.key = request->key || encoder->key_wanted;
    PouceEncodeResult result = encoder->klass->encode(encoder, &asked, out, error);
    if (result == POUCE_ENCODE_FRAME && out->key)
        encoder->key_wanted = FALSE;
    if (result == POUCE_ENCODE_FRAME && !encoder->klass->lost) // each needs the one before it
        out->base_id = out->key ? 0 : out->id - 1;
    return result;
}

void pouce_encoder_set_bitrate(PouceEncoder *encoder, int bitrate_bps)
{
    encoder->klass->set_bitrate(
        encoder, CLAMP(bitrate_bps, POUCE_ENCODER_BITRATE_MIN_BPS, POUCE_ENCODER_BITRATE_MAX_BPS));
}

gboolean pouce_encoder_resize(PouceEncoder *encoder, int width_px, int height_px, GError **error)
{
    return check_size(width_px, height_px, error) &&
           encoder->klass->resize(encoder, width_px, height_px, error);
}

gint64 pouce_encoder_next_due_us(const PouceEncoder *encoder)
{
    return encoder->key_wanted ? 0 : encoder->klass->next_due_us(encoder);
}

void pouce_encoder_confirm(PouceEncoder *encoder, guint32 id)
{
    if (encoder->klass->confirm)
        encoder->klass->confirm(encoder, id);
}

void pouce_encoder_lost(PouceEncoder *encoder, guint32 id)
{
    if (encoder->klass->lost)
        encoder->klass->lost(encoder, id);
    else
        encoder->key_wanted = TRUE;
}
