// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/program/poucectl.h"

#include <gio/gio.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "broker/console/admin.h"
#include "signaling/wire/json.h"

#define ANSWER_TIMEOUT_S 120
#define PASSWORD_MAX_BYTES 300

static const char *const description =
    "Commands:\n"
    "  account add LOGIN --name NAME [--locale fr] [--as-operator]   the password is read from "
    "stdin or asked for\n"
    "  account list\n"
    "  account credit LOGIN AMOUNT [--memo TEXT] [--key KEY]         the same KEY credits once\n"
    "  account operator LOGIN [--off]\n"
    "  session list [--limit N]\n"
    "  session show ID\n"
    "  session ticks ID [--verify]\n"
    "  export sessions|receipts --csv [--from YYYY-MM-DD] [--to YYYY-MM-DD] [--output FILE]\n"
    "  ledger verify\n"
    "  doctor [--url https://help.example] [--ca-file FILE] [--without-relay]\n"
    "                                                                 what works, what does not\n"
    "\n"
    "Environment: POUCE_DATA instead of --data. The broker must be running on that folder.\n"
    "Exit: 0 done, 1 failed, 2 usage.\n";

/* --- the talk --- */

json_t *pouce_ctl_ask(const PouceCtl *ctl, json_t *request, GError **error)
{
    g_autoptr(json_t) owned = request;
    int fd = -1;
    g_autoptr(GSocketAddress) address = pouce_admin_address(ctl->data, &fd, error);
    if (!address)
        return NULL;
    g_autoptr(GSocketClient) client = g_socket_client_new();
    g_socket_client_set_timeout(client, ANSWER_TIMEOUT_S);
    g_autoptr(GSocketConnection) connection =
        g_socket_client_connect(client, G_SOCKET_CONNECTABLE(address), NULL, NULL);
    close(fd);
    if (!connection) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED,
            "No broker runs on %s, or you may not open its admin socket. Start pouce-broker --data "
            "%s.",
            ctl->data, ctl->data);
        return NULL;
    }
    char *text = json_dumps(request, JSON_COMPACT);
    g_autofree char *line = g_strconcat(text, "\n", NULL);
    free(text);
    GOutputStream *output = g_io_stream_get_output_stream(G_IO_STREAM(connection));
    gboolean sent = g_output_stream_write_all(output, line, strlen(line), NULL, NULL, error);
    memset(line, 0, strlen(line));
    if (!sent)
        return NULL;
    g_autoptr(GDataInputStream) input =
        g_data_input_stream_new(g_io_stream_get_input_stream(G_IO_STREAM(connection)));
    gsize bytes = 0;
    g_autofree char *reply = g_data_input_stream_read_line(input, &bytes, NULL, error);
    if (!reply) {
        if (error && !*error)
            g_set_error(
                error, G_IO_ERROR, G_IO_ERROR_CLOSED, "The broker hung up; see what it printed.");
        return NULL;
    }
    g_autoptr(json_t) answer = pouce_json_parse(reply, bytes, G_MAXUINT32, error);
    if (!answer)
        return NULL;
    if (json_is_true(json_object_get(answer, "ok")))
        return g_steal_pointer(&answer);
    const char *detail = json_string_value(json_object_get(answer, "detail"));
    g_set_error(
        error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s", detail ? detail : "The broker refused.");
    return NULL;
}

/* --- asking people --- */

static char *read_password(void)
{
    struct termios before, silent;
    gboolean terminal = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &before) == 0;
    if (terminal) {
        g_printerr("Password: ");
        silent = before;
        silent.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    }
    char *line = g_malloc0(PASSWORD_MAX_BYTES + 2);
    char *got = fgets(line, PASSWORD_MAX_BYTES + 2, stdin);
    if (terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
        g_printerr("\n");
    }
    if (!got) {
        g_free(line);
        return NULL;
    }
    line[strcspn(line, "\r\n")] = '\0';
    return line;
}

static gboolean read_day(const char *text, gint64 *out_s, GError **error)
{
    *out_s = 0;
    if (!text)
        return TRUE;
    g_autofree char *full = g_strconcat(text, "T00:00:00Z", NULL);
    g_autoptr(GDateTime) day = g_date_time_new_from_iso8601(full, NULL);
    if (!day) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
            "\"%s\" is not a day: write YYYY-MM-DD.", text);
        return FALSE;
    }
    *out_s = g_date_time_to_unix(day);
    return TRUE;
}

/* --- commands --- */

static void print_json(json_t *answer)
{
    char *text = json_dumps(answer, JSON_COMPACT);
    printf("%s\n", text);
    free(text);
}

static json_t *ask(const PouceCtl *ctl, json_t *request)
{
    g_autoptr(GError) error = NULL;
    json_t *answer = pouce_ctl_ask(ctl, request, &error);
    if (!answer)
        g_printerr("poucectl: %s\n", error->message);
    return answer;
}

