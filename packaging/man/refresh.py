#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Pouce authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps the manual pages true: the options in NAME.1 are those of NAME --help.

usage: refresh.py BIN_DIR [--check]     --check changes nothing and fails if a page is out of date
"""
import pathlib
import re
import subprocess
import sys

BEGIN = '.\\" options: from --help, by refresh.py'
END = '.\\" end of options'
NAMES = ("pouce-agent", "pouce-viewer", "pouce-broker", "poucectl")


def roff(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text[:1] in (".", "'") else text


def options(program):
    text = subprocess.run([program, "--help"], capture_output=True, text=True, check=True).stdout
    lines = [BEGIN]
    for line in text.splitlines():
        match = re.match(r"\s+((?:-\w, )?--[\w-]+(?:=\S+)?)\s{2,}(.*)$", line)
        if match:
            flag, _, value = match.group(1).partition("=")
            names = ", ".join(f"\\fB{roff(name)}\\fR" for name in flag.split(", "))
            lines += [".TP", names + (f"=\\fI{roff(value)}\\fR" if value else ""), roff(match.group(2)) + "."]
    return "\n".join(lines + [END])


def main():
    folder, check = pathlib.Path(__file__).parent, "--check" in sys.argv
    stale = []
    for name in NAMES:
        page = folder / f"{name}.1"
        before = page.read_text(encoding="utf-8")
        start, end = before.index(BEGIN), before.index(END) + len(END)
        after = before[:start] + options(pathlib.Path(sys.argv[1]) / name) + before[end:]
        if after != before:
            stale.append(name)
            if not check:
                page.write_text(after, encoding="utf-8")
    if check and stale:
        print(f"out of date: {', '.join(stale)}; run packaging/man/refresh.py BIN_DIR")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
