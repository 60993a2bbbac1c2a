// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/http/route.h"

#include <string.h>

static gboolean take_param(const char *segment, gsize length, PouceParams *params)
{
    if (length == 0 || length > POUCE_PATH_PARAM_MAX_BYTES ||
        params->count >= POUCE_PATH_MAX_PARAMS)
        return FALSE;
    for (gsize i = 0; i < length; i++) {
        if (!g_ascii_isalnum(segment[i]) && segment[i] != '-' && segment[i] != '_')
            return FALSE;
    }
    char *value = params->value[params->count++];
    memcpy(value, segment, length);
    value[length] = '\0';
    return TRUE;
}

static gboolean matches(const char *pattern, const char *path, PouceParams *params)
{
    params->count = 0;
    for (guint i = 0; i < POUCE_PATH_MAX_SEGMENTS; i++) {
        if (*pattern != '/' || *path != '/')
            return FALSE;
        gsize wanted = strcspn(++pattern, "/"), given = strcspn(++path, "/");
        if (*pattern == '{') {
            if (!take_param(path, given, params))
                return FALSE;
        } else if (wanted != given || memcmp(pattern, path, wanted) != 0) {
            return FALSE;
        }
        pattern += wanted;
        path += given;
        if (!*pattern && !*path)
            return TRUE;
    }
    return FALSE;
}

const PouceRoute *pouce_route_find(const PouceRoute *routes, gsize count, const char *method,
    const char *path, PouceParams *out_params, gboolean *out_allowed)
{
    const char *wanted = strcmp(method, "HEAD") == 0 ? "GET" : method;
    *out_allowed = FALSE;
    for (gsize i = 0; i < count; i++) {
        PouceParams params;
        if (!matches(routes[i].path, path, &params))
            continue;
        if (strcmp(routes[i].method, wanted) == 0) {
            *out_params = params;
            return &routes[i];
        }
        *out_allowed = TRUE;
    }
    return NULL;
}
