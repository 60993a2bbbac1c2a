// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The tools below the picture: pointing, drawing and its colours, how the picture is scaled, full screen.

import { byId } from "./dom.ts";
import type { Smoothing } from "./geometry.ts";
import type { Ink } from "./ink.ts";
import type { InputMap } from "./input_map.ts";
import type { Stage } from "./stage.ts";
import { onLanguage, say } from "./words.ts";

/** Seen well on light and on dark pages, and told apart without colour vision by their lightness. */
const COLORS = { orange: "#ff6a00", blue: "#1468e8", green: "#12883c", pink: "#e5179a", black: "#161616" } as const;

/** Keys that a browser keeps for itself reach the seeker in full screen, where the browser knows how. */
type KeyboardLock = { lock?: () => Promise<void>; unlock?: () => void };

function pressed(button: HTMLElement, on: boolean): void {
  button.setAttribute("aria-pressed", String(on));
}

export class Tools {
  points = true;
  draws = false;
  color: string = COLORS.orange;
  #stage: Stage;
  #lent = false;

  constructor(stage: Stage, ink: Ink, map: InputMap) {
    this.#stage = stage;
    byId("tool-point").addEventListener("click", () => {
      this.points = !this.points;
      pressed(byId("tool-point"), this.points);
    });
    byId("tool-draw").addEventListener("click", () => this.draw(!this.draws));
    byId("ink-undo").addEventListener("click", () => ink.undo());
    byId("ink-clear").addEventListener("click", () => ink.clear());
    byId("by-place").addEventListener("click", () => {
      map.byPlace = !map.byPlace;
      pressed(byId("by-place"), map.byPlace);
    });
    this.#colors();
    this.#view();
  }

  draw(on: boolean): void {
    this.draws = on;
    pressed(byId("tool-draw"), on);
    byId("stage").classList.toggle("draws", on);
  }

  /** lend - in full screen the browser's own keys go to the seeker too, while control is lent and no longer */
  lend(on: boolean): void {
    if (on === this.#lent) return;
    this.#lent = on;
    this.#lock();
  }

  #colors(): void {
    const group = byId("colors");
    for (const [name, value] of Object.entries(COLORS) as [keyof typeof COLORS, string][]) {
      const label = document.createElement("label");
      const input = document.createElement("input");
      input.type = "radio";
      input.name = "color";
      input.value = value;
      input.checked = value === this.color;
      input.style.setProperty("--color", value);
      input.addEventListener("change", () => {
        this.color = value;
        this.draw(true);
      });
      label.append(input);
      group.append(label);
      onLanguage(() => {
        input.setAttribute("aria-label", say(`color.${name}`));
        label.title = say(`color.${name}`);
      });
    }
  }

  #view(): void {
    const scale = byId("scale");
    scale.addEventListener("click", () => {
      this.#stage.scale = this.#stage.scale === "fit" ? "exact" : "fit";
      pressed(scale, this.#stage.scale === "exact");
      this.#stage.layout();
    });
    const smoothing = byId<HTMLSelectElement>("smoothing");
    smoothing.addEventListener("change", () => {
      this.#stage.smoothing = smoothing.value as Smoothing;
      this.#stage.layout();
    });
    const full = byId("full");
    full.hidden = !document.fullscreenEnabled;
    full.addEventListener("click", () => {
      if (document.fullscreenElement) void document.exitFullscreen();
      else void byId("session").requestFullscreen();
    });
    document.addEventListener("fullscreenchange", () => {
      const on = document.fullscreenElement !== null;
      pressed(full, on);
      this.#lock();
    });
  }

  #lock(): void {
    const keyboard = (navigator as Navigator & { keyboard?: KeyboardLock }).keyboard;
    if (this.#lent && document.fullscreenElement) keyboard?.lock?.().catch(() => undefined);
    else keyboard?.unlock?.();
  }
}
