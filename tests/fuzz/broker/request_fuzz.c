// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What of a request is parsed by code of our own: the path against the route table, the body's
// texts and lists, an amount, an ICE address, and the same texts as CSV cells. Input: path, line
// feed, body.

#include <stdint.h>
#include <string.h>

#include "broker/exports/csv.h"
#include "broker/exports/tables.h"
#include "broker/http/api.h"
#include "broker/http/input.h"
#include "signaling/wire/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_body(const char *text, gsize bytes)
{
    g_autoptr(json_t) body = pouce_json_parse(text, bytes, POUCE_HTTP_BODY_MAX_BYTES, NULL);
    if (!body)
        return;
    const char *out = NULL;
    pouce_input_login(body, &out, NULL);
    pouce_input_password(body, &out, NULL);
    g_auto(GStrv) skills =
        pouce_input_list(body, "skills", POUCE_SKILLS_MAX, POUCE_SKILL_MAX_CHARS, NULL);
    for (char **each = skills; each && *each; each++)
        g_assert(
            g_utf8_validate(*each, -1, NULL) && g_utf8_strlen(*each, -1) <= POUCE_SKILL_MAX_CHARS);
    if (pouce_input_text(body, "name", 1, POUCE_NAME_MAX_CHARS, TRUE, &out, NULL)) {
        g_assert(g_utf8_strlen(out, -1) <= POUCE_NAME_MAX_CHARS);
        PouceCsv *csv = pouce_csv_new();
        pouce_csv_text(csv, out);
        g_autofree char *cell = pouce_csv_take(csv);
        g_assert(*cell != '=' && *cell != '+' && *cell != '-' && *cell != '@');
        gint64 minor = 0;
        g_assert(!pouce_currency_parse(out, "EUR", &minor) || minor >= 0);
        pouce_ice_url_valid("turn", out);
        pouce_input_tag_valid(out, TRUE);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_malloc(size + 1);
    if (size)
        memcpy(text, data, size);
    text[size] = '\0';
    char *body = strchr(text, '\n');
    if (body)
        *body++ = '\0';
    PouceParams params;
    gboolean allowed;
    const PouceRoute *route =
        pouce_route_find(pouce_api_routes, pouce_api_route_count, "POST", text, &params, &allowed);
    for (guint i = 0; route && i < params.count; i++)
        g_assert(strlen(params.value[i]) <= POUCE_PATH_PARAM_MAX_BYTES);
    if (body)
        read_body(body, size - (body - text));
    return 0;
}
