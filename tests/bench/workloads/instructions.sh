#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Pouce authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: instructions.sh BUILD-FOLDER [ROW...]
# What both encoders take for whole-screen changes and films in instructions, which no load disturbs:
# whole runs, the first picture included, counted inside pouce_encoder_encode by callgrind. Beside them
# the quality and bits of the same run. A quarter of an hour at rest; needs valgrind and ffmpeg.
set -eu
build=${1:?BUILD-FOLDER}
shift
[ $# -gt 0 ] || set -- slides3 slides1 pages video zoom grain
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

bench() { # ENCODER KBPS
    "${under[@]}" "$build/tests/bench/codec_bench" --input="$folder/frames" --size="$size" --format="$format" \
        --fps="$fps" --encoder="$1" --bitrate="$2" --settle=0 --json "${@:3}"
}

millions() { # ENCODER KBPS
    local under=(valgrind --tool=callgrind --toggle-collect=pouce_encoder_encode --callgrind-out-file=/dev/null)
    bench "$@" --blind 2>&1 > "$folder/null" | sed -n 's/.*Collected : \([0-9]*\)[0-9]\{6\}$/\1/p'
}

figure() { # FILE NAME
    sed -n "s/.*\"$2\": \([0-9.]*\).*/\1/p" "$1"
}

row() { # WHAT KBPS...
    local what=$1 under=() encoder kbps
    shift
    for kbps in "$@"; do
        for encoder in vpx screen; do
            bench $encoder "$kbps" > "$folder/$encoder"
        done
        theirs=$(millions vpx "$kbps")
        ours=$(millions screen "$kbps")
        printf '| %s | %s | %s | %s | %s | %s, %s | %s, %s |\n' "$what" "$(figure "$folder/screen" frames)" "$theirs" \
            "$ours" "$(awk "BEGIN {printf \"%.2f\", $ours / $theirs}")" "$(figure "$folder/vpx" psnr_mean_db)" \
            "$(figure "$folder/screen" psnr_mean_db)" "$(figure "$folder/vpx" kbps)" "$(figure "$folder/screen" kbps)"
    done
}

scene() { # SCENE FPS FRAMES SPEED
    size=1920x1080 format=bgrx fps=$2
    "$build/tests/bench/workloads/workload" --size $size --fps "$2" --frames "$3" --speed "$4" "$1" > "$folder/frames"
}

film() { # OPTION...: where it comes from
    size=1280x720 format=i420 fps=30
    ffmpeg -v error "$@" -frames:v 16 -pix_fmt yuv420p -f rawvideo -y "$folder/frames"
}

echo "| what | frames | libvpx, M | screen, M | ratio | dB, whole picture | kb/s |"
echo "|---|---|---|---|---|---|---|"
for name in "$@"; do
    case $name in
    slides3) scene slides 3 13 6 && row "slides, a new one 3 times a second, 8 Mb/s" 8000 ;;
    slides1) scene slides 1 13 2 && row "slides, one a second, 8 Mb/s" 8000 ;;
    pages) scene pages 1 13 2 && row "pages of text, one a second, 8 Mb/s" 8000 ;;
    video) scene video 30 24 1 && row "film, 8 Mb/s" 8000 ;;
    zoom) film -f lavfi -i mandelbrot=s=1280x720:rate=30 && row "zoom into the Mandelbrot set, 1280x720, 4 and 10 Mb/s" 4000 10000 ;;
    grain)
        ffmpeg -v error -f lavfi -i mandelbrot=s=2560x1440:start_scale=0.5,noise=alls=16:all_seed=1 -frames:v 1 "$folder/still.png"
        film -loop 1 -framerate 30 -i "$folder/still.png" -vf "crop=1280:720:n*3:n*2"
        row "a picture with grain, panned, 1280x720, 4 and 10 Mb/s" 4000 10000
        ;;
    *) echo "instructions.sh: rows are slides3 slides1 pages video zoom grain" >&2 && exit 2 ;;
    esac
done
