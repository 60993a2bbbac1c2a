// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "signaling/peer/repeats.h"

void pouce_repeats_add(PouceRepeats *repeats, gint64 now_us, guint16 seq, guint most)
{
    if (repeats->count >= MIN(most, POUCE_REPEATS_MAX))
        return;
    for (guint i = 0; i < repeats->count; i++)
        if (repeats->waiting[(repeats->first + i) % POUCE_REPEATS_MAX].seq == seq)
            return;
    guint at = (repeats->first + repeats->count++) % POUCE_REPEATS_MAX;
    repeats->waiting[at].due_us = now_us + POUCE_REPEATS_AFTER_US;
    repeats->waiting[at].seq = seq;
}

gboolean pouce_repeats_take(PouceRepeats *repeats, gint64 now_us, guint16 *out_seq)
{
    if (repeats->count == 0 || repeats->waiting[repeats->first].due_us > now_us)
        return FALSE;
    *out_seq = repeats->waiting[repeats->first].seq;
    repeats->first = (repeats->first + 1) % POUCE_REPEATS_MAX;
    repeats->count--;
    return TRUE;
}

gint64 pouce_repeats_due_us(const PouceRepeats *repeats)
{
    return repeats->count > 0 ? repeats->waiting[repeats->first].due_us : -1;
}
