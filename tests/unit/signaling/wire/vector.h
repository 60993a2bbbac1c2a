// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The shared vectors of tests/vectors, read for a C test. A missing file or key ends the test.
#pragma once

#include <glib.h>
#include <jansson.h>

#include "signaling/wire/identity.h"
#include "signaling/wire/role.h"

/** vector_load - new reference to tests/vectors/@name */
json_t *vector_load(const char *name);

/** vector_at - borrowed value at a path of keys such as "input.valid" */
json_t *vector_at(json_t *root, const char *path);

/** vector_bytes - owned bytes of a hex text */
GBytes *vector_bytes(const char *hex);

/** vector_identity - owned key of that role, from the seeds of texts.json */
PouceIdentity *vector_identity(PouceRole role);
