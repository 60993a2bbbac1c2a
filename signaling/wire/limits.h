// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
//
// Every limit of PROTOCOL.md as a named constant, so that both sides of a socket refuse the same
// things. Characters are Unicode scalars; bytes are bytes.
#pragma once

#define POUCE_PROTOCOL_VERSION 1

#define POUCE_INTEGER_MAX ((gint64)9007199254740991) // 2^53 - 1: exact in every JSON reader

#define POUCE_JSON_MAX_DEPTH 32 // brackets open at once
#define POUCE_SWITCHBOARD_MAX_BYTES (32 * 1024)
#define POUCE_SDP_MAX_BYTES (24 * 1024)
#define POUCE_CANDIDATE_MAX_BYTES 512
#define POUCE_CANDIDATES_MAX 50 // a side a session
#define POUCE_CONTROL_MAX_BYTES (16 * 1024)
#define POUCE_HTTP_BODY_MAX_BYTES (64 * 1024)

#define POUCE_CHAT_MAX_CHARS 2000
#define POUCE_NEED_MAX_CHARS 500
#define POUCE_NAME_MAX_CHARS 80
#define POUCE_LOGIN_MIN_CHARS 3
#define POUCE_LOGIN_MAX_CHARS 64
#define POUCE_PASSWORD_MIN_BYTES 8
#define POUCE_PASSWORD_MAX_BYTES 256
#define POUCE_SKILLS_MAX 7
#define POUCE_SKILL_MAX_CHARS 40
#define POUCE_LANGUAGES_MAX 7
#define POUCE_LANGUAGE_MAX_BYTES 16
#define POUCE_PLACE_MAX_CHARS 80
#define POUCE_ABOUT_MAX_CHARS 500
#define POUCE_COMMENT_MAX_CHARS 500
#define POUCE_REASONS_MAX 16
#define POUCE_ICE_SERVERS_MAX 8
#define POUCE_ICE_URLS_MAX 4 // a server
#define POUCE_ICE_TEXT_MAX_CHARS 512
#define POUCE_TOKEN_MAX_BYTES 512
#define POUCE_DETAIL_MAX_CHARS 500
#define POUCE_WELCOME_SESSIONS_MAX 8
#define POUCE_TICKS_MAX 16 // a `ticks` message

#define POUCE_INK_POINTS_MAX 128 // a message
#define POUCE_MONITORS_MAX 16
#define POUCE_TYPE_MAX_CHARS 40 // name of a message type that is quoted back
#define POUCE_CURSOR_MAX_PX 96  // either side

#define POUCE_ID_CHARS 36
#define POUCE_HEX32_CHARS 32
#define POUCE_HEX64_CHARS 64
#define POUCE_KEY_BYTES 32
#define POUCE_SIG_BYTES 64
#define POUCE_KEY_B64U_CHARS 43
#define POUCE_CURRENCY_CHARS 3

#define POUCE_TEXT_MAX_BYTES 1024 // any signed text; the longest tick is under 700
