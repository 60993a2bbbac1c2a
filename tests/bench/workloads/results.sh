#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Pouce authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: results.sh BUILD-FOLDER [WIDTHxHEIGHT [FRAMES [SCENE...]]]
# Draws each scene once and gives the same frames to both encoders, one after the other; prints a
# table for RESULTS.md. One scene at 1920x1080 and 240 frames takes 2 GB below TMPDIR for a while.
set -eu
build=$1
size=${2:-1920x1080}
frames=${3:-240}
shift $(($# < 3 ? $# : 3))
[ $# -gt 0 ] || set -- idle typing wheel smooth600 smooth2000 panes drag switch slides menus terminal video640 video noise
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

echo "| scene | encoder | encode ms p50 | p99 | first | kb/s | frames | dB mean | dB worst | dB settled | index |"
echo "|---|---|---|---|---|---|---|---|---|---|---|"
for scene in "$@"; do
    "$build/tests/bench/workloads/workload" --size "$size" --frames "$frames" --damage "$folder/damage" "$scene" > "$folder/frames"
    for encoder in vpx screen; do
        "$build/tests/bench/codec_bench" --input="$folder/frames" --size="$size" --format=bgrx --fps=60 \
            --encoder=$encoder --bitrate=8000 --damage="$folder/damage" --json |
            python3 -c '
import json, sys
d = json.load(sys.stdin)
t = d["encode_ms"]
print("| {} | {} | {:.2f} | {:.1f} | {:.0f} | {:.0f} | {} | {:.1f} | {:.1f} | {:.1f} | {:.1f} |".format(
    sys.argv[1], d["encoder"], t["p50"], t["p99"], t["first"], d["kbps"], d["sent"], d["psnr_mean_db"],
    d["psnr_min_db"], d["psnr_settled_db"], d["quantizer_mean"]))' "$scene"
    done
done
