// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

// What webrtcbin's ICE agent is told (servers, pacing, relays over TLS through our tunnel) and what
// it chose in the end.

#include "signaling/peer/webrtc.h"

#include "signaling/peer/candidate.h"

#include <nice/agent.h>
#include <sys/socket.h>

/** RFC 8445 §14 allows no less than 5; the default of 20 costs 44 ms more to connect. */
#define STUN_PACING_MS 5

/** A whole large frame while nobody reads: by default 90 packets fit, whatever their size. */
#define RECEIVE_BUFFER_BYTES (1024 * 1024)

/** What UDP to the relay gets as a start: two round trips of 350 ms fit in. A quarter of a second
 * more before TLS, which costs the relay a handshake. */
#define AFTER_UDP_MS 700
#define TLS_AFTER_TCP_MS 250

/** A relay that answers does so in a round trip; libnice gives up after 2 s of asking. */
#define RETURN_US (4 * G_USEC_PER_SEC)

/** libnice's preferences of relays by the way to them, the first byte of the priority; those that
 * are not UDP, as here, lie below. */
#define RELAY_BY_UDP_PREFERENCE 30

static void add_turn(PouceWebrtc *webrtc, const char *url, const PoucePeerIceServer *server)
{
    gboolean added;
    g_autofree char *uri = pouce_ice_server_uri(url, server->username, server->credential);
    if (uri) {
        g_signal_emit_by_name(webrtc->bin, "add-turn-server", uri, &added);
    }
}

static void add_tunnel(
    PouceWebrtc *webrtc, const PouceTurnTunnelConfig *config, const PoucePeerIceServer *server)
{
    PouceTurnTunnel *tunnel = pouce_turn_tunnel_new(config, NULL);
    if (!tunnel) {
        return; // the other servers remain
    }
    webrtc->tunnel_tls[webrtc->tunnel_count] = config->tls;
    webrtc->tunnels[webrtc->tunnel_count++] = tunnel;
    guint16 port = pouce_turn_tunnel_port(tunnel, G_SOCKET_FAMILY_IPV4);
    guint16 port6 = pouce_turn_tunnel_port(tunnel, G_SOCKET_FAMILY_IPV6);
    g_autofree char *url = g_strdup_printf("turn:127.0.0.1:%u?transport=tcp", port);
    g_autofree char *url6 = g_strdup_printf("turn:[::1]:%u?transport=tcp", port6);
    // A host with IPv6 alone cannot reach 127.0.0.1 from the addresses that libnice binds.
    if (port) {
        add_turn(webrtc, url, server);
    }
    if (port6) {
        add_turn(webrtc, url6, server);
    }
}

static void add_udp_turn(PouceWebrtc *webrtc, const PoucePeerIceServer *server)
{
    g_autofree char *uri = pouce_ice_server_uri(server->url, server->username, server->credential);
    if (uri) {
        pouce_webrtc_ask_relay_later(webrtc, uri);
    }
}

static gboolean is_udp_turn(const PoucePeerIceServer *server)
{
    return g_str_has_prefix(server->url, "turn:") && !g_str_has_suffix(server->url, "=tcp");
}

static void add_servers(PouceWebrtc *webrtc)
{
    const PoucePeerConfig *config = &webrtc->peer->config;
    gboolean udp = FALSE;
    for (guint i = 0; i < config->ice_server_count; i++) {
        udp = udp || is_udp_turn(&config->ice_servers[i]);
    }
    for (guint i = 0; i < config->ice_server_count; i++) {
        const PoucePeerIceServer *server = &config->ice_servers[i];
        PouceTurnTunnelConfig tunnel = {.ca_file = config->ca_file};
        if (g_str_has_prefix(server->url, "stun:")) {
            g_autofree char *uri = pouce_ice_server_uri(server->url, NULL, NULL);
            g_object_set(webrtc->bin, "stun-server", uri, NULL);
            webrtc->has_stun = uri != NULL;
        } else if (pouce_turn_url_read(server->url, &tunnel)) {
            g_autofree char *host = (char *)tunnel.host;
            tunnel.delay_ms = (udp ? AFTER_UDP_MS : 0) + (tunnel.tls ? TLS_AFTER_TCP_MS : 0);
            add_tunnel(webrtc, &tunnel, server);
        } else {
            add_udp_turn(webrtc, server);
        }
    }
}

// As far as the system permits: twice the usual at least, as the kernel doubles what it is asked
// for. TCP's buffers grow by themselves, unless they are set.
static void widen_sockets(NiceAgent *agent, guint stream, guint component)
{
    g_autoptr(GPtrArray) sockets = nice_agent_get_sockets(agent, stream, component);
    for (guint i = 0; sockets && i < sockets->len; i++) {
        if (g_socket_get_socket_type(sockets->pdata[i]) == G_SOCKET_TYPE_DATAGRAM) {
            g_socket_set_option(
                sockets->pdata[i], SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER_BYTES, NULL);
        }
    }
}

