#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Pouce authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Pouce in one command: installs what is missing, builds, starts a broker with a demo helper and a
# demo seeker, shares this desktop (or a virtual one), and prints the address for the helper's browser.
set -eu
cd "$(dirname "$0")/.."

usage() {
    cat <<'TXT'
usage: packaging/demo.sh [OPTION]...
  --smoke       do the whole session unattended, print what was seen, exit 0 if all of it is right
  --virtual     share a virtual desktop even if there is a real one
  --port N      port of the broker (default: 8080, or a free one when that is taken)
  --no-install  do not look for missing packages
  --help        this text
Stop it with Ctrl+C; nothing stays behind.
TXT
}

install=yes
arguments=()
while [ $# -gt 0 ]; do
    case $1 in
    --help) usage; exit 0 ;;
    --no-install) install=no ;;
    --smoke | --virtual) arguments+=("$1") ;;
    --port) arguments+=("$1" "${2:?--port needs a number}"); shift ;;
    *) usage >&2; exit 2 ;;
    esac
    shift
done

if [ "$install" = yes ]; then
    packaging/install.sh build run demo
fi
cmake --preset release >/dev/null
cmake --build --preset release
export POUCE_SOURCE_DIR=$PWD POUCE_BUILD_DIR=$PWD/build/release
exec sh tests/support/node_test.sh packaging/demo.ts "$PWD/build/release/demo.mjs" "${arguments[@]}"
