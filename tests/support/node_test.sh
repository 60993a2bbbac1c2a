#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Pouce authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: node_test.sh ENTRY.ts BUNDLE.mjs [ARGUMENT...]
# Bundles a TypeScript file (npm packages stay outside) and runs it: tests by node's runner, others as they are.
set -eu
entry=$1
bundle=$2
shift 2
"$POUCE_SOURCE_DIR/node_modules/.bin/esbuild" "$entry" --bundle --platform=node --format=esm \
    --packages=external --target=node18 --sourcemap=inline --log-level=warning --outfile="$bundle"
case $entry in
*.test.ts) exec node --enable-source-maps --test "$bundle" "$@" ;;
*) exec node --enable-source-maps "$bundle" "$@" ;;
esac
