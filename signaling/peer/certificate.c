// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

// What RFC 8842 §5.1 asks for and webrtcbin 1.22 does not do: the certificate that really came is
// compared with the fingerprint that the description named. The earliest moment is dtlsdec's
// notify::peer-pem, on the receive thread, before any key exists. On a mismatch the sinks of
// dtlssrtpdec and nicesink drop everything from inside that call, so neither side ever connects.

#include "signaling/peer/webrtc.h"

#include <openssl/crypto.h>
#include <stdlib.h>

static gboolean is_factory(GstElement *element, const char *name)
{
    GstElementFactory *factory = gst_element_get_factory(element);
    return factory && g_str_equal(GST_OBJECT_NAME(factory), name);
}

// SHA-256 of the DER inside a PEM block, as 64 hex digits; NULL if it is not one.
static char *pem_fingerprint(const char *pem)
{
    static const char begin[] = "-----BEGIN CERTIFICATE-----";
    static const char end[] = "-----END CERTIFICATE-----";
    const char *from = pem ? strstr(pem, begin) : NULL;
    const char *to = from ? strstr(from, end) : NULL;
    if (!to) {
        return NULL;
    }
    from += strlen(begin);
    g_autofree char *base64 = g_strndup(from, (gsize)(to - from));
    gsize bytes = 0;
    g_autofree guchar *der = g_base64_decode(base64, &bytes);
    return bytes > 0 ? g_compute_checksum_for_data(G_CHECKSUM_SHA256, der, bytes) : NULL;
}

static GstPadProbeReturn drop(GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
    return GST_PAD_PROBE_DROP;
}

static void shut_element(const GValue *value, gpointer user)
{
    GstElement *element = g_value_get_object(value);
    if (is_factory(element, "nicesink") || is_factory(element, "dtlssrtpdec")) {
        g_autoptr(GstPad) sink = gst_element_get_static_pad(element, "sink");
        gst_pad_add_probe(
            sink, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, drop, NULL, NULL);
    }
}

static void shut_transport(PouceWebrtc *webrtc)
{
    g_autoptr(GstIterator) elements = gst_bin_iterate_recurse(GST_BIN(webrtc->bin));
    while (gst_iterator_foreach(elements, shut_element, NULL) == GST_ITERATOR_RESYNC) {
        gst_iterator_resync(elements);
    }
}

static void on_peer_pem(GObject *dtlsdec, GParamSpec *spec, gpointer user)
{
    PouceWebrtc *webrtc = user;
    g_autofree char *theirs_pem = NULL;
    g_autofree char *ours_pem = NULL;
    g_object_get(dtlsdec, "peer-pem", &theirs_pem, "pem", &ours_pem, NULL);
    g_autofree char *theirs = pem_fingerprint(theirs_pem);
    g_autofree char *ours = pem_fingerprint(ours_pem);
    g_mutex_lock(&webrtc->lock);
    gboolean equal = theirs && ours && g_str_equal(theirs, webrtc->expected) && !webrtc->refused;
    gboolean news = equal ? !webrtc->secure : !webrtc->refused;
    webrtc->secure = equal;
    webrtc->refused = !equal;
    g_mutex_unlock(&webrtc->lock);
    if (!equal) {
        shut_transport(webrtc);
    }
    if (news && equal) {
        pouce_peer_report_secure(webrtc->peer, ours, theirs);
    } else if (news) {
        pouce_peer_report_failed(webrtc->peer, POUCE_PEER_FAILURE_CERTIFICATE);
    }
}

static void on_element(GstBin *bin, GstBin *inner, GstElement *element, gpointer user)
{
    if (is_factory(element, "clocksync")) {
        // It would hold each packet until its time plus the pipeline's latency (30 ms).
        g_object_set(element, "sync", FALSE, NULL);
    } else if (is_factory(element, "dtlsdec")) {
        g_signal_connect(element, "notify::peer-pem", G_CALLBACK(on_peer_pem), user);
    } else if (is_factory(element, "rtpjitterbuffer")) {
        // It would expect the next packet by the rhythm of the last ones, and after silence take
        // it for lost and drop it when it comes. A desktop is silent most of the time.
        // By the same rhythm it would wait before it asks for what a gap shows to be missing.
        g_object_set(element, "rtx-next-seqnum", FALSE, "rtx-delay", POUCE_RTX_DELAY_MS, NULL);
        pouce_webrtc_watch_for_voice(element);
        pouce_webrtc_watch_arrivals(user, element);
    } else if (is_factory(element, "rtprtxsend")) {
        pouce_webrtc_watch_requests(user, element);
    }
}

void pouce_webrtc_watch_elements(PouceWebrtc *webrtc)
{
    g_signal_connect(webrtc->bin, "deep-element-added", G_CALLBACK(on_element), webrtc);
}

static gpointer make_key(gpointer user)
{
    static GstElement *kept; // the library shares its key as long as one element lives
    kept = gst_element_factory_make("dtlsdec", NULL);
    if (kept) {
        gst_object_ref_sink(kept);
    }
    return kept;
}

static GThread *key_thread;

static void join_key_thread(void)
{
    g_thread_join(key_thread);
}

void pouce_webrtc_warm_up(void)
{
    static gsize once;
    if (g_once_init_enter(&once)) {
        // A program that ends at once must not take OpenSSL away from under the thread: this runs
        // before OpenSSL's own handler, because that one is registered first.
        OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CRYPTO_STRINGS, NULL); // 0 would register nothing
        key_thread = g_thread_new("pouce-dtls-key", make_key, NULL);
        atexit(join_key_thread);
        g_once_init_leave(&once, 1);
    }
}
