-- SPDX-FileCopyrightText: 2026 The Pouce authors
-- SPDX-License-Identifier: GPL-3.0-or-later

CREATE TABLE operators (
    account TEXT PRIMARY KEY REFERENCES accounts (id),
    since_s BIGINT NOT NULL
);
