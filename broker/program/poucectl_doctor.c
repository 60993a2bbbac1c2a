// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What works and what is missing, part by part, in sentences that name the port or the setting.
#include <stdio.h>
#include <string.h>

#include "broker/program/poucectl.h"
#include "broker/program/relay_probe.h"

typedef struct {
    const PouceCtl *ctl;
    json_t *list;
    gboolean fine;
    gboolean stun, turn_udp, turn_tcp, turn_tls; /* configured */
} Doctor;

static const char *text(json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));
    return value ? value : "";
}

/* @state: "ok"; "missing": it works without, for some; "broken": it does not. What is missing is
 * not fine either, unless the operator means it. */
static void finding(Doctor *doctor, const char *state, const char *what, const char *detail)
{
    if (!doctor->ctl->json)
        printf("%-8s %-10s %s\n", state, what, detail);
    fflush(stdout);
    gboolean meant = doctor->ctl->without_relay && strcmp(state, "missing") == 0;
    doctor->fine = doctor->fine && (meant || strcmp(state, "ok") == 0);
    json_array_append_new(
        doctor->list, json_pack("{s:s, s:s, s:s}", "state", state, "part", what, "detail", detail));
}

/* --- signalling --- */

/* One request to @url; the head of the answer, or NULL with a sentence in @error. */
static char *request(
    const char *url, const char *ca_file, const char *path, const char *fields, GError **error)
{
    g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_NONE, error);
    if (!uri)
        return NULL;
    gboolean tls = g_strcmp0(g_uri_get_scheme(uri), "https") == 0;
    const char *host = g_uri_get_host(uri);
    gboolean any = strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0;
    gint port = g_uri_get_port(uri) > 0 ? g_uri_get_port(uri) : tls ? 443 : 80;
    g_autoptr(GSocketClient) client = pouce_probe_client(tls, ca_file, error);
    g_autoptr(GSocketConnectable) address =
        g_network_address_new(any ? "localhost" : host, (guint16)port);
    g_autoptr(GSocketConnection) connection =
        client ? g_socket_client_connect(client, address, NULL, error) : NULL;
    if (!connection)
        return NULL;
    g_autofree char *line = g_strdup_printf(
        "GET %s%s HTTP/1.1\r\nHost: %s\r\n%s\r\n", g_uri_get_path(uri), path, host, fields);
    char *reply = g_malloc0(65);
    gsize got = 0;
    GIOStream *stream = G_IO_STREAM(connection);
    if (g_output_stream_write_all(
            g_io_stream_get_output_stream(stream), line, strlen(line), NULL, NULL, error) &&
        g_input_stream_read_all(
            g_io_stream_get_input_stream(stream), reply, 12, &got, NULL, error) &&
        got == 12)
        return reply;
    g_free(reply);
    if (error && !*error)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_CLOSED, "it hung up");
    return NULL;
}

static void examine_http(Doctor *doctor, const char *part, const char *url)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *reply =
        request(url, doctor->ctl->ca_file, "/api/v1/", "Connection: close\r\n", &error);
    g_autofree char *detail = NULL;
    if (reply && strstr(reply, " 200")) {
        finding(doctor, "ok", part, url);
        return;
    }
    if (reply)
        detail = g_strdup_printf("%s answers \"%s\" to /api/v1/: something else than the broker "
                                 "listens there, or the proxy does not pass /api/ on.",
            url, reply);
    else if (error->domain == G_TLS_ERROR)
        detail = g_strdup_printf("The certificate of %s is not accepted: %s. Renew it, with its "
                                 "chain, for exactly this name.",
            url, error->message);
    else
        detail = g_strdup_printf("%s does not answer (%s): open its port in the firewall, or "
                                 "correct --listen or the proxy.",
            url, error->message);
    finding(doctor, "broken", part, detail);
}

static void examine_socket(Doctor *doctor, const char *url)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *reply = request(url, doctor->ctl->ca_file, "/api/v1/ws",
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: ZG9jdG9yIG9mIHBvdWNlIQ==\r\n",
        &error);
    gboolean fine = reply && strstr(reply, " 101");
    g_autofree char *detail = g_strdup_printf(
        fine ? "%s takes WebSockets"
             : "%s does not take WebSockets: the proxy must pass Upgrade and Connection on for "
               "/api/v1/ws.",
        url);
    finding(doctor, fine ? "ok" : "broken", "websocket", detail);
}

