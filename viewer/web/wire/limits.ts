// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Limits of PROTOCOL.md that the browser's side needs; the same numbers as signaling/wire/limits.h.

export const INTEGER_MAX = Number.MAX_SAFE_INTEGER;
export const CONTROL_MAX_BYTES = 16 * 1024;
export const SWITCHBOARD_MAX_BYTES = 32 * 1024;
export const CHAT_MAX_CHARS = 2000;
export const NAME_MAX_CHARS = 80;
export const TYPE_MAX_CHARS = 40;
export const INK_POINTS_MAX = 128;
export const MONITORS_MAX = 16;
export const CURSOR_MAX_PX = 96;
export const TICKS_MAX = 16;
export const TEXT_MAX_BYTES = 1024;
