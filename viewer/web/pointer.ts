// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The helper's mouse, pen or finger on the stage: points, draws, or works, whichever holds.

import type { Ink } from "./ink.ts";
import type { InputMap } from "./input_map.ts";
import type { Stage } from "./stage.ts";
import type { Viewing } from "./viewing.ts";

/** A wheel's notch is 120 on the wire, about 100 px in browsers, or three lines. */
const NOTCH_PER_PX = 1.2;
const NOTCH_PER_LINE = 40;
const PAGE_NOTCHES = 1200;
const BUTTONS: readonly (1 | 2 | 3)[] = [1, 2, 3];

export interface PointerOwner {
  viewing(): Viewing | null;
  stage: Stage;
  ink: Ink;
  map: InputMap;
  /** What the tools say. */
  points(): boolean;
  draws(): boolean;
  color(): string;
}

export function followPointer(element: HTMLElement, owner: PointerOwner): void {
  const { stage, ink, map } = owner;
  let latest: { x: number; y: number } | null = null;
  let shown = false;
  let frame = 0;
  let rest = { x: 0, y: 0 };

  const works = (): boolean => !owner.draws() && (owner.viewing()?.controls ?? false);

  const tell = (): void => {
    frame = 0;
    ink.flush();
    const viewing = owner.viewing();
    if (!viewing || !latest) return;
    const visible = owner.points();
    if (visible || works()) viewing.point(visible, works(), latest.x, latest.y);
    shown = visible;
  };
  // At once when nothing is under way, else with the next picture: no needless wait, no flood.
  const tellSoon = (): void => {
    if (frame) return;
    tell();
    frame = requestAnimationFrame(() => {
      frame = 0;
    });
  };
  const later = (): void => {
    if (frame) cancelAnimationFrame(frame);
    frame = requestAnimationFrame(tell);
  };

  const hide = (): void => {
    if (shown && latest) owner.viewing()?.point(false, false, latest.x, latest.y);
    shown = false;
  };

  element.addEventListener("pointermove", (event) => {
    const drawing = ink.drawing;
    const at = stage.position(event, drawing || event.buttons !== 0);
    if (!at) return hide();
    latest = at;
    if (drawing) {
      for (const one of event.getCoalescedEvents?.() ?? [event]) {
        const point = stage.position(one, true);
        if (point) ink.extend(point);
      }
      stage.redraw();
      later();
    } else {
      if (frame) later();
      else tellSoon();
    }
  });

  element.addEventListener("pointerdown", (event) => {
    const at = stage.position(event, false);
    const viewing = owner.viewing();
    if (!at || !viewing) return;
    latest = at;
    if (owner.draws() && event.button === 0) {
      element.setPointerCapture(event.pointerId);
      ink.begin(owner.color(), at);
      stage.redraw();
      later();
    } else if (works()) {
      element.setPointerCapture(event.pointerId);
      const button = BUTTONS[event.button];
      if (button) for (const input of map.button(button, true, at.x, at.y)) viewing.input(input);
    } else {
      tellSoon();
    }
  });

  element.addEventListener("pointerup", (event) => {
    const at = stage.position(event, true) ?? latest;
    if (ink.drawing) {
      ink.end();
      stage.redraw();
    }
    const button = BUTTONS[event.button];
    if (button && at) for (const input of map.button(button, false, at.x, at.y)) owner.viewing()?.input(input);
  });

  element.addEventListener("pointercancel", () => ink.end());
  element.addEventListener("pointerleave", hide);
  element.addEventListener("contextmenu", (event) => {
    if (works() || owner.draws()) event.preventDefault();
  });

  element.addEventListener(
    "wheel",
    (event) => {
      const viewing = owner.viewing();
      const at = stage.position(event, false);
      if (!works() || !viewing || !at) return;
      event.preventDefault();
      const unit = event.deltaMode === 0 ? NOTCH_PER_PX : event.deltaMode === 1 ? NOTCH_PER_LINE : PAGE_NOTCHES;
      const dx = rest.x + event.deltaX * unit;
      const dy = rest.y + event.deltaY * unit;
      rest = { x: dx - Math.trunc(dx), y: dy - Math.trunc(dy) };
      for (const input of map.wheel(Math.trunc(dx), Math.trunc(dy), at.x, at.y)) viewing.input(input);
    },
    { passive: false },
  );
}
