// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What the helper reads, in both languages: whatever goes wrong in a session, or before it.

#include "codec/voice/voice.h"
#include "signaling/rendezvous/rendezvous.h"
#include "tests/unit/look/reading.h"
#include "viewer/core/viewing.h"
#include "viewer/ui/words.h"

#include <gio/gio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static char *trouble(const char *code)
{
    return pouce_words_trouble(code, "Marie");
}

static void every_trouble_is_said_in_both_languages(void **state)
{
    reading_assert_protocol_known(trouble);
    const char *raised = "viewing_(?:problem|on_lost)\\([^\"]*\"([a-z_]*)\"";
    assert_in_range(reading_assert_all_known(trouble, "viewer/core", raised), 7, 99);
    const char *failures = "FAILURE_[A-Z_]+\\] = \\{\"([a-z_]+)\"";
    assert_in_range(reading_assert_all_known(trouble, "signaling/peer", failures), 5, 99);
    assert_int_equal(reading_assert_all_known(trouble, "viewer/core/desk.c", "\"(unreach\\w+)"), 1);
    for (const char *const *code = pouce_voice_trouble_codes(); *code; code++)
        reading_assert_known(trouble, *code);
}

static void troubles_name_the_seeker(void **state)
{
    reading_speak("en");
    reading_assert(trouble("silent"), "Nothing is heard from Marie's computer.");
    reading_speak("fr");
    reading_assert(trouble("silent"), "L’ordinateur de Marie ne donne plus signe.");
    reading_assert(trouble("not_kept"),
        "L’ordinateur de Marie ne peut pas être retenu~: le disque est-il plein^?");
}

static char *error_text(GQuark domain, int code)
{
    g_autoptr(GError) error = g_error_new_literal(domain, code, "for a log");
    return pouce_words_error(error, "Marie");
}

// Pausing, asking, drawing, recording: an error of each kind that viewer/core may give.
static void every_error_is_said_in_both_languages(void **state)
{
    const struct {
        GQuark domain;
        int code;
        const char *english;
    } rows[] = {
        {POUCE_VIEWING_ERROR, POUCE_VIEWING_ERROR_OFFLINE,
            "There is no connection to Marie's computer at the moment."},
        {POUCE_VIEWING_ERROR, POUCE_VIEWING_ERROR_DENIED,
            "Marie has not agreed to that. Ask first."},
        {POUCE_VIEWING_ERROR, POUCE_VIEWING_ERROR_INVALID,
            "That is more than Marie's computer takes at once."},
        {POUCE_RECORDER_ERROR, POUCE_RECORDER_ERROR_FILE,
            "The recording cannot be written: its folder is missing or full, or a file of this "
            "name is there already."},
        {POUCE_RECORDER_ERROR, POUCE_RECORDER_ERROR_UNSUPPORTED,
            "To record, this computer needs the package gstreamer1.0-plugins-good."},
        {POUCE_RENDEZVOUS_ERROR, POUCE_RENDEZVOUS_ERROR_UNSUPPORTED,
            "The address of the service is not right: it begins with https://."},
        {G_FILE_ERROR, G_FILE_ERROR_NOSPC,
            "The files of this program cannot be read or written: is the disk full?"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        reading_speak("en");
        reading_assert(error_text(rows[i].domain, rows[i].code), rows[i].english);
        reading_speak("fr");
        g_autofree char *french = error_text(rows[i].domain, rows[i].code);
        assert_string_not_equal(french, rows[i].english);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_trouble_is_said_in_both_languages),
        cmocka_unit_test(troubles_name_the_seeker),
        cmocka_unit_test(every_error_is_said_in_both_languages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
