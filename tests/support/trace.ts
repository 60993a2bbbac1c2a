// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Where the time between a change and its picture goes: joins what agent and viewer print with POUCE_TRACE=1
// (codec/video/trace.h). One machine, one monotonic clock.

import { percentile } from "./latency.ts";
import type { Program } from "./programs.ts";

/** Each part from the stamp before it; "wait" is from the damage to the grab: pace, a full link, another frame. */
const parts: [name: string, from: string, to: string][] = [
  ["wait", "damaged_us", "begun_us"],
  ["grab", "begun_us", "grabbed_us"],
  ["convert", "grabbed_us", "converted_us"],
  ["encode", "converted_us", "encoded_us"],
  ["send", "encoded_us", "sent_us"],
  ["packets", "sent_us", "received_us"],
  ["queue", "received_us", "decoding_us"],
  ["decode", "decoding_us", "decoded_us"],
  ["all", "damaged_us", "decoded_us"],
];

export type Parts = Record<string, { p50_ms: number; p95_ms: number }>;

/** Of the frames that a change made and that arrived, from the agent's line @fromLine on. */
export function traceParts(agent: Program, viewer: Program, fromLine = 0): { frames: number; parts: Parts } {
  const arrived = viewer.events("trace");
  // Equal changes make equal frames: a line belongs to the first one that arrived after it was made.
  const joined = agent
    .events("trace")
    .slice(fromLine)
    .filter((event) => "damaged_us" in event && !("more_us" in event)) // of a change in parts the last one
    .flatMap((event): Record<string, unknown>[] => {
      const made = Number(event["encoded_us"]);
      const other = arrived.find((each) => each["frame"] === event["frame"] && Number(each["received_us"]) >= made);
      return other ? [{ ...event, ...other }] : [];
    });
  const round = (us: number): number => Math.round(us / 10) / 100;
  const found = parts.map(([name, from, to]): [string, Parts[string]] => {
    const us = joined.map((event) => Number(event[to]) - Number(event[from])).filter((each) => !Number.isNaN(each));
    return [name, { p50_ms: round(percentile(us, 50)), p95_ms: round(percentile(us, 95)) }];
  });
  return { frames: joined.length, parts: Object.fromEntries(found) };
}
