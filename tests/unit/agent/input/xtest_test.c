// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What is injected, as an ordinary program receives it.

#include "agent/input/injector.h"
#include "tests/support/xserver.h"
#include "tests/unit/agent/input/typed_client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#define DEADLINE_MS 15000
#define KEY_PRESS 2
#define SHIFT_MASK 1u
#define CONTROL_MASK 4u
#define KEYSYM_SHIFT_L 0xffe1
#define KEYSYM_CONTROL_L 0xffe3
#define KEYSYM_LEFT 0xff51
#define EVDEV_A 30
#define EVDEV_LEFTSHIFT 42

typedef struct {
    XServer server;
    TypedClient *client;
    PouceInjector *injector;
    const char *wanted;
    guint wanted_events;
} Fixture;

static void open_fixture(Fixture *f, const char *layout)
{
    g_autoptr(GError) error = NULL;
    memset(f, 0, sizeof *f);
    assert_true(xserver_start(&f->server, "Xvfb", "640x480"));
    const char *argv[] = {"setxkbmap", "-layout", layout, NULL};
    assert_int_equal(xserver_run(&f->server, argv), 0);
    f->client = typed_client_new(f->server.display);
    g_autofree char *spec = g_strdup_printf("xtest:%s", f->server.display);
    f->injector = pouce_injector_open(spec, NULL, &error);
    if (!f->injector)
        fail_msg("%s", error->message);
}

static void close_fixture(Fixture *f)
{
    pouce_injector_free(f->injector);
    typed_client_free(f->client);
    xserver_stop(&f->server);
}

static gboolean has_text(void *data)
{
    Fixture *f = data;
    return strlen(typed_client_text(f->client)) >= strlen(f->wanted);
}

static gboolean has_events(void *data)
{
    Fixture *f = data;
    return typed_client_events(f->client)->len >= f->wanted_events;
}

static void type(Fixture *f, const char *text)
{
    for (const char *at = text; *at; at = g_utf8_next_char(at))
        pouce_injector_character(f->injector, g_utf8_get_char(at));
}

static void check_typed(Fixture *f, const char *what, const char *text)
{
    typed_client_forget(f->client);
    type(f, text);
    f->wanted = text;
    gboolean all = wait_until(NULL, has_text, f, DEADLINE_MS);
    if (!all || strcmp(typed_client_text(f->client), text) != 0)
        fail_msg(
            "%s: arrived as \"%s\", should be \"%s\"", what, typed_client_text(f->client), text);
    assert_true(typed_client_nothing_down(f->client));
}

static void any_text_arrives_in_any_layout(void **state)
{
    const char *layouts[] = {"us", "fr", "ch", "de", "ru", "us,ru"};
    for (gsize i = 0; i < G_N_ELEMENTS(layouts); i++) {
        Fixture f;
        open_fixture(&f, layouts[i]);
        check_typed(&f, layouts[i], "Hello, World! aZ09 qwertz");
        check_typed(&f, layouts[i], "ça où Ève été ñ Zoë Straße «5 €» — 7×8=56 µ");
        check_typed(&f, layouts[i], "@#{}[]|\\~^`'\"<>&%$?;:_-+*/=()");
        check_typed(&f, layouts[i], "Привет, Ω ж Ж 漢字 😀 aB");
        close_fixture(&f);
    }
}

static void the_second_layout_is_no_trap(void **state)
{
    Fixture f;
    open_fixture(&f, "us,ru");
    typed_client_lock_group(f.client, 1);
    check_typed(&f, "group ru", "Hello ж Привет @");
    typed_client_lock_group(f.client, 0);
    check_typed(&f, "group us", "Hello ж Привет @");
    close_fixture(&f);
}

static void caps_lock_does_not_turn_letters(void **state)
{
    Fixture f;
    open_fixture(&f, "fr");
    typed_client_lock_caps(f.client);
    check_typed(&f, "caps", "aZé3Ж");
    close_fixture(&f);
}

static void more_foreign_characters_than_spare_keys_arrive(void **state)
{
    Fixture f;
    open_fixture(&f, "us");
    g_autoptr(GString) text = g_string_new(NULL);
    for (int i = 0; i < 90; i++)
        g_string_append_unichar(text, (gunichar)(0x4e00 + i * 7));
    check_typed(&f, "ninety characters", text->str);
    close_fixture(&f);
}

static void borrowed_keys_are_given_back(void **state)
{
    Fixture f;
    open_fixture(&f, "us");
    int before = typed_client_mapped_keycodes(f.client);
    check_typed(&f, "foreign", "жЩ漢");
    assert_true(typed_client_mapped_keycodes(f.client) > before);
    g_clear_pointer(&f.injector, pouce_injector_free);
    assert_int_equal(typed_client_mapped_keycodes(f.client), before);
    close_fixture(&f);
}

static void keys_by_place_follow_the_layout(void **state)
{
    Fixture f;
    open_fixture(&f, "fr");
    f.wanted = "qQ";
    pouce_injector_key(f.injector, EVDEV_A, TRUE);
    pouce_injector_key(f.injector, EVDEV_A, FALSE);
    pouce_injector_key(f.injector, EVDEV_LEFTSHIFT, TRUE);
    pouce_injector_key(f.injector, EVDEV_A, TRUE);
    pouce_injector_key(f.injector, EVDEV_A, FALSE);
    pouce_injector_key(f.injector, EVDEV_LEFTSHIFT, FALSE);
    assert_true(wait_until(NULL, has_text, &f, DEADLINE_MS));
    assert_string_equal(typed_client_text(f.client), "qQ");
    pouce_injector_key(f.injector, 0, TRUE);
    pouce_injector_key(f.injector, 65535, TRUE);
    assert_true(typed_client_nothing_down(f.client));
    close_fixture(&f);
}

