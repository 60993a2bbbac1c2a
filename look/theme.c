// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "look/theme.h"

#include <string.h>

#define RESOURCE "/org/pouce/look/"
#define PORTAL_NAME "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"
#define PORTAL_SETTINGS "org.freedesktop.portal.Settings"
#define APPEARANCE "org.freedesktop.appearance"
#define PREFERS_DARK 1

// From glib-compile-resources: called by name, or the linker would leave it in the archive.
void pouce_look_register_resource(void);

void pouce_theme_before_gtk(void)
{
    // GL on llvmpipe costs 150 ms more to the first frame and twice the memory.
    if (!g_file_test("/dev/dri/renderD128", G_FILE_TEST_EXISTS))
        g_setenv("GSK_RENDERER", "cairo", FALSE);
}

static const char *palette_of(GtkSettings *settings)
{
    g_autofree char *theme = NULL;
    gboolean dark = FALSE;
    const char *forced = g_getenv("GTK_THEME");
    g_object_get(
        settings, "gtk-theme-name", &theme, "gtk-application-prefer-dark-theme", &dark, NULL);
    const char *name = forced ? forced : theme ? theme : "";
    if (strstr(name, "HighContrast") || strstr(name, "-hc") || strstr(name, ":hc"))
        return RESOURCE "contrast.css";
    if (dark || strstr(name, ":dark") || strstr(name, "-dark"))
        return RESOURCE "dark.css";
    return RESOURCE "light.css";
}

static void recolour(GtkSettings *settings, GParamSpec *spec, gpointer data)
{
    gtk_css_provider_load_from_resource(data, palette_of(settings));
}

static void use_scheme(GVariant *value)
{
    if (g_variant_is_of_type(value, G_VARIANT_TYPE_UINT32))
        g_object_set(gtk_settings_get_default(), "gtk-application-prefer-dark-theme",
            g_variant_get_uint32(value) == PREFERS_DARK, NULL);
}

static void on_setting(GDBusConnection *bus, const char *sender, const char *path,
    const char *interface, const char *signal, GVariant *parameters, gpointer data)
{
    const char *space, *key;
    g_autoptr(GVariant) value = NULL;
    if (!g_variant_is_of_type(parameters, G_VARIANT_TYPE("(ssv)")))
        return;
    g_variant_get(parameters, "(&s&sv)", &space, &key, &value);
    if (strcmp(space, APPEARANCE) == 0 && strcmp(key, "color-scheme") == 0)
        use_scheme(value);
}

static void on_read(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr(GVariant) answer =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, NULL);
    if (!answer)
        return; // no portal: the toolkit's own setting stands
    g_autoptr(GVariant) outer = NULL;
    g_variant_get(answer, "(v)", &outer);
    g_autoptr(GVariant) inner = g_variant_is_of_type(outer, G_VARIANT_TYPE_VARIANT)
                                    ? g_variant_get_variant(outer)
                                    : g_variant_ref(outer);
    use_scheme(inner);
}

static void on_bus(GObject *source, GAsyncResult *result, gpointer data)
{
    // Kept for the life of the process: the subscription needs it.
    GDBusConnection *bus = g_bus_get_finish(result, NULL);
    if (!bus)
        return;
    g_dbus_connection_signal_subscribe(bus, PORTAL_NAME, PORTAL_SETTINGS, "SettingChanged",
        PORTAL_PATH, APPEARANCE, G_DBUS_SIGNAL_FLAGS_NONE, on_setting, NULL, NULL);
    g_dbus_connection_call(bus, PORTAL_NAME, PORTAL_PATH, PORTAL_SETTINGS, "Read",
        g_variant_new("(ss)", APPEARANCE, "color-scheme"), G_VARIANT_TYPE("(v)"),
        G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, on_read, NULL);
}

void pouce_theme_apply(GdkDisplay *display)
{
    static gboolean applied;
    if (applied)
        return;
    applied = TRUE;
    g_autoptr(GtkCssProvider) palette = gtk_css_provider_new();
    g_autoptr(GtkCssProvider) rules = gtk_css_provider_new();
    GtkSettings *settings = gtk_settings_get_for_display(display);
    pouce_look_register_resource();
    gtk_css_provider_load_from_resource(rules, RESOURCE "pouce.css");
    recolour(settings, NULL, palette);
    gtk_style_context_add_provider_for_display(
        display, GTK_STYLE_PROVIDER(palette), GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
    gtk_style_context_add_provider_for_display(
        display, GTK_STYLE_PROVIDER(rules), GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
    g_signal_connect_data(settings, "notify::gtk-application-prefer-dark-theme",
        G_CALLBACK(recolour), g_object_ref(palette), (GClosureNotify)(void (*)(void))g_object_unref,
        0);
    g_signal_connect_data(settings, "notify::gtk-theme-name", G_CALLBACK(recolour),
        g_object_ref(palette), (GClosureNotify)(void (*)(void))g_object_unref, 0);
    g_bus_get(G_BUS_TYPE_SESSION, NULL, on_bus, NULL);
}
