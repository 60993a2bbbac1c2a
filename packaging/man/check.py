#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Pouce authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The manual pages name all that the programs take, and nothing else: options, variables, settings, commands.

usage: check.py BIN_DIR     from the root; options are those of each program's own --help
"""
import pathlib
import re
import subprocess
import sys

LIBRARIES = ["codec", "look", "signaling"]
PROGRAMS = {
    "pouce-agent": (["agent", *LIBRARIES], "agent/program/main.c"),
    "pouce-viewer": (["viewer", *LIBRARIES], "viewer/program/main.c"),
    "pouce-broker": (["broker/program/options.c"], "broker/program/options.c"),
    "poucectl": (["broker/program/poucectl.c"], "broker/program/poucectl.c"),
}
VARIABLE = re.compile(r'"(POUCE_[A-Z_]+)"')
SETTING = re.compile(r'(?:pouce_setting|(?:g_key_file_get_|key_)\w+)\(file, "\w+", "(\w+)"')
RATE = re.compile(r'\{"(\w+_per_min)"')
COMMAND = re.compile(r'\{"(\w+)", (?:"(\w+)"|NULL), \d, \w+\}')


def sources(places):
    for place in map(pathlib.Path, places):
        for path in sorted(place.rglob("*.c")) if place.is_dir() else [place]:
            yield path.read_text(encoding="utf-8")


def plain(page):
    text = re.sub(r"^\.[A-Z]+ ", "", page, flags=re.M)
    return re.sub(r"\s+", " ", re.sub(r"\\f.|[\"]", "", text.replace("\\-", "-")))


def problems(name, bin_dir):
    folders, main = PROGRAMS[name]
    page = plain((pathlib.Path(__file__).parent / f"{name}.1").read_text(encoding="utf-8"))
    text = pathlib.Path(main).read_text(encoding="utf-8")
    help_text = subprocess.run([bin_dir / name, "--help"], capture_output=True, text=True, check=True).stdout
    options = set(re.findall(r"--[\w-]+", help_text))
    variables = {found for source in sources(folders) for found in VARIABLE.findall(source)}
    settings = set(SETTING.findall(text)) | set(RATE.findall(text))
    commands = {" ".join(filter(None, words)) for words in COMMAND.findall(text)}
    yield from (f"the option {each}" for each in set(re.findall(r"--[a-z][\w-]*", page)) - options)
    yield from (f"the variable {each}" for each in variables ^ set(re.findall(r"POUCE_[A-Z_]+", page)))
    yield from (f"the setting {each}" for each in settings if not re.search(rf"\b{each}\b", page))
    yield from (f"the command {each}" for each in commands if each not in page)


def main():
    found = [f"{name}.1: {problem}" for name in PROGRAMS for problem in problems(name, pathlib.Path(sys.argv[1]))]
    for each in sorted(found):
        print(f"{each} stands on one side only")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