static int account_add(const PouceCtl *ctl)
{
    g_autofree char *password = read_password();
    if (!password) {
        g_printerr("poucectl: Give the password on standard input.\n");
        return 2;
    }
    json_t *request = json_pack("{s:s, s:s, s:s, s:s, s:s, s:b}", "command", "account.add", "login",
        ctl->words[2], "name", ctl->name ? ctl->name : ctl->words[2], "locale",
        ctl->locale ? ctl->locale : "en", "password", password, "operator", ctl->is_operator);
    memset(password, 0, strlen(password));
    if (!request) {
        g_printerr("poucectl: Names and passwords must be UTF-8.\n");
        return 2;
    }
    g_autoptr(json_t) answer = ask(ctl, request);
    if (answer && ctl->json)
        print_json(answer);
    else if (answer)
        printf("Made %s (%s).\n", ctl->words[2], json_string_value(json_object_get(answer, "id")));
    return answer ? 0 : 1;
}

static int account_list(const PouceCtl *ctl)
{
    g_autoptr(json_t) answer = ask(ctl, json_pack("{s:s}", "command", "account.list"));
    if (answer && ctl->json)
        print_json(answer);
    else if (answer)
        pouce_ctl_print_accounts(answer);
    return answer ? 0 : 1;
}

static int account_credit(const PouceCtl *ctl)
{
    json_t *request = json_pack("{s:s, s:s, s:s, s:s, s:s}", "command", "account.credit", "login",
        ctl->words[2], "amount", ctl->words[3], "memo", ctl->memo ? ctl->memo : "", "key",
        ctl->key ? ctl->key : "");
    g_autoptr(json_t) answer = ask(ctl, request);
    if (answer && ctl->json)
        print_json(answer);
    else if (answer) {
        g_autofree char *balance =
            pouce_ctl_money(json_integer_value(json_object_get(answer, "balance_minor")),
                json_string_value(json_object_get(answer, "currency")));
        printf("%s now has %s.\n", ctl->words[2], balance);
    }
    return answer ? 0 : 1;
}

static int account_operator(const PouceCtl *ctl)
{
    g_autoptr(json_t) answer = ask(ctl, json_pack("{s:s, s:s, s:b}", "command", "account.operator",
                                            "login", ctl->words[2], "operator", !ctl->off));
    if (answer && ctl->json)
        print_json(answer);
    else if (answer)
        printf("%s is %s operator.\n", ctl->words[2], ctl->off ? "no longer an" : "an");
    return answer ? 0 : 1;
}

static int session_list(const PouceCtl *ctl)
{
    g_autoptr(json_t) answer =
        ask(ctl, json_pack("{s:s, s:i}", "command", "session.list", "limit", ctl->limit));
    if (answer && ctl->json)
        print_json(answer);
    else if (answer)
        pouce_ctl_print_sessions(answer);
    return answer ? 0 : 1;
}

static int session_show(const PouceCtl *ctl)
{
    g_autoptr(json_t) answer =
        ask(ctl, json_pack("{s:s, s:s}", "command", "session.show", "session", ctl->words[2]));
    if (answer && ctl->json)
        print_json(answer);
    else if (answer)
        pouce_ctl_print_session(answer);
    return answer ? 0 : 1;
}

static int session_ticks(const PouceCtl *ctl)
{
    g_autoptr(json_t) answer =
        ask(ctl, json_pack("{s:s, s:s}", "command", "session.ticks", "session", ctl->words[2]));
    if (!answer)
        return 1;
    if (ctl->verify)
        return pouce_ctl_verify_ticks(ctl, answer) ? 0 : 1;
    if (ctl->json)
        print_json(answer);
    else
        pouce_ctl_print_ticks(answer);
    return 0;
}

static int export_table(const PouceCtl *ctl)
{
    gint64 from_s, to_s;
    g_autoptr(GError) error = NULL;
    if (!read_day(ctl->from, &from_s, &error) || !read_day(ctl->to, &to_s, &error)) {
        g_printerr("poucectl: %s\n", error->message);
        return 2;
    }
    json_t *request = json_pack("{s:s, s:s, s:I, s:I}", "command", "export", "what", ctl->words[1],
        "from_s", (json_int_t)from_s, "to_s", (json_int_t)to_s);
    g_autoptr(json_t) answer = ask(ctl, request);
    if (!answer)
        return 1;
    if (ctl->json) {
        print_json(answer);
        return 0;
    }
    json_t *csv = json_object_get(answer, "csv");
    if (!ctl->output)
        return fwrite(json_string_value(csv), 1, json_string_length(csv), stdout) ==
                       json_string_length(csv)
                   ? 0
                   : 1;
    if (g_file_set_contents(ctl->output, json_string_value(csv), json_string_length(csv), &error))
        return 0;
    g_printerr("poucectl: %s\n", error->message);
    return 1;
}

static int ledger_verify(const PouceCtl *ctl)
{
    g_autoptr(json_t) answer = ask(ctl, json_pack("{s:s}", "command", "ledger.verify"));
    if (!answer)
        return 1;
    gboolean whole = json_is_true(json_object_get(answer, "whole"));
    const char *money = json_string_value(json_object_get(answer, "ledger_problem"));
    const char *log = json_string_value(json_object_get(answer, "audit_problem"));
    if (ctl->json)
        print_json(answer);
    else if (whole)
        printf("Whole: %" JSON_INTEGER_FORMAT " transfers and %" JSON_INTEGER_FORMAT
               " audit entries agree.\n",
            json_integer_value(json_object_get(answer, "transfers")),
            json_integer_value(json_object_get(answer, "audit_entries")));
    else
        g_printerr("poucectl: The books do not agree. %s %s\n", money ? money : "", log ? log : "");
    return whole ? 0 : 1;
}

