// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The front page: views chosen by the address's #, sign-up and log-in, and the helper's profile.

import { chooseLanguage, language, type Language, money, show, speaker } from "./i18n.ts";
import { explain } from "./problems.ts";
import { type Account, call, forget, type Helper, logIn, logOut, Problem, token } from "./session.ts";
import { texts } from "./texts.ts";

const say = speaker(texts);
const spoken = { fr: "Français", en: "English", de: "Deutsch", it: "Italiano", es: "Español", pt: "Português", ar: "العربية" };
let account: Account | null = null;

function find<T extends HTMLElement>(selector: string, under: ParentNode = document): T {
  const element = under.querySelector<T>(selector);
  if (!element) throw new Error(`missing ${selector}`);
  return element;
}

function tell(form: HTMLFormElement, kind: "bad" | "good", text: string): void {
  for (const note of form.querySelectorAll<HTMLElement>(".note")) note.hidden = true;
  const note = form.querySelector<HTMLElement>(`.note.${kind}`);
  if (!note || !text) return;
  note.textContent = text;
  note.hidden = false;
}

// --- views ---

function renderAccount(): void {
  for (const element of document.querySelectorAll<HTMLElement>("[data-when]"))
    element.hidden = (element.dataset.when === "in") !== (account !== null);
  if (!account) return;
  find("#hello").textContent = say("hello", { name: account.name });
  const balance = money(account.balance_minor, account.currency);
  const held = money(account.held_minor, account.currency);
  const lines = [account.held_minor > 0 ? say("purse_held", { balance, held }) : say("purse", { balance })];
  const earned = (account as Account & { earned_minor?: number }).earned_minor ?? 0;
  if (earned > 0) lines.push(say("purse_earned", { earned: money(earned, account.currency) }));
  find("#purse").textContent = lines.join(" ");
}

function view(): string {
  const asked = location.hash.slice(1);
  const known = document.querySelector(`[data-view="${CSS.escape(asked)}"]`) ? asked : "";
  return known === "help" && !account ? "log-in" : known;
}

function render(moveFocus = false): void {
  const chosen = view();
  document.title = chosen ? `${find(`[data-view="${chosen}"] h1`).textContent} · Pouce` : "Pouce";
  for (const section of document.querySelectorAll<HTMLElement>("[data-view]"))
    section.hidden = section.dataset.view !== chosen;
  if (chosen === "help") fillProfile(account?.helper ?? null);
  if (moveFocus) {
    const first = document.querySelector<HTMLElement>(`[data-view="${chosen}"] input`);
    (first ?? find("#main")).focus();
    if (!first) window.scrollTo(0, 0);
  }
}

function speak(): void {
  document.documentElement.lang = language();
  show(document, say);
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-language]"))
    button.setAttribute("aria-pressed", String(button.dataset.language === language()));
  find("#h-rate-label").textContent = account ? say("rate_in", { currency: account.currency }) : say("rate");
  find("#agent-command").textContent = `pouce-agent --broker ${location.origin}`;
  renderAccount();
  render();
}

async function refresh(): Promise<void> {
  if (!token()) return;
  try {
    account = (await call<{ account: Account }>("GET", "/me")).account;
  } catch (problem) {
    if (problem instanceof Problem && problem.status === 401) forget();
  }
}

// --- the forms ---

type Send = (form: HTMLFormElement, value: (name: string) => string) => Promise<void>;

/** Sends a form once at a time and shows what went wrong beside its button. */
function onSubmit(selector: string, send: Send): void {
  const form = find<HTMLFormElement>(selector);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = find<HTMLButtonElement>("button[type=submit]", form);
    const data = new FormData(form);
    tell(form, "bad", "");
    button.disabled = true;
    try {
      await send(form, (name) => String(data.get(name) ?? ""));
    } catch (problem) {
      tell(form, "bad", problem instanceof Problem ? explain(problem, say) : (problem as Error).message);
    } finally {
      button.disabled = false;
    }
  });
}

async function enter(login: string, password: string): Promise<void> {
  account = (await logIn(login, password, "Browser")).account;
  speak();
  const next = location.hash === "#help" ? "#help" : account.helper ? "#help" : "#";
  if (location.hash === next) render(true);
  else location.hash = next;
}

onSubmit("#log-in-form", async (form, value) => {
  await enter(value("login").trim().toLowerCase(), value("password"));
  form.reset();
});

onSubmit("#sign-up-form", async (form, value) => {
  const login = value("login").trim().toLowerCase();
  const name = value("name").trim();
  const password = value("password");
  if (!name) throw new Error(say("fill_name"));
  if (!/^[a-z0-9._@+-]{3,64}$/.test(login)) throw new Error(say("fill_login"));
  if (new TextEncoder().encode(password).length < 8) throw new Error(say("fill_password"));
  await call("POST", "/accounts", { login, name, password, locale: language() });
  await enter(login, password);
  form.reset();
});

function fillProfile(helper: Helper | null): void {
  const chosen = new Set(helper?.languages ?? [language()]);
  find("#h-languages").replaceChildren(
    find("#h-languages legend"),
    ...Object.entries(spoken).map(([tag, name]) => {
      const label = document.createElement("label");
      const box = document.createElement("input");
      box.type = "checkbox";
      box.name = "language";
      box.value = tag;
      box.checked = chosen.has(tag);
      label.lang = tag;
      label.append(box, name);
      return label;
    }),
  );
  if (!helper) return;
  find<HTMLInputElement>("#h-skills").value = helper.skills.join(", ");
  find<HTMLInputElement>("#h-place").value = helper.place;
  find<HTMLInputElement>("#h-rate").value = inWords(helper.rate_minor_per_min);
  find<HTMLTextAreaElement>("#h-about").value = helper.about;
}

/** An amount as the reader types it, without the currency: 0.50 or 0,50. */
function inWords(minor: number): string {
  const text = (minor / 10 ** digits()).toFixed(digits());
  return language() === "fr" ? text.replace(".", ",") : text;
}

function digits(): number {
  const format = new Intl.NumberFormat("en", { style: "currency", currency: account?.currency ?? "EUR" });
  return format.resolvedOptions().maximumFractionDigits ?? 2;
}

onSubmit("#help-form", async (form, value) => {
  const rate = Number(value("rate").trim().replace(",", ".") || "0");
  const skills = value("skills").split(/[,;\n]/).map((skill) => skill.trim()).filter(Boolean);
  if (!Number.isFinite(rate) || rate < 0) throw new Error(say("fill_rate"));
  if (skills.length > 7 || skills.some((skill) => [...skill].length > 40)) throw new Error(say("fill_skills"));
  const known = (account?.helper?.languages ?? []).filter((tag) => !(tag in spoken));
  const answer = await call<{ helper: Helper }>("PUT", "/me/helper", {
    skills,
    languages: [...new FormData(form).getAll("language").map(String), ...known].slice(0, 7),
    place: value("place").trim(),
    rate_minor_per_min: Math.round(rate * 10 ** digits()),
    about: value("about").trim(),
  });
  if (account) account.helper = answer.helper;
  tell(form, "good", say("saved"));
});

find("#log-out").addEventListener("click", async () => {
  await logOut().catch(() => undefined);
  account = null;
  location.hash = "#";
  speak();
});

for (const button of document.querySelectorAll<HTMLButtonElement>("[data-language]"))
  button.addEventListener("click", () => {
    chooseLanguage(button.dataset.language as Language);
    speak();
  });

window.addEventListener("hashchange", () => render(true));
speak();
await refresh();
speak();
document.documentElement.dataset.ready = "true";
