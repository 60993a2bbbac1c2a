// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the connection check tries. Each probe ends by itself within its deadline and says what it found as the name of
// a text with values; none writes to the page. No probe opens a session or rings anybody.

export type State = "good" | "warn" | "bad" | "skipped";

/** One finding: `text` names the sentence, `advice` what to do about it ("" when nothing is to be done). */
export interface Finding<Key extends string = string> {
  part: string;
  state: State;
  text: Key;
  advice: Key | "";
  values: Record<string, string | number>;
}

export interface IceServer {
  urls: string[];
  username: string;
  credential: string;
}

/** One address of the list, taken apart: turns:help.example:443?transport=tcp. */
export interface Way {
  url: string;
  kind: "stun" | "udp" | "tcp" | "tls";
  host: string;
  port: number;
  username: string;
  credential: string;
}

const HTTP_MS = 10_000;
const SOCKET_MS = 8_000;
const ICE_MS = 12_000;
const PASS_MS = 6_000; // the relay has answered before
const UNAUTHENTICATED = 4001;

const found = (part: string, state: State, text: string, advice = "", values: Finding["values"] = {}): Finding => ({
  part,
  state,
  text,
  advice,
  values,
});

/** Every address on its own, in the order of the list; what is not understood is left out. */
export function ways(servers: IceServer[]): Way[] {
  const out: Way[] = [];
  for (const { urls, username, credential } of servers)
    for (const url of urls) {
      const parts = /^(stuns?|turns?):(\[[^\]]+\]|[^:?]+)(?::(\d+))?(?:\?transport=(udp|tcp))?$/.exec(url);
      if (!parts) continue;
      const [, scheme = "", host = "", port, transport] = parts;
      const secure = scheme.endsWith("s");
      const kind = scheme.startsWith("stun") ? "stun" : secure ? "tls" : transport === "tcp" ? "tcp" : "udp";
      out.push({ url, kind, host, port: Number(port ?? (secure ? 5349 : 3478)), username, credential });
    }
  return out;
}

// --- the browser ---

