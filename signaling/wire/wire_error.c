// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "signaling/wire/wire_error.h"

G_DEFINE_QUARK(pouce - wire - error - quark, pouce_wire_error)
