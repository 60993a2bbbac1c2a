// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/program/options.h"

#include <gio/gio.h>
#include <string.h>
#include <sys/stat.h>

#include "signaling/wire/price.h"

#define LISTEN_DEFAULT "127.0.0.1:7420"

static const char *const summary =
    "The broker of Pouce: finds helpers, introduces them, meters signed time and settles the bill.";

static const char *const description =
    "Configuration file (all keys optional):\n"
    "  [broker] name=Pouce  currency=EUR  fee_percent=10  behind_proxy=false  "
    "origins=https://help.example\n"
    "  [ice]    stun=stun:HOST:3478  "
    "turn=turn:HOST:3478?transport=udp;turn:HOST:3478?transport=tcp\n"
    "           turn_secret=… or turn_secret_file=PATH   (lists are separated by ;)\n"
    "  [limits] address_per_min account_per_min sign_up_per_min log_in_per_min request_per_min\n"
    "\n"
    "Environment: POUCE_LISTEN, POUCE_DATA, POUCE_DATABASE, POUCE_CONFIG, POUCE_WEB, "
    "POUCE_TURN_SECRET.\n"
    "Prints READY http://ADDRESS:PORT once it accepts. SIGTERM ends it after what was "
    "acknowledged.\n"
    "People, money and exports: poucectl --data DIR --help\n";

void pouce_broker_options_clear(PouceBrokerOptions *options)
{
    g_free(options->listen);
    g_free(options->data);
    g_free(options->database);
    g_free(options->web);
    g_free(options->name);
    g_free(options->currency);
    g_strfreev(options->origins);
    pouce_ice_clear(&options->ice);
    memset(options, 0, sizeof *options);
}

static gboolean wrong(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static gboolean wrong(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, message);
    return FALSE;
}

/* option, else environment, else default; takes @option */
static char *choose(char *option, const char *variable, const char *otherwise)
{
    const char *set = g_getenv(variable);
    if (option)
        return option;
    return g_strdup(set && *set ? set : otherwise);
}

/* --- web folder --- */

static char *find_web(char *option)
{
    char *told = choose(option, "POUCE_WEB", NULL);
    if (told)
        return told;
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = self ? g_path_get_dirname(self) : g_strdup(".");
    g_autofree char *built = g_build_filename(folder, "..", "web", NULL);
    g_autofree char *beside = g_build_filename(folder, "..", "share", "pouce", "web", NULL);
    const char *candidates[] = {built, beside, POUCE_WEB_BUILT, POUCE_WEB_INSTALLED};
    for (gsize i = 0; i < G_N_ELEMENTS(candidates); i++) {
        g_autofree char *index = g_build_filename(candidates[i], "index.html", NULL);
        if (g_file_test(index, G_FILE_TEST_EXISTS))
            return g_strdup(candidates[i]);
    }
    return NULL;
}

/* --- the file --- */

static char *key_text(GKeyFile *file, const char *group, const char *key, const char *otherwise)
{
    char *value = file ? g_key_file_get_string(file, group, key, NULL) : NULL;
    return value ? value : g_strdup(otherwise);
}

static gboolean key_number(GKeyFile *file, const char *group, const char *key, double min,
    double max, double *value, GError **error)
{
    g_autofree char *text = file ? g_key_file_get_string(file, group, key, NULL) : NULL;
    if (!text)
        return TRUE;
    char *end = NULL;
    double read = g_ascii_strtod(text, &end);
    if (end == text || *end || !(read >= min && read <= max))
        return wrong(error, "%s=%s in the configuration must be a number from %g to %g.", key, text,
            min, max);
    *value = read;
    return TRUE;
}

static gboolean read_rates(GKeyFile *file, PouceServerLimits *limits, GError **error)
{
    const struct {
        const char *key;
        PouceRate *rate;
    } rates[] = {
        {"address_per_min", &limits->address},
        {"account_per_min", &limits->account},
        {"sign_up_per_min", &limits->sign_up},
        {"log_in_per_min", &limits->log_in},
        {"request_per_min", &limits->request},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rates); i++) {
        double per_min = -1;
        if (!key_number(file, "limits", rates[i].key, 1, 1e6, &per_min, error))
            return FALSE;
        if (per_min > 0)
            *rates[i].rate = (PouceRate){(guint)per_min, (guint)MAX(per_min, rates[i].rate->burst)};
    }
    return TRUE;
}

static gboolean check_urls(const char *kind, char **urls, GError **error)
{
    for (char **each = urls; each && *each; each++) {
        if (!pouce_ice_url_valid(kind, *each))
            return wrong(
                error, "\"%s\" is not a %s address: write %s:HOST:PORT.", *each, kind, kind);
    }
    return TRUE;
}

static gboolean read_ice(GKeyFile *file, PouceIce *ice, GError **error)
{
    g_autofree char *secret_file = key_text(file, "ice", "turn_secret_file", NULL);
    ice->stun = file ? g_key_file_get_string_list(file, "ice", "stun", NULL, NULL) : NULL;
    ice->turn = file ? g_key_file_get_string_list(file, "ice", "turn", NULL, NULL) : NULL;
    ice->secret = g_strdup(g_getenv("POUCE_TURN_SECRET"));
    if (!ice->secret && secret_file) {
        if (!g_file_get_contents(secret_file, &ice->secret, NULL, error))
            return FALSE;
        g_strstrip(ice->secret);
    }
    if (!ice->secret)
        ice->secret = key_text(file, "ice", "turn_secret", NULL);
    if (!check_urls("stun", ice->stun, error) || !check_urls("turn", ice->turn, error))
        return FALSE;
    if (ice->turn && ice->turn[0] && (!ice->secret || !*ice->secret))
        return wrong(error, "turn is configured without turn_secret: the ends could not use it.");
    return TRUE;
}