/** Secure context, Ed25519 keys, WebRTC with VP8. */
export async function probeBrowser(): Promise<Finding[]> {
  const out: Finding[] = [];
  if (!globalThis.isSecureContext || !globalThis.crypto?.subtle)
    return [found("keys", "bad", "insecure", "insecure_do", { url: `https://${location.host}/check/` })];
  try {
    const keys = (await crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"])) as CryptoKeyPair;
    const text = new TextEncoder().encode("pouce");
    const signature = await crypto.subtle.sign({ name: "Ed25519" }, keys.privateKey, text);
    const held = await crypto.subtle.verify({ name: "Ed25519" }, keys.publicKey, signature, text);
    out.push(held ? found("keys", "good", "keys_good") : found("keys", "bad", "keys_bad", "keys_do"));
  } catch {
    out.push(found("keys", "bad", "keys_bad", "keys_do"));
  }
  if (typeof RTCPeerConnection !== "function") return [...out, found("webrtc", "bad", "webrtc_bad", "webrtc_do")];
  const codecs = RTCRtpReceiver.getCapabilities("video")?.codecs ?? [];
  if (!codecs.some((codec) => codec.mimeType.toLowerCase() === "video/vp8"))
    return [...out, found("webrtc", "bad", "vp8_bad", "vp8_do")];
  return [...out, found("webrtc", "good", "webrtc_good")];
}

// --- the broker ---

/** A plain request: the pages came this way already, so this tells a slow or broken line from a stopped broker. */
export async function probeHttp(): Promise<Finding> {
  const from = performance.now();
  try {
    const answer = await fetch("/api/v1/", { cache: "no-store", signal: AbortSignal.timeout(HTTP_MS) });
    if (!answer.ok) return found("http", "bad", "http_status", "http_status_do", { status: answer.status });
    const about = (await answer.json()) as { name: string };
    return found("http", "good", "http_good", "", { name: about.name, ms: Math.round(performance.now() - from) });
  } catch {
    return found("http", "bad", "http_bad", "http_do", { host: location.host });
  }
}

/**
 * The lasting connection that rings and messages come by. Says hello with a token that nobody has: being refused
 * proves that messages pass both ways, without replacing this browser's own connection.
 */
export function probeSocket(): Promise<Finding> {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const socket = new WebSocket(`${scheme}://${location.host}/api/v1/ws`);
  const from = performance.now();
  let opened = false;
  return new Promise((resolve) => {
    const done = (finding: Finding): void => {
      clearTimeout(timer);
      socket.onopen = socket.onclose = null;
      socket.close();
      resolve(finding);
    };
    const timer = setTimeout(() => done(found("socket", "bad", opened ? "socket_mute" : "socket_bad", "socket_do")), SOCKET_MS);
    socket.onopen = () => {
      opened = true;
      socket.send(JSON.stringify({ type: "hello", token: "A".repeat(43), protocol: 1, available: false }));
    };
    socket.onclose = (event) => {
      if (event.code === UNAUTHENTICATED)
        done(found("socket", "good", "socket_good", "", { ms: Math.round(performance.now() - from) }));
      else done(found("socket", "bad", opened ? "socket_mute" : "socket_bad", "socket_do", { code: event.code }));
    };
  });
}

// --- the ways between two people ---

interface Gathered {
  types: Set<string>;
  errors: { code: number; text: string }[];
  ms: number;
}

/** Gathers through one server until the wanted candidate is there, gathering is over, or the time is. */
async function gather(way: Way, wanted: "srflx" | "relay"): Promise<Gathered> {
  const server: RTCIceServer = { urls: way.url };
  if (wanted === "relay") Object.assign(server, { username: way.username, credential: way.credential });
  const out: Gathered = { types: new Set(), errors: [], ms: 0 };
  const from = performance.now();
  const peer = new RTCPeerConnection({
    iceServers: [server],
    iceTransportPolicy: wanted === "relay" ? "relay" : "all",
  });
  try {
    await new Promise<void>((resolve, reject) => {
      setTimeout(resolve, ICE_MS);
      peer.onicecandidate = ({ candidate }) => {
        if (!candidate) return resolve();
        if (candidate.type) out.types.add(candidate.type);
        if (candidate.type === wanted) resolve();
      };
      peer.onicecandidateerror = ({ errorCode, errorText }) => out.errors.push({ code: errorCode, text: errorText });
      peer.createDataChannel("check");
      peer.createOffer().then((offer) => peer.setLocalDescription(offer)).catch(reject);
    });
  } finally {
    out.ms = Math.round(performance.now() - from);
    peer.close();
  }
  return out;
}

/** Whether a message passes from one end to the other when both have nothing but this relay. */
async function pass(way: Way): Promise<boolean> {
  const config: RTCConfiguration = {
    iceServers: [{ urls: way.url, username: way.username, credential: way.credential }],
    iceTransportPolicy: "relay",
  };
  const [one, other] = [new RTCPeerConnection(config), new RTCPeerConnection(config)];
  try {
    return await new Promise<boolean>((resolve, reject) => {
      setTimeout(() => resolve(false), PASS_MS);
      for (const [from, to] of [[one, other], [other, one]] as const)
        from.onicecandidate = ({ candidate }) => void (candidate && to.addIceCandidate(candidate).catch(() => undefined));
      other.ondatachannel = ({ channel }) => {
        channel.onmessage = () => resolve(true);
      };
      const channel = one.createDataChannel("check");
      channel.onopen = () => channel.send("check");
      const meet = async (): Promise<void> => {
        await one.setLocalDescription(await one.createOffer());
        await other.setRemoteDescription(one.localDescription as RTCSessionDescription);
        await other.setLocalDescription(await other.createAnswer());
        await one.setRemoteDescription(other.localDescription as RTCSessionDescription);
      };
      meet().catch(reject);
    });
  } finally {
    one.close();
    other.close();
  }
}

async function probeStun(way: Way): Promise<Finding> {
  const values = { host: way.host, port: way.port };
  const { types, errors, ms } = await gather(way, "srflx").catch(() => ({ types: new Set(), errors: [{ code: 0, text: "" }], ms: 0 }));
  if (types.has("srflx")) return found("stun", "good", "stun_good", "", { ...values, ms });
  // A computer with a public address hears its own address back, which browsers do not repeat.
  if (errors.length === 0 && ms < ICE_MS) return found("stun", "good", "stun_same", "", values);
  return found("stun", "warn", "stun_bad", "stun_do", values);
}

async function probeTurn(way: Way): Promise<Finding> {
  const values = { host: way.host, port: way.port };
  const { types, errors, ms } = await gather(way, "relay").catch(() => ({ types: new Set(), errors: [{ code: 0, text: "" }], ms: 0 }));
  if (types.has("relay")) {
    if (await pass(way).catch(() => false)) return found(way.kind, "good", `${way.kind}_good`, "", { ...values, ms });
    return found(way.kind, "bad", "relay_mute", "relay_mute_do", values);
  }
  const refusal = errors.find(({ code }) => code >= 300 && code < 600);
  if (!refusal) return found(way.kind, "bad", `${way.kind}_bad`, `${way.kind}_do`, values);
  const { code } = refusal;
  if (code === 401 || code === 438) return found(way.kind, "bad", "turn_key", "turn_key_do", { ...values, code });
  if (code === 486 || code === 508) return found(way.kind, "warn", "turn_full", "turn_full_do", { ...values, code });
  return found(way.kind, "bad", "turn_refused", "turn_refused_do", { ...values, code });
}

/** One way after the other, so that one line's trouble is not blamed on another. */
export async function probeWays(list: Way[], tell: (finding: Finding) => void): Promise<Finding[]> {
  const out: Finding[] = [];
  const each = async (way: Way): Promise<void> => {
    const finding = await (way.kind === "stun" ? probeStun(way) : probeTurn(way));
    out.push(finding);
    tell(finding);
  };
  for (const way of list) await each(way);
  const missing: [boolean, Finding][] = [
    [!list.some((way) => way.kind === "stun"), found("stun", "skipped", "stun_none", "stun_none_do")],
    [!list.some((way) => way.kind !== "stun"), found("relay", "warn", "turn_none", "turn_none_do")],
  ];
  for (const [is, finding] of missing) {
    if (!is) continue;
    out.push(finding);
    tell(finding);
  }
  return out;
}

// --- what it all means ---

export type Verdict = "all_good" | "detour" | "direct_only" | "cannot" | "partly";

/** What a person wants to know: can it work from here? */
export function verdict(findings: Finding[]): Verdict {
  const of = (...parts: string[]): Finding[] => findings.filter(({ part }) => parts.includes(part));
  if (of("keys", "webrtc", "http", "socket").some(({ state }) => state === "bad")) return "cannot";
  const relays = of("relay", "udp", "tcp", "tls");
  if (relays.some(({ state }) => state === "skipped")) return "partly";
  if (!relays.some(({ state }) => state === "good")) return "direct_only";
  return findings.every(({ state }) => state === "good" || state === "skipped") ? "all_good" : "detour";
}
