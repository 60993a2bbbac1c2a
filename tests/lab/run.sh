#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Pouce authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: run.sh ENTRY.ts BUNDLE.mjs [ARGUMENT...]
# Runs a test of the lab in network and mount namespaces of its own. Its process stands in the "internet";
# homes are further namespaces, named inside this one only. So runs cannot see each other, and when the
# last process ends the kernel takes everything back, whatever happened.
set -eu

fail() {
    echo "lab: $*" >&2
    exit 1
}

[ "$(id -u)" = 0 ] || fail "The lab builds networks and must be run as root: sudo ctest -L lab."
for tool in ip:iproute2 nft:nftables turnserver:coturn unshare:util-linux openssl:openssl; do
    command -v "${tool%%:*}" >/dev/null || fail "${tool%%:*} is missing: apt-get install ${tool#*:}."
done
unshare --net --mount true 2>/dev/null ||
    fail "This machine gives no network namespaces (a container without CAP_SYS_ADMIN?): the lab cannot run here."

here=$(dirname "$0")
exec unshare --net --mount --propagation private sh -euc '
    mkdir -p /run/netns
    mount -t tmpfs -o mode=755 tmpfs /run/netns
    exec sh "$@"
' sh "$here/../support/node_test.sh" "$@"