static gboolean read_broker(GKeyFile *file, PouceBrokerOptions *out, GError **error)
{
    double fee_percent = 10;
    out->name = key_text(file, "broker", "name", "Pouce");
    out->currency = key_text(file, "broker", "currency", "EUR");
    out->behind_proxy = file && g_key_file_get_boolean(file, "broker", "behind_proxy", NULL);
    if (!pouce_currency_valid(out->currency))
        return wrong(
            error, "currency=%s must be three capital letters such as EUR.", out->currency);
    if (!g_utf8_validate(out->name, -1, NULL) ||
        g_utf8_strlen(out->name, -1) > POUCE_NAME_MAX_CHARS)
        return wrong(error, "name may have 80 characters.");
    if (!key_number(file, "broker", "fee_percent", 0, 100, &fee_percent, error))
        return FALSE;
    out->fee_bp = (gint64)(fee_percent * 100 + 0.5);
    if (!out->origins && file)
        out->origins = g_key_file_get_string_list(file, "broker", "origins", NULL, NULL);
    return read_rates(file, &out->limits, error);
}

static gboolean check_origins(char **origins, GError **error)
{
    for (char **each = origins; each && *each; each++) {
        g_autoptr(GUri) uri = g_uri_parse(*each, G_URI_FLAGS_NONE, NULL);
        const char *scheme = uri ? g_uri_get_scheme(uri) : "";
        if (!uri || (strcmp(scheme, "https") != 0 && strcmp(scheme, "http") != 0) ||
            *g_uri_get_path(uri))
            return wrong(
                error, "--origin %s must be like https://help.example, without a path.", *each);
    }
    return TRUE;
}

static GKeyFile *open_file(char *option, GError **error)
{
    g_autofree char *path = choose(option, "POUCE_CONFIG", NULL);
    if (!path)
        return NULL;
    g_autoptr(GKeyFile) file = g_key_file_new();
    if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, error)) {
        g_prefix_error(error, "Cannot read the configuration %s: ", path);
        return NULL;
    }
    return g_steal_pointer(&file);
}

static gboolean finish(PouceBrokerOptions *out, char *web, char *config, GError **error)
{
    g_autoptr(GError) problem = NULL;
    g_autoptr(GKeyFile) file = open_file(config, &problem);
    out->web = find_web(web);
    out->limits = pouce_server_limits_default;
    if (problem) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return FALSE;
    }
    if (!read_broker(file, out, error) || !read_ice(file, &out->ice, error) ||
        !check_origins(out->origins, error))
        return FALSE;
    out->listen = choose(out->listen, "POUCE_LISTEN", LISTEN_DEFAULT);
    out->data = choose(out->data, "POUCE_DATA", NULL);
    if (!out->data)
        return wrong(error, "Say where the data goes: --data DIR.");
    g_autofree char *in_folder = g_strconcat("sqlite:", out->data, "/pouce.db", NULL);
    out->database = choose(out->database, "POUCE_DATABASE", in_folder);
    return TRUE;
}

PouceOptionsResult pouce_broker_options_read(
    int argc, char **argv, PouceBrokerOptions *out, GError **error)
{
    char *web = NULL, *config = NULL;
    gboolean version = FALSE;
    const GOptionEntry entries[] = {
        {"listen", 0, 0, G_OPTION_ARG_STRING, &out->listen,
            "Listen here (" LISTEN_DEFAULT "; port 0: any free)", "ADDR:PORT"},
        {"data", 0, 0, G_OPTION_ARG_FILENAME, &out->data,
            "Folder for database, lock and admin socket", "DIR"},
        {"database", 0, 0, G_OPTION_ARG_STRING, &out->database, "Database (sqlite:DIR/pouce.db)",
            "URI"},
        {"config", 0, 0, G_OPTION_ARG_FILENAME, &config, "Configuration file", "FILE"},
        {"web", 0, 0, G_OPTION_ARG_FILENAME, &web, "Folder of the pages", "DIR"},
        {"origin", 0, 0, G_OPTION_ARG_STRING_ARRAY, &out->origins,
            "Origin whose pages may connect, beside the broker's own; repeatable", "URL"},
        {"json", 0, 0, G_OPTION_ARG_NONE, &out->json, "Events as one JSON object a line", NULL},
        {"version", 0, 0, G_OPTION_ARG_NONE, &version, "Print the version", NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_option_context_set_summary(context, summary);
    g_option_context_set_description(context, description);
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, error)) {
        g_free(web);
        g_free(config);
        return POUCE_OPTIONS_WRONG;
    }
    if (version) {
        g_print("pouce-broker %s\n", POUCE_VERSION);
        g_free(web);
        g_free(config);
        return POUCE_OPTIONS_DONE;
    }
    if (argc > 1) {
        wrong(error, "\"%s\" is not an option. See pouce-broker --help.", argv[1]);
        g_free(web);
        g_free(config);
        return POUCE_OPTIONS_WRONG;
    }
    return finish(out, web, config, error) ? POUCE_OPTIONS_RUN : POUCE_OPTIONS_WRONG;
}
