// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A session as a WebM file: the frames as they came, not encoded again. The file can be played at
// any moment, also when the program was killed, because nothing in it refers forwards; such a file
// names no duration. Whether it may be made is the owner's question: the seeker must have granted
// `record`.
//
// Threads: push on one thread at a time; new and free on any.

#include <glib.h>

G_BEGIN_DECLS

#define POUCE_RECORDER_ERROR (pouce_recorder_error_quark())
GQuark pouce_recorder_error_quark(void);

typedef enum {
    POUCE_RECORDER_ERROR_UNSUPPORTED, // the muxer is not installed; the message names the package
    POUCE_RECORDER_ERROR_FILE,        // it cannot be written
} PouceRecorderError;

typedef struct PouceRecorder PouceRecorder;

/** pouce_recorder_new - @path is made with mode 0600; a file that is there already is an error */
PouceRecorder *pouce_recorder_new(const char *path, GError **error);

/** pouce_recorder_free - writes what is left (waits at most 2 s) and closes the file */
void pouce_recorder_free(PouceRecorder *recorder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceRecorder, pouce_recorder_free)

/**
 * pouce_recorder_push - one VP8 frame, copied; nothing is written before the first key frame
 * @time_us: monotonic, rising
 */
void pouce_recorder_push(
    PouceRecorder *recorder, const guint8 *vp8, gsize bytes, gboolean key, gint64 time_us);

/** pouce_recorder_failed - writing stopped (disk full, say); @out_reason is owned by the caller */
gboolean pouce_recorder_failed(PouceRecorder *recorder, char **out_reason);

G_END_DECLS
