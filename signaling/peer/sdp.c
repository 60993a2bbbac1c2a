// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "signaling/peer/sdp.h"

#include "signaling/peer/candidate.h"
#include "signaling/peer/peer.h"

#include <string.h>

typedef struct {
    GString *out;
    char fingerprint[65];
    guint media;
    guint candidates;
    guint position; // of session-level lines, which come in a fixed order
    gboolean has_password;
    gboolean has_application;
    gboolean has_video;
    gboolean has_audio;
    gboolean in_audio;
    gboolean voice;
} Reader;

typedef const char *(*AttributeCheck)(Reader *reader, const char *value);

static gboolean is_made_of(const char *text, const char *extra, gsize min, gsize max)
{
    gsize length = strlen(text);
    if (length < min || length > max) {
        return FALSE;
    }
    for (gsize i = 0; i < length; i++) {
        if (!g_ascii_isalnum(text[i]) && !strchr(extra, text[i])) {
            return FALSE;
        }
    }
    return TRUE;
}

static const char *check_ufrag(Reader *reader, const char *value)
{
    return is_made_of(value, "+/", 4, 256) ? NULL : "its ICE user fragment";
}

static const char *check_password(Reader *reader, const char *value)
{
    reader->has_password = TRUE;
    return is_made_of(value, "+/", 22, 256) ? NULL : "its ICE password";
}

// "sha-256 AA:BB:…"; every one in the description must be the same.
static const char *check_fingerprint(Reader *reader, const char *value)
{
    char hex[65];
    if (g_ascii_strncasecmp(value, "sha-256 ", 8) != 0 || strlen(value) != 8 + 32 * 3 - 1) {
        return "its fingerprint, which should be SHA-256";
    }
    value += 8;
    for (guint i = 0; i < 32; i++) {
        if (!g_ascii_isxdigit(value[i * 3]) || !g_ascii_isxdigit(value[i * 3 + 1]) ||
            (i < 31 && value[i * 3 + 2] != ':')) {
            return "its fingerprint";
        }
        hex[i * 2] = g_ascii_tolower(value[i * 3]);
        hex[i * 2 + 1] = g_ascii_tolower(value[i * 3 + 1]);
    }
    hex[64] = 0;
    if (reader->fingerprint[0] && !g_str_equal(reader->fingerprint, hex)) {
        return "it names two certificates";
    }
    memcpy(reader->fingerprint, hex, sizeof hex);
    return NULL;
}

static const char *check_setup(Reader *reader, const char *value)
{
    static const char *const words[] = {"actpass", "active", "passive", NULL};
    return g_strv_contains(words, value) ? NULL : "its DTLS role";
}

static const char *check_mid(Reader *reader, const char *value)
{
    return is_made_of(value, "-_.", 1, 32) ? NULL : "its mid";
}

static const char *check_small_number(Reader *reader, const char *value)
{
    guint64 number;
    return g_ascii_string_to_unsigned(value, 10, 0, G_MAXUINT32, &number, NULL) ? NULL : "a number";
}

static const char *check_port(Reader *reader, const char *value)
{
    guint64 number;
    return g_ascii_string_to_unsigned(value, 10, 1, 65535, &number, NULL) ? NULL : "its SCTP port";
}

// Lines that begin with a number (payload type, extension id, SSRC) and a space.
static const char *check_numbered(const char *value, guint64 max)
{
    g_auto(GStrv) parts = g_strsplit_set(value, " /", 2);
    guint64 number;
    if (!parts[0] || !parts[1] || !*parts[1]) {
        return "an attribute without a value";
    }
    return g_ascii_string_to_unsigned(parts[0], 10, 0, max, &number, NULL) ? NULL
                                                                           : "the number of one";
}

static const char *check_payload(Reader *reader, const char *value)
{
    return check_numbered(value, 127);
}

static const char *check_feedback(Reader *reader, const char *value)
{
    return g_str_has_prefix(value, "* ") ? NULL : check_numbered(value, 127);
}

static const char *check_extension(Reader *reader, const char *value)
{
    return *value == '0' ? "an extension id" : check_numbered(value, 255);
}

static const char *check_ssrc(Reader *reader, const char *value)
{
    return check_numbered(value, G_MAXUINT32);
}

static const char *check_group(Reader *reader, const char *value)
{
    if (!g_str_has_prefix(value, "BUNDLE ")) {
        return "its group, which should be BUNDLE";
    }
    return is_made_of(value + 7, "-_. ", 1, 128) ? NULL : "its group";
}

