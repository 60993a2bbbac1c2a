// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// The guard in front of the SDP parser of the library: a description from the far side is read
// strictly, and rebuilt from the lines that Pouce knows. Pure; bytes may be anything.

#include <glib.h>

G_BEGIN_DECLS

#define POUCE_SDP_MAX_LINES 600
#define POUCE_SDP_MAX_LINE_BYTES 1024
/** video, audio, application: one each */
#define POUCE_SDP_MAX_MEDIA 3

typedef enum { POUCE_SDP_OFFER, POUCE_SDP_ANSWER } PouceSdpType;

typedef struct {
    PouceSdpType type;
    char *text;           // rebuilt; CRLF
    char fingerprint[65]; // of the certificate described; hex, lower case
    guint media;          // m-lines
    gboolean voice;       // one of them is audio, not turned down
    guint candidates;     // in the text
} PouceSdp;

/**
 * pouce_sdp_read
 * @type: "offer" or "answer"
 * Returns: FALSE with MALFORMED or LIMIT (POUCE_PEER_ERROR); @out is untouched then
 */
gboolean pouce_sdp_read(
    const char *type, const char *sdp, gsize bytes, PouceSdp *out, GError **error);
void pouce_sdp_clear(PouceSdp *sdp);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PouceSdp, pouce_sdp_clear)

G_END_DECLS
