// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// RFC 8489 and RFC 8656, as much as two allocations need that send to each other.
#include "broker/program/relay_probe.h"

#include "broker/program/stun_message.h"

#include <string.h>

#define TIMEOUT_S 3
#define UDP_TRIES 3
#define UDP_WAIT_US G_USEC_PER_SEC
#define MESSAGE_MAX_BYTES POUCE_STUN_MAX_BYTES
#define HEADER_BYTES POUCE_STUN_HEADER_BYTES
/* What else may come by a stream before the answer. */
#define STREAM_MESSAGES_MAX 16
#define EXPIRY_DAYS 14

enum { BINDING = 1, ALLOCATE = 3, REFRESH = 4, PERMISSION = 8, SUCCESS = 0x100, ERROR = 0x110 };
enum { SEND_INDICATION = 0x16, DATA_INDICATION = 0x17 };
enum { USERNAME = 6, INTEGRITY = 8, LIFETIME = 13, PEER = 18, DATA = 19, REALM = 20, NONCE = 21 };
enum { REQUESTED_TRANSPORT = 25, UDP_PROTOCOL = 17 };

static const guint8 cookie[] = {0x21, 0x12, 0xa4, 0x42};
static const char greeting[] = "pouce";

typedef struct {
    const char *url, *username, *credential;
    char *host;
    guint16 port;
    gboolean turn, tcp, tls;
    GSocketConnection *connection; /* UDP too */
    GByteArray *realm, *nonce;
    guint error_code;                 /* of the last answer */
    PouceStunAddress mapped, relayed; /* of the allocation */
    const PouceStunAddress *peer;     /* borrowed: of permissions and indications */
    GByteArray *answer;
} Probe;

static char *say(const char *format, ...) G_GNUC_PRINTF(1, 2);

static char *say(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return text;
}

/* --- messages --- */

static void put16(GByteArray *message, guint value)
{
    guint8 bytes[] = {(guint8)(value >> 8), (guint8)value};
    g_byte_array_append(message, bytes, sizeof bytes);
}

static void put(GByteArray *message, guint type, const void *value, guint bytes)
{
    static const guint8 padding[4] = {0};
    put16(message, type);
    put16(message, bytes);
    g_byte_array_append(message, value, bytes);
    g_byte_array_append(message, padding, (4 - bytes % 4) % 4);
}

static void set_length(GByteArray *message, guint after)
{
    guint bytes = message->len - HEADER_BYTES + after;
    message->data[2] = (guint8)(bytes >> 8);
    message->data[3] = (guint8)bytes;
}

static void sign(const Probe *probe, GByteArray *message)
{
    guint8 key[16], mac[20];
    gsize key_bytes = sizeof key, mac_bytes = sizeof mac;
    g_autoptr(GChecksum) md5 = g_checksum_new(G_CHECKSUM_MD5);
    put(message, USERNAME, probe->username, (guint)strlen(probe->username));
    put(message, REALM, probe->realm->data, probe->realm->len);
    put(message, NONCE, probe->nonce->data, probe->nonce->len);
    set_length(message, 4 + sizeof mac);
    g_checksum_update(md5, (const guint8 *)probe->username, -1);
    g_checksum_update(md5, (const guint8 *)":", 1);
    g_checksum_update(md5, probe->realm->data, probe->realm->len);
    g_checksum_update(md5, (const guint8 *)":", 1);
    g_checksum_update(md5, (const guint8 *)probe->credential, -1);
    g_checksum_get_digest(md5, key, &key_bytes);
    g_autoptr(GHmac) hmac = g_hmac_new(G_CHECKSUM_SHA1, key, key_bytes);
    g_hmac_update(hmac, message->data, message->len);
    g_hmac_get_digest(hmac, mac, &mac_bytes);
    put(message, INTEGRITY, mac, sizeof mac);
}

static void put_peer(GByteArray *message, const PouceStunAddress *peer)
{
    guint8 value[8] = {0, 1};
    value[2] = (guint8)(peer->port >> 8 ^ cookie[0]);
    value[3] = (guint8)((peer->port & 255) ^ cookie[1]);
    for (guint i = 0; i < sizeof peer->ip; i++)
        value[4 + i] = peer->ip[i] ^ cookie[i];
    put(message, PEER, value, sizeof value);
}

