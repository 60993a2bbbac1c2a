// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

// The playout-delay RTP header extension: three bytes, 12 bits least and 12 bits most delay in
// units of 10 ms. With 0 and 0 Chromium shows each frame as soon as it is decoded (send to
// presentation p95 5 ms instead of 75).

#include "signaling/peer/webrtc.h"

#include <gst/rtp/rtp.h>

#define PAYLOAD_BYTES 3

#define POUCE_TYPE_PLAYOUT_DELAY (pouce_playout_delay_get_type())
G_DECLARE_FINAL_TYPE(
    PoucePlayoutDelay, pouce_playout_delay, POUCE, PLAYOUT_DELAY, GstRTPHeaderExtension)

struct _PoucePlayoutDelay {
    GstRTPHeaderExtension parent;
};

G_DEFINE_TYPE(PoucePlayoutDelay, pouce_playout_delay, GST_TYPE_RTP_HEADER_EXTENSION)

static GstRTPHeaderExtensionFlags supported_flags(GstRTPHeaderExtension *extension)
{
    return GST_RTP_HEADER_EXTENSION_ONE_BYTE | GST_RTP_HEADER_EXTENSION_TWO_BYTE;
}

static gsize max_size(GstRTPHeaderExtension *extension, const GstBuffer *input)
{
    return PAYLOAD_BYTES;
}

static gssize write_delay(GstRTPHeaderExtension *extension, const GstBuffer *input,
    GstRTPHeaderExtensionFlags flags, GstBuffer *output, guint8 *data, gsize bytes)
{
    if (bytes < PAYLOAD_BYTES) {
        return -1;
    }
    data[0] = 0;
    data[1] = 0;
    data[2] = 0;
    return PAYLOAD_BYTES;
}

static gboolean read_delay(GstRTPHeaderExtension *extension, GstRTPHeaderExtensionFlags flags,
    const guint8 *data, gsize bytes, GstBuffer *buffer)
{
    return TRUE; // this receiver always shows at once
}

static void pouce_playout_delay_class_init(PoucePlayoutDelayClass *klass)
{
    GstRTPHeaderExtensionClass *extension = GST_RTP_HEADER_EXTENSION_CLASS(klass);
    extension->get_supported_flags = supported_flags;
    extension->get_max_size = max_size;
    extension->write = write_delay;
    extension->read = read_delay;
    gst_rtp_header_extension_class_set_uri(extension, POUCE_PLAYOUT_DELAY_URI);
    gst_element_class_set_static_metadata(GST_ELEMENT_CLASS(klass), "Playout delay",
        GST_RTP_HDREXT_ELEMENT_CLASS, "Asks the receiver to show frames at once",
        "The Pouce authors");
}

static void pouce_playout_delay_init(PoucePlayoutDelay *self)
{
}

gpointer pouce_playout_delay_new(guint id)
{
    gpointer extension = gst_object_ref_sink(g_object_new(POUCE_TYPE_PLAYOUT_DELAY, NULL));
    gst_rtp_header_extension_set_id(extension, id);
    return extension;
}
