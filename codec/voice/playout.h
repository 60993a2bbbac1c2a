// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// What came from the network and was not yet played. The speaker draws from it at its own pace, so
// nothing here knows a clock: a packet that comes late lengthens the delay by as much as it was
// late, and what lies here unused for some seconds is taken out again, a period of the voice at a
// time or in a pause, at once when it is quiet. What is missing meanwhile is the last period again,
// fading. Pure; allocates in new alone. One thread at a time.

#include <glib.h>

G_BEGIN_DECLS

#define POUCE_PLAYOUT_RATE_HZ 48000

typedef struct PoucePlayout PoucePlayout;

PoucePlayout *pouce_playout_new(void);
void pouce_playout_free(PoucePlayout *playout);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PoucePlayout, pouce_playout_free)

/** pouce_playout_put - what comes next; beyond half a second the oldest is dropped */
void pouce_playout_put(PoucePlayout *playout, const gint16 *samples, gsize count);
/** pouce_playout_draw - @count samples; silence when there is nothing */
void pouce_playout_draw(PoucePlayout *playout, gint16 *out, gsize count);
/** pouce_playout_waiting - samples that were put and not drawn */
gsize pouce_playout_waiting(const PoucePlayout *playout);
/** pouce_playout_gaps - how often something was missing while the other one spoke */
guint pouce_playout_gaps(const PoucePlayout *playout);

G_END_DECLS
