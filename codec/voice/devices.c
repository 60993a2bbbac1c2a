// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/voice/voice.h"

#include <gst/gst.h>

/** More are not worth a list that a person reads. */
#define DEVICES_MAX 32

static void device_free(gpointer data)
{
    PouceVoiceDevice *device = data;
    g_free(device->name);
    g_free(device->description);
    g_free(device);
}

// What a speaker plays is a source as well ("monitor"), but nobody's microphone.
static gboolean is_monitor(GstDevice *device)
{
    g_autoptr(GstStructure) properties = gst_device_get_properties(device);
    const char *kind = properties ? gst_structure_get_string(properties, "device.class") : NULL;
    return g_strcmp0(kind, "monitor") == 0;
}

static void add_device(GPtrArray *devices, GstDevice *from)
{
    g_autofree char *class = gst_device_get_device_class(from);
    gboolean microphone = g_str_equal(class, "Audio/Source");
    if (devices->len >= DEVICES_MAX || (microphone && is_monitor(from))) {
        return;
    }
    PouceVoiceDevice *device = g_new0(PouceVoiceDevice, 1);
    device->microphone = microphone;
    device->description = gst_device_get_display_name(from);
    g_object_get(from, "internal-name", &device->name, NULL);
    g_ptr_array_add(devices, device);
}

GPtrArray *pouce_voice_devices(void)
{
    GPtrArray *devices = g_ptr_array_new_with_free_func(device_free);
    if (!gst_init_check(NULL, NULL, NULL)) {
        return devices;
    }
    g_autoptr(GstDeviceProvider) provider =
        gst_device_provider_factory_get_by_name("pulsedeviceprovider");
    GList *found = provider ? gst_device_provider_get_devices(provider) : NULL;
    for (GList *at = found; at; at = at->next) {
        add_device(devices, at->data);
    }
    g_list_free_full(found, gst_object_unref);
    return devices;
}
