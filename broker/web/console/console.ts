// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The operators' page: reads the broker's events (server-sent events over fetch, because the token travels in a
// header), draws one snapshot a second, and connects again when the stream ends.

import { chooseLanguage, duration, language, type Language, locale, money, show, speaker } from "../i18n.ts";
import { explain, problems } from "../problems.ts";
import { forget, logIn, logOut, Problem, token } from "../session.ts";

interface Session {
  id: string;
  state: string;
  seeker: string;
  helper: string;
  need: string;
  created_s: number;
  signed_ms: number;
  cost_minor: number;
  rate_minor_per_min: number;
  currency: string;
  stats: { fps: number; bitrate_bps: number; rtt_ms: number; lost: number; bytes: number } | null;
}

interface Snapshot {
  time_s: number;
  currency: string;
  online: number;
  helpers: number;
  people: { id: string; name: string; helper: boolean; available: "now" | "busy" | "away"; place: string }[];
  open: Session[];
  live: Session[];
  today: { sessions: number; settled: number; failed: number; signed_ms: number; cost_minor: number };
}

const say = speaker({
  ...problems,
  skip: ["Skip to the content", "Aller au contenu"],
  language: ["Language", "Langue"],
  title: ["Operators’ console", "Console des opérateurs"],
  login: ["Login", "Identifiant"],
  password: ["Password", "Mot de passe"],
  log_in: ["Log in", "Se connecter"],
  log_out: ["Log out", "Se déconnecter"],
  become: [
    "An operator is made on the server: poucectl account operator LOGIN",
    "On nomme un opérateur sur le serveur : poucectl account operator IDENTIFIANT",
  ],
  not_operator: ["This account is not an operator of this broker.", "Ce compte n’est pas opérateur de ce serveur."],
  today: ["Today", "Aujourd’hui"],
  live: ["Live sessions", "Sessions en cours"],
  open: ["Open requests", "Demandes ouvertes"],
  people: ["People online", "Personnes en ligne"],
  tile_online: ["online now", "en ligne"],
  tile_helpers: ["helpers enrolled", "aidants inscrits"],
  tile_sessions: ["sessions", "sessions"],
  tile_settled: ["settled", "réglées"],
  tile_failed: ["without help", "sans aide"],
  tile_time: ["signed time", "temps signé"],
  tile_turnover: ["turnover", "chiffre d’affaires"],
  no_live: ["Nobody is being helped right now.", "Personne n’est aidé en ce moment."],
  no_open: ["No request is waiting.", "Aucune demande n’attend."],
  no_people: ["Nobody is connected.", "Personne n’est connecté."],
  seeker: ["Seeker", "Demandeur"],
  helper: ["Helper", "Aidant"],
  need: ["Need", "Besoin"],
  state: ["State", "État"],
  since: ["Since", "Depuis"],
  signed: ["Signed", "Signé"],
  cost: ["Cost", "Coût"],
  bitrate: ["Bitrate", "Débit"],
  latency: ["Round trip", "Aller-retour"],
  frames: ["Frames/s", "Images/s"],
  linked: ["Live", "En direct"],
  unlinked: ["Connecting…", "Connexion…"],
  state_open: ["open", "ouverte"],
  state_ringing: ["ringing", "sonne"],
  state_accepted: ["accepted", "acceptée"],
  state_connecting: ["connecting", "connexion"],
  state_live: ["live", "en cours"],
  state_paused: ["paused", "en pause"],
  now: ["free", "libre"],
  busy: ["busy", "occupé"],
  away: ["not taking calls", "ne prend pas d’appels"],
} as const);

type Key = Parameters<typeof say>[0];

function find<T extends HTMLElement>(selector: string): T {
  const element = document.querySelector<T>(selector);
  if (!element) throw new Error(`missing ${selector}`);
  return element;
}

function made<K extends keyof HTMLElementTagNameMap>(tag: K, className = "", text = ""): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

