#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Pouce authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the vectors beside this file: a third reading of PROTOCOL.md, independent of the C and the
TypeScript that run them. Needs python3-cryptography; the output is in the tree, so tests do not.

usage: generate.py
"""
import base64
import hashlib
import json
import pathlib
import struct

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

HERE = pathlib.Path(__file__).parent
SEEDS = {"seeker": bytes(range(32)), "helper": bytes(range(32, 64))}
KEYS = {role: Ed25519PrivateKey.from_private_bytes(seed) for role, seed in SEEDS.items()}
SESSION = "0192f0c1-7b2a-7c3d-8e4f-5a6b7c8d9e0f"
ID2 = "0192f0c1-7b2a-7c3d-9e4f-5a6b7c8d9e10"
ID3 = "0192f0c1-7b2a-7c3d-ae4f-5a6b7c8d9e11"
FP = {"seeker": "a1" * 32, "helper": "b2" * 32}
OTHER = {"seeker": "helper", "helper": "seeker"}
MAX = 2**53 - 1


def b64u(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def public(role):
    raw = KEYS[role].public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return b64u(raw)


def sha(text):
    return hashlib.sha256(text.encode()).hexdigest()


def sign(role, text):
    return b64u(KEYS[role].sign(text.encode()))


def lines(title, value):
    return title + "\n" + "".join(f"{k}={v}\n" for k, v in value.items())


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def write(name, value):
    (HERE / name).write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def price_value(**change):
    return {"session": SESSION, "rate_minor_per_min": 50, "currency": "EUR", "cap_minor": 1500, **change}


PRICE = sha(lines("pouce-price-v1", price_value()))


def bind_value(role, **change):
    other = OTHER[role]
    return {"session": SESSION, "role": role, "own_fp": FP[role], "peer_fp": FP[other], "price": PRICE,
            "expires_s": 1790000000, **change}


def tick_value(role, seq, live_ms, prev, **change):
    nonce = hashlib.md5(f"{role}{seq}".encode()).hexdigest()
    return {"session": SESSION, "role": role, "seq": seq, "live_ms": live_ms, "price": PRICE, "own_fp": FP[role],
            "peer_fp": FP[OTHER[role]], "prev": prev, "nonce": nonce, "peer_nonce": "0" * 32, **change}


def countersign_text(text):
    return f"pouce-countersign-v1\ntick={sha(text)}\n"


def signed_tick(value):
    role = value["role"]
    text = lines("pouce-tick-v1", value)
    return {"value": value, "text": text, "hash": sha(text), "sig": sign(role, text),
            "counter_sig": sign(OTHER[role], countersign_text(text))}


def chain(role, live):
    out, prev = [], "0" * 64
    for seq, live_ms in enumerate(live, 1):
        out.append(signed_tick(tick_value(role, seq, live_ms, prev)))
        prev = out[-1]["hash"]
    return out


def spoiled(text):
    """Variants of a valid text that no strict reader takes."""
    rows = text.split("\n")
    yield text[:-1]
    yield text + "\n"
    yield " " + text
    yield text.replace("\n", "\r\n")
    yield text.replace("-v1", "-v2")
    yield text.replace("session=", "Session=")
    yield text.replace(SESSION, SESSION.upper())
    yield text.replace(SESSION, SESSION.replace("-7c3d-", "-4c3d-"))
    yield "\n".join([rows[0], rows[2], rows[1], *rows[3:]])
    yield "\n".join([*rows[:2], *rows[3:]])
    yield "\n".join([*rows[:2], rows[1], *rows[2:]])
    yield ""


def texts():
    price_texts = [price_value(), price_value(rate_minor_per_min=0, cap_minor=0),
                   price_value(rate_minor_per_min=MAX, currency="CHF", cap_minor=MAX)]
    price_text = lines("pouce-price-v1", price_value())
    bind_text = lines("pouce-bind-v1", bind_value("seeker"))
    ticks = chain("seeker", [0, 5000, 5000, 10002]) + chain("helper", [0, 4999, 9998])
    tick_text = ticks[1]["text"]
    bad_price = [*spoiled(price_text)] + [price_text.replace("=50", f"={n}") for n in ("050", "-1", "+1", "", "5e1", "5 ", "9007199254740992", "99999999999999999999")]
    bad_price += [price_text.replace("EUR", c) for c in ("eur", "EURO", "E1R", "")]
    bad_bind = [*spoiled(bind_text), bind_text.replace("role=seeker", "role=broker"), bind_text.replace("a1", "A1"),
                bind_text.replace("b2b2", "b2b", 1)]
    bad_tick = [*spoiled(tick_text), tick_text.replace("seq=2", "seq=0"), tick_text.replace("live_ms=5000", "live_ms=5000.0"),
                tick_text.replace("nonce=", "nonce=0", 1)]
    write("texts.json", {
        "seeds": {role: seed.hex() for role, seed in SEEDS.items()},
        "public": {role: public(role) for role in KEYS},
        "price": {"valid": [{"value": v, "text": lines("pouce-price-v1", v), "id": sha(lines("pouce-price-v1", v))} for v in price_texts], "malformed": bad_price},
        "bind": {"valid": [{"value": v, "text": lines("pouce-bind-v1", v), "sig": sign(v["role"], lines("pouce-bind-v1", v))}
                           for v in (bind_value("seeker"), bind_value("helper"))], "malformed": bad_bind},
        "tick": {"valid": ticks, "malformed": bad_tick},
        "base64u": {"valid": [{"hex": h, "text": b64u(bytes.fromhex(h))} for h in ("", "00", "ff", "fbff", "fbf0ff", "00" * 32)],
                    "malformed": ["A", "AB", "AA=", "AA==", "A+", "A/", "AA ", "AAB", "é"]},
    })


def cost():
    rows = []
    for rate, ms, cap in [(50, 60000, 1500), (50, 0, 1500), (0, 600000, 0), (1, 29999, 9), (1, 30000, 9), (1, 30001, 9),
                          (1, 90000, 9), (3, 10000, 9), (50, 61800, 1500), (50, 3600000, 1500), (MAX, MAX, MAX), (MAX, 60000, MAX),
                          (MAX, 30000, MAX), (MAX - 2, 1, MAX), (7, 123456789, MAX), (50, -5, 9)]:
        rows.append({"rate_minor_per_min": rate, "ms": ms, "cap_minor": cap,
                     "cost_minor": min((2 * rate * max(ms, 0) + 60000) // 120000, cap)})
    write("cost.json", {"valid": rows})


def control():
    tick = signed_tick(tick_value("helper", 1, 0, "0" * 64))
    sig = tick["sig"]
    bind = bind_value("helper")
    bind_message = {"type": "bind", **{k: v for k, v in bind.items() if k != "session"}, "sig": sign("helper", lines("pouce-bind-v1", bind))}
    screen = {"type": "screen", "width": 1920, "height": 1080, "monitor": 1, "monitors": [
        {"id": 1, "name": "HDMI-1", "width": 1920, "height": 1080, "primary": True},
        {"id": 2, "name": "Écran de gauche", "width": 1280, "height": 1024, "primary": False}]}
    ink = {"type": "ink", "stroke": 7, "color": "#ff8800", "points": [0, 0, 65535, 65535, 32768, 1], "end": False}
    chat = {"type": "chat", "id": 3, "text": "Où est « Imprimer » ? 😀 \"là\" / \\ \n"}
    stats = {"type": "stats", "fps": 30, "bitrate_bps": 4000000, "rtt_ms": 12, "lost": 0, "decoded": 1234}
    grant = {"type": "grant", "id": 1, "what": "control", "ms": 300000}
    valid = [bind_message, {"type": "tick", "tick": b64u(tick["text"].encode()), "sig": sig},
             {"type": "countersign", "seq": 1, "sig": tick["counter_sig"]}, {**grant, "type": "ask"}, grant, {**grant, "id": 0, "ms": 0},
             {"type": "refuse", "id": 1, "what": "voice"}]
    valid += [{"type": "grant", "id": 1, "what": w, "ms": MAX} for w in ("view", "pointer", "record", "clipboard", "files")]
    valid += [{"type": "revoke", "what": "control", "by": by} for by in ("owner", "local_input", "timeout", "helper", "policy")]
    valid += [screen, {**screen, "monitors": []}, ink, {**ink, "points": [], "end": True}, {**ink, "points": [1] * 256}, {"type": "ink_clear"}, chat,
              {**chat, "text": "é" * 2000}, {"type": "pause", "paused": True}, {"type": "pause", "paused": False},
              {"type": "voice", "on": True}, {"type": "voice", "on": False}, stats, {"type": "unknown", "of": "wave"}]
    valid += [{"type": "bye", "reason": r} for r in ("", "seeker", "helper", "cap", "silence", "failed", "broker")]
    bad = [{**bind_message, "role": "broker"}, {**bind_message, "own_fp": "A1" * 32}, {**bind_message, "sig": sig[:-1]}, {**bind_message, "expires_s": -1},
           {**bind_message, "price": None}, {"type": "tick", "tick": "", "sig": sig}, {"type": "tick", "tick": "=", "sig": sig}, {"type": "tick", "tick": "AA"},
           {"type": "tick", "tick": b64u(b"x" * 1024), "sig": sig}, {"type": "countersign", "seq": 0, "sig": sig}, {**grant, "what": "everything"}, {**grant, "id": MAX + 1},
           {**grant, "id": "1"}, {**grant, "ms": -1}, {**grant, "ms": 1.5}, {"type": "grant", "id": 1, "what": "view"}, {"type": "refuse", "id": 1}, {"type": "revoke", "what": "control", "by": "me"},
           {**screen, "width": 0}, {**screen, "height": 65536}, {**screen, "monitors": screen["monitors"] * 9}, {**screen, "monitors": {}},
           {**screen, "monitors": [1]}, {**screen, "monitors": [{**screen["monitors"][0], "name": "x" * 81}]}, {**screen, "monitors": [{**screen["monitors"][0], "primary": 1}]},
           {**ink, "points": [1]}, {**ink, "points": [1] * 258}, {**ink, "points": [1, 65536]}, {**ink, "points": [1, -1]}, {**ink, "points": [1, "2"]},
           {**ink, "color": "#FF8800"}, {**ink, "color": "red"}, {**ink, "end": 0}, {**chat, "text": ""}, {**chat, "text": "é" * 2001}, {**chat, "text": 5},
           {"type": "pause"}, {"type": "pause", "paused": "yes"}, {"type": "voice"}, {"type": "voice", "on": 1}, {"type": "voice", "on": None}, {**stats, "fps": 29.97}, {**stats, "lost": None}, {"type": "bye", "reason": "bored"}, {"type": "bye"},
           {"type": "unknown", "of": "x" * 41}, {"type": 5}, {}, {"type": "pause", "paused": True, "pad": "x" * 16384}]
    raw = ["", "null", "[]", "[{\"type\":\"ink_clear\"}]", "\"ink_clear\"", "{\"type\":\"ink_clear\"", "{\"type\":\"ink_clear\"}}", "{\"type\":\"ink_clear\"} x",
           "{\"type\":\"ink_clear\"}{\"type\":\"ink_clear\"}", "{\"type\":\"pause\",\"paused\":true,\"paused\":false}", "{\"type\":\"ink_clear\",\"type\":\"ink_clear\"}",
           "{\"type\":\"ink_clear\",\"x\":{\"a\":1,\"a\":2}}", "{'type':'ink_clear'}", "{\"type\":\"ink_clear\",}", "{\"type\":\"pause\",\"paused\":TRUE}",
           "{\"type\":\"grant\",\"id\":1.0,\"what\":\"view\",\"ms\":0}", "{\"type\":\"grant\",\"id\":1e0,\"what\":\"view\",\"ms\":0}", "{\"type\":\"grant\",\"id\":01,\"what\":\"view\",\"ms\":0}",
           "{\"type\":\"chat\",\"id\":1,\"text\":\"a\u0001b\"}", "{\"type\":\"chat\",\"id\":1,\"text\":\"a\\u0000b\"}", "{\"type\":\"chat\",\"id\":1,\"text\":\"\\ud800\"}", "{\"type\":\"chat\",\"id\":1,\"text\":\"\\x41\"}"]
    lenient = [("{ \"paused\" : true ,\r\n\t\"type\":\"pause\" }", {"type": "pause", "paused": True}),
               ("{\"type\":\"pause\",\"paused\":true,\"later\":[1.5e3,{\"a\":null}]}", {"type": "pause", "paused": True}),
               ("{\"type\":\"chat\",\"id\":1,\"text\":\"\\u00e9\\ud83d\\ude00\\/\"}", {"type": "chat", "id": 1, "text": "é😀/"}),
               ("{\"type\":\"grant\",\"id\":-0,\"what\":\"view\",\"ms\":0}", {"type": "grant", "id": 0, "what": "view", "ms": 0})]
    pause = '{"type":"pause","paused":true,"later":%s}'
    for later in ("[" * 31 + "]" * 31, "9223372036854775807", "-9223372036854775808", "1e-999", '"' + "[" * 99 + '"'):
        lenient.append((pause % later, {"type": "pause", "paused": True}))
    raw += [pause % later for later in ("[" * 32 + "]" * 32, "9223372036854775808", "-9223372036854775809", "1e999", "[" * 9000)]
    write("control.json", {
        "valid": [{"json": compact(v), "canonical": compact(v)} for v in valid] + [{"json": j, "canonical": compact(v)} for j, v in lenient],
        "unknown": [{"json": compact({"type": t, "x": 1}), "of": t[:40]} for t in ("wave", "", "Bind", "é" * 60, "toString", "__proto__")],
        "malformed": [compact(v) for v in bad] + raw})


def dependency():
    def bits(first, last, number, back):
        text = f"{first:d}{last:d}{0 if back == 0 else 1:06b}{number:016b}"
        if back == 0 and first:  # flags; offset, targets; layers; indications; distances; chains; resolutions
            return text + "10000" + "000000" + "00000" + "00" + "11" + "10" + "11" + "0" + "1" + "0000" + "0" + "0" + "0"
        if back > 1:
            size = 1 if back <= 16 else 2 if back <= 256 else 3
            return text + "00010" + f"{size:02b}" + format(back - 1, f"0{4 * size}b") + "00"
        return text

    def packed(text):
        text += "0" * (-len(text) % 8)
        return bytes(int(text[i:i + 8], 2) for i in range(0, len(text), 8)).hex()

    all_valid = [(first, last, number, back) for back in (0, 1, 2, 16, 17, 256, 257, 4096)
                 for first, last, number in ((True, True, 0), (True, False, 65535), (False, False, 4660), (False, True, 1))]
    delta, key = bits(True, True, 7, 1), bits(True, True, 7, 0)
    bad = [delta[:16], "00000010" + "0" * 16, key[:45], bits(True, True, 7, 300)[:37], key[:24] + "11000" + key[29:],
           delta + "00001" + "0" * 11, delta + "00010" + "00" + "0" * 9, delta + "00010" + "01" + "0011" + "01" + "000",
           key[:34] + "1" + key[35:], bits(False, True, 7, 0) + key[24:], "1" * 24, "1" * 128, bits(True, True, 7, 1) + "0" * 112]
    write("dependency.json", {
        "valid": [{"hex": packed(bits(*v)), "value": dict(zip(("first", "last", "number", "back"), v))} for v in all_valid],
        "malformed": [""] + [packed(b) for b in bad]})


def rows(layout, values):
    """layout: kind -> (byte, struct format, fields)"""
    out = []
    for value in values:
        kind, fmt, fields = layout[value["kind"]]
        out.append({"hex": struct.pack(">B" + fmt, kind, *[f(value) if callable(f) else int(value[f]) for f in fields]).hex(), "value": value})
    return out


def binary():
    inputs = rows({
        "key": (1, "BH", ["down", "code"]), "character": (2, "I", ["scalar"]), "button": (3, "BBHH", ["button", "down", "x", "y"]),
        "wheel": (4, "hhHH", ["dx", "dy", "x", "y"]), "release_all": (5, "", []), "keysym": (6, "BI", ["down", "keysym"]),
    }, [{"kind": "key", "down": True, "code": 30}, {"kind": "key", "down": False, "code": 65535}, {"kind": "character", "scalar": 0xe9}, {"kind": "character", "scalar": 0x10ffff},
        {"kind": "button", "button": 1, "down": True, "x": 0, "y": 65535}, {"kind": "button", "button": 3, "down": False, "x": 258, "y": 772},
        {"kind": "wheel", "dx": 0, "dy": -120, "x": 1, "y": 2}, {"kind": "wheel", "dx": -32768, "dy": 32767, "x": 65535, "y": 0},
        {"kind": "release_all"}, {"kind": "keysym", "down": True, "keysym": 0xff0d}, {"kind": "keysym", "down": False, "keysym": 0x01000394}])
    flags = lambda v: int(v["visible"]) | int(v["moves"]) << 1
    motions = rows({
        "pointer": (1, "BIHH", [flags, "seq", "x", "y"]), "heartbeat": (2, "III", ["seq", "echo", "decoded"]),
        "cursor": (3, "BIHHI", ["visible", "seq", "x", "y", "shape"]), "decoded": (4, "I", ["rtp_timestamp"]),
    }, [{"kind": "pointer", "visible": v, "moves": m, "seq": s, "x": 65535, "y": 1} for v, m, s in ((True, False, 1), (True, True, 2**32 - 1), (False, False, 0), (False, True, 7))] +
        [{"kind": "heartbeat", "seq": 1, "echo": 0, "decoded": 0}, {"kind": "heartbeat", "seq": 2**32 - 1, "echo": 16909060, "decoded": 123456},
         {"kind": "cursor", "visible": True, "seq": 9, "x": 1, "y": 2, "shape": 3}, {"kind": "cursor", "visible": False, "seq": 9, "x": 0, "y": 0, "shape": 2**32 - 1},
         {"kind": "decoded", "rtp_timestamp": 0}, {"kind": "decoded", "rtp_timestamp": 2**32 - 2}])
    cursors = []
    for shape, w, h, hx, hy in ((1, 1, 1, 0, 0), (2**32 - 1, 3, 2, 2, 1)):
        pixels = bytes(i * 7 % 256 for i in range(w * h * 4))
        cursors.append({"hex": (struct.pack(">BIHHHH", 1, shape, w, h, hx, hy) + pixels).hex(),
                        "value": {"shape": shape, "width": w, "height": h, "hot_x": hx, "hot_y": hy, "rgba": pixels.hex()}})
    resized = lambda items: [i["hex"][:-2] for i in items] + [i["hex"] + "00" for i in items]
    head = lambda w, h, hx, hy, kind=1: struct.pack(">BIHHHH", kind, 1, w, h, hx, hy).hex()
    write("binary.json", {
        "input": {"valid": inputs, "malformed": ["", "00", "07", "ff", "0102001e", "0200000000", "020000d800", "020000dfff", "0200110000", "03000000000000", "03040100000000",
                                                   "03010200000000", "060200000061", "060100000000", "0500"] + resized(inputs)},
        "motion": {"valid": motions, "malformed": ["", "00", "04", "0500000001", "01040000000100010001", "0302000000010001000100000001"] + resized(motions)},
        "cursor": {"valid": cursors, "malformed": ["", "01", head(0, 1, 0, 0), head(1, 0, 0, 0), head(97, 1, 0, 0) + "00" * 388, head(1, 97, 0, 0) + "00" * 388,
                                                     head(1, 1, 1, 0) + "00" * 4, head(1, 1, 0, 1) + "00" * 4, head(1, 1, 0, 0, 2) + "00" * 4] + resized(cursors)},
        "newer": [{"seq": s, "last": l, "newer": n} for s, l, n in ((1, 0, True), (0, 0, False), (0, 1, False), (0, 2**32 - 1, True), (2**31, 0, False), (2**31 - 1, 0, True), (5, 2**32 - 5, True))],
    })


def switchboard():
    party = {"id": ID2, "name": "Zoé", "device_id": "", "device_key": ""}
    peer = {"id": ID3, "name": "Max", "device_id": ID2, "device_key": public("helper")}
    card = {"id": ID3, "name": "Max", "stars_hundredths": 487, "ratings": 12, "sessions": 40, "skills": ["imprimante", "mail"], "languages": ["fr", "de-CH"], "place": "Lyon",
            "rate_minor_per_min": 50, "currency": "EUR", "about": "", "available": "now", "reasons": [{"code": "skill", "value": "imprimante"}]}
    price = {"id": PRICE, "rate_minor_per_min": 50, "currency": "EUR", "cap_minor": 1500}
    session = {"id": SESSION, "state": "connecting", "role": "seeker", "need": "L'imprimante ne répond plus", "seeker": {**party, "device_id": ID3, "device_key": public("seeker")},
               "helper": peer, "helper_card": card, "price": price, "may": ["view", "pointer"],
               "ice_servers": [{"urls": ["stun:stun.example:3478"], "username": "", "credential": ""}, {"urls": ["turn:turn.example:3478?transport=udp"], "username": "1790000000:x", "credential": "c2VjcmV0"}],
               "expires_s": 1790000000, "signed_ms": 0, "cost_minor": 0, "end_reason": "", "receipt_number": "", "created_s": 1780000000}
    early = {**session, "state": "open", "seeker": party, "helper": None, "helper_card": None, "price": None, "may": [], "ice_servers": []}
    over = {**session, "state": "settled", "role": "helper", "signed_ms": 61800, "cost_minor": 52, "end_reason": "cap", "receipt_number": "R-2026-000001"}
    tick = signed_tick(tick_value("helper", 1, 0, "0" * 64))
    one = {"tick": b64u(tick["text"].encode()), "sig": tick["sig"], "counter_sig": tick["counter_sig"]}
    of = {"session": SESSION}
    offer = {"type": "relay", **of, "kind": "offer", "body": {"sdp": "v=0\r\n"}}
    candidate = {"type": "relay", **of, "kind": "candidate", "body": {"candidate": "candidate:1 1 UDP 2122252543 192.0.2.1 40000 typ host", "mline": 0}}
    relays = [offer, {**offer, "kind": "answer"}, {**offer, "body": {"sdp": "x" * 24576}}, candidate, {**candidate, "body": {"candidate": "", "mline": 1}}, {"type": "relay", **of, "kind": "restart", "body": {}}]
    pings = [{"type": "ping", "n": 1}, {"type": "pong", "n": MAX}]
    hello = {"type": "hello", "token": "t0k", "protocol": 1, "available": True}
    ticks = {"type": "ticks", **of, "ticks": [one]}
    stats = {"type": "stats", **of, "fps": 30, "bitrate_bps": 1, "rtt_ms": 2, "lost": 3, "bytes": 4}
    welcome = {"type": "welcome", "account": ID2, "device": ID3, "heartbeat_ms": 15000, "sessions": [early, session]}
    ring = {"type": "ring", "session": {**session, "state": "ringing", "role": "helper"}, "expires_ms": 30000}
    update = {"type": "session", "session": session}
    ack = {"type": "ticks_ack", **of, "seeker_seq": 0, "helper_seq": 1, "signed_ms": 0, "cost_minor": 0}
    error = {"type": "error", "code": "conflict", "detail": "The session is over.", "about": "relay"}
    end_valid = [hello, {"type": "available", "available": False}, *relays, {"type": "bound", **of}, ticks, {**ticks, "ticks": [one] * 16}, {"type": "pause", **of, "paused": True},
                 {"type": "end", **of, "reason": "seeker"}, stats, *pings]
    broker_valid = [welcome, {**welcome, "sessions": []}, ring, *({"type": "ring_over", **of, "reason": r} for r in ("expired", "withdrawn", "answered")),
                    update, {**update, "session": early}, {**update, "session": over}, *relays, ack, *pings, error, {**error, "detail": "", "about": ""}]
    with_session = lambda **c: {**update, "session": {**session, **c}}
    end_bad = [{**hello, "token": ""}, {**hello, "token": "x" * 513}, {**hello, "available": 1}, {**hello, "protocol": "1"}, {**offer, "session": SESSION.upper()}, {**offer, "kind": "hello"},
               {**offer, "body": {}}, {**offer, "body": "v=0"}, {**offer, "body": {"sdp": "x" * 24577}}, {**candidate, "body": {"candidate": "x" * 513, "mline": 0}},
               {**candidate, "body": {"candidate": "", "mline": -1}}, {**ticks, "ticks": []}, {**ticks, "ticks": [one] * 17}, {**ticks, "ticks": [{**one, "counter_sig": ""}]}, {**ticks, "ticks": [1]},
               {"type": "bound"}, {"type": "end", **of, "reason": "x"}, {**stats, "lost": -1}, {"type": "ping", "n": 1.0}, {"type": "ping"}, {"type": None}, {**hello, "pad": "x" * 32768}]
    broker_bad = [{**welcome, "heartbeat_ms": 0}, {**welcome, "sessions": [early] * 9}, {**welcome, "sessions": None}, {**ring, "session": SESSION}, {**update, "session": None}, {"type": "ring_over", **of, "reason": ""},
                  {**ack, "cost_minor": -1}, {**error, "code": ""}, with_session(state="asleep"), with_session(role="broker"), with_session(may=["view", "view"]), with_session(may=["all"]),
                  with_session(price={**price, "cap_minor": 1501}), with_session(price={**price, "currency": "eur"}), with_session(seeker=None), with_session(helper=0),
                  with_session(helper={**peer, "device_key": "AA"}), with_session(helper_card={**card, "skills": ["x"] * 8}), with_session(helper_card={**card, "stars_hundredths": 501}),
                  with_session(helper_card={**card, "skills": [""]}), with_session(ice_servers=[{}] * 2), with_session(need="x" * 501), with_session(end_reason=None), with_session(cost_minor=0.5)]
    write("switchboard.json", {
        "end": {"valid": [compact(v) for v in end_valid], "malformed": [compact(v) for v in end_bad] + ["{\"type\":\"ping\",\"n\":1,\"n\":1}", "{\"type\":\"ping\",\"n\":1}\n{}", "[]", ""],
                "unknown": [compact(v) for v in (welcome, ack, error, {"type": "wave"}, {"type": ""}, {"type": "é" * 60})]},
        "broker": {"valid": [compact(v) for v in broker_valid], "malformed": [compact(v) for v in broker_bad],
                   "unknown": [compact(v) for v in (hello, ticks, {"type": "bound", **of}, {"type": "wave"})]}})


if __name__ == "__main__":
    texts()
    cost()
    control()
    binary()
    dependency()
    switchboard()