static GByteArray *build(const Probe *probe, guint method)
{
    GByteArray *message = g_byte_array_new();
    put16(message, method);
    put16(message, 0);
    g_byte_array_append(message, cookie, sizeof cookie);
    for (guint i = 0; i < 3; i++) {
        guint32 part = g_random_int();
        g_byte_array_append(message, (const guint8 *)&part, sizeof part);
    }
    if (method == ALLOCATE) {
        const guint8 transport[] = {UDP_PROTOCOL, 0, 0, 0};
        put(message, REQUESTED_TRANSPORT, transport, sizeof transport);
    } else if (method == REFRESH) {
        put(message, LIFETIME, "\0\0\0\0", 4);
    } else if (method == PERMISSION || method == SEND_INDICATION) {
        put_peer(message, probe->peer);
    }
    if (method == SEND_INDICATION)
        put(message, DATA, greeting, sizeof greeting);
    else if (probe->realm->len > 0)
        sign(probe, message);
    set_length(message, 0);
    return message;
}

static void keep(GByteArray *kept, PouceStunBytes fresh)
{
    if (!fresh.data)
        return;
    g_byte_array_set_size(kept, 0);
    g_byte_array_append(kept, fresh.data, (guint)fresh.bytes);
}

static void read_answer(Probe *probe)
{
    PouceStun answer;
    if (!pouce_stun_parse(probe->answer->data, probe->answer->len, &answer))
        return;
    probe->error_code = answer.error_code;
    keep(probe->realm, answer.realm);
    keep(probe->nonce, answer.nonce);
    if (answer.mapped.known)
        probe->mapped = answer.mapped;
    if (answer.relayed.known)
        probe->relayed = answer.relayed;
}

/* Is it what @request asked for? NULL: is it what the other allocation sent? */
static gboolean is_wanted(const Probe *probe, const GByteArray *request)
{
    const GByteArray *answer = probe->answer;
    PouceStun stun;
    if (!pouce_stun_parse(answer->data, answer->len, &stun))
        return FALSE;
    if (!request)
        return stun.type == DATA_INDICATION && stun.data.bytes == sizeof greeting &&
               memcmp(stun.data.data, greeting, sizeof greeting) == 0;
    guint method = (guint)request->data[0] << 8 | request->data[1];
    return (stun.type == (method | SUCCESS) || stun.type == (method | ERROR)) &&
           memcmp(answer->data + 4, request->data + 4, 16) == 0;
}

/* --- the way there and back --- */

static void take(Probe *probe, const guint8 *message, gsize bytes)
{
    g_byte_array_set_size(probe->answer, 0);
    g_byte_array_append(probe->answer, message, (guint)bytes);
}

static gboolean await_udp(Probe *probe, const GByteArray *request)
{
    GSocket *socket = g_socket_connection_get_socket(probe->connection);
    guint8 buffer[MESSAGE_MAX_BYTES];
    gint64 until_us = g_get_monotonic_time() + UDP_WAIT_US;
    gint64 left_us;
    while ((left_us = until_us - g_get_monotonic_time()) > 0 &&
           g_socket_condition_timed_wait(socket, G_IO_IN, left_us, NULL, NULL)) {
        gssize bytes = g_socket_receive(socket, (char *)buffer, sizeof buffer, NULL, NULL);
        if (bytes < 0)
            return FALSE; /* a closed port told us so; it may be a passing thing */
        take(probe, buffer, (gsize)bytes);
        if (is_wanted(probe, request))
            return TRUE;
    }
    return FALSE;
}

static gboolean read_message(Probe *probe)
{
    GInputStream *stream = g_io_stream_get_input_stream(G_IO_STREAM(probe->connection));
    guint8 buffer[MESSAGE_MAX_BYTES];
    gsize got = 0;
    if (!g_input_stream_read_all(stream, buffer, HEADER_BYTES, &got, NULL, NULL) ||
        got < HEADER_BYTES)
        return FALSE;
    gsize rest = (gsize)buffer[2] << 8 | buffer[3];
    if (HEADER_BYTES + rest > sizeof buffer ||
        !g_input_stream_read_all(stream, buffer + HEADER_BYTES, rest, &got, NULL, NULL) ||
        got < rest)
        return FALSE;
    take(probe, buffer, HEADER_BYTES + rest);
    return TRUE;
}

