// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Any bytes as the file of known devices.

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "viewer/core/pins.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize bytes);

int LLVMFuzzerTestOneInput(const guint8 *data, gsize bytes)
{
    int fd = memfd_create("pins", 0);
    g_assert(fd >= 0 && write(fd, data, bytes) == (gssize)bytes);
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);
    g_autoptr(GError) error = NULL;
    g_autoptr(PoucePins) pins = pouce_pins_load(path, &error);
    g_assert(pins || (error && g_utf8_validate(error->message, -1, NULL)));
    g_autofree char *pinned = NULL;
    if (pins)
        pouce_pins_check(pins, "22222222222222222222222222", "11111111111111111111111111",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", &pinned);
    close(fd);
    return 0;
}
