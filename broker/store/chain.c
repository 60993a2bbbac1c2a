// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "broker/store/chain.h"

#include <string.h>

PouceChain *pouce_chain_begin(const char *domain, const char *previous)
{
    PouceChain *chain = (PouceChain *)g_checksum_new(G_CHECKSUM_SHA256);

    pouce_chain_text(chain, domain);
    pouce_chain_text(chain, previous);
    return chain;
}

void pouce_chain_text(PouceChain *chain, const char *value)
{
    const char *text = value ? value : "";
    g_autofree char *length = g_strdup_printf("%zu:", strlen(text));

    g_checksum_update((GChecksum *)chain, (const guchar *)length, -1);
    g_checksum_update((GChecksum *)chain, (const guchar *)text, -1);
}

void pouce_chain_int(PouceChain *chain, gint64 value)
{
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, value);

    pouce_chain_text(chain, text);
}

char *pouce_chain_end(PouceChain *chain)
{
    char *hex = g_strdup(g_checksum_get_string((GChecksum *)chain));

    g_checksum_free((GChecksum *)chain);
    return hex;
}