static gboolean await(Probe *probe, const GByteArray *request)
{
    if (!probe->tcp)
        return await_udp(probe, request);
    for (guint i = 0; i < STREAM_MESSAGES_MAX && read_message(probe); i++)
        if (is_wanted(probe, request))
            return TRUE;
    return FALSE;
}

static gboolean send_message(Probe *probe, const GByteArray *message)
{
    GSocket *socket = g_socket_connection_get_socket(probe->connection);
    GOutputStream *stream = g_io_stream_get_output_stream(G_IO_STREAM(probe->connection));
    if (!probe->tcp)
        return g_socket_send(socket, (const char *)message->data, message->len, NULL, NULL) > 0;
    return g_output_stream_write_all(stream, message->data, message->len, NULL, NULL, NULL);
}

static gboolean ask(Probe *probe, guint method)
{
    g_autoptr(GByteArray) request = build(probe, method);
    gboolean answered = FALSE;
    for (guint i = 0; i < (probe->tcp ? 1 : UDP_TRIES) && !answered; i++) {
        send_message(probe, request);
        answered = await(probe, request);
    }
    if (answered)
        read_answer(probe);
    return answered;
}

static void on_event(GSocketClient *client, GSocketClientEvent event,
    GSocketConnectable *connectable, GIOStream *stream, gpointer trust)
{
    if (event == G_SOCKET_CLIENT_TLS_HANDSHAKING)
        g_tls_connection_set_database(G_TLS_CONNECTION(stream), trust);
}

GSocketClient *pouce_probe_client(gboolean tls, const char *ca_file, GError **error)
{
    g_autoptr(GSocketClient) client = g_socket_client_new();
    g_socket_client_set_timeout(client, TIMEOUT_S);
    g_socket_client_set_enable_proxy(client, FALSE);
    g_socket_client_set_tls(client, tls);
    if (tls && ca_file) {
        GTlsDatabase *trust = g_tls_file_database_new(ca_file, error);
        if (!trust)
            return NULL;
        g_signal_connect_data(client, "event", G_CALLBACK(on_event), trust,
            (GClosureNotify)(void (*)(void))g_object_unref, 0);
    }
    return g_steal_pointer(&client);
}

char *pouce_probe_expiry(GSocketConnection *connection)
{
    g_autoptr(GIOStream) base = NULL;
    if (G_IS_TCP_WRAPPER_CONNECTION(connection))
        base = g_object_ref(
            g_tcp_wrapper_connection_get_base_io_stream(G_TCP_WRAPPER_CONNECTION(connection)));
    if (!base || !G_IS_TLS_CONNECTION(base))
        return g_strdup("");
    GTlsCertificate *certificate = g_tls_connection_get_peer_certificate(G_TLS_CONNECTION(base));
    g_autoptr(GDateTime) end =
        certificate ? g_tls_certificate_get_not_valid_after(certificate) : NULL;
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    if (!end || g_date_time_difference(end, now) > EXPIRY_DAYS * G_TIME_SPAN_DAY)
        return g_strdup("");
    g_autofree char *day = g_date_time_format(end, "%Y-%m-%d");
    return say(" Its certificate ends on %s: renew it.", day);
}

/* --- what it means --- */

static gboolean read_url(Probe *probe)
{
    probe->tls = g_str_has_prefix(probe->url, "turns:");
    probe->turn = probe->tls || g_str_has_prefix(probe->url, "turn:");
    if (!probe->turn && !g_str_has_prefix(probe->url, "stun:"))
        return FALSE;
    g_auto(GStrv) parts = g_strsplit(strchr(probe->url, ':') + 1, "?", 2);
    probe->tcp = probe->tls || (parts[0] && g_strcmp0(parts[1], "transport=tcp") == 0);
    g_autoptr(GSocketConnectable) address =
        parts[0] ? g_network_address_parse(parts[0], probe->tls ? 5349 : 3478, NULL) : NULL;
    if (!address)
        return FALSE;
    probe->host = g_strdup(g_network_address_get_hostname(G_NETWORK_ADDRESS(address)));
    probe->port = g_network_address_get_port(G_NETWORK_ADDRESS(address));
    return *probe->host && probe->port;
}