let last: Snapshot | null = null;
let stream: AbortController | null = null;

// --- drawing ---

type Column = [title: Key, cell: (session: Session) => string | HTMLElement, className?: string];

function stateBadge(session: Session): HTMLElement {
  const kind = session.state === "live" ? " good" : session.state === "paused" || session.state === "ringing" ? " warn" : "";
  return made("span", `badge${kind}`, say(`state_${session.state}` as Key));
}

function bitrate(bps: number): string {
  const unit = bps >= 1e6 ? "Mb/s" : "kb/s";
  return `${new Intl.NumberFormat(locale(), { maximumFractionDigits: 1 }).format(bps / (bps >= 1e6 ? 1e6 : 1e3))} ${unit}`;
}

const shared: Column[] = [
  ["state", stateBadge],
  ["seeker", (s) => s.seeker],
  ["helper", (s) => s.helper || "–"],
  ["need", (s) => s.need, "need"],
];

const liveColumns: Column[] = [
  ...shared,
  ["signed", (s) => duration(s.signed_ms), "number"],
  ["cost", (s) => money(s.cost_minor, s.currency), "number"],
  ["bitrate", (s) => (s.stats ? bitrate(s.stats.bitrate_bps) : "–"), "number"],
  ["latency", (s) => (s.stats ? `${s.stats.rtt_ms} ms` : "–"), "number"],
  ["frames", (s) => (s.stats ? String(s.stats.fps) : "–"), "number"],
];

const openColumns: Column[] = [
  ...shared,
  ["since", (s) => duration(((last?.time_s ?? s.created_s) - s.created_s) * 1000), "number"],
];

function sessionRow(session: Session, columns: Column[]): HTMLTableRowElement {
  const row = made("tr");
  row.dataset.session = session.id;
  row.setAttribute("role", "row");
  for (const [title, cell, className] of columns) {
    const into = row.insertCell();
    if (className) into.className = className;
    into.setAttribute("role", "cell");
    into.dataset.column = title;
    into.dataset.label = say(title);
    into.append(cell(session));
  }
  return row;
}

function table(where: string, columns: Column[], rows: Session[], nothing: Key): void {
  if (rows.length === 0) {
    find(where).replaceChildren(made("p", "empty", say(nothing)));
    return;
  }
  // The roles are said outright, because a narrow window shows rows as cards, which ends the table's own meaning.
  const out = made("table", "cards");
  out.setAttribute("role", "table");
  out.setAttribute("aria-labelledby", `${where.slice(1)}-title`);
  const head = out.createTHead();
  head.setAttribute("role", "rowgroup");
  const titles = head.insertRow();
  titles.setAttribute("role", "row");
  for (const [title, , className] of columns) {
    const cell = made("th", className ?? "", say(title));
    cell.scope = "col";
    cell.setAttribute("role", "columnheader");
    titles.append(cell);
  }
  const body = out.createTBody();
  body.setAttribute("role", "rowgroup");
  body.append(...rows.map((session) => sessionRow(session, columns)));
  find(where).replaceChildren(out);
}

function tiles(snapshot: Snapshot): void {
  const number = new Intl.NumberFormat(locale());
  const { today } = snapshot;
  const values: [Key, string][] = [
    ["tile_online", number.format(snapshot.online)],
    ["tile_helpers", number.format(snapshot.helpers)],
    ["tile_sessions", number.format(today.sessions)],
    ["tile_settled", number.format(today.settled)],
    ["tile_failed", number.format(today.failed)],
    ["tile_time", duration(today.signed_ms)],
    ["tile_turnover", money(today.cost_minor, snapshot.currency)],
  ];
  find("#tiles").replaceChildren(
    ...values.map(([key, value]) => {
      const tile = made("div", "card flat tile");
      tile.dataset.tile = key;
      tile.append(made("span", "value", value), made("span", "small soft", say(key)));
      return tile;
    }),
  );
}

