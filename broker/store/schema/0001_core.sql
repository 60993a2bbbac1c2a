-- SPDX-FileCopyrightText: 2026 The Pouce authors
-- SPDX-License-Identifier: GPL-3.0-or-later
-- Types are TEXT, BIGINT and BLOB; ids and times come from the program.

CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    locale TEXT NOT NULL,
    salt BLOB NOT NULL,
    password BLOB NOT NULL,
    scrypt_n BIGINT NOT NULL,
    scrypt_r BIGINT NOT NULL,
    scrypt_p BIGINT NOT NULL,
    created_s BIGINT NOT NULL
);

CREATE TABLE devices (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id),
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    public_key BLOB NOT NULL UNIQUE,
    created_s BIGINT NOT NULL
);
CREATE INDEX devices_account ON devices (account);

CREATE TABLE tokens (
    hash BLOB PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id),
    device TEXT NOT NULL REFERENCES devices (id),
    created_s BIGINT NOT NULL,
    expires_s BIGINT NOT NULL
);
CREATE INDEX tokens_expires ON tokens (expires_s);

-- Lists are texts with one item a line.
CREATE TABLE helpers (
    account TEXT PRIMARY KEY REFERENCES accounts (id),
    skills TEXT NOT NULL,
    languages TEXT NOT NULL,
    place TEXT NOT NULL,
    about TEXT NOT NULL,
    currency TEXT NOT NULL,
    rate_minor_per_min BIGINT NOT NULL CHECK (rate_minor_per_min >= 0),
    changed_s BIGINT NOT NULL
);

CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    seeker TEXT NOT NULL,
    seeker_name TEXT NOT NULL,
    seeker_device TEXT NOT NULL,
    seeker_key BLOB,
    helper TEXT NOT NULL,
    helper_name TEXT NOT NULL,
    helper_device TEXT NOT NULL,
    helper_key BLOB,
    need TEXT NOT NULL,
    language TEXT NOT NULL,
    place TEXT NOT NULL,
    candidates TEXT NOT NULL,
    price TEXT NOT NULL,
    rate_minor_per_min BIGINT NOT NULL,
    currency TEXT NOT NULL,
    cap_minor BIGINT NOT NULL,
    hold_minor BIGINT NOT NULL,
    may TEXT NOT NULL,
    expires_s BIGINT NOT NULL,
    billing TEXT NOT NULL,
    broker_live_ms BIGINT NOT NULL,
    signed_ms BIGINT NOT NULL,
    cost_minor BIGINT NOT NULL CHECK (cost_minor >= 0 AND cost_minor <= cap_minor),
    end_reason TEXT NOT NULL,
    receipt TEXT NOT NULL,
    created_s BIGINT NOT NULL,
    live_s BIGINT NOT NULL,
    ended_s BIGINT NOT NULL,
    stars BIGINT NOT NULL,
    comment TEXT NOT NULL
);
CREATE INDEX sessions_seeker ON sessions (seeker, id);
CREATE INDEX sessions_helper ON sessions (helper, id);
CREATE INDEX sessions_created ON sessions (created_s);
CREATE INDEX sessions_state ON sessions (state);

CREATE TABLE ticks (
    session TEXT NOT NULL,
    role TEXT NOT NULL,
    seq BIGINT NOT NULL CHECK (seq >= 1),
    live_ms BIGINT NOT NULL CHECK (live_ms >= 0),
    tick BLOB NOT NULL,
    sig BLOB NOT NULL,
    counter_sig BLOB NOT NULL,
    received_s BIGINT NOT NULL,
    PRIMARY KEY (session, role, seq)
);

CREATE TABLE ratings (
    session TEXT PRIMARY KEY,
    seeker TEXT NOT NULL,
    helper TEXT NOT NULL,
    stars BIGINT NOT NULL CHECK (stars >= 1 AND stars <= 5),
    comment TEXT NOT NULL,
    rated_s BIGINT NOT NULL
);
CREATE INDEX ratings_helper ON ratings (helper);

CREATE TABLE audit (
    seq BIGINT PRIMARY KEY,
    time_s BIGINT NOT NULL,
    actor TEXT NOT NULL,
    subject TEXT NOT NULL,
    event TEXT NOT NULL,
    detail TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE INDEX audit_subject ON audit (subject, seq);

CREATE TABLE requests (
    account TEXT NOT NULL,
    key TEXT NOT NULL,
    body_hash BLOB NOT NULL,
    status BIGINT NOT NULL,
    answer BLOB NOT NULL,
    answered_s BIGINT NOT NULL,
    PRIMARY KEY (account, key)
);
