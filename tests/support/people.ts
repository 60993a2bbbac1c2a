// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A seeker with money and a helper with a profile, made through the broker's own doors.

import { generateKeyPairSync } from "node:crypto";
import { api, type Broker, type Person, type Stage } from "./programs.ts";

export type HelperProfile = {
  skills: string[];
  languages: string[];
  place: string;
  rate_minor_per_min: number;
  about: string;
};

export const defaultProfile: HelperProfile = {
  skills: ["printing", "e-mail", "spreadsheets"],
  languages: ["fr", "en"],
  place: "Grenoble",
  rate_minor_per_min: 60,
  about: "Patient, and fond of old printers.",
};

export async function signUp(stage: Stage, broker: Broker, login: string, name: string): Promise<Person> {
  const person = stage.person(login);
  const body = { login, name, password: person.password, locale: "en" };
  const answer = await api(broker, "POST", "/accounts", { body });
  if (answer.status !== 201) throw new Error(`sign-up of ${login}: ${JSON.stringify(answer)}`);
  return person;
}

/** A token for HTTP alone; the programs log in by themselves with their own device keys. */
export async function logIn(broker: Broker, person: Person): Promise<{ token: string; account: any }> {
  const { publicKey } = generateKeyPairSync("ed25519");
  const jwk = publicKey.export({ format: "jwk" });
  const device = { name: "test", kind: "browser", public_key: jwk.x };
  const body = { login: person.login, password: person.password, device };
  const answer = await api(broker, "POST", "/login", { body });
  if (answer.status !== 200) throw new Error(`log-in of ${person.login}: ${JSON.stringify(answer)}`);
  return { token: answer.body.token, account: answer.body.account };
}

export async function makeHelper(
  stage: Stage,
  broker: Broker,
  login: string,
  name: string,
  profile: HelperProfile = defaultProfile,
): Promise<Person> {
  const person = await signUp(stage, broker, login, name);
  const { token } = await logIn(broker, person);
  const answer = await api(broker, "PUT", "/me/helper", { token, body: profile });
  if (answer.status !== 200) throw new Error(`profile of ${login}: ${JSON.stringify(answer)}`);
  return person;
}

/** @amount: decimal text, "50.00" */
export async function makeSeeker(
  stage: Stage,
  broker: Broker,
  login: string,
  name: string,
  amount = "50.00",
): Promise<Person> {
  const person = await signUp(stage, broker, login, name);
  broker.ctl(["account", "credit", login, amount]);
  return person;
}

/** A broker with a helper and a seeker, who has @amount. */
export async function makePair(stage: Stage, amount?: string): Promise<{ broker: Broker; helper: Person; seeker: Person }> {
  const broker = await stage.broker();
  const helper = await makeHelper(stage, broker, "helper", "Helper");
  const seeker = await makeSeeker(stage, broker, "seeker", "Seeker", amount);
  return { broker, helper, seeker };
}

/** The options of an agent that asks the first helper at once, with its consent given in advance. */
export function asks(consent: string, cap = "5.00"): string[] {
  return ["--ask", "printing", "--helper", "first", "--cap", cap, "--consent", consent];
}