static void shortcuts_keep_their_modifiers(void **state)
{
    Fixture f;
    open_fixture(&f, "us");
    pouce_injector_keysym(f.injector, KEYSYM_CONTROL_L, TRUE);
    pouce_injector_keysym(f.injector, KEYSYM_SHIFT_L, TRUE);
    pouce_injector_keysym(f.injector, KEYSYM_LEFT, TRUE);
    pouce_injector_keysym(f.injector, KEYSYM_LEFT, FALSE);
    pouce_injector_keysym(f.injector, KEYSYM_SHIFT_L, FALSE);
    pouce_injector_keysym(f.injector, KEYSYM_CONTROL_L, FALSE);
    f.wanted_events = 6;
    assert_true(wait_until(NULL, has_events, &f, DEADLINE_MS));
    const TypedEvent *left = &g_array_index(typed_client_events(f.client), TypedEvent, 2);
    assert_int_equal(left->type, KEY_PRESS);
    assert_int_equal(left->keysym, KEYSYM_LEFT);
    assert_int_equal(left->state & (SHIFT_MASK | CONTROL_MASK), SHIFT_MASK | CONTROL_MASK);
    assert_true(typed_client_nothing_down(f.client));
    close_fixture(&f);
}

static void buttons_and_wheel_land_where_told(void **state)
{
    Fixture f;
    open_fixture(&f, "us");
    pouce_injector_button(f.injector, 3, TRUE, 111, 222);
    pouce_injector_button(f.injector, 3, FALSE, 111, 222);
    pouce_injector_wheel(f.injector, 0, 60, 10, 20);
    pouce_injector_wheel(f.injector, 0, 60, 10, 20);
    pouce_injector_wheel(f.injector, 0, -240, 10, 20);
    pouce_injector_wheel(f.injector, 120, 0, 10, 20);
    pouce_injector_button(f.injector, 9, TRUE, 0, 0);
    f.wanted_events = 10;
    assert_true(wait_until(NULL, has_events, &f, DEADLINE_MS));
    const guint want[] = {3, 3, 5, 5, 4, 4, 4, 4, 7, 7};
    const GArray *events = typed_client_events(f.client);
    assert_int_equal(events->len, 10);
    for (guint i = 0; i < events->len; i++)
        assert_int_equal(g_array_index(events, TypedEvent, i).code, want[i]);
    assert_int_equal(g_array_index(events, TypedEvent, 0).x, 111);
    assert_int_equal(g_array_index(events, TypedEvent, 0).y, 222);
    assert_int_equal(g_array_index(events, TypedEvent, 9).x, 10);
    close_fixture(&f);
}

static void nothing_stays_pressed(void **state)
{
    Fixture f;
    open_fixture(&f, "us");
    pouce_injector_keysym(f.injector, KEYSYM_CONTROL_L, TRUE);
    pouce_injector_keysym(f.injector, KEYSYM_SHIFT_L, TRUE);
    pouce_injector_keysym(f.injector, 'x', TRUE);
    pouce_injector_key(f.injector, EVDEV_A, TRUE);
    pouce_injector_button(f.injector, 1, TRUE, 5, 5);
    pouce_injector_character(f.injector, 0x6f22); // waits, and everything behind it
    pouce_injector_keysym(f.injector, 'y', TRUE);
    assert_false(typed_client_nothing_down(f.client));
    pouce_injector_release_all(f.injector);
    assert_true(typed_client_nothing_down(f.client));
    // What waited is gone for good: the next text comes alone.
    typed_client_forget(f.client);
    check_typed(&f, "after", "ok漢");
    pouce_injector_keysym(f.injector, KEYSYM_SHIFT_L, TRUE);
    g_clear_pointer(&f.injector, pouce_injector_free);
    assert_true(typed_client_nothing_down(f.client));
    close_fixture(&f);
}

static void bad_values_do_nothing(void **state)
{
    Fixture f;
    open_fixture(&f, "us");
    pouce_injector_character(f.injector, 0);
    pouce_injector_character(f.injector, 0xd800);
    pouce_injector_character(f.injector, 0x110000);
    pouce_injector_character(f.injector, 0xffffffff);
    pouce_injector_keysym(f.injector, 0, TRUE);
    pouce_injector_keysym(f.injector, 'z', FALSE);
    pouce_injector_move(f.injector, -5, 1 << 20);
    check_typed(&f, "after", "fine");
    close_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_text_arrives_in_any_layout),
        cmocka_unit_test(the_second_layout_is_no_trap),
        cmocka_unit_test(caps_lock_does_not_turn_letters),
        cmocka_unit_test(more_foreign_characters_than_spare_keys_arrive),
        cmocka_unit_test(borrowed_keys_are_given_back),
        cmocka_unit_test(keys_by_place_follow_the_layout),
        cmocka_unit_test(shortcuts_keep_their_modifiers),
        cmocka_unit_test(buttons_and_wheel_land_where_told),
        cmocka_unit_test(nothing_stays_pressed),
        cmocka_unit_test(bad_values_do_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
