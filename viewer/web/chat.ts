// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What is written to one another, in the order in which it came. Text only.

import { byId } from "./dom.ts";
import { say } from "./words.ts";

/** Messages kept on the page. */
const MESSAGES_MAX = 500;

export class Chat {
  #log = byId("chat-log");
  #form = byId<HTMLFormElement>("chat-form");
  #input = byId<HTMLInputElement>("chat-text");

  /** @param send says whether the message went out */
  constructor(send: (text: string) => boolean) {
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.#input.value.trim();
      if (!text) return;
      if (!send(text)) return this.#add("", say("chat.lost"), "problem");
      this.#add(say("chat.me"), text, "mine");
      this.#input.value = "";
    });
  }

  clear(): void {
    this.#log.replaceChildren();
    this.#input.value = "";
  }

  heard(name: string, text: string): void {
    this.#add(name, text, "theirs");
  }

  #add(who: string, text: string, kind: "mine" | "theirs" | "problem"): void {
    const line = document.createElement("p");
    line.className = kind;
    if (who) {
      const author = document.createElement("strong");
      author.textContent = who;
      line.append(author, " ");
    }
    line.append(text);
    this.#log.append(line);
    while (this.#log.childElementCount > MESSAGES_MAX) this.#log.firstElementChild?.remove();
    this.#log.scrollTop = this.#log.scrollHeight;
  }
}