static PouceProbe no_connection(const Probe *probe, const GError *error, char **sentence)
{
    if (error->domain == G_TLS_ERROR) {
        *sentence = say("TCP port %u of %s is open, but its certificate is not accepted: %s. It "
                        "must be made out to %s, be valid today and come with its chain (cert= in "
                        "turnserver.conf).",
            probe->port, probe->host, error->message, probe->host);
        return POUCE_PROBE_CERTIFICATE;
    }
    if (error->domain == G_RESOLVER_ERROR) {
        *sentence =
            say("The name %s is not found: correct the [ice] section, or the DNS.", probe->host);
        return POUCE_PROBE_ADDRESS;
    }
    *sentence = say("TCP port %u of %s is closed (%s): start coturn there, or open the port in the "
                    "firewall.",
        probe->port, probe->host, error->message);
    return POUCE_PROBE_CLOSED;
}

static PouceProbe refused(const Probe *probe, char **sentence)
{
    switch (probe->error_code) {
    case 401:
    case 431:
        *sentence = say("%s refuses the broker's credentials: turn_secret of the broker and "
                        "static-auth-secret of coturn differ, or a clock is wrong.",
            probe->host);
        return POUCE_PROBE_CREDENTIALS;
    case 486:
    case 508:
        *sentence =
            say("%s has no allocation left (error %u): raise user-quota, total-quota or the "
                "port range of coturn.",
                probe->host, probe->error_code);
        return POUCE_PROBE_REFUSED;
    default:
        *sentence =
            say("%s refuses with error %u: see coturn's log.", probe->host, probe->error_code);
        return POUCE_PROBE_REFUSED;
    }
}

static GSocketConnection *dial(const Probe *probe, const char *ca_file, GError **error)
{
    g_autoptr(GSocketClient) client = pouce_probe_client(probe->tls, ca_file, error);
    if (!client)
        return NULL;
    if (!probe->tcp) {
        g_socket_client_set_socket_type(client, G_SOCKET_TYPE_DATAGRAM);
        g_socket_client_set_protocol(client, G_SOCKET_PROTOCOL_UDP);
    }
    g_autoptr(GSocketConnectable) address = g_network_address_new(probe->host, probe->port);
    return g_socket_client_connect(client, address, NULL, error);
}

static void probe_init(Probe *probe)
{
    probe->realm = g_byte_array_new();
    probe->nonce = g_byte_array_new();
    probe->answer = g_byte_array_new();
}

static void probe_clear(Probe *probe)
{
    g_clear_object(&probe->connection);
    g_clear_pointer(&probe->realm, g_byte_array_unref);
    g_clear_pointer(&probe->nonce, g_byte_array_unref);
    g_clear_pointer(&probe->answer, g_byte_array_unref);
    g_clear_pointer(&probe->host, g_free);
}

/* FALSE: no answer; else error_code says what came of it. */
static gboolean allocate(Probe *probe)
{
    gboolean answered = ask(probe, ALLOCATE);
    if (answered && probe->error_code == 401 && probe->realm->len > 0 && probe->nonce->len > 0)
        answered = ask(probe, ALLOCATE);
    return answered;
}

/* --- from one allocation to the other --- */

static gboolean permit(Probe *probe, const PouceStunAddress *peer)
{
    probe->peer = peer;
    return ask(probe, PERMISSION) && probe->error_code == 0;
}

static gboolean arrives(Probe *from, Probe *to)
{
    from->peer = &to->relayed;
    for (guint i = 0; i < UDP_TRIES; i++) {
        g_autoptr(GByteArray) indication = build(from, SEND_INDICATION);
        if (send_message(from, indication) && await(to, NULL))
            return TRUE;
        if (to->tcp)
            return FALSE; /* it has waited for as long */
    }
    return FALSE;
}

/* As an end without a relay would send: tells a wrong external-ip, which the relay itself passes
 * by. */