static const char *check_flag(Reader *reader, const char *value)
{
    return *value ? "a flag with a value" : NULL;
}

// In an offer, port 0 means "in the bundle or not at all" (RFC 9143), not a refusal.
static const char *check_bundle_only(Reader *reader, const char *value)
{
    reader->voice |= reader->in_audio;
    return check_flag(reader, value);
}

static const char *check_text(Reader *reader, const char *value)
{
    return *value ? NULL : "an attribute without a value";
}

static const struct {
    const char *name;
    AttributeCheck check;
} attributes[] = {
    {"ice-ufrag", check_ufrag},
    {"ice-pwd", check_password},
    {"fingerprint", check_fingerprint},
    {"setup", check_setup},
    {"mid", check_mid},
    {"group", check_group},
    {"sctp-port", check_port},
    {"max-message-size", check_small_number},
    {"rtpmap", check_payload},
    {"fmtp", check_payload},
    {"rtcp-fb", check_feedback},
    {"extmap", check_extension},
    {"ssrc", check_ssrc},
    {"ssrc-group", check_text},
    {"msid", check_text},
    {"rtcp", check_payload}, // "9 IN IP4 0.0.0.0"
    {"ice-options", check_text},
    {"rtcp-mux", check_flag},
    {"rtcp-rsize", check_flag},
    {"rtcp-mux-only", check_flag},
    {"bundle-only", check_bundle_only},
    {"extmap-allow-mixed", check_flag},
    {"sendrecv", check_flag},
    {"sendonly", check_flag},
    {"recvonly", check_flag},
    {"inactive", check_flag},
    {"end-of-candidates", check_flag},
};

static const char *read_candidate(Reader *reader, const char *line)
{
    if (++reader->candidates > POUCE_PEER_CANDIDATES_MAX) {
        return "it has too many candidates";
    }
    g_autofree char *clean = pouce_candidate_read(line, strlen(line), NULL);
    if (!clean) {
        return "one of its candidates";
    }
    if (pouce_candidate_kind(clean) != POUCE_CANDIDATE_HIDDEN) {
        g_string_append_printf(reader->out, "a=%s\r\n", clean);
    }
    return NULL;
}

// What Pouce does not know is left out, not refused: browsers add attributes with each year.
static const char *read_attribute(Reader *reader, const char *line)
{
    if (g_str_has_prefix(line, "a=candidate:")) {
        return reader->media > 0 ? read_candidate(reader, line) : "a candidate out of place";
    }
    g_auto(GStrv) parts = g_strsplit(line + 2, ":", 2);
    const char *value = parts[0] && parts[1] ? parts[1] : "";
    for (guint i = 0; parts[0] && i < G_N_ELEMENTS(attributes); i++) {
        if (g_str_equal(parts[0], attributes[i].name)) {
            const char *wrong = attributes[i].check(reader, value);
            if (!wrong) {
                g_string_append_printf(reader->out, "%s\r\n", line);
            }
            return wrong;
        }
    }
    return NULL;
}

static gboolean are_payloads(char **formats, guint count)
{
    guint64 number;
    for (guint i = 0; i < count; i++) {
        if (!g_ascii_string_to_unsigned(formats[i], 10, 0, 127, &number, NULL)) {
            return FALSE;
        }
    }
    return count >= 1 && count <= 64;
}

// "m=video 9 UDP/TLS/RTP/SAVPF 96 97", "m=application 9 UDP/DTLS/SCTP webrtc-datachannel"
static const char *read_media(Reader *reader, const char *line)
{
    g_auto(GStrv) parts = g_strsplit(line + 2, " ", 80);
    guint count = g_strv_length(parts);
    guint64 port;
    reader->in_audio = FALSE;
    if (++reader->media > POUCE_SDP_MAX_MEDIA) {
        return "it has too many media";
    }
    if (count < 4 || !g_ascii_string_to_unsigned(parts[1], 10, 0, 65535, &port, NULL)) {
        return "a media line";
    }
    if (g_str_equal(parts[0], "application")) {
        if (!g_str_equal(parts[2], "UDP/DTLS/SCTP") || count != 4 ||
            !g_str_equal(parts[3], "webrtc-datachannel") || reader->has_application) {
            return "its data channels";
        }
        reader->has_application = TRUE;
    } else if (g_str_equal(parts[0], "video") || g_str_equal(parts[0], "audio")) {
        gboolean *seen = *parts[0] == 'v' ? &reader->has_video : &reader->has_audio;
        if (!g_str_equal(parts[2], "UDP/TLS/RTP/SAVPF") || !are_payloads(parts + 3, count - 3)) {
            return "a media line";
        }
        if (*seen) {
            return "it has two of a kind of media";
        }
        *seen = TRUE;
        reader->in_audio = *parts[0] == 'a';
        reader->voice |= reader->in_audio && port != 0;
    } else {
        return "a kind of media that Pouce does not use";
    }
    g_string_append_printf(reader->out, "%s\r\n", line);
    return NULL;
}

