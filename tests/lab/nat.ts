// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The kinds of networks that people sit behind, as nftables rulesets of the router in front of them. Names
// of NATs as in RFC 3489, with the behaviour that RFC 4787 calls mapping and filtering.

export const kinds = [
  "none", // a public address, no firewall
  "full-cone", // endpoint-independent mapping and filtering
  "address-restricted", // endpoint-independent mapping, address-dependent filtering
  "port-restricted", // endpoint-independent mapping, address- and port-dependent filtering
  "symmetric", // a random port for each destination
  "carrier", // a port-restricted router behind a carrier's port-restricted NAT (100.64.0.0/10)
  "udp-blocked", // TCP out, no UDP
  "tcp-443", // TCP to port 443 and nothing else
  "ipv6", // IPv6 alone, behind a stateful firewall
] as const;

export type Kind = (typeof kinds)[number];

/** Drops what nobody asked for, before conntrack takes it for a connection of the router's own. */
const guard = `chain input { type filter hook input priority 0;
    iifname "wan" ct state new drop
  }`;

const forward = (extra: string): string => `chain forward { type filter hook forward priority 0; policy drop
    ct state established,related accept
    ct status dnat accept
    ${extra}
    iifname != "wan" oifname "wan" accept
  }`;

/** As strict networks have a DNS of their own. */
const askDns = "ip daddr 203.0.113.53 udp dport 53 accept";

const out = (how: string): string => `chain post { type nat hook postrouting priority 100
    oifname "wan" ${how}
  }`;

// A port that a host inside has used stands open to whom the filter allows, and leads to that host.
const mapping = (filter: string): string => `
  map owner { type inet_service : ipv4_addr; flags dynamic,timeout; timeout 5m; }
  set seen { type ipv4_addr; flags dynamic,timeout; timeout 5m; }
  chain note { type filter hook forward priority -10
    oifname "wan" meta l4proto udp update @owner { udp sport : ip saddr }
    oifname "wan" meta l4proto udp update @seen { ip daddr }
  }
  chain pre { type nat hook prerouting priority -100
    ${filter} fib daddr type local meta l4proto udp dnat to udp dport map @owner
  }`;

const rulesets: Record<Exclude<Kind, "none" | "ipv6" | "carrier">, string> = {
  "full-cone": `${mapping('iifname "wan"')}\n${guard}\n${forward("")}\n${out("masquerade")}`,
  "address-restricted": `${mapping('iifname "wan" ip saddr @seen')}\n${guard}\n${forward("")}\n${out("masquerade")}`,
  "port-restricted": `${guard}\n${forward("")}\n${out("masquerade")}`,
  symmetric: `${guard}\n${forward("")}\n${out("masquerade fully-random")}`,
  "udp-blocked": `${guard}\n${forward(`${askDns}\n    meta l4proto udp drop`)}\n${out("masquerade")}`,
  "tcp-443": `${guard}\n${forward(`${askDns}\n    iifname != "wan" tcp dport != 443 drop\n    meta l4proto != tcp drop`)}\n${out("masquerade")}`,
};

export function routerRules(kind: keyof typeof rulesets): string {
  return `table ip home {\n${rulesets[kind]}\n}`;
}

/** Two networks behind one router that may not talk to each other but through its public address. */
export const hairpinRules = `table ip home {
  ${mapping("")}
  ${guard}
  chain forward { type filter hook forward priority 0; policy drop
    ct state established,related accept
    ct status dnat accept
    iifname != "wan" oifname "wan" accept
  }
  chain post { type nat hook postrouting priority 100
    oifname "wan" masquerade
    ct status dnat oifname != "wan" snat to @PUBLIC@
  }
  chain learn { type filter hook prerouting priority -150
    iifname != "wan" meta l4proto udp update @owner { udp sport : ip saddr }
  }
}`;

/** A host's own firewall: answers only. */
export const ipv6Rules = `table ip6 home {
  chain input { type filter hook input priority 0; policy drop
    iifname "lo" accept
    ct state established,related accept
    meta l4proto ipv6-icmp accept
  }
}`;
