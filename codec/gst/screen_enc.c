// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

// poucescreenenc: the screen encoder as a GStreamer element.
//
//   gst-launch-1.0 ximagesrc ! videoconvert ! poucescreenenc bitrate=8000000 ! rtpvp8pay ! ...
//
// I420 in, VP8 out. A frame that shows nothing new gives no buffer. What changed is found by
// fingerprints, so sources need not report damage; what was sent coarsely is refined with the
// frames that follow, the same picture again too. A source that falls silent when nothing changes
// leaves it coarse: let it repeat its picture (pipewiresrc keepalive-time=50), or put compositor
// between, which does. One streaming thread, as GstVideoEncoder has it; a change of bitrate takes
// effect with the next frame.

#include "codec/video/encoder.h"

#include <gst/video/gstvideoencoder.h>
#include <gst/video/video.h>

#include <string.h>

#define POUCE_TYPE_SCREEN_ENC (pouce_screen_enc_get_type())
G_DECLARE_FINAL_TYPE(PouceScreenEnc, pouce_screen_enc, POUCE, SCREEN_ENC, GstVideoEncoder)

struct _PouceScreenEnc {
    GstVideoEncoder parent;
    PouceEncoder *encoder; // NULL before the first caps
    PouceFrame *frame;
    GstVideoCodecState *input;
    gint bitrate_bps; // atomic: set from any thread
};

G_DEFINE_TYPE(PouceScreenEnc, pouce_screen_enc, GST_TYPE_VIDEO_ENCODER)

#define BITRATE_DEFAULT_BPS 8000000
#define FPS_DEFAULT 60

