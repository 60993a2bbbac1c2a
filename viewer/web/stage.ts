// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The seeker's picture on the stage, and over it what is not in the picture: the seeker's cursor and the helper's ink.
// Draws only when something changed.

import { fromWire, isScreen, place, toWire, type Placement, type Point, type Scale, type Size, type Smoothing } from "./geometry.ts";
import type { Stroke } from "./ink.ts";
import { isNewer, parseCursor, type Cursor, type Motion } from "./wire/binary.ts";

/** Shapes kept; a desktop has a few dozen. When full, the oldest goes. */
const SHAPES_MAX = 64;
/** Ink is this wide on the seeker's screen, in its px. */
const INK_WIDTH_PX = 5;

interface Shape extends Cursor {
  bitmap: HTMLCanvasElement;
}

export class Stage {
  scale: Scale = "fit";
  smoothing: Smoothing = "auto";
  strokes: readonly Stroke[] = [];
  /** What the seeker shows; the picture may come smaller on a slow line. */
  screen: Size | null = null;
  #stage: HTMLElement;
  #content: HTMLElement;
  #video: HTMLVideoElement;
  #overlay: HTMLCanvasElement;
  #placement: Placement = { left: 0, top: 0, width: 0, height: 0, pixelated: false };
  #shapes = new Map<number, Shape>();
  #cursor: Extract<Motion, { kind: "cursor" }> | null = null;
  #drawing = false;

  constructor(stage: HTMLElement, content: HTMLElement, video: HTMLVideoElement, overlay: HTMLCanvasElement) {
    this.#stage = stage;
    this.#content = content;
    this.#video = video;
    this.#overlay = overlay;
    new ResizeObserver(() => this.layout()).observe(stage);
    video.addEventListener("resize", () => this.layout());
    video.addEventListener("loadedmetadata", () => this.layout());
    this.#followDensity();
  }

  get video(): HTMLVideoElement {
    return this.#video;
  }

  show(stream: MediaStream | null): void {
    if (this.#video.srcObject !== stream) this.#video.srcObject = stream;
    if (stream) void this.#video.play().catch(() => undefined); // muted: only a closed page refuses
  }

  reset(): void {
    this.show(null);
    this.#shapes.clear();
    this.#cursor = null;
    this.strokes = [];
    this.screen = null;
    this.redraw();
  }

  layout(): void {
    const picture = this.#shown();
    if (!isScreen(picture)) return;
    const room = { width: this.#stage.clientWidth, height: this.#stage.clientHeight };
    const at = place(this.scale, picture, room, window.devicePixelRatio, this.smoothing);
    this.#placement = at;
    this.#content.style.width = `${Math.max(room.width, at.width)}px`;
    this.#content.style.height = `${Math.max(room.height, at.height)}px`;
    for (const layer of [this.#video, this.#overlay]) {
      layer.style.left = `${at.left}px`;
      layer.style.top = `${at.top}px`;
      layer.style.width = `${at.width}px`;
      layer.style.height = `${at.height}px`;
    }
    this.#video.style.imageRendering = at.pixelated ? "pixelated" : "auto";
    this.#overlay.width = Math.round(at.width * window.devicePixelRatio);
    this.#overlay.height = Math.round(at.height * window.devicePixelRatio);
    this.redraw();
  }

  /** position - of a pointer event, 0…65535 across the picture; null outside it unless clamped */
  position(event: MouseEvent, clamp: boolean): Point | null {
    const box = this.#overlay.getBoundingClientRect();
    const { width, height } = this.#placement;
    return toWire({ left: 0, top: 0, width, height, pixelated: false }, { x: event.clientX - box.left, y: event.clientY - box.top }, clamp);
  }

  addShape(data: Uint8Array): void {
    const cursor = parseCursor(data);
    if (!cursor) return;
    const bitmap = document.createElement("canvas");
    bitmap.width = cursor.width;
    bitmap.height = cursor.height;
    const pixels = new ImageData(new Uint8ClampedArray(cursor.rgba), cursor.width, cursor.height);
    bitmap.getContext("2d")?.putImageData(pixels, 0, 0);
    if (this.#shapes.size >= SHAPES_MAX) this.#shapes.delete(this.#shapes.keys().next().value ?? 0);
    this.#shapes.set(cursor.shape, { ...cursor, bitmap });
    this.redraw();
  }

  moveCursor(motion: Motion): void {
    if (motion.kind !== "cursor") return;
    if (this.#cursor && !isNewer(motion.seq, this.#cursor.seq)) return;
    this.#cursor = motion;
    this.redraw();
  }

  /** The seeker's screen if the picture has its shape, else the picture: a change of size is told before it is seen. */
  #shown(): Size {
    const { videoWidth: width, videoHeight: height } = this.#video;
    const { screen } = this;
    const same = screen !== null && Math.abs(screen.width * height - screen.height * width) <= screen.width + screen.height;
    return width > 0 && same ? screen : { width, height };
  }

  redraw(): void {
    if (this.#drawing) return;
    this.#drawing = true;
    requestAnimationFrame(() => {
      this.#drawing = false;
      this.#draw();
    });
  }

  #draw(): void {
    const context = this.#overlay.getContext("2d");
    if (!context) return;
    const { width, height } = this.#overlay;
    context.clearRect(0, 0, width, height);
    const zoom = width / (this.#shown().width || width);
    for (const stroke of this.strokes) this.#drawStroke(context, stroke, zoom);
    this.#drawCursor(context, zoom);
  }

  #drawStroke(context: CanvasRenderingContext2D, stroke: Stroke, zoom: number): void {
    const points = stroke.points.map((point) => fromWire(this.#overlay, point));
    const [first] = points;
    if (!first) return;
    context.strokeStyle = stroke.color;
    context.lineWidth = Math.max(2, INK_WIDTH_PX * zoom);
    context.lineCap = context.lineJoin = "round";
    context.beginPath();
    context.moveTo(first.x, first.y);
    if (points.length === 1) context.lineTo(first.x, first.y);
    // Through the midpoints: round corners from few points.
    points.forEach((point, at) => {
      const next = points[at + 1] ?? point;
      context.quadraticCurveTo(point.x, point.y, (point.x + next.x) / 2, (point.y + next.y) / 2);
    });
    context.stroke();
  }

  #drawCursor(context: CanvasRenderingContext2D, zoom: number): void {
    const cursor = this.#cursor;
    const shape = cursor && this.#shapes.get(cursor.shape);
    if (!cursor?.visible || !shape) return;
    const at = fromWire(this.#overlay, cursor);
    // A picture made small must not make the cursor invisible.
    const size = Math.max(zoom, 0.5 * window.devicePixelRatio);
    context.imageSmoothingEnabled = !Number.isInteger(size);
    context.drawImage(
      shape.bitmap,
      Math.round(at.x - shape.hot_x * size),
      Math.round(at.y - shape.hot_y * size),
      shape.width * size,
      shape.height * size,
    );
  }

  /** The window may move to a screen of another density. */
  #followDensity(): void {
    const query = matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    query.addEventListener(
      "change",
      () => {
        this.layout();
        this.#followDensity();
      },
      { once: true },
    );
  }
}
