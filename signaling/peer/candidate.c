// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "signaling/peer/candidate.h"

#include "signaling/peer/peer.h"

#include <gio/gio.h>
#include <string.h>

#define FIELDS_MIN 8
#define FIELDS_MAX 40

static char *refuse(GError **error, const char *what)
{
    g_set_error(error, POUCE_PEER_ERROR, POUCE_PEER_ERROR_MALFORMED,
        "A candidate of the other side is broken: %s.", what);
    return NULL;
}

static gboolean is_word(const char *text, gsize max)
{
    gsize length = strlen(text);
    if (length < 1 || length > max) {
        return FALSE;
    }
    for (gsize i = 0; i < length; i++) {
        if (!g_ascii_isalnum(text[i]) && !strchr("+/-_", text[i])) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean is_number(const char *text, guint64 max, guint64 *out)
{
    return *text != '+' && g_ascii_string_to_unsigned(text, 10, 0, max, out, NULL);
}

// Browsers hide host addresses behind a random name that only multicast DNS resolves.
static gboolean is_mdns_name(const char *text)
{
    gsize length = strlen(text);
    if (length != 36 + strlen(".local") || !g_str_has_suffix(text, ".local")) {
        return FALSE;
    }
    g_autofree char *id = g_strndup(text, 36);
    return g_uuid_string_is_valid(id);
}

static gboolean is_address(const char *text)
{
    if (strlen(text) > 45 || strchr(text, '%')) {
        return FALSE;
    }
    g_autoptr(GInetAddress) address = g_inet_address_new_from_string(text);
    return address && !g_inet_address_get_is_any(address) &&
           !g_inet_address_get_is_multicast(address);
}

// Browsers write 0.0.0.0 or :: as the related address of a hidden base.
static gboolean is_related_address(const char *text)
{
    g_autoptr(GInetAddress) address =
        strlen(text) <= 45 ? g_inet_address_new_from_string(text) : NULL;
    return address != NULL && !strchr(text, '%');
}

static gboolean one_of(const char *text, const char *const *words)
{
    return g_strv_contains(words, text);
}

// The fields after "typ T": pairs of name and value, of which three matter.
static const char *read_extensions(char **fields, guint count, gboolean tcp, GString *out)
{
    static const char *const tcp_types[] = {"active", "passive", "so", NULL};
    const char *related = NULL;
    const char *related_port = NULL;
    const char *tcp_type = NULL;
    guint64 number;
    for (guint i = FIELDS_MIN; i < count; i += 2) {
        if (i + 1 >= count) {
            return "a name without a value";
        }
        if (g_str_equal(fields[i], "raddr")) {
            related = fields[i + 1];
        } else if (g_str_equal(fields[i], "rport")) {
            related_port = fields[i + 1];
        } else if (g_str_equal(fields[i], "tcptype")) {
            tcp_type = fields[i + 1];
        }
    }
    if (related && related_port) {
        if (!is_related_address(related) || !is_number(related_port, 65535, &number)) {
            return "its related address";
        }
        g_string_append_printf(out, " raddr %s rport %" G_GUINT64_FORMAT, related, number);
    }
    if (tcp != (tcp_type != NULL) || (tcp && !one_of(tcp_type, tcp_types))) {
        return "its TCP type";
    }
    if (tcp) {
        g_string_append_printf(out, " tcptype %s", tcp_type);
    }
    return NULL;
}

static char *read_fields(char **fields, guint count, GError **error)
{
    static const char *const types[] = {"host", "srflx", "prflx", "relay", NULL};
    guint64 component, priority, port;
    gboolean tcp = g_ascii_strcasecmp(fields[2], "tcp") == 0;
    if (!is_word(fields[0], 32) || strpbrk(fields[0], "-_")) {
        return refuse(error, "its foundation");
    }
    if (!is_number(fields[1], 2, &component) || component < 1) {
        return refuse(error, "its component");
    }
    if (!tcp && g_ascii_strcasecmp(fields[2], "udp") != 0) {
        return refuse(error, "its transport");
    }
    if (!is_number(fields[3], G_MAXINT32, &priority)) {
        return refuse(error, "its priority");
    }
    if (!is_address(fields[4]) && !is_mdns_name(fields[4])) {
        return refuse(error, "its address");
    }
    if (!is_number(fields[5], 65535, &port) || (port == 0 && !tcp)) {
        return refuse(error, "its port");
    }
    if (!g_str_equal(fields[6], "typ") || !one_of(fields[7], types)) {
        return refuse(error, "its type");
    }
    g_autoptr(GString) out = g_string_new(NULL);
    g_string_printf(out,
        "candidate:%s %" G_GUINT64_FORMAT " %s %" G_GUINT64_FORMAT " %s %" G_GUINT64_FORMAT
        " typ %s",
        fields[0], component, tcp ? "TCP" : "UDP", priority, fields[4], port, fields[7]);
    const char *wrong = read_extensions(fields, count, tcp, out);
    if (wrong) {
        return refuse(error, wrong);
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}

char *pouce_candidate_read(const char *line, gsize bytes, GError **error)
{
    if (bytes > POUCE_PEER_CANDIDATE_MAX_BYTES) {
        g_set_error(error, POUCE_PEER_ERROR, POUCE_PEER_ERROR_LIMIT,
            "A candidate of the other side is longer than %d bytes.",
            POUCE_PEER_CANDIDATE_MAX_BYTES);
        return NULL;
    }
    for (gsize i = 0; i < bytes; i++) {
        if (line[i] < ' ' || line[i] > '~') {
            return refuse(error, "it is not plain text");
        }
    }
    g_autofree char *text = g_strndup(line, bytes);
    const char *from = g_str_has_prefix(text, "a=") ? text + 2 : text;
    if (!g_str_has_prefix(from, "candidate:")) {
        return refuse(error, "it does not begin with \"candidate:\"");
    }
    g_auto(GStrv) fields = g_strsplit(from + strlen("candidate:"), " ", FIELDS_MAX + 1);
    guint count = g_strv_length(fields);
    if (count < FIELDS_MIN || count > FIELDS_MAX) {
        return refuse(error, "the number of its fields");
    }
    return read_fields(fields, count, error);
}

PouceCandidateKind pouce_candidate_kind(const char *line)
{
    if (strstr(line, ".local ")) {
        return POUCE_CANDIDATE_HIDDEN;
    }
    if (strstr(line, " TCP ")) {
        return POUCE_CANDIDATE_TCP;
    }
    return strstr(line, " typ relay") ? POUCE_CANDIDATE_RELAY : POUCE_CANDIDATE_DIRECT;
}

static gboolean is_host(const char *host)
{
    if (!*host || strlen(host) > 253) {
        return FALSE;
    }
    for (const char *c = host; *c; c++) {
        if (!g_ascii_isalnum(*c) && !strchr(".-:[]", *c)) {
            return FALSE;
        }
    }
    return TRUE;
}

char *pouce_ice_server_uri(const char *url, const char *username, const char *credential)
{
    gboolean turn = g_str_has_prefix(url, "turn:");
    if (!turn && !g_str_has_prefix(url, "stun:")) {
        return NULL;
    }
    g_auto(GStrv) parts = g_strsplit(url + strlen("turn:"), "?", 2);
    if (!parts[0] || !is_host(parts[0])) {
        return NULL;
    }
    const char *last = strrchr(parts[0], ':');
    gboolean bare = !last || strchr(last, ']');
    g_autofree char *host = g_strconcat(parts[0], bare ? ":3478" : "", NULL);
    if (!turn) {
        return g_strconcat("stun://", host, NULL);
    }
    const char *query = parts[1] ? parts[1] : "transport=udp";
    if (!username || !credential ||
        (!g_str_equal(query, "transport=udp") && !g_str_equal(query, "transport=tcp"))) {
        return NULL;
    }
    g_autofree char *user = g_uri_escape_string(username, NULL, FALSE);
    g_autofree char *secret = g_uri_escape_string(credential, NULL, FALSE);
    return g_strdup_printf("turn://%s:%s@%s?%s", user, secret, host, query);
}
