#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Pouce authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Uses a program as a screen reader does: through AT-SPI, by role and name, never by place.

usage: /usr/bin/python3 screen_reader.py PROGRAM [ARGUMENT...]

Starts a D-Bus session of its own and PROGRAM in it, then answers each JSON line on stdin with one on stdout. A line may carry deadline_ms.
  {"do": "wait", "name": "Sign in", "role": "push button"}    until it is showing (role may be left out),
                                                              part: any name with it, state: in that state,
                                                              without: not in that one
  {"do": "gone", "name": ...}                                 until it is not
  {"do": "press", "name": ...}                                its first action
  {"do": "write", "name": ..., "text": ...}                   text of an entry
  {"do": "dump"}                                              all that is showing: [[role, name, states]]
  {"do": "audit"}                                             focusable things that have no name
  {"do": "state", "name": ...}                                its states
Answers: {"event": "done", "n": line, ...} or {"event": "failed", "n": line, "text": why, "dump": [...]}.
The program's end is {"event": "ended", "code": N}; closing stdin ends it.
"""
import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi  # noqa: E402

POLL_S = 0.02
DEADLINE_MS = 10000


PR_SET_PDEATHSIG = 1


def end_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def say(**fields):
    sys.stdout.write(json.dumps(fields, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def states_of(node):
    return [s.value_nick for s in node.get_state_set().get_states()]


def walk(node, out, depth=0):
    if node is None or depth > 40:
        return
    for at in range(node.get_child_count()):
        child = node.get_child_at_index(at)
        if child is None:
            continue
        try:
            states = states_of(child)
            # GTK 4.8 says "showing" of some windows only: what has no hidden ancestor shows.
            if "visible" in states:
                out.append((child, child.get_role_name(), child.get_name() or "", states))
                walk(child, out, depth + 1)
        except gi.repository.GLib.Error:
            continue  # it went away meanwhile


def start(command, stdout):
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=stdout, preexec_fn=end_with_parent)


def start_bus():
    # Not dbus-run-session, which leaves everything behind when it is ended itself.
    bus = start(["dbus-daemon", "--session", "--nofork", "--print-address"], subprocess.PIPE)
    os.environ["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().decode().strip()


class Driver:
    def __init__(self, pid):
        self.pid = pid

    def showing(self):
        desktop = Atspi.get_desktop(0)
        out = []
        for at in range(desktop.get_child_count()):
            app = desktop.get_child_at_index(at)
            try:
                if app is not None and app.get_process_id() == self.pid:
                    app.clear_cache()
                    walk(app, out)
            except gi.repository.GLib.Error:
                continue
        return out

    def find(self, command):
        role, name = command.get("role"), command["name"]
        fits = [
            (node, r, n, s)
            for node, r, n, s in self.showing()
            if (role is None or r == role)
            and (n == name or command.get("part") and name in n)
            and command.get("state", "visible") in s + ["visible"]
            and command.get("without") not in s
        ]
        # Of an entry and the text inside it, the one that can be used comes last.
        return fits[-1] if fits else None

    def until(self, command, ready):
        end = time.monotonic() + command.get("deadline_ms", DEADLINE_MS) / 1000
        while time.monotonic() < end:
            found = ready()
            if found:
                return found
            time.sleep(POLL_S)
        raise TimeoutError(f"{command} did not happen in time")

    def wait(self, command):
        _, role, name, states = self.until(command, lambda: self.find(command))
        return {"role": role, "name": name, "states": states}

    def gone(self, command):
        self.until(command, lambda: self.find(command) is None)
        return {}

    def usable(self, command):
        found = self.find(command)
        return found if found and "sensitive" in found[3] else None

    def press(self, command):
        node, *_ = self.until(command, lambda: self.usable(command))
        if not node.do_action(0):
            raise RuntimeError(f"{command}: the action was refused")
        return {}

    def write(self, command):
        def entry():
            for node, _, name, states in self.showing():
                if name == command["name"] and "editable" in states and "sensitive" in states:
                    return node
            return None

        node = self.until(command, entry)
        if not node.set_text_contents(command["text"]):
            raise RuntimeError(f"{command}: the text was refused")
        return {}

    def dump(self, command):
        keep = ("focusable", "focused", "checked", "sensitive")
        return {"nodes": [[r, n, *(x for x in s if x in keep)] for _, r, n, s in self.showing()]}

    def audit(self, command):
        """What can take the focus and says nothing, or only the toolkit's own name of it."""
        nodes = [(r, n) for _, r, n, s in self.showing() if "focusable" in s and n != "GtkListItemWidget"]
        return {"silent": [[r, n] for r, n in nodes if not n or n.startswith("Gtk")], "count": len(nodes)}

    def state(self, command):
        found = self.find(command)
        return {"states": found[3] if found else []}


def main():
    start_bus()
    child = start(sys.argv[1:], stdout=sys.stderr)
    driver = Driver(child.pid)

    def watch():
        say(event="ended", code=child.wait())
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()
    for line in sys.stdin:
        command = json.loads(line)
        try:
            say(event="done", n=command.get("n"), **getattr(driver, command["do"])(command))
        except Exception as error:  # whatever it is, the test wants to know and to see
            say(event="failed", n=command.get("n"), text=str(error), **driver.dump({}))
    child.terminate()
    child.wait()


if __name__ == "__main__":
    main()