/* --- relays --- */

static void note(Doctor *doctor, const char *url)
{
    gboolean tcp = g_str_has_suffix(url, "transport=tcp");
    doctor->stun = doctor->stun || g_str_has_prefix(url, "stun:");
    doctor->turn_tls = doctor->turn_tls || g_str_has_prefix(url, "turns:");
    doctor->turn_tcp = doctor->turn_tcp || (g_str_has_prefix(url, "turn:") && tcp);
    doctor->turn_udp = doctor->turn_udp || (g_str_has_prefix(url, "turn:") && !tcp);
}

static void examine_servers(Doctor *doctor, json_t *servers)
{
    size_t index, at;
    json_t *server, *url;
    json_array_foreach(servers, index, server)
    {
        json_array_foreach(json_object_get(server, "urls"), at, url)
        {
            const char *name = json_string_value(url);
            g_autofree char *sentence = NULL;
            note(doctor, name);
            PouceProbe seen = pouce_relay_probe(name, text(server, "username"),
                text(server, "credential"), doctor->ctl->ca_file, &sentence);
            g_autofree char *detail = g_strdup_printf("%s: %s", name, sentence);
            const char *part = g_str_has_prefix(name, "stun:") ? "stun" : "turn";
            finding(doctor, seen == POUCE_PROBE_OK ? "ok" : "broken", part, detail);
        }
    }
}

static void examine_gaps(Doctor *doctor)
{
    if (!doctor->stun && !doctor->turn_udp)
        finding(doctor, "missing", "stun",
            "No STUN server: ends behind different routers will not find each other. Set stun= in "
            "[ice].");
    if (!doctor->turn_udp && !doctor->turn_tcp && !doctor->turn_tls)
        finding(doctor, "missing", "turn",
            "No TURN relay: ends behind strict routers cannot connect. Set turn= and turn_secret= "
            "in [ice]; packaging/coturn has a configuration for it.");
    else if (!doctor->turn_tls)
        finding(doctor, "missing", "turn",
            "No relay over TLS: ends in networks that only let HTTPS out cannot connect. Add "
            "turns:HOST:443?transport=tcp to turn= in [ice].");
}

/* --- all --- */

static void examine(Doctor *doctor, json_t *status)
{
    examine_http(doctor, "listen", text(status, "url"));
    examine_socket(doctor, text(status, "url"));
    if (doctor->ctl->url) {
        examine_http(doctor, "public", doctor->ctl->url);
        examine_socket(doctor, doctor->ctl->url);
    }
    finding(doctor, "ok", "database", text(status, "database"));
    gboolean pages = json_integer_value(json_object_get(status, "web_files")) > 0;
    finding(doctor, pages ? "ok" : "broken", "pages",
        pages ? text(status, "web") : "No pages are served: start the broker with --web DIR.");
    examine_servers(doctor, json_object_get(status, "ice_servers"));
    examine_gaps(doctor);
}

gboolean pouce_ctl_doctor(const PouceCtl *ctl)
{
    g_autoptr(GError) error = NULL;
    json_t *status = pouce_ctl_ask(ctl, json_pack("{s:s}", "command", "status"), &error);
    Doctor doctor = {.ctl = ctl, .list = json_array(), .fine = TRUE};
    finding(&doctor, status ? "ok" : "broken", "broker",
        status ? text(status, "version") : error->message);
    if (status)
        examine(&doctor, status);
    if (ctl->json) {
        json_t *all = json_pack("{s:b, s:O}", "ok", doctor.fine, "findings", doctor.list);
        char *line = json_dumps(all, JSON_COMPACT);
        printf("%s\n", line);
        fflush(stdout); // whatever the ends of other people's threads do to the exit
        free(line);
        json_decref(all);
    }
    json_decref(doctor.list);
    json_decref(status);
    return doctor.fine;
}
