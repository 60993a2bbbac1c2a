// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/program/stun_message.h"

#include <string.h>

enum { ERROR_CODE = 9, DATA = 0x13, REALM = 0x14, NONCE = 0x15 };
enum { XOR_RELAYED_ADDRESS = 0x16, XOR_MAPPED_ADDRESS = 0x20 };

static const guint8 cookie[] = {0x21, 0x12, 0xa4, 0x42};

static guint get16(const guint8 *data)
{
    return (guint)data[0] << 8 | data[1];
}

static void read_address(PouceStunAddress *address, PouceStunBytes value)
{
    if (value.bytes != 8 || value.data[1] != 1)
        return;
    address->known = TRUE;
    address->port = (guint16)(get16(value.data + 2) ^ get16(cookie));
    for (guint i = 0; i < sizeof address->ip; i++)
        address->ip[i] = value.data[4 + i] ^ cookie[i];
}

static void read_attribute(PouceStun *out, guint type, PouceStunBytes value)
{
    switch (type) {
    case REALM:
        out->realm = value;
        return;
    case NONCE:
        out->nonce = value;
        return;
    case DATA:
        out->data = value;
        return;
    case ERROR_CODE:
        if (value.bytes >= 4)
            out->error_code = (value.data[2] & 7u) * 100 + value.data[3];
        return;
    case XOR_RELAYED_ADDRESS:
        read_address(&out->relayed, value);
        return;
    case XOR_MAPPED_ADDRESS:
        read_address(&out->mapped, value);
        return;
    default:
        return;
    }
}

gboolean pouce_stun_parse(const guint8 *message, gsize bytes, PouceStun *out)
{
    if (bytes < POUCE_STUN_HEADER_BYTES || (message[0] & 0xc0) ||
        memcmp(message + 4, cookie, sizeof cookie) != 0)
        return FALSE;
    *out = (PouceStun){.type = get16(message)};
    for (gsize at = POUCE_STUN_HEADER_BYTES; at + 4 <= bytes;) {
        guint type = get16(message + at), length = get16(message + at + 2);
        if (at + 4 + length > bytes)
            break;
        read_attribute(out, type, (PouceStunBytes){message + at + 4, length});
        at += 4 + length + (4 - length % 4) % 4;
    }
    return TRUE;
}