// v, o, s, t once each and in this order; c and b anywhere; i, u, e, p, r, z, k are left out.
static const char *read_line(Reader *reader, const char *line)
{
    static const char order[] = "vost";
    if (line[0] == 0 || line[1] != '=') {
        return "a line that is not SDP";
    }
    if (reader->position < strlen(order)) {
        if (line[0] == order[reader->position]) {
            reader->position++;
            g_string_append_printf(reader->out, "%s\r\n", line);
            return line[2] ? NULL : "an empty line";
        }
        return strchr("cbiuep", line[0]) && reader->position >= 3 ? NULL : "the order of its lines";
    }
    switch (line[0]) {
    case 'm':
        return read_media(reader, line);
    case 'a':
        return read_attribute(reader, line);
    case 'c':
        if (!g_str_has_prefix(line, "c=IN IP4 ") && !g_str_has_prefix(line, "c=IN IP6 ")) {
            return "its address line";
        }
        g_string_append_printf(reader->out, "%s\r\n", line);
        return NULL;
    default:
        return strchr("biuekrz", line[0]) ? NULL : "a line of an unknown kind";
    }
}

static const char *read_lines(Reader *reader, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", POUCE_SDP_MAX_LINES + 2);
    guint count = g_strv_length(lines);
    if (count > POUCE_SDP_MAX_LINES) {
        return "it has too many lines";
    }
    for (guint i = 0; i < count; i++) {
        gsize length = strlen(lines[i]);
        if (length > 0 && lines[i][length - 1] == '\r') {
            lines[i][--length] = 0;
        }
        if (length == 0 && i + 1 == count) {
            break;
        }
        if (length > POUCE_SDP_MAX_LINE_BYTES || strchr(lines[i], '\r')) {
            return "one of its lines";
        }
        const char *wrong = read_line(reader, lines[i]);
        if (wrong) {
            return wrong;
        }
    }
    return NULL;
}

static const char *read_all(Reader *reader, const char *text, gsize bytes)
{
    if (!g_utf8_validate(text, (gssize)bytes, NULL) || strlen(text) != bytes) {
        return "it is not text";
    }
    const char *wrong = read_lines(reader, text);
    if (wrong) {
        return wrong;
    }
    if (!reader->has_application) {
        return "it has no data channels";
    }
    if (!reader->fingerprint[0]) {
        return "it names no certificate";
    }
    return reader->has_password ? NULL : "it has no ICE password";
}

gboolean pouce_sdp_read(
    const char *type, const char *sdp, gsize bytes, PouceSdp *out, GError **error)
{
    gboolean offer = g_str_equal(type, "offer");
    if (!offer && !g_str_equal(type, "answer")) {
        g_set_error(error, POUCE_PEER_ERROR, POUCE_PEER_ERROR_MALFORMED,
            "A description must be an offer or an answer.");
        return FALSE;
    }
    if (bytes > POUCE_PEER_SDP_MAX_BYTES) {
        g_set_error(error, POUCE_PEER_ERROR, POUCE_PEER_ERROR_LIMIT,
            "The other side's description is longer than %d bytes.", POUCE_PEER_SDP_MAX_BYTES);
        return FALSE;
    }
    g_autofree char *text = g_strndup(sdp, bytes);
    Reader reader = {.out = g_string_sized_new(bytes + 64)};
    const char *wrong = read_all(&reader, text, bytes);
    if (wrong) {
        g_set_error(error, POUCE_PEER_ERROR, POUCE_PEER_ERROR_MALFORMED,
            "The other side's description is broken: %s.", wrong);
        g_string_free(reader.out, TRUE);
        return FALSE;
    }
    out->type = offer ? POUCE_SDP_OFFER : POUCE_SDP_ANSWER;
    out->text = g_string_free(reader.out, FALSE);
    memcpy(out->fingerprint, reader.fingerprint, sizeof out->fingerprint);
    out->media = reader.media;
    out->voice = reader.voice;
    out->candidates = reader.candidates;
    return TRUE;
}

void pouce_sdp_clear(PouceSdp *sdp)
{
    g_clear_pointer(&sdp->text, g_free);
}
