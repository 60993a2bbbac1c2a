// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// How far the voice is behind the picture. Each burst of the probe changes a patch of the screen at the instant at which
// its sound was due; the sound itself enters the microphone a little later, which is taken off.

import type { Change } from "./latency.ts";
import type { Tone } from "./sound.ts";

export type Offsets = { picture_ms: number[]; offset_ms: number[] };

export function offsets(tone: Tone, decoded: Change[]): Offsets {
  const result: Offsets = { picture_ms: [], offset_ms: [] };
  tone.flashes_us.forEach((flashed, index) => {
    const next = tone.flashes_us[index + 1] ?? Infinity;
    const shown = decoded.find((change) => change.us >= flashed && change.us < next && change.luma > 127 === (index % 2 === 0));
    const said = tone.mouth.onsets_us.find((at) => at >= flashed - 10_000 && at < flashed + 200_000);
    const heard = said === undefined ? undefined : tone.ear.onsets_us.find((at) => at >= said && at < said + 500_000);
    if (!shown) return;
    result.picture_ms.push((shown.us - flashed) / 1000);
    if (said !== undefined && heard !== undefined) result.offset_ms.push((heard - said - (shown.us - flashed)) / 1000);
  });
  return result;
}
