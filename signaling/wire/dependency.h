// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
//
// The dependency descriptor: an RTP header extension that says which frame a packet belongs to and
// which earlier frame that one needs, so that a receiver can go on after a loss without a key
// frame. Only the part of the format that PROTOCOL.md names is written and read. Pure.
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define POUCE_DEPENDENCY_URI                                                                       \
    "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension"
/** As much as a one-byte header extension may hold. */
#define POUCE_DEPENDENCY_MAX_BYTES 16
/** A frame can name one that was sent at most this many frames before. */
#define POUCE_DEPENDENCY_BACK_MAX 4096

typedef struct {
    gboolean first, last; // packet of its frame
    guint16 number;       // of the frame: counts each frame that is sent
    guint16 back;         // the frame it needs was sent this many frames ago; 0: none, a key frame
} PouceDependency;

/** pouce_dependency_build - Returns: bytes written; @dependency->back is at most BACK_MAX */
gsize pouce_dependency_build(
    const PouceDependency *dependency, guint8 out[POUCE_DEPENDENCY_MAX_BYTES]);

/** pouce_dependency_parse - FALSE: another structure than ours, or cut short; @out untouched */
gboolean pouce_dependency_parse(const void *data, gsize bytes, PouceDependency *out);

G_END_DECLS