static int doctor(const PouceCtl *ctl)
{
    return pouce_ctl_doctor(ctl) ? 0 : 1;
}

static const struct {
    const char *first, *second; /* NULL second: free */
    guint words;
    int (*run)(const PouceCtl *ctl);
} commands[] = {
    {"account", "add", 3, account_add},
    {"account", "list", 2, account_list},
    {"account", "credit", 4, account_credit},
    {"account", "operator", 3, account_operator},
    {"session", "list", 2, session_list},
    {"session", "show", 3, session_show},
    {"session", "ticks", 3, session_ticks},
    {"export", "sessions", 2, export_table},
    {"export", "receipts", 2, export_table},
    {"ledger", "verify", 2, ledger_verify},
    {"doctor", NULL, 1, doctor},
};

static int run(const PouceCtl *ctl)
{
    guint count = g_strv_length(ctl->words);
    for (gsize i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (count == commands[i].words && strcmp(ctl->words[0], commands[i].first) == 0 &&
            (!commands[i].second || strcmp(ctl->words[1], commands[i].second) == 0))
            return commands[i].run(ctl);
    }
    g_printerr(
        "poucectl: This is not a command, or an argument is missing. See poucectl --help.\n");
    return 2;
}

int main(int argc, char **argv)
{
    static PouceCtl ctl = {.limit = 50};
    gboolean version = FALSE;
    const GOptionEntry entries[] = {
        {"data", 0, 0, G_OPTION_ARG_FILENAME, &ctl.data, "The broker's data folder", "DIR"},
        {"json", 0, 0, G_OPTION_ARG_NONE, &ctl.json, "Answers as one JSON object", NULL},
        {"name", 0, 0, G_OPTION_ARG_STRING, &ctl.name, "Name shown to people", "NAME"},
        {"locale", 0, 0, G_OPTION_ARG_STRING, &ctl.locale, "Language of the account (en)", "TAG"},
        {"as-operator", 0, 0, G_OPTION_ARG_NONE, &ctl.is_operator, "The new account is an operator",
            NULL},
        {"off", 0, 0, G_OPTION_ARG_NONE, &ctl.off, "No longer an operator", NULL},
        {"memo", 0, 0, G_OPTION_ARG_STRING, &ctl.memo, "Why the money came", "TEXT"},
        {"key", 0, 0, G_OPTION_ARG_STRING, &ctl.key, "Credits once, however often it is asked",
            "KEY"},
        {"limit", 0, 0, G_OPTION_ARG_INT, &ctl.limit, "At most so many (50)", "N"},
        {"verify", 0, 0, G_OPTION_ARG_NONE, &ctl.verify, "Check every signature and the bill",
            NULL},
        {"csv", 0, 0, G_OPTION_ARG_NONE, &ctl.csv, "As CSV (the only format so far)", NULL},
        {"from", 0, 0, G_OPTION_ARG_STRING, &ctl.from, "First day, UTC", "DAY"},
        {"to", 0, 0, G_OPTION_ARG_STRING, &ctl.to, "First day no longer exported, UTC", "DAY"},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &ctl.output, "Write here instead of stdout",
            "FILE"},
        {"url", 0, 0, G_OPTION_ARG_STRING, &ctl.url,
            "The broker as people reach it, to examine too", "URL"},
        {"ca-file", 0, 0, G_OPTION_ARG_FILENAME, &ctl.ca_file,
            "Authorities of certificates, instead of the system's", "FILE"},
        {"without-relay", 0, 0, G_OPTION_ARG_NONE, &ctl.without_relay,
            "It is meant to have no STUN server or relay", NULL},
        {"version", 0, 0, G_OPTION_ARG_NONE, &version, "Print the version", NULL},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &ctl.words, NULL, "COMMAND"},
        G_OPTION_ENTRY_NULL,
    };
    setlocale(LC_ALL, "");
    g_autoptr(GError) error = NULL;
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_option_context_set_summary(
        context, "Manages a running Pouce broker: people, money, sessions, exports.");
    g_option_context_set_description(context, description);
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        g_printerr("poucectl: %s\n", error->message);
        return 2;
    }
    if (version) {
        g_print("poucectl %s\n", POUCE_VERSION);
        return 0;
    }
    if (!ctl.data)
        ctl.data = g_strdup(g_getenv("POUCE_DATA"));
    if (!ctl.words || !ctl.data) {
        g_printerr("poucectl: Say %s. See poucectl --help.\n",
            ctl.words ? "which data folder: --data DIR" : "what to do");
        return 2;
    }
    int code = run(&ctl);
    g_strfreev(ctl.words);
    g_free(ctl.data);
    return code;
}
