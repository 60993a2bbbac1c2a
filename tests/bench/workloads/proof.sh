#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Pouce authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: proof.sh BUILD-FOLDER [WIDTHxHEIGHT [FRAMES [DROPS [SCENE...]]]]
# Every frame of each scene must be bit-exact in libvpx and ffmpeg; then each of DROPS frames is lost
# in turn, and the decoders must be exact again with the first frame after the report. SEED, FONT and
# SCALE (environment) draw other content. Ends 1 if anything differs.
set -u
build=$1
size=${2:-960x540}
frames=${3:-60}
drops=${4:-20}
shift $(($# < 4 ? $# : 4))
[ $# -gt 0 ] || set -- idle typing wheel smooth600 smooth1440 smooth2000 panes drag switch rotate pages slides menus terminal video640 video noise
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
code=0

for scene in "$@"; do
    case $scene in # moments a second: so many that most frames show something new
    idle | typing | wheel | menus) fps=8 ;;
    switch | rotate | pages | slides) fps=1 ;;
    *) fps=60 ;;
    esac
    "$build/tests/bench/workloads/workload" --size "$size" --frames "$frames" --seed "${SEED:-1}" \
        ${FONT:+--font "$FONT"} --scale "${SCALE:-1}" --fps $fps --damage "$folder/damage" \
        "$scene" > "$folder/frames"
    printf '%s ' "$scene"
    "$build/tests/bench/codec_proof" --input "$folder/frames" --size "$size" --damage "$folder/damage" \
        --bitrate "${KBPS:-8000}" --drop "$drops" || code=1
done
exit $code