static gboolean arrives_from_here(Probe *to)
{
    PouceStunAddress here = to->mapped;
    if (to->tcp || !here.known || !permit(to, &here))
        return TRUE; /* an address that relays do not serve: nothing can be said */
    g_autoptr(GInetAddress) ip =
        g_inet_address_new_from_bytes(to->relayed.ip, G_SOCKET_FAMILY_IPV4);
    g_autoptr(GSocketAddress) address = g_inet_socket_address_new(ip, to->relayed.port);
    g_autoptr(GSocket) socket =
        g_socket_new(G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
    for (guint i = 0; socket && i < UDP_TRIES; i++) {
        g_socket_send_to(socket, address, greeting, sizeof greeting, NULL, NULL);
        if (await(to, NULL))
            return TRUE;
    }
    return FALSE;
}

static PouceProbe lost_in_relay(const Probe *to, char **sentence)
{
    const guint8 *ip = to->relayed.ip;
    *sentence = say("%s allocates, but what is sent to the address that it gives out, %u.%u.%u.%u "
                    "UDP port %u, does not arrive: open the UDP ports from min-port to max-port of "
                    "coturn in its firewall, and correct relay-ip and external-ip.",
        to->host, ip[0], ip[1], ip[2], ip[3], to->relayed.port);
    return POUCE_PROBE_RELAY;
}

static PouceProbe pass(Probe *one, Probe *other, char **sentence)
{
    if (!one->relayed.known || !other->relayed.known) {
        *sentence = say("%s gives out no IPv4 address: set relay-ip of coturn.", one->host);
        return POUCE_PROBE_RELAY;
    }
    if (!permit(one, &other->relayed) || !permit(other, &one->relayed)) {
        *sentence = say("%s allocates, but does not send to its own address: two ends that both "
                        "need it cannot meet. Allow it with allowed-peer-ip of coturn.",
            one->host);
        return POUCE_PROBE_RELAY;
    }
    return arrives(one, other) && arrives_from_here(one) ? POUCE_PROBE_OK
                                                         : lost_in_relay(other, sentence);
}

/* A second allocation beside @probe's, and a packet from one to the other. */
static PouceProbe try_relay(Probe *probe, const char *ca_file, char **sentence)
{
    Probe other = {.url = probe->url, .username = probe->username, .credential = probe->credential};
    PouceProbe result = POUCE_PROBE_OK;
    if (!read_url(&other))
        return result;
    probe_init(&other);
    other.connection = dial(&other, ca_file, NULL);
    if (other.connection && allocate(&other)) {
        result = other.error_code ? refused(&other, sentence) : pass(probe, &other, sentence);
        ask(&other, REFRESH);
    } else {
        *sentence = say("%s allocates once, and then does not answer.", probe->host);
        result = POUCE_PROBE_CLOSED;
    }
    probe_clear(&other);
    return result;
}

static PouceProbe talk(Probe *probe, const char *ca_file, char **sentence)
{
    gboolean answered = probe->turn ? allocate(probe) : ask(probe, BINDING);
    if (!answered) {
        *sentence = say("%s port %u of %s does not answer: start coturn there, or open the port in "
                        "the firewall%s.",
            probe->tcp ? "TCP" : "UDP", probe->port, probe->host,
            probe->tcp ? " (something else may listen on it)" : "");
        return POUCE_PROBE_CLOSED;
    }
    if (probe->error_code)
        return refused(probe, sentence);
    PouceProbe result = probe->turn ? try_relay(probe, ca_file, sentence) : POUCE_PROBE_OK;
    if (probe->turn)
        ask(probe, REFRESH); /* lifetime 0: gives it back */
    if (result != POUCE_PROBE_OK)
        return result;
    g_autofree char *expiry = pouce_probe_expiry(probe->connection);
    *sentence = say("%s%s", probe->turn ? "relays" : "answers", expiry);
    return POUCE_PROBE_OK;
}

PouceProbe pouce_relay_probe(const char *url, const char *username, const char *credential,
    const char *ca_file, char **sentence)
{
    Probe probe = {.url = url, .username = username, .credential = credential};
    if (!read_url(&probe)) {
        g_free(probe.host);
        *sentence = say("This address is not understood: write stun:HOST:PORT, "
                        "turn:HOST:PORT?transport=udp, turn:HOST:PORT?transport=tcp or "
                        "turns:HOST:PORT?transport=tcp.");
        return POUCE_PROBE_ADDRESS;
    }
    g_autoptr(GError) error = NULL;
    probe_init(&probe);
    probe.connection = dial(&probe, ca_file, &error);
    PouceProbe result =
        probe.connection ? talk(&probe, ca_file, sentence) : no_connection(&probe, error, sentence);
    probe_clear(&probe);
    return result;
}