function people(snapshot: Snapshot): void {
  if (snapshot.people.length === 0) {
    find("#people").replaceChildren(made("p", "empty", say("no_people")));
    return;
  }
  const list = made("ul", "people");
  for (const person of snapshot.people) {
    const item = made("li");
    const initials = person.name.split(/\s+/).map((word) => [...word][0] ?? "").slice(0, 2).join("").toUpperCase();
    const avatar = made("span", "avatar", initials);
    avatar.setAttribute("aria-hidden", "true");
    const words = made("span");
    words.append(made("strong", "", person.name));
    if (person.helper) words.append(made("span", "small soft", ` · ${say(person.available)}${person.place ? ` · ${person.place}` : ""}`));
    item.append(avatar, words);
    if (person.helper)
      item.append(made("span", `dot${person.available === "now" ? " good" : person.available === "busy" ? " warn" : ""}`));
    list.append(item);
  }
  find("#people").replaceChildren(list);
}

function draw(): void {
  if (!last) return;
  tiles(last);
  table("#live", liveColumns, last.live, "no_live");
  table("#open", openColumns, last.open, "no_open");
  people(last);
}

function linked(yes: boolean): void {
  find("#link .dot").className = `dot${yes ? " good" : ""}`;
  const text = say(yes ? "linked" : "unlinked");
  if (find("#link-text").textContent !== text) find("#link-text").textContent = text;
}

// --- the stream ---

async function read(signal: AbortSignal): Promise<void> {
  const answer = await fetch("/console/events", { headers: { Authorization: `Bearer ${token()}` }, signal });
  if (!answer.ok || !answer.body) throw new Problem(answer.status, answer.status === 403 ? "forbidden" : "unauthenticated", "");
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    rest += value;
    const events = rest.split("\n\n");
    rest = events.pop() ?? "";
    const newest = events.at(-1);
    const data = newest?.split("\n").find((line) => line.startsWith("data: "));
    if (!data) continue;
    last = JSON.parse(data.slice(6)) as Snapshot;
    linked(true);
    draw();
    document.documentElement.dataset.ready = "true";
  }
}

async function follow(): Promise<void> {
  stream?.abort();
  const own = (stream = new AbortController());
  enter(true);
  while (!own.signal.aborted) {
    try {
      await read(own.signal);
    } catch (problem) {
      if (problem instanceof Problem && (problem.status === 401 || problem.status === 403)) {
        forget();
        enter(false);
        if (problem.status === 403) refuse(say("not_operator"));
        return;
      }
    }
    linked(false);
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}

// --- the door ---

function enter(inside: boolean): void {
  find("#door").hidden = inside;
  find("#board").hidden = !inside;
  find("#link").hidden = !inside;
  find("#log-out").hidden = !inside;
  linked(false);
  if (!inside) find("#login").focus();
}

function refuse(text: string): void {
  const note = find("#log-in-form .note");
  note.textContent = text;
  note.hidden = !text;
}

find<HTMLFormElement>("#log-in-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target as HTMLFormElement;
  const data = new FormData(form);
  refuse("");
  try {
    await logIn(String(data.get("login")).trim().toLowerCase(), String(data.get("password")), "Console");
    form.reset();
    void follow();
  } catch (problem) {
    refuse(explain(problem, say));
  }
});

find("#log-out").addEventListener("click", async () => {
  stream?.abort();
  await logOut().catch(() => undefined);
  last = null;
  enter(false);
});

function speak(): void {
  document.documentElement.lang = language();
  document.title = `${say("title")} · Pouce`;
  show(document, say as never);
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-language]"))
    button.setAttribute("aria-pressed", String(button.dataset.language === language()));
  linked(last !== null);
  draw();
}

for (const button of document.querySelectorAll<HTMLButtonElement>("[data-language]"))
  button.addEventListener("click", () => {
    chooseLanguage(button.dataset.language as Language);
    speak();
  });

speak();
if (token()) void follow();
else enter(false);
