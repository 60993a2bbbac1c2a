// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The real programs in the lab's internet: one broker and one relay on it, a helper and a seeker who sit in
// whatever homes a test chooses.

import { writeFileSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { asks, logIn, makeHelper, makeSeeker } from "../support/people.ts";
import { api, type Broker, type Event, type Person, type Program, Stage } from "../support/programs.ts";
import { brokerAddress, brokerAddress6, brokerName, type Home, Internet } from "./internet.ts";
import { type Relay, startRelay } from "./relay.ts";

/** As behind a proxy in production: the only port that the strictest networks let out. */
const brokerPort = 443;

export const rateMinorPerMin = 60;

export type Pair = {
  agent: Program;
  viewer: Program;
  /** From "connecting" to the first decoded frame. */
  connectMs: number;
};

export class Town {
  readonly stage = new Stage();
  readonly internet: Internet;
  relay!: Relay;
  broker!: Broker;
  helper!: Person;
  seeker!: Person;
  private door: Server | undefined;
  private config = "";

  private constructor() {
    this.internet = new Internet(this.stage.path("hosts"));
  }

  static async open(): Promise<Town> {
    const town = new Town();
    try {
      await town.build();
    } catch (error) {
      await town.close();
      throw error;
    }
    return town;
  }

  private async build(): Promise<void> {
    this.relay = await startRelay(this.stage);
    this.config = this.stage.path("broker.conf");
    const many = ["address", "account", "sign_up", "log_in", "request"].map((what) => `${what}_per_min=100000`);
    const ice = [`stun=${this.relay.stun.join(";")}`, `turn=${this.relay.turn.join(";")}`];
    const lines = ["[ice]", ...ice, `turn_secret_file=${this.relay.secretFile}`, "[limits]", ...many, ""];
    writeFileSync(this.config, lines.join("\n"));
    await this.startBroker();
    this.door = createServer((near) => {
      const far = connect(brokerPort, brokerAddress);
      near.pipe(far).pipe(near);
      for (const [one, other] of [[near, far], [far, near]] as const) {
        one.on("error", () => other.destroy());
        one.on("close", () => other.destroy());
      }
    });
    await new Promise<void>((resolve) => this.door?.listen(brokerPort, brokerAddress6, resolve));
    const profile = { skills: ["printing"], languages: ["en"], place: "Lyon", rate_minor_per_min: rateMinorPerMin, about: "" };
    this.helper = await makeHelper(this.stage, this.broker, "helper", "Helper", profile);
    this.seeker = await makeSeeker(this.stage, this.broker, "seeker", "Seeker", "5000.00");
  }

  /** Starts the broker, or starts it again on the same data and address. */
  async startBroker(): Promise<void> {
    const data = this.broker?.data;
    const options = { listen: `${brokerAddress}:${brokerPort}`, args: ["--config", this.config, "--origin", `http://${brokerName}:${brokerPort}`] };
    this.broker = await this.stage.broker(data === undefined ? options : { ...options, data });
  }

  /** The broker as the ends name it. */
  get named(): Broker {
    return { ...this.broker, url: `http://${brokerName}:${brokerPort}` };
  }

  async viewer(home: Home): Promise<Program> {
    const env = { POUCE_CA_FILE: this.relay.caFile };
    const viewer = this.stage.viewer(this.named, this.helper, ["--accept"], env, home.prefix);
    await viewer.waitEvent("ready");
    return viewer;
  }

  agent(home: Home, extra: string[] = []): Program {
    const env = { POUCE_CA_FILE: this.relay.caFile };
    const request = asks("view,pointer,control");
    const args = ["--source", "pattern:640x480", ...request, ...extra];
    return this.stage.agent(this.named, this.seeker, args, env, home.prefix);
  }

  /** A session between two homes, from the request to the first picture. */
  async connect(seekerHome: Home, helperHome: Home, deadlineMs = 20000): Promise<Pair> {
    const viewer = await this.viewer(helperHome);
    const agent = this.agent(seekerHome);
    await agent.waitEvent("session", (event) => event.state === "connecting");
    const start = performance.now();
    await viewer.waitEvent("first_frame", () => true, deadlineMs);
    return { agent, viewer, connectMs: performance.now() - start };
  }

  /** As the viewer sees it, its own side first: the one that @wanted names as soon as it comes to that, or the last of 5 s. */
  async path(viewer: Program, wanted?: RegExp): Promise<string> {
    let last = "";
    let seen = 0;
    const settled = (event: Event): boolean => {
      last = String(event.path ?? "");
      return wanted ? wanted.test(last) : last !== "" && ++seen > 1;
    };
    await viewer.waitEvent("stats", settled, 5000).catch((error: Error) => {
      if (!last) throw error;
    });
    return last;
  }

  /** The newest session of the seeker, as the books have it. */
  async newest(): Promise<any> {
    const { token } = await logIn(this.broker, this.seeker);
    const answer = await api(this.broker, "GET", "/sessions?limit=1", { token });
    return answer.body.sessions[0];
  }

  async close(): Promise<void> {
    this.door?.close();
    await this.stage.close();
    this.internet.close();
  }
}
