#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Pouce authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: neon_test.sh SOURCE-FOLDER
# Compiles the kernels for 64-bit ARM and runs numeric_test.c there: NEON must give plain C's numbers.
# Of GLib only the headers are needed; those of this machine fit, as both have 64-bit pointers.
set -eu
cd "$1"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
here=tests/unit/codec/screen
screen=codec/video/screen
read -ra headers < <(pkg-config --cflags-only-I glib-2.0 | sed 's/-I/-isystem /g')
aarch64-linux-gnu-gcc -O2 -std=gnu17 -Wall -Wextra -Wno-unused-parameter -Werror -static -I. -I$here/neon/include \
    "${headers[@]}" -o "$folder/numeric" $here/numeric_test.c $here/neon/glib_shim.c \
    $screen/{kernels,kernels_plain,kernels_neon,transform,quantize,intra,anchors,tables}.c
qemu-aarch64 "$folder/numeric"
