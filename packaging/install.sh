#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Pouce authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: packaging/install.sh SECTION...
# Installs from Debian the packages of packaging/packages.txt that are still missing, and the npm
# packages of package-lock.json. Says what it does; changes nothing when all is there.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)

wanted() {
    awk -v sections=" $* " '
        /^#/ { next }
        /^\[/ { gsub(/[][]/, ""); take = index(sections, " " $0 " ") > 0; next }
        take { for (i = 1; i <= NF; i++) print $i }' "$root/packaging/packages.txt" | sort -u
}

missing=
for package in $(wanted "$@"); do
    # nodejs from elsewhere may bring npm along: what counts is the command.
    if [ "$package" = npm ] && command -v npm >/dev/null 2>&1; then
        continue
    fi
    if ! dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed'; then
        missing="$missing $package"
    fi
done

if [ -n "$missing" ]; then
    echo "Installing from Debian:$missing"
    sudo=
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null 2>&1 || {
            echo "Please run as root, or install sudo: packages are missing." >&2
            exit 1
        }
        sudo=sudo
    fi
    $sudo apt-get update -q
    # shellcheck disable=SC2086  # a list of words
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing
fi

stamp="$root/node_modules/.pouce-lock"
if ! cmp -s "$root/package-lock.json" "$stamp"; then
    echo "Installing the npm packages of package-lock.json"
    (cd "$root" && npm ci --no-fund --no-audit --loglevel=error)
    cp "$root/package-lock.json" "$stamp"
fi
