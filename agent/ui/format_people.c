// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Helpers as people read them: opinions, and why somebody is in the list.

#include "agent/ui/format.h"

#include <glib/gi18n.h>
#include <string.h>

#define STARS 5

static char *known_since(const char *value)
{
    gint64 count = MAX(g_ascii_strtoll(value, NULL, 10), 1);
    return g_strdup_printf(
        ngettext("has helped you %d time", "has helped you %d times", (gulong)count), (int)count);
}

char *pouce_format_reason(const PouceReason *reason)
{
    const char *value = reason->value ? reason->value : "";
    if (g_strcmp0(reason->code, "skill") == 0)
        return g_strdup_printf(_("knows about “%s”"), value);
    if (g_strcmp0(reason->code, "language") == 0) {
        g_autofree char *language = pouce_format_language(value);
        return g_strdup_printf(_("speaks %s"), language);
    }
    if (g_strcmp0(reason->code, "place") == 0)
        return g_strdup_printf(_("lives near you (%s)"), value);
    if (g_strcmp0(reason->code, "rating") == 0)
        return g_strdup(_("well liked by others"));
    if (g_strcmp0(reason->code, "known") == 0)
        return known_since(value);
    if (g_strcmp0(reason->code, "price") == 0)
        return g_strdup(strcmp(value, "0") == 0 ? _("asks for no money") : _("modest price"));
    if (g_strcmp0(reason->code, "free") == 0)
        return g_strdup(_("can start right now"));
    return NULL;
}

char *pouce_format_stars(const PouceHelper *helper)
{
    if (helper->ratings <= 0)
        return g_strdup("");
    gint64 full = CLAMP((helper->stars_hundredths + 50) / 100, 0, STARS);
    g_autoptr(GString) text = g_string_new(NULL);
    for (gint64 i = 0; i < STARS; i++)
        g_string_append(text, i < full ? "★" : "☆");
    return g_strdup(text->str);
}

char *pouce_format_rating(const PouceHelper *helper)
{
    if (helper->ratings <= 0)
        return g_strdup(_("no opinion yet"));
    gint64 tenths = (helper->stars_hundredths + 5) / 10;
    g_autofree char *stars =
        g_strdup_printf("%d%s%d", (int)(tenths / 10), C_("decimal mark", "."), (int)(tenths % 10));
    return g_strdup_printf(
        ngettext("%1$s of 5 (%2$d opinion)", "%1$s of 5 (%2$d opinions)", (gulong)helper->ratings),
        stars, (int)helper->ratings);
}

char *pouce_format_available(PouceAvailability available)
{
    switch (available) {
    case POUCE_FREE_NOW:
        return g_strdup(_("Available now"));
    case POUCE_FREE_BUSY:
        return g_strdup(_("Helping somebody else"));
    case POUCE_FREE_AWAY:
        break;
    }
    return g_strdup(_("Away"));
}
