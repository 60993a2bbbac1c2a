// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "signaling/wire/bind.h"

#include <string.h>

#include "signaling/wire/signed_text.h"
#include "signaling/wire/wire_error.h"

#define TITLE "pouce-bind-v1"

static const PouceTextField fields[] = {
    {"session", POUCE_FIELD_ID, offsetof(PouceBind, session)},
    {"role", POUCE_FIELD_ROLE, offsetof(PouceBind, role)},
    {"own_fp", POUCE_FIELD_HEX64, offsetof(PouceBind, own_fp)},
    {"peer_fp", POUCE_FIELD_HEX64, offsetof(PouceBind, peer_fp)},
    {"price", POUCE_FIELD_HEX64, offsetof(PouceBind, price)},
    {"expires_s", POUCE_FIELD_INTEGER, offsetof(PouceBind, expires_s)},
};

char *pouce_bind_text(const PouceBind *bind)
{
    return pouce_signed_text_build(TITLE, fields, G_N_ELEMENTS(fields), bind);
}

gboolean pouce_bind_parse(const char *text, gsize bytes, PouceBind *out, GError **error)
{
    PouceBind bind = {0};
    if (!pouce_signed_text_parse(text, bytes, TITLE, fields, G_N_ELEMENTS(fields), &bind, error))
        return FALSE;
    *out = bind;
    return TRUE;
}

void pouce_bind_sign(
    const PouceBind *bind, const PouceIdentity *identity, guint8 out_sig[POUCE_SIG_BYTES])
{
    g_autofree char *text = pouce_bind_text(bind);
    pouce_identity_sign(identity, text, strlen(text), out_sig);
}

gboolean pouce_bind_verify(
    const PouceBind *bind, const guint8 key[POUCE_KEY_BYTES], const guint8 sig[POUCE_SIG_BYTES])
{
    g_autofree char *text = pouce_bind_text(bind);
    return pouce_identity_verify(key, text, strlen(text), sig);
}

static const char *difference(const PouceBind *own, const PouceBind *peer)
{
    if (strcmp(peer->session, own->session) != 0)
        return "The other end is bound to another session.";
    if (peer->role == own->role)
        return "The other end claims this end's role.";
    if (strcmp(peer->own_fp, own->peer_fp) != 0)
        return "The other end's certificate is not the one that arrived here.";
    if (strcmp(peer->peer_fp, own->own_fp) != 0)
        return "The other end received another certificate than ours.";
    if (strcmp(peer->price, own->price) != 0)
        return "The other end is bound to another price.";
    if (peer->expires_s != own->expires_s)
        return "The other end is bound to another expiry.";
    return NULL;
}

gboolean pouce_bind_check_peer(const PouceBind *own, const PouceBind *peer,
    const guint8 peer_key[POUCE_KEY_BYTES], const guint8 sig[POUCE_SIG_BYTES], GError **error)
{
    const char *why = difference(own, peer);
    if (!why && !pouce_bind_verify(peer, peer_key, sig))
        why = "The other end's signature does not verify.";
    if (why)
        g_set_error_literal(error, POUCE_WIRE_ERROR, POUCE_WIRE_ERROR_DENIED, why);
    return why == NULL;
}
