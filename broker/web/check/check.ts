// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The connection check: runs the probes, shows each finding as it comes, and says at the end whether Pouce works here.

import { chooseLanguage, language, type Language, show, speaker } from "../i18n.ts";
import { explain } from "../problems.ts";
import { call, forget, logIn, Problem, token } from "../session.ts";
import { type Finding, type IceServer, probeBrowser, probeHttp, probeSocket, probeWays, verdict, ways } from "./probes.ts";
import { texts } from "./texts.ts";

const say = speaker(texts);
type Key = keyof typeof texts;

let findings: Finding[] = [];
let running = false;

function find<T extends HTMLElement>(selector: string): T {
  const element = document.querySelector<T>(selector);
  if (!element) throw new Error(`missing ${selector}`);
  return element;
}

function made<K extends keyof HTMLElementTagNameMap>(tag: K, className: string, text: string): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

function item(finding: Finding): HTMLLIElement {
  const { part, state, text, advice, values } = finding;
  const out = made("li", "stack", "");
  out.dataset.part = part;
  out.dataset.state = state;
  const head = made("p", "row", "");
  const kind = state === "skipped" ? "" : ` ${state}`;
  head.append(made("span", `badge${kind}`, say(state)), made("strong", "", say(`part_${part}` as Key)));
  out.append(head, made("p", "", say(text as Key, values)));
  if (advice) out.append(made("p", "soft", say(advice as Key, values)));
  return out;
}

function draw(): void {
  find("#findings").replaceChildren(...findings.map(item));
  const note = find("#verdict");
  const chosen = running ? null : verdict(findings);
  note.className = `note ${chosen === "all_good" ? "good" : chosen === "cannot" ? "bad" : chosen ? "warn" : ""}`;
  const words = say(chosen ?? "running");
  if (note.textContent !== words) note.textContent = words;
  note.dataset.verdict = chosen ?? "";
  find("#door").hidden = token() !== null;
  find<HTMLButtonElement>("#again").disabled = running;
  find<HTMLButtonElement>("#copy").disabled = running;
}

function tell(...more: Finding[]): void {
  findings.push(...more);
  draw();
}

/** About all relays at once: none of them was tried. */
const relays = (state: Finding["state"], text: Key, values: Finding["values"] = {}): Finding => ({ part: "relay", state, text, advice: "", values });

async function checkWays(): Promise<void> {
  if (!token()) return tell(relays("skipped", "relay_skipped"));
  try {
    const { ice_servers } = await call<{ ice_servers: IceServer[] }>("POST", "/check");
    await probeWays(ways(ice_servers), tell);
  } catch (problem) {
    if (problem instanceof Problem && problem.status === 401) {
      forget();
      tell(relays("skipped", "relay_skipped"));
    } else tell(relays("bad", "servers_bad", { detail: explain(problem, say) }));
  }
}

async function check(): Promise<void> {
  if (running) return;
  running = true;
  findings = [];
  find("#copied").textContent = "";
  draw();
  const browser = await probeBrowser();
  tell(...browser);
  const http = await probeHttp();
  tell(http);
  tell(await probeSocket());
  if (http.state === "bad") tell(relays("skipped", "relay_unknown"));
  else if (typeof RTCPeerConnection === "function") await checkWays();
  running = false;
  draw();
}

// --- the page ---

function report(): string {
  const lines = findings.map(({ part, state, text, values }) => `${say(state)}: ${say(`part_${part}` as Key)}: ${say(text as Key, values)}`);
  return [`Pouce ${location.origin} ${new Date().toISOString()}`, find("#verdict").textContent ?? "", ...lines, navigator.userAgent].join("\n");
}

find<HTMLFormElement>("#log-in-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target as HTMLFormElement;
  const data = new FormData(form);
  const note = find("#log-in-form .note");
  note.hidden = true;
  try {
    await logIn(String(data.get("login")).trim().toLowerCase(), String(data.get("password")), "Browser");
    form.reset();
    await check();
  } catch (problem) {
    note.textContent = explain(problem, say);
    note.hidden = false;
  }
});

find("#again").addEventListener("click", () => void check());
find("#copy").addEventListener("click", async () => {
  await navigator.clipboard.writeText(report()).then(
    () => (find("#copied").textContent = say("copied")),
    () => (find("#copied").textContent = report()),
  );
});

function speak(): void {
  document.documentElement.lang = language();
  document.title = `${say("title")} · Pouce`;
  show(document, say as never);
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-language]"))
    button.setAttribute("aria-pressed", String(button.dataset.language === language()));
  draw();
}

for (const button of document.querySelectorAll<HTMLButtonElement>("[data-language]"))
  button.addEventListener("click", () => {
    chooseLanguage(button.dataset.language as Language);
    speak();
  });

running = true;
speak();
running = false;
void check();
