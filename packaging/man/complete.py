#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Pouce authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fills the options into the manual pages, from each program's own --help: so they are always true.

usage: complete.py BIN_DIR OUT_DIR
"""
import pathlib
import re
import subprocess
import sys

MARK = '.\\" options: from --help'
NAMES = ("pouce-agent", "pouce-viewer", "pouce-broker", "poucectl")


def roff(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text[:1] in (".", "'") else text


def options(program):
    text = subprocess.run([program, "--help"], capture_output=True, text=True, check=True).stdout
    lines = []
    for line in text.splitlines():
        match = re.match(r"\s+((?:-\w, )?--[\w-]+(?:=\S+)?)\s{2,}(.*)$", line)
        if match:
            flag, _, value = match.group(1).partition("=")
            names = ", ".join(f"\\fB{roff(name)}\\fR" for name in flag.split(", "))
            lines += [".TP", names + (f"=\\fI{roff(value)}\\fR" if value else ""), roff(match.group(2)) + "."]
    return "\n".join(lines)


def main():
    folder, programs, out = pathlib.Path(__file__).parent, pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        page = (folder / f"{name}.1").read_text(encoding="utf-8")
        if page.count(MARK) != 1:
            print(f"{name}.1 has no line {MARK}")
            return 1
        (out / f"{name}.1").write_text(page.replace(MARK, options(programs / name)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
