// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
//
// The one error domain of the wire library. Codes name the caller's reaction; messages are
// sentences fit to be sent back to the far end or shown.
#pragma once

#include <glib.h>

typedef enum {
    POUCE_WIRE_ERROR_MALFORMED, // not what the page says: drop, count, perhaps close
    POUCE_WIRE_ERROR_LIMIT,     // right shape, too large or too many
    POUCE_WIRE_ERROR_UNKNOWN,   // a type this version does not know: answer politely, go on
    POUCE_WIRE_ERROR_DENIED,    // a signature, key or binding that does not verify
    POUCE_WIRE_ERROR_FILE,      // the device key file cannot be read or written
} PouceWireError;

#define POUCE_WIRE_ERROR (pouce_wire_error_quark())
GQuark pouce_wire_error_quark(void);
