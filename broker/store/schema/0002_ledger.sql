-- SPDX-FileCopyrightText: 2026 The Pouce authors
-- SPDX-License-Identifier: GPL-3.0-or-later

CREATE TABLE ledger_transfers (
    seq BIGINT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,          -- credit, hold, post, void
    phase TEXT NOT NULL,         -- credit, hold, settle
    session TEXT,                -- NULL: none
    owner TEXT NOT NULL,         -- whose money moves
    currency TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount >= 0),
    fee BIGINT NOT NULL CHECK (fee >= 0 AND fee <= amount),
    memo TEXT NOT NULL,
    created_s BIGINT NOT NULL,
    hash TEXT NOT NULL,
    UNIQUE (session, phase)
);

CREATE TABLE ledger_postings (
    transfer BIGINT NOT NULL REFERENCES ledger_transfers (seq),
    line BIGINT NOT NULL,
    kind TEXT NOT NULL,
    owner TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount BIGINT NOT NULL,
    PRIMARY KEY (transfer, line)
);
CREATE INDEX ledger_postings_account ON ledger_postings (kind, owner, currency);

CREATE TABLE ledger_balances (
    kind TEXT NOT NULL,
    owner TEXT NOT NULL,
    currency TEXT NOT NULL,
    balance BIGINT NOT NULL CHECK (balance >= 0 OR kind = 'clearing'),
    PRIMARY KEY (kind, owner, currency)
);

CREATE TABLE receipts (
    number TEXT PRIMARY KEY,
    year BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    session TEXT NOT NULL UNIQUE,
    seeker TEXT NOT NULL,
    helper TEXT NOT NULL,
    seeker_name TEXT NOT NULL,
    helper_name TEXT NOT NULL,
    need TEXT NOT NULL,
    signed_ms BIGINT NOT NULL,
    rate_minor_per_min BIGINT NOT NULL,
    currency TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    helper_amount_minor BIGINT NOT NULL,
    fee_minor BIGINT NOT NULL,
    issued_s BIGINT NOT NULL,
    UNIQUE (year, ordinal)
);
CREATE INDEX receipts_issued ON receipts (issued_s);

-- The next number comes from here, in the transaction that uses it: no gap, no double.
CREATE TABLE receipt_counters (
    year BIGINT PRIMARY KEY,
    last BIGINT NOT NULL
);
