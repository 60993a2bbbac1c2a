// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A small internet of network namespaces: servers on public-looking addresses (of documentation ranges) in
// the namespace of this process, and homes behind routers. All homes use the same private addresses inside,
// as homes do.

import { Dns } from "./dns.ts";
import { hairpinRules, ipv6Rules, type Kind, routerRules } from "./nat.ts";
import { cable, forgetNames, names, nameServers, Place } from "./netns.ts";

export const brokerAddress = "203.0.113.10";
export const brokerAddress6 = "2001:db8:ffff::10";
export const relayAddress = "203.0.113.20";
export const relayAddress6 = "2001:db8:ffff::20";
export const dnsAddress = "203.0.113.53";
const dnsAddress6 = "2001:db8:ffff::53";
export const brokerName = "broker.pouce.test";
export const relayName = "relay.pouce.test";

const table = { [brokerName]: [brokerAddress, brokerAddress6], [relayName]: [relayAddress, relayAddress6] };

/** Where a home's addresses come from; what the lab's relay may reach. */
export const publicRange = "198.51.100.1-198.51.100.250";
const gateway = "198.51.100.254";

export class Home {
  readonly places: Place[] = [];
  cut = false;

  constructor(
    readonly kind: string,
    /** Where programs run. */
    readonly host: Place,
    /** The internet's end of its cable. */
    readonly line: string,
    readonly internet: Internet,
  ) {}

  /** Takes the line away, as a router that reboots does. */
  outage(): void {
    this.cut = true;
    this.internet.drop();
  }

  back(): void {
    this.cut = false;
    this.internet.drop();
  }

  /** The host gets another address in its network; connections of the old one hear nothing more. */
  changeAddress(): void {
    if (this.kind === "none" || this.kind === "ipv6") throw new Error("only behind a router");
    this.host.ip("addr del 192.168.1.2/24 dev eth0", "addr add 192.168.1.77/24 dev eth0", "route add default via 192.168.1.1");
  }

  get prefix(): string[] {
    return this.host.prefix;
  }
}

export class Internet {
  readonly place = new Place("");
  readonly homes: Home[] = [];
  private readonly places: Place[] = [];
  private serial = 0;
  private dns: Dns | undefined;

  /** @hosts: a file of this run, which takes the place of /etc/hosts inside the lab */
  constructor(private readonly hosts: string) {
    this.place.forward();
    for (const each of [brokerAddress, relayAddress]) this.place.ip(`addr add ${each}/32 dev lo`);
    for (const each of [brokerAddress6, relayAddress6]) this.place.ip(`addr add ${each}/128 dev lo nodad`);
    names(hosts, table);
  }

  /** From now on DNS answers nobody. */
  silenceDns(): void {
    this.place.ip(`route add blackhole ${dnsAddress}/32`);
    nameServers(this.hosts, [dnsAddress]);
  }

  /** From now on DNS knows the lab's names, but says nothing about ".local". This process answers: it must not block. */
  async answerDns(): Promise<Dns> {
    this.place.ip(`addr add ${dnsAddress}/32 dev lo`, `addr add ${dnsAddress6}/128 dev lo nodad`);
    nameServers(this.hosts, [dnsAddress, dnsAddress6]);
    this.dns = await Dns.serve([dnsAddress, dnsAddress6], table);
    return this.dns;
  }

  private newPlace(name: string): Place {
    const place = new Place(`${name}${this.serial}`);
    this.places.push(place);
    return place;
  }

  /** Joins @place to the internet; its interface there is "wan" with a public IPv4 address. */
  private attach(place: Place): { line: string; address: string } {
    const line = `line${++this.serial}`;
    const address = `198.51.100.${this.serial}`;
    cable(this.place, line, place, "wan");
    this.place.ip(`addr add ${gateway} peer ${address}/32 dev ${line}`);
    place.ip(`addr add ${address}/32 dev wan`, `route add ${gateway} dev wan`, `route add default via ${gateway}`);
    return { line, address };
  }

