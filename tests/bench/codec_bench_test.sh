#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Pouce authors
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: codec_bench_test.sh PROGRAM   three small frames through the judge, and its refusals
set -eu
bench=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# 20x12 I420 is 360 bytes: two equal frames, then one that differs.
head -c 720 /dev/zero >"$dir/raw"
head -c 360 /dev/zero | tr '\0' 'x' >>"$dir/raw"
run() {
    "$bench" --input "$dir/raw" --size 20x12 --format i420 --fps 10 --encoder vpx --bitrate 500 "$@"
}
expect() {
    case $1 in
    *"$2"*) ;;
    *)
        echo "wanted '$2' in: $1" >&2
        exit 1
        ;;
    esac
}

out=$(run --json --ivf "$dir/out.ivf")
expect "$out" '"frames": 3, "sent": 2, "not_sent": 1, "keys": 1'
expect "$out" '"sharp_ms"'
[ "$(head -c 4 "$dir/out.ivf")" = DKIF ]

# Text is judged apart, and what comes before the lead is over is not in what moved.
printf '*\n\n0,0,16,12\n' >"$dir/text"
expect "$(run --json --text "$dir/text")" '"text_psnr_db"'
out=$(run --json --lead 1)
expect "$out" '"moving_sent": 1'
case $out in *text_psnr_db*) exit 1 ;; esac

# Damage that hides the last change: it is not sent.
printf '# made by hand\n*\n\n\n' >"$dir/damage"
expect "$(run --json --damage "$dir/damage")" '"sent": 1, "not_sent": 2'
printf '*\n0,0,4\n' >"$dir/damage"
run --damage "$dir/damage" 2>"$dir/err" && exit 1
expect "$(cat "$dir/err")" 'cannot be read for frame 1'

printf x >>"$dir/raw"
run 2>"$dir/err" && exit 1
expect "$(cat "$dir/err")" 'ends inside frame 3'
code=0
"$bench" --input "$dir/raw" --size 20 --format i420 --fps 10 --encoder vpx --bitrate 500 \
    2>"$dir/err" || code=$?
[ $code = 2 ]
code=0
"$bench" --input "$dir/raw" --size 20x12 --format i420 --fps 10 --encoder none --bitrate 500 \
    2>"$dir/err" || code=$?
[ $code = 1 ]
expect "$(cat "$dir/err")" 'choose one of: vpx'
"$bench" --help | grep -q -- --damage
