// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Any bytes as the broker's configuration file.

#include "broker/program/options.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize bytes);

int LLVMFuzzerTestOneInput(const guint8 *data, gsize bytes)
{
    int fd = memfd_create("config", 0);
    g_assert(fd >= 0 && write(fd, data, bytes) == (gssize)bytes);
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);
    char *args[] = {"pouce-broker", "--config", path, NULL};
    g_auto(PouceBrokerOptions) options = {0};
    g_autoptr(GError) error = NULL;
    PouceOptionsResult result = pouce_broker_options_read(3, args, &options, &error);
    g_assert(result != POUCE_OPTIONS_WRONG || (error && *error->message));
    g_assert(result != POUCE_OPTIONS_RUN || options.listen);
    close(fd);
    return 0;
}
