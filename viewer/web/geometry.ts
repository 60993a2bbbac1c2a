// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Where the picture stands on the stage, and positions on it. Pure: no DOM.
//
// Lengths are CSS px unless they say otherwise; wire positions are 0…65535 across the picture.

export type Scale = "fit" | "exact";
export type Smoothing = "auto" | "sharp" | "smooth";

export interface Size {
  width: number;
  height: number;
}

export interface Placement extends Size {
  left: number;
  top: number;
  /** Whole device pixels for each picture pixel: nearest neighbour loses nothing. */
  pixelated: boolean;
}

export interface Point {
  x: number;
  y: number;
}

const WIRE_MAX = 65535;
/** Smaller is no screen: Chromium shows 2 × 2 black pixels of a track that is not enabled. */
const SCREEN_MIN_PX = 16;

export function isScreen(picture: Size): boolean {
  return picture.width >= SCREEN_MIN_PX && picture.height >= SCREEN_MIN_PX;
}

/**
 * place - the picture's rectangle on a stage
 * fit: as large as the stage allows, aspect kept. exact: one picture pixel on one device pixel; larger than
 * the stage if need be (the stage scrolls). Corners fall on device pixels, so that text stays crisp.
 */
export function place(scale: Scale, picture: Size, stage: Size, dpr: number, smoothing: Smoothing): Placement {
  const device = dpr > 0 ? dpr : 1;
  const exact = 1 / device;
  const fit = Math.min(stage.width / picture.width, stage.height / picture.height);
  let ratio = scale === "exact" ? exact : fit;
  // Up to 1 % above a whole number of device pixels, take the whole number: crisp beats a few pixels of size.
  const whole = Math.floor(ratio * device + 1e-6);
  const near = whole >= 1 && ratio * device - whole < 0.01 * whole;
  if (near) ratio = whole / device;
  const snap = (value: number): number => Math.round(value * device) / device;
  const width = Math.max(exact, snap(picture.width * ratio));
  const height = Math.max(exact, snap(picture.height * ratio));
  return {
    left: snap(Math.max(0, (stage.width - width) / 2)),
    top: snap(Math.max(0, (stage.height - height) / 2)),
    width,
    height,
    pixelated: smoothing === "sharp" || (smoothing === "auto" && near),
  };
}

/** toWire - a point relative to the stage's content; null outside the picture unless clamped */
export function toWire(at: Placement, point: Point, clamp: boolean): Point | null {
  if (at.width <= 0 || at.height <= 0) return null;
  let x = (point.x - at.left) / at.width;
  let y = (point.y - at.top) / at.height;
  if (!clamp && (x < 0 || y < 0 || x > 1 || y > 1)) return null;
  x = Math.min(1, Math.max(0, x));
  y = Math.min(1, Math.max(0, y));
  return { x: Math.round(x * WIRE_MAX), y: Math.round(y * WIRE_MAX) };
}

/** fromWire - a wire position in px of a surface of the given size */
export function fromWire(surface: Size, point: Point): Point {
  return { x: (point.x / WIRE_MAX) * surface.width, y: (point.y / WIRE_MAX) * surface.height };
}
