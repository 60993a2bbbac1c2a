// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/rate/ladder.h"

void pouce_ladder_init(PouceLadder *ladder)
{
    *ladder = (PouceLadder){.since_us = -1};
}

gboolean pouce_ladder_update(PouceLadder *ladder, gint64 now_us, int bps, int pixels)
{
    gboolean change = ladder->halved ? bps > POUCE_LADDER_UP_BPS_PER_PX * pixels
                                     : bps < POUCE_LADDER_DOWN_BPS_PER_PX * pixels;
    gint64 patience_us = ladder->halved ? POUCE_LADDER_UP_US : POUCE_LADDER_DOWN_US;
    if (!change) {
        ladder->since_us = -1;
    } else if (ladder->since_us < 0) {
        ladder->since_us = now_us;
    } else if (now_us - ladder->since_us >= patience_us) {
        ladder->halved = !ladder->halved;
        ladder->since_us = -1;
    }
    return ladder->halved;
}
