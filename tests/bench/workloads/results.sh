#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Pouce authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: results.sh BUILD-FOLDER [WIDTHxHEIGHT [FRAMES [SCENE...]]]
# Draws each scene once and gives the same frames to both encoders, one after the other, at 8 Mb/s;
# prints a table for RESULTS.md. The first picture has four seconds to become sharp before anything
# moves; the figures of moving frames are those of what follows. With the scene "video" the bitrate
# is varied too, and the difference at equal quality printed below the table.
# SEED, FONT and SCALE (environment) draw other content. A scene at 1920x1080 and 240 frames takes
# 2 GB below TMPDIR for a while.
set -eu
build=$1
size=${2:-1920x1080}
frames=${3:-240}
shift $(($# < 3 ? $# : 3))
[ $# -gt 0 ] || set -- idle typing wheel smooth600 smooth1440 smooth2000 panes drag switch rotate pages slides menus terminal video640 video noise
here=$(dirname "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

bench() { # ENCODER KBPS
    "$build/tests/bench/codec_bench" --input="$folder/frames" --size="$size" --format=bgrx --fps=60 \
        --encoder="$1" --bitrate="$2" --damage="$folder/damage" --text="$folder/text" --lead=4 --json
}

python3 "$here/results.py" head
for scene in "$@"; do
    "$build/tests/bench/workloads/workload" --size "$size" --frames "$frames" --seed "${SEED:-1}" \
        ${FONT:+--font "$FONT"} --scale "${SCALE:-1}" --damage "$folder/damage" --text "$folder/text" \
        "$scene" > "$folder/frames"
    for encoder in vpx screen; do
        bench $encoder 8000 | tee "$folder/$encoder-8000" | python3 "$here/results.py" row "$scene"
    done
    [ "$scene" = video ] || continue
    for kbps in 1500 3000 5000; do
        bench vpx $kbps > "$folder/vpx-$kbps"
        bench screen $kbps > "$folder/screen-$kbps"
    done
    video="$(cat "$folder"/vpx-[0-9]*; echo; cat "$folder"/screen-[0-9]*)"
done
[ -z "${video:-}" ] || python3 "$here/results.py" rate <<< "$video"
