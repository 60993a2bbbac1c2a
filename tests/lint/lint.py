#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Pouce authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks that no compiler makes: format, include directions, SPDX lines, sizes of files and functions.

usage: lint.py ROOT [--fix]     --fix formats C files in place
"""
import pathlib
import re
import shutil
import subprocess
import sys

# folder -> folders it may include from; the table of ARCHITECTURE.md. The longest prefix applies.
ALLOWED = {
    "codec/frame": [],
    "codec/rate": [],
    "codec/video": ["codec/frame"],
    "codec/voice": [],
    "codec/gst": ["codec/frame", "codec/video"],
    "signaling/wire": [],
    "signaling/meter": ["signaling/wire"],
    "signaling/rendezvous": ["signaling/wire"],
    "signaling/peer": ["signaling/wire"],
    "broker": ["signaling/wire", "signaling/meter", "broker"],
    "broker/store": [],
    "broker/ledger": ["broker/store"],
    "broker/market": ["signaling/wire", "signaling/meter"],
    "look": [],
    "agent": ["codec", "signaling", "look", "agent"],
    "viewer": ["codec", "signaling", "look", "viewer"],
    "tests": ["codec", "signaling", "broker", "look", "agent", "viewer", "tests"],
}
FILE_MAX_LINES = 800
FUNCTION_MAX_LINES = 70
LICENCE = {"codec": "MIT", "signaling": "MIT"}


def rule_for(folder):
    parts = folder.split("/")
    for n in range(len(parts), 0, -1):
        key = "/".join(parts[:n])
        if key in ALLOWED:
            return key
    return None


def check_includes(path, text):
    folder = str(path.parent)
    key = rule_for(folder)
    if key is None:
        yield f"{path}: folder {folder} is not in the include table"
        return
    for number, line in enumerate(text.splitlines(), 1):
        match = re.match(r'#include "([^"]+)"', line)
        if not match:
            continue
        target = match.group(1)
        if "/" not in target:
            yield f"{path}:{number}: include {target} from the root, with its folder"
            continue
        into = str(pathlib.PurePosixPath(target).parent)
        inside = into == key or into.startswith(key + "/")
        if not inside and not any(into == a or into.startswith(a + "/") for a in ALLOWED[key]):
            yield f"{path}:{number}: {key} may not include from {into}"


def check_spdx(path, text):
    head = "\n".join(text.splitlines()[:4])
    if "SPDX-FileCopyrightText:" not in head or "SPDX-License-Identifier:" not in head:
        yield f"{path}: begins with no SPDX lines"
        return
    wanted = LICENCE.get(path.parts[0], "GPL-3.0-or-later")
    if f"SPDX-License-Identifier: {wanted}" not in head:
        yield f"{path}: licence should be {wanted}"


def check_functions(path, text):
    start = None
    for number, line in enumerate(text.splitlines(), 1):
        if line == "{":
            start = number
        elif line.startswith("}") and start:
            if line == "}" and number - start + 1 > FUNCTION_MAX_LINES:
                yield f"{path}:{start}: function of {number - start + 1} lines, most is {FUNCTION_MAX_LINES}"
            start = None


def tracked(root):
    out = subprocess.run(
        ["git", "-C", root, "ls-files", "-co", "--exclude-standard"], capture_output=True, text=True, check=True
    )
    return sorted(pathlib.PurePosixPath(p) for p in set(out.stdout.split("\n")) if p)


def check_format(root, files, fix):
    tool = shutil.which("clang-format-14") or shutil.which("clang-format")
    if not tool:
        yield "clang-format is not installed (apt install clang-format)"
        return
    mode = ["-i"] if fix else ["--dry-run", "--Werror"]
    for at in range(0, len(files), 40):
        run = subprocess.run(
            [tool, *mode, *map(str, files[at : at + 40])], cwd=root, capture_output=True, text=True
        )
        for line in run.stderr.splitlines():
            if "error:" in line:
                yield line


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else "."
    fix = "--fix" in sys.argv
    problems = []
    files = [p for p in tracked(root) if (pathlib.Path(root) / p).is_file()]
    c_files = [p for p in files if p.suffix in (".c", ".h")]
    for path in files:
        if path.suffix not in (".c", ".h", ".ts", ".sh", ".py", ".css", ".sql"):
            continue
        text = (pathlib.Path(root) / path).read_text(encoding="utf-8")
        problems += check_spdx(path, text)
        if text.count("\n") > FILE_MAX_LINES:
            problems.append(f"{path}: {text.count(chr(10))} lines, most is {FILE_MAX_LINES}")
        if path in c_files:
            problems += check_includes(path, text)
            problems += check_functions(path, text)
    problems += check_format(root, c_files, fix)
    for problem in problems:
        print(problem)
    print(f"lint: {len(files)} files, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
