// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// An absence that is nearly as long as the grace.

import { test } from "node:test";
import { outage } from "./returns.ts";

test("an outage of 50 s", () => outage(50000));
