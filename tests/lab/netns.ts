// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Thin words for iproute2 and nftables. The process that runs this stands in a network namespace of its
// own (run.sh): names below are private to the run, and the kernel removes all when it ends.

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";

function run(command: string, args: string[], input = ""): string {
  const done = spawnSync(command, args, { input, encoding: "utf8" });
  if (done.error) throw new Error(`${command}: ${done.error.message}`);
  if (done.status !== 0) throw new Error(`${command} ${args.join(" ")}\n${input}\n${done.stderr || done.stdout}`);
  return done.stdout;
}

/** One namespace; "" is the internet, where this process stands. */
export class Place {
  constructor(readonly name: string) {
    if (name) run("ip", ["netns", "add", name]);
    this.ip("link set lo up");
  }

  /** What stands before a command line so that it runs here. */
  get prefix(): string[] {
    return this.name ? ["ip", "netns", "exec", this.name] : [];
  }

  /** Lines of `ip -batch`. */
  ip(...lines: string[]): void {
    run("ip", [...(this.name ? ["-n", this.name] : []), "-batch", "-"], lines.join("\n") + "\n");
  }

  /** Replaces all rules by this ruleset. */
  rules(text: string): void {
    const [command = "nft", ...args] = [...this.prefix, "nft", "-f", "-"];
    run(command, args, `flush ruleset\n${text}\n`);
  }

  forward(): void {
    const settings = ["net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding"];
    if (!this.name) for (const each of settings) writeFileSync(`/proc/sys/${each}`, "1");
    else run("ip", ["netns", "exec", this.name, "sysctl", "-qw", ...settings.map((each) => `${each.replaceAll("/", ".")}=1`)]);
  }

  /** Bridges here only switch, as in a home's router; where the kernel has br_netfilter, they would filter too. */
  switchOnly(): void {
    const setting = "/proc/sys/net/bridge/bridge-nf-call-iptables";
    run("ip", ["netns", "exec", this.name, "sh", "-c", `[ ! -e ${setting} ] || echo 0 >${setting}`]);
  }

  remove(): void {
    if (this.name) run("ip", ["netns", "delete", this.name]);
  }
}

/** A cable between two places, with the names that it has at each end. */
export function cable(one: Place, oneName: string, other: Place, otherName: string): void {
  const line = `link add ${oneName} type veth peer name ${otherName}`;
  one.ip(other.name ? `${line} netns ${other.name}` : line);
  one.ip(`link set ${oneName} up`);
  other.ip(`link set ${otherName} up`);
}

/** Names for addresses, as DNS would give them to everyone in the lab. */
export function names(file: string, table: Record<string, string[]>): void {
  const lines = Object.entries(table).flatMap(([name, addresses]) => addresses.map((each) => `${each} ${name}`));
  writeFileSync(file, ["127.0.0.1 localhost", "::1 localhost", ...lines, ""].join("\n"));
  // Other names fail at once, as with a DNS that does not know them: nobody listens on loopback.
  writeFileSync(`${file}.resolv`, "nameserver 127.0.0.1\n");
  run("mount", ["--bind", file, "/etc/hosts"]);
  run("mount", ["--bind", `${file}.resolv`, "/etc/resolv.conf"]);
}

/** Whom to ask for what the file does not know. */
export function nameServers(file: string, addresses: string[]): void {
  writeFileSync(`${file}.resolv`, addresses.map((each) => `nameserver ${each}\n`).join(""));
}

export function forgetNames(): void {
  run("umount", ["/etc/hosts", "/etc/resolv.conf"]);
}

export { run as runTool };
