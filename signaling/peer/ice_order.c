// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

// In which order the ways to the far side are tried, so that a direct one wins whenever it works:
//
//   at once          UDP between addresses of the two ends and of their routers
//   + RELAY_AFTER    the far side's relays
//   + TCP_AFTER      TCP between the two ends, unless something better than our relay over TCP has
//                    connected them
//   + PATIENCE       whatever works is nominated anew, should a nomination have got lost; and again
//                    each PATIENCE until something is
//
// The first pair that works is used at once, and a better one replaces it whenever it turns up
// ("aggressive" nomination of RFC 5245 §8.1.1.2: each check may nominate, and the highest priority
// counts). webrtcbin asks libnice for regular nomination, which settles for good on the best of the
// first two pairs, and the relay answers first when one packet of the direct way is lost.
//
// Our own relay over UDP is asked after the STUN server was: libnice asks that one in the manner of
// RFC 3489, and does not recognize the answer while a request to a relay stands before it in its
// list, answered or not. Ends whose relay was down or refused never learned their public address.
//
// Threads: all on the owner's, but for what libnice tells, which only wakes it.

#include "signaling/peer/webrtc.h"

#include "signaling/peer/candidate.h"

#include <nice/agent.h>

/** As long as most continents take to cross and back; direct pairs are checked each 5 ms. */
#define RELAY_AFTER_US (100 * 1000)
/** Before relays over TCP begin (ice.c), which would be quicker and win for a while. */
#define TCP_AFTER_US (400 * 1000)
#define PATIENCE_US (2 * G_USEC_PER_SEC)
/** Our relay waits so long for the STUN server to answer. */
#define STUN_ANSWERS_US (100 * 1000)
/** All media share one stream of libnice (max-bundle), the first. */
#define STREAM 1

typedef struct {
    gint64 wait_us; // from the description on
    gboolean tcp;
    guint mline;
    char *line;
} Held;

static void held_free(Held *held)
{
    g_free(held->line);
    g_free(held);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Held, held_free)

// The property is for the construction alone, which is webrtcbin's; its setter locks the agent.
static void set_nomination(GObject *nice, NiceNominationMode mode)
{
    GObjectClass *class = G_OBJECT_GET_CLASS(nice);
    GParamSpec *spec = g_object_class_find_property(class, "nomination-mode");
    if (spec) {
        g_auto(GValue) value = G_VALUE_INIT;
        g_value_init(&value, G_PARAM_SPEC_VALUE_TYPE(spec));
        g_value_set_enum(&value, mode);
        class->set_property(nice, spec->param_id, &value, spec);
    }
}

typedef struct {
    GObject *nice;
    char *line;
    NiceNominationMode after;
} Tcp;

static void tcp_free(gpointer user)
{
    Tcp *tcp = user;
    g_object_unref(tcp->nice);
    g_free(tcp->line);
    g_free(tcp);
}

// On libnice's thread, where its checks leave: the end that nominates takes no TCP candidate in
// aggressive mode (RFC 6544 §8), and no check may leave in the other one, or nobody would nominate
// its pair. An answer that arrives meanwhile, on another thread, has that effect: hence PATIENCE.
static gboolean on_tcp(gpointer user)
{
    Tcp *tcp = user;
    NiceAgent *agent = NICE_AGENT(tcp->nice);
    NiceCandidate *candidate = nice_agent_parse_remote_candidate_sdp(agent, STREAM, tcp->line);
    if (candidate) {
        g_autoptr(GSList) list = g_slist_append(NULL, candidate);
        set_nomination(tcp->nice, NICE_NOMINATION_MODE_REGULAR);
        nice_agent_set_remote_candidates(agent, STREAM, candidate->component_id, list);
        set_nomination(tcp->nice, tcp->after);
        nice_candidate_free(candidate);
    }
    return G_SOURCE_REMOVE;
}