  private attach6(place: Place): string {
    const line = `line${++this.serial}`;
    const net = `2001:db8:${this.serial.toString(16)}`;
    cable(this.place, line, place, "wan");
    this.place.ip(`addr add ${net}::1/64 dev ${line} nodad`);
    place.ip(`addr add ${net}::2/64 dev wan nodad`, `route add default via ${net}::1`);
    return line;
  }

  /** A host in the network @lan (third number) behind @router. */
  private inside(router: Place, lan = 1): Place {
    const host = this.newPlace(`host${lan}x`);
    cable(router, `lan${lan}`, host, "eth0");
    router.ip(`addr add 192.168.${lan}.1/24 dev lan${lan}`);
    host.ip(`addr add 192.168.${lan}.2/24 dev eth0`, `route add default via 192.168.${lan}.1`);
    return host;
  }

  private keep(kind: string, host: Place, line: string): Home {
    const home = new Home(kind, host, line, this);
    this.homes.push(home);
    return home;
  }

  home(kind: Kind): Home {
    this.serial++;
    const outer = this.newPlace("net");
    if (kind === "ipv6") {
      const line = this.attach6(outer);
      outer.rules(ipv6Rules);
      return this.keep(kind, outer, line);
    }
    const { line } = this.attach(outer);
    if (kind === "none") return this.keep(kind, outer, line);
    outer.forward();
    if (kind !== "carrier") {
      outer.rules(routerRules(kind));
      return this.keep(kind, this.inside(outer), line);
    }
    const router = this.newPlace("router");
    cable(outer, "subscriber", router, "wan");
    outer.ip("addr add 100.64.0.1/10 dev subscriber");
    router.ip("addr add 100.64.0.2/10 dev wan", "route add default via 100.64.0.1");
    router.forward();
    outer.rules(routerRules("port-restricted"));
    router.rules(routerRules("port-restricted"));
    return this.keep(kind, this.inside(router), line);
  }

  /** Two hosts whose networks behind one router meet only at the router's public address. */
  hairpin(): [Home, Home] {
    this.serial++;
    const router = this.newPlace("net");
    const { line, address } = this.attach(router);
    router.forward();
    const one = this.inside(router, 1);
    const two = this.inside(router, 2);
    router.rules(hairpinRules.replace("@PUBLIC@", address));
    return [this.keep("hairpin", one, line), this.keep("hairpin", two, line)];
  }

  /** Two hosts in one home, joined by its switch. */
  sameNetwork(): [Home, Home] {
    this.serial++;
    const router = this.newPlace("net");
    const { line } = this.attach(router);
    router.forward();
    router.switchOnly();
    router.ip("link add lan type bridge", "addr add 192.168.1.1/24 dev lan", "link set lan up");
    router.rules(routerRules("port-restricted"));
    const hosts = [2, 3].map((last) => {
      const host = this.newPlace(`host${last}x`);
      cable(router, `port${last}`, host, "eth0");
      router.ip(`link set port${last} master lan`);
      host.ip(`addr add 192.168.1.${last}/24 dev eth0`, "route add default via 192.168.1.1");
      return this.keep("same network", host, line);
    });
    return hosts as [Home, Home];
  }

  /** Silence on the lines that are cut, both ways; the ends are not told, as in life. */
  drop(): void {
    const lines = this.homes.filter((home) => home.cut).map((home) => `"${home.line}"`);
    const set = `{ ${[...new Set(lines)].join(", ")} }`;
    this.place.rules(
      lines.length === 0
        ? ""
        : `table inet weather {
  chain coming { type filter hook prerouting priority -300
    iifname ${set} drop
  }
  chain going { type filter hook postrouting priority 300
    oifname ${set} drop
  }
}`,
    );
  }

  close(): void {
    this.dns?.close();
    for (const place of this.places.reverse()) place.remove();
    this.place.rules("");
    this.place.ip("addr flush dev lo scope global", "route flush type blackhole");
    forgetNames();
  }
}