// On a thread of libnice, which tells a relay's transport by the priority alone.
static void on_selected_pair(NiceAgent *agent, guint stream, guint component,
    const NiceCandidate *local, const NiceCandidate *remote, gpointer user)
{
    PouceWebrtc *webrtc = user;
    const char *near = nice_candidate_type_to_string(local->type);
    const char *far = nice_candidate_type_to_string(remote->type);
    gboolean tcp = local->transport != NICE_CANDIDATE_TRANSPORT_UDP;
    gboolean relayed = local->type == NICE_CANDIDATE_TYPE_RELAYED;
    g_mutex_lock(&webrtc->lock);
    webrtc->path_relay_tcp = relayed && local->priority >> 24 < RELAY_BY_UDP_PREFERENCE;
    g_snprintf(webrtc->path_near, sizeof webrtc->path_near, "%s", relayed ? "relay" : near);
    g_snprintf(webrtc->path_far, sizeof webrtc->path_far, "%s%s", far, tcp ? " tcp" : "");
    for (guint i = 0; i < webrtc->tunnel_count; i++) {
        webrtc->path_tunnel_bytes[i] = pouce_turn_tunnel_bytes(webrtc->tunnels[i]);
    }
    g_mutex_unlock(&webrtc->lock);
    pouce_webrtc_order_connected(webrtc);
    widen_sockets(agent, stream, component);
}

void pouce_webrtc_path(PouceWebrtc *webrtc, char *out_path, gsize size)
{
    const char *way = "";
    g_mutex_lock(&webrtc->lock);
    if (g_str_equal(webrtc->path_near, "relay")) {
        way = webrtc->path_relay_tcp ? "/tcp" : "/udp";
    }
    // Of several tunnels the chosen one carries the most; others only asked for an allocation.
    guint64 most = 0;
    for (guint i = 0; webrtc->path_relay_tcp && i < webrtc->tunnel_count; i++) {
        guint64 bytes = pouce_turn_tunnel_bytes(webrtc->tunnels[i]) - webrtc->path_tunnel_bytes[i];
        if (bytes > most) {
            most = bytes;
            way = webrtc->tunnel_tls[i] ? "/tls" : "/tcp";
        }
    }
    g_snprintf(out_path, size, "%s%s%s%s", webrtc->path_near, way, *webrtc->path_far ? "-" : "",
        webrtc->path_far);
    g_mutex_unlock(&webrtc->lock);
}

void pouce_webrtc_set_up_ice(PouceWebrtc *webrtc)
{
    const PoucePeerConfig *config = &webrtc->peer->config;
    g_autoptr(GObject) ice = NULL;
    g_object_get(webrtc->bin, "ice-agent", &ice, NULL);
    g_object_get(ice, "agent", &webrtc->nice, NULL);
    g_object_set(webrtc->nice, "upnp", FALSE, "stun-pacing-timer", STUN_PACING_MS, NULL);
    g_signal_connect(webrtc->nice, "new-selected-pair-full", G_CALLBACK(on_selected_pair), webrtc);
    if (config->relay_only) {
        gst_util_set_object_arg(G_OBJECT(webrtc->bin), "ice-transport-policy", "relay");
    }
    pouce_webrtc_begin_order(webrtc);
    add_servers(webrtc);
}

// --- giving relays back ---

typedef struct {
    NiceAgent *agent;
    GMainContext *context; // of libnice's thread
    GMutex lock;
    GCond cond;
    gboolean done; // under lock
} Return;

static void on_returned(GObject *agent, GAsyncResult *result, gpointer user)
{
    Return *back = user;
    g_mutex_lock(&back->lock);
    back->done = TRUE;
    g_cond_signal(&back->cond);
    g_mutex_unlock(&back->lock);
}

static gboolean on_return(gpointer user)
{
    Return *back = user;
    // The answer comes to the context that is the thread's default now.
    g_main_context_push_thread_default(back->context);
    nice_agent_close_async(back->agent, on_returned, back);
    g_main_context_pop_thread_default(back->context);
    return G_SOURCE_REMOVE;
}

void pouce_webrtc_give_back_relays(PouceWebrtc *webrtc)
{
    g_mutex_lock(&webrtc->lock);
    gboolean relayed = webrtc->has_relay;
    g_mutex_unlock(&webrtc->lock);
    if (!relayed) {
        return;
    }
    Return *back = g_new0(Return, 1);
    back->agent = NICE_AGENT(webrtc->nice);
    g_object_get(webrtc->nice, "main-context", &back->context, NULL);
    g_mutex_init(&back->lock);
    g_cond_init(&back->cond);
    g_main_context_invoke(back->context, on_return, back);
    gint64 until_us = g_get_monotonic_time() + RETURN_US;
    g_mutex_lock(&back->lock);
    while (!back->done && g_cond_wait_until(&back->cond, &back->lock, until_us)) {
    }
    gboolean done = back->done;
    g_mutex_unlock(&back->lock);
    if (done) { // else libnice may still come back to it
        g_mutex_clear(&back->lock);
        g_cond_clear(&back->cond);
        g_free(back);
    }
}

void pouce_webrtc_close_ice(PouceWebrtc *webrtc)
{
    if (webrtc->nice) {
        g_signal_handlers_disconnect_by_data(webrtc->nice, webrtc);
        g_clear_object(&webrtc->nice);
    }
    while (webrtc->tunnel_count > 0) {
        pouce_turn_tunnel_free(webrtc->tunnels[--webrtc->tunnel_count]);
    }
}