static void pass_tcp(PouceWebrtc *webrtc, const char *line)
{
    Tcp *tcp = g_new0(Tcp, 1);
    GMainContext *context = NULL;
    tcp->nice = g_object_ref(webrtc->nice);
    tcp->line = g_strconcat("a=", line, NULL);
    tcp->after =
        webrtc->regular_us > 0 ? NICE_NOMINATION_MODE_REGULAR : NICE_NOMINATION_MODE_AGGRESSIVE;
    g_object_get(webrtc->nice, "main-context", &context, NULL);
    g_main_context_invoke_full(context, G_PRIORITY_DEFAULT, on_tcp, tcp, tcp_free);
}

static gboolean is_connected(PouceWebrtc *webrtc)
{
    g_mutex_lock(&webrtc->lock);
    gboolean connected = *webrtc->path_near != '\0';
    g_mutex_unlock(&webrtc->lock);
    return connected;
}

static gboolean is_well_connected(PouceWebrtc *webrtc)
{
    g_mutex_lock(&webrtc->lock);
    gboolean well = *webrtc->path_near != '\0' && !webrtc->path_relay_tcp;
    g_mutex_unlock(&webrtc->lock);
    return well;
}

static void pass(PouceWebrtc *webrtc, Held *held)
{
    if (!held->tcp) {
        g_signal_emit_by_name(webrtc->bin, "add-ice-candidate", held->mline, held->line);
    } else if (is_well_connected(webrtc)) {
        return;
    } else if (webrtc->peer->config.role == POUCE_PEER_OFFERER) { // who nominates
        pass_tcp(webrtc, held->line);
    } else {
        g_signal_emit_by_name(webrtc->bin, "add-ice-candidate", held->mline, held->line);
    }
}

// Returns when that is due, -1 if it is over. Regular nomination takes up any pair that works. A
// TCP candidate that libnice's thread takes meanwhile may end it: hence again.
static gint64 lose_patience(PouceWebrtc *webrtc, gint64 now_us)
{
    if (webrtc->described_us == 0 || is_connected(webrtc)) {
        return -1;
    }
    gint64 due_us = MAX(webrtc->described_us, webrtc->regular_us) + PATIENCE_US;
    if (now_us < due_us) {
        return due_us;
    }
    webrtc->regular_us = now_us;
    set_nomination(webrtc->nice, NICE_NOMINATION_MODE_REGULAR);
    return now_us + PATIENCE_US;
}

static gint64 sooner(gint64 one_us, gint64 other_us)
{
    return one_us < 0 || (other_us >= 0 && other_us < one_us) ? other_us : one_us;
}

// Returns when the next one is due, -1 if none waits. The order of those that are due is kept.
static gint64 pass_candidates(PouceWebrtc *webrtc, gint64 now_us)
{
    gint64 next_us = -1;
    if (webrtc->described_us == 0) {
        return -1;
    }
    for (GList *at = webrtc->held.head; at;) {
        GList *following = at->next;
        Held *held = at->data;
        gint64 due_us = webrtc->described_us + held->wait_us;
        if (due_us <= now_us) {
            pass(webrtc, held);
            held_free(held);
            g_queue_delete_link(&webrtc->held, at);
        } else {
            next_us = sooner(next_us, due_us);
        }
        at = following;
    }
    return next_us;
}

static void ask_relays(PouceWebrtc *webrtc)
{
    for (guint i = 0; i < webrtc->relays->len; i++) {
        gboolean added;
        g_signal_emit_by_name(webrtc->bin, "add-turn-server", webrtc->relays->pdata[i], &added);
    }
    g_ptr_array_set_size(webrtc->relays, 0);
}

static gboolean on_due(gpointer user)
{
    PouceWebrtc *webrtc = user;
    gint64 now_us = g_get_monotonic_time();
    g_source_set_ready_time(webrtc->order, -1);
    if (webrtc->peer->stopping) {
        return G_SOURCE_CONTINUE;
    }
    gint64 next_us = sooner(pass_candidates(webrtc, now_us), lose_patience(webrtc, now_us));
    g_mutex_lock(&webrtc->lock);
    gint64 relays_us = webrtc->relays_us;
    g_mutex_unlock(&webrtc->lock);
    if (relays_us >= 0 && relays_us <= now_us) {
        ask_relays(webrtc);
    }
    g_mutex_lock(&webrtc->lock);
    if (webrtc->relays_us > now_us) {
        next_us = sooner(next_us, webrtc->relays_us);
    }
    // Under the lock, or a wake from libnice's thread could be lost.
    if (next_us >= 0 && g_source_get_ready_time(webrtc->order) < 0) {
        g_source_set_ready_time(webrtc->order, next_us);
    }
    g_mutex_unlock(&webrtc->lock);
    return G_SOURCE_CONTINUE;
}