enum {
    PROP_0,
    PROP_BITRATE,
};

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE(
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS(GST_VIDEO_CAPS_MAKE("I420")));
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE(
    "src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS("video/x-vp8, profile = (string) 0"));

static gboolean stop(GstVideoEncoder *base)
{
    PouceScreenEnc *self = POUCE_SCREEN_ENC(base);
    g_clear_pointer(&self->encoder, pouce_encoder_free);
    g_clear_pointer(&self->frame, pouce_frame_unref);
    g_clear_pointer(&self->input, gst_video_codec_state_unref);
    return TRUE;
}

static gboolean set_format(GstVideoEncoder *base, GstVideoCodecState *state)
{
    PouceScreenEnc *self = POUCE_SCREEN_ENC(base);
    const GstVideoInfo *info = &state->info;
    stop(base);
    int fps = FPS_DEFAULT;
    if (info->fps_n > 0 && info->fps_d > 0)
        fps = (info->fps_n + info->fps_d - 1) / info->fps_d;
    PouceEncoderConfig config = {
        info->width, info->height, g_atomic_int_get(&self->bitrate_bps), fps};
    g_autoptr(GError) error = NULL;
    self->encoder = pouce_encoder_new("screen", &config, &error);
    if (!self->encoder) {
        GST_ELEMENT_ERROR(self, STREAM, FORMAT, ("%s", error->message), (NULL));
        return FALSE;
    }
    self->frame = pouce_frame_new(info->width, info->height);
    self->input = gst_video_codec_state_ref(state);
    GstCaps *caps = gst_static_pad_template_get_caps(&src_template);
    GstVideoCodecState *output = gst_video_encoder_set_output_state(base, caps, state);
    gst_video_codec_state_unref(output);
    return TRUE;
}

// Takes the picture over and repeats its edges up to whole macroblocks.
static void take_plane(PouceFrame *frame, const GstVideoFrame *from, int plane)
{
    int size = plane ? 8 : 16, stride = frame->strides[plane];
    int width = GST_VIDEO_FRAME_COMP_WIDTH(from, plane);
    int height = GST_VIDEO_FRAME_COMP_HEIGHT(from, plane);
    const guint8 *in = GST_VIDEO_FRAME_PLANE_DATA(from, plane);
    guint8 *out = frame->planes[plane];
    for (int y = 0; y < frame->mb_rows * size; y++, out += stride) {
        if (y >= height) {
            memcpy(out, out - stride, (gsize)frame->mb_columns * size);
            continue;
        }
        memcpy(out, in, (gsize)width);
        memset(out + width, out[width - 1], (gsize)(frame->mb_columns * size - width));
        in += GST_VIDEO_FRAME_PLANE_STRIDE(from, plane);
    }
}

static GstFlowReturn finish(
    GstVideoEncoder *base, GstVideoCodecFrame *frame, const PouceEncodedFrame *coded)
{
    frame->output_buffer = gst_video_encoder_allocate_output_buffer(base, coded->bytes);
    gst_buffer_fill(frame->output_buffer, 0, coded->data, coded->bytes);
    if (coded->key)
        GST_VIDEO_CODEC_FRAME_SET_SYNC_POINT(frame);
    else
        GST_VIDEO_CODEC_FRAME_UNSET_SYNC_POINT(frame);
    return gst_video_encoder_finish_frame(base, frame);
}

static GstFlowReturn handle_frame(GstVideoEncoder *base, GstVideoCodecFrame *frame)
{
    PouceScreenEnc *self = POUCE_SCREEN_ENC(base);
    GstVideoFrame picture;
    if (!gst_video_frame_map(&picture, &self->input->info, frame->input_buffer, GST_MAP_READ)) {
        GST_ELEMENT_ERROR(self, STREAM, ENCODE, ("The picture cannot be read."), (NULL));
        gst_video_codec_frame_unref(frame);
        return GST_FLOW_ERROR;
    }
    for (int plane = 0; plane < 3; plane++)
        take_plane(self->frame, &picture, plane);
    gst_video_frame_unmap(&picture);
    pouce_encoder_set_bitrate(self->encoder, g_atomic_int_get(&self->bitrate_bps));
    PouceEncodeRequest request = {
        .frame = self->frame,
        .now_us =
            GST_CLOCK_TIME_IS_VALID(frame->pts) ? (gint64)GST_TIME_AS_USECONDS(frame->pts) : 0,
        .key = GST_VIDEO_CODEC_FRAME_IS_FORCE_KEYFRAME(frame),
        .cursor_x_px = -1,
        .cursor_y_px = -1,
    };
    PouceEncodedFrame coded;
    g_autoptr(GError) error = NULL;
    switch (pouce_encoder_encode(self->encoder, &request, &coded, &error)) {
    case POUCE_ENCODE_FRAME:
        return finish(base, frame, &coded);
    case POUCE_ENCODE_NOTHING: // without a buffer the frame is dropped
        return gst_video_encoder_finish_frame(base, frame);
    default:
        GST_ELEMENT_ERROR(self, STREAM, ENCODE, ("%s", error->message), (NULL));
        gst_video_codec_frame_unref(frame);
        return GST_FLOW_ERROR;
    }
}

static void set_property(GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
    PouceScreenEnc *self = POUCE_SCREEN_ENC(object);
    if (id == PROP_BITRATE)
        g_atomic_int_set(&self->bitrate_bps, g_value_get_int(value));
    else
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
}

static void get_property(GObject *object, guint id, GValue *value, GParamSpec *spec)
{
    PouceScreenEnc *self = POUCE_SCREEN_ENC(object);
    if (id == PROP_BITRATE)
        g_value_set_int(value, g_atomic_int_get(&self->bitrate_bps));
    else
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
}

static void pouce_screen_enc_class_init(PouceScreenEncClass *klass)
{
    GObjectClass *object = G_OBJECT_CLASS(klass);
    GstElementClass *element = GST_ELEMENT_CLASS(klass);
    GstVideoEncoderClass *encoder = GST_VIDEO_ENCODER_CLASS(klass);
    object->set_property = set_property;
    object->get_property = get_property;
    encoder->set_format = set_format;
    encoder->handle_frame = handle_frame;
    encoder->stop = stop;
    g_object_class_install_property(object, PROP_BITRATE,
        g_param_spec_int("bitrate", "Bitrate", "Long-term target, bits a second",
            POUCE_ENCODER_BITRATE_MIN_BPS, POUCE_ENCODER_BITRATE_MAX_BPS, BITRATE_DEFAULT_BPS,
            G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING));
    gst_element_class_add_static_pad_template(element, &sink_template);
    gst_element_class_add_static_pad_template(element, &src_template);
    gst_element_class_set_static_metadata(element, "Pouce screen encoder", "Codec/Encoder/Video",
        "VP8 for desktops: its cost follows what changed on the screen", "The Pouce authors");
}

static void pouce_screen_enc_init(PouceScreenEnc *self)
{
    self->bitrate_bps = BITRATE_DEFAULT_BPS;
}

static gboolean plugin_init(GstPlugin *plugin)
{
    return gst_element_register(plugin, "poucescreenenc", GST_RANK_NONE, POUCE_TYPE_SCREEN_ENC);
}

#define PACKAGE "pouce"
GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, pouce, "Pouce's screen encoder",
    plugin_init, POUCE_VERSION, "MIT/X11", "Pouce", "https://pouce.example")
