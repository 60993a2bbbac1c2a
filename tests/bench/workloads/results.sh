#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Pouce authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: results.sh [--quick] [--size WIDTHxHEIGHT]... BUILD-FOLDER [SCENE...]
# Draws each scene once and gives the same frames to both encoders, one after the other, at 8 Mb/s;
# prints the tables for RESULTS.md, libvpx / screen in each cell, at 1920x1080 and 3840x2160, and at
# 1920x1080 once more with other content unless --quick is given. The first picture has four seconds
# to become sharp before anything moves; the other figures are those of what follows. A third run,
# of the screen encoder alone, gives each frame a 60th of a second's bytes as its budget and counts
# those that take more. The film is coded at other bitrates too, and the difference at equal quality
# printed. SEED, FONT and SCALE (environment) draw other content, LEAD=0 lets it move at once. Takes up to 1 GB below TMPDIR.
set -eu
sizes=()
quick=
while [[ ${1:-} = --* ]]; do
    case $1 in
    --quick) quick=1 ;;
    --size) sizes+=("$2") && shift ;;
    *) sed -n '5p' "$0" >&2 && exit 2 ;;
    esac
    shift
done
build=${1:?BUILD-FOLDER}
shift
[ $# -gt 0 ] || set -- idle typing wheel smooth600 smooth1440 smooth2000 panes drag terminal menus \
    switch rotate pages slides video640 video noise
[ ${#sizes[@]} -gt 0 ] || sizes=(1920x1080 3840x2160)
here=$(dirname "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Moments a second, their number at 1080p and at 4K, and how much faster all goes: in the slow scenes
# every frame shows something new.
pace() { # SCENE
    case $1 in
    idle) echo 2 25 15 1.1 ;;
    typing) echo 9 46 28 1 ;;
    wheel) echo 8 33 17 1 ;;
    menus) echo 4 25 16 1 ;;
    switch | rotate | pages | slides) echo 1 15 13 2 ;;
    video640 | video) echo 30 31 16 1 ;;
    noise) echo 60 16 13 1 ;;
    *) echo 60 61 31 1 ;;
    esac
}

bench() { # ENCODER KBPS OPTION...
    local encoder=$1 kbps=$2
    shift 2
    "$build/tests/bench/codec_bench" --input="$folder/frames" --size="$size" --format=bgrx --fps="$fps" \
        --fps-max=60 --encoder="$encoder" --bitrate="$kbps" --damage="$folder/damage" --lead="${LEAD:-4}" --settle=0 --json "$@"
}

film() {
    for kbps in 1500 3000 5000 8000; do
        bench vpx $kbps
        bench screen $kbps
    done | python3 "$here/results.py" rate
}

table() { # SIZE SCENE...
    size=$1
    shift
    printf '\n%s, seed %s%s\n\n' "$size" "${SEED:-1}" "${FONT:+, $FONT at ${SCALE:-1}}"
    python3 "$here/results.py" head
    local scene fps frames frames_4k speed rate=
    for scene in "$@"; do
        read -r fps frames frames_4k speed < <(pace "$scene")
        [ "${size%x*}" -le 2560 ] || frames=$frames_4k
        "$build/tests/bench/workloads/workload" --size "$size" --frames "$frames" --fps "$fps" \
            --speed "$speed" --seed "${SEED:-1}" ${FONT:+--font "$FONT"} --scale "${SCALE:-1}" \
            --damage "$folder/damage" --text "$folder/text" --steps "$folder/steps" "$scene" > "$folder/frames"
        {
            bench vpx 8000 --text="$folder/text" --steps="$folder/steps"
            bench screen 8000 --text="$folder/text" --steps="$folder/steps"
            bench screen 8000 --blind --budget=$((8000000 / 8 / 60))
        } | python3 "$here/results.py" row "$scene"
        [ "$scene" = video ] && [ "${size%x*}" -le 2560 ] && rate=$(film)
    done
    printf '%s\n' "$rate"
}

for size in "${sizes[@]}"; do
    table "$size" "$@"
done
[ -n "$quick" ] || SEED=$((${SEED:-1} + 6)) FONT="Noto Serif" SCALE=1.35 table 1920x1080 "$@"