// On a thread of libnice: its own addresses are known first, those that STUN tells follow.
static void on_own_candidate(NiceAgent *agent, NiceCandidate *candidate, gpointer user)
{
    PouceWebrtc *webrtc = user;
    gint64 due_us = g_get_monotonic_time();
    if (candidate->type == NICE_CANDIDATE_TYPE_HOST && webrtc->has_stun) {
        due_us += STUN_ANSWERS_US;
    }
    g_mutex_lock(&webrtc->lock);
    webrtc->has_relay = webrtc->has_relay || candidate->type == NICE_CANDIDATE_TYPE_RELAYED;
    if (webrtc->relays_us < 0 || due_us < webrtc->relays_us) {
        webrtc->relays_us = due_us;
        g_source_set_ready_time(webrtc->order, 0);
    }
    g_mutex_unlock(&webrtc->lock);
}

static gboolean dispatch(GSource *source, GSourceFunc callback, gpointer user)
{
    return callback(user);
}

void pouce_webrtc_begin_order(PouceWebrtc *webrtc)
{
    static GSourceFuncs functions = {.dispatch = dispatch};
    g_queue_init(&webrtc->held);
    webrtc->relays = g_ptr_array_new_with_free_func(g_free);
    webrtc->relays_us = -1;
    webrtc->order = g_source_new(&functions, sizeof(GSource));
    g_source_set_callback(webrtc->order, on_due, webrtc, NULL);
    g_source_attach(webrtc->order, webrtc->peer->context);
    set_nomination(webrtc->nice, NICE_NOMINATION_MODE_AGGRESSIVE);
    g_signal_connect(webrtc->nice, "new-candidate-full", G_CALLBACK(on_own_candidate), webrtc);
}

void pouce_webrtc_end_order(PouceWebrtc *webrtc)
{
    if (!webrtc->order) {
        return;
    }
    g_source_destroy(webrtc->order);
    g_clear_pointer(&webrtc->order, g_source_unref);
    g_clear_pointer(&webrtc->relays, g_ptr_array_unref);
    g_queue_clear_full(&webrtc->held, (GDestroyNotify)held_free);
}

void pouce_webrtc_ask_relay_later(PouceWebrtc *webrtc, const char *uri)
{
    gboolean added;
    if (webrtc->peer->config.relay_only) { // STUN is not asked then
        g_signal_emit_by_name(webrtc->bin, "add-turn-server", uri, &added);
    } else {
        g_ptr_array_add(webrtc->relays, g_strdup(uri));
    }
}

void pouce_webrtc_order_connected(PouceWebrtc *webrtc)
{
    set_nomination(webrtc->nice, NICE_NOMINATION_MODE_AGGRESSIVE);
}

void pouce_webrtc_described(PouceWebrtc *webrtc)
{
    webrtc->described_us = g_get_monotonic_time();
    on_due(webrtc);
}

void pouce_webrtc_add_candidate(PoucePeer *peer, const char *candidate, guint mline)
{
    PouceWebrtc *webrtc = peer->impl;
    PouceCandidateKind kind = pouce_candidate_kind(candidate);
    if (kind == POUCE_CANDIDATE_HIDDEN) {
        return;
    }
    Held *held = g_new0(Held, 1);
    held->tcp = kind == POUCE_CANDIDATE_TCP;
    held->wait_us = held->tcp ? TCP_AFTER_US : kind == POUCE_CANDIDATE_RELAY ? RELAY_AFTER_US : 0;
    held->mline = mline;
    held->line = g_strdup(candidate);
    g_queue_push_tail(&webrtc->held, held);
    on_due(webrtc);
}
