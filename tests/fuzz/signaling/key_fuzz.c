// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Any bytes as the file of a device's key: it is a key or an error, and never replaced.

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "signaling/wire/identity.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize bytes);

static char *path; // links are not followed: a real file

static void leave(void)
{
    unlink(path);
    g_free(path);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize bytes)
{
    static int fd = -1;
    if (fd < 0) {
        fd = g_file_open_tmp("pouce-key-XXXXXX", &path, NULL);
        atexit(leave);
    }
    g_assert(fd >= 0 && ftruncate(fd, 0) == 0 && pwrite(fd, data, bytes, 0) == (gssize)bytes);
    g_autoptr(GError) error = NULL;
    g_autoptr(PouceIdentity) identity = pouce_identity_load(path, &error);
    g_assert(identity || (error && g_utf8_validate(error->message, -1, NULL)));
    struct stat now;
    g_assert(fstat(fd, &now) == 0 && now.st_size == (off_t)bytes);
    return 0;
}
