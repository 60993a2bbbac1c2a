#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Pouce authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: screen_enc_test.sh FOLDER-OF-THE-PLUG-IN
# poucescreenenc by gst-launch: through a decoder, through RTP, from an X server, silent when nothing
# changes, and sharp in the end although its source has fallen silent.
set -eu
export GST_PLUGIN_PATH=$1 GST_REGISTRY
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill $server; rm -rf "$folder"' EXIT
GST_REGISTRY=$folder/registry

fail() {
    echo "FAILED: $1" >&2
    exit 1
}

gst-inspect-1.0 poucescreenenc | grep -q "bitrate" || fail "gst-inspect-1.0 shows no bitrate"

# Odd sizes too: every decoded byte arrives.
gst-launch-1.0 -q videotestsrc num-buffers=30 pattern=ball ! video/x-raw,format=I420,width=321,height=199,framerate=30/1 \
    ! poucescreenenc bitrate=2000000 ! vp8dec ! videoconvert ! video/x-raw,format=I420 ! filesink location="$folder/ball.i420"
[ "$(stat -c %s "$folder/ball.i420")" -gt 2000000 ] || fail "too few pictures of a moving ball"

gst-launch-1.0 -q videotestsrc num-buffers=20 pattern=ball ! video/x-raw,width=320,height=240,framerate=30/1 \
    ! videoconvert ! poucescreenenc ! rtpvp8pay ! rtpvp8depay ! vp8dec ! fakesink || fail "RTP"

# A still picture: the first frame and its refinement, then silence.
gst-launch-1.0 -q videotestsrc num-buffers=200 pattern=smpte75 ! video/x-raw,width=320,height=240,framerate=30/1 \
    ! videoconvert ! poucescreenenc ! multifilesink location="$folder/still-%03d"
count=$(find "$folder" -name 'still-*' | wc -l)
[ "$count" -ge 1 ] && [ "$count" -le 20 ] || fail "$count buffers for a still picture"
echo "poucescreenenc: $count buffers for a still picture"

# A source that shows one picture and falls silent, behind something that repeats it: it is refined.
timeout 30 gst-launch-1.0 -q videotestsrc is-live=true pattern=snow ! video/x-raw,format=I420,width=320,height=240,framerate=1/3 \
    ! compositor ! video/x-raw,format=I420,framerate=20/1 ! identity eos-after=20 ! poucescreenenc bitrate=500000 \
    ! multifilesink location="$folder/silent-%03d" || fail "a source that falls silent"
count=$(find "$folder" -name 'silent-*' | wc -l)
[ "$count" -ge 5 ] || fail "$count buffers: the picture of a source that fell silent stays coarse"
echo "poucescreenenc: $count buffers for one picture that is repeated"

mkfifo "$folder/display"
Xvfb -displayfd 3 -screen 0 640x480x24 -nolisten tcp 3> "$folder/display" 2> "$folder/xvfb.txt" &
server=$!
read -r -t 30 display < "$folder/display" || fail "Xvfb: $(cat "$folder/xvfb.txt")"
timeout 30 gst-launch-1.0 -q ximagesrc display-name=":$display" num-buffers=10 ! videoconvert ! poucescreenenc \
    ! rtpvp8pay ! rtpvp8depay ! vp8dec ! filesink location="$folder/screen.i420" || fail "ximagesrc"
[ "$(stat -c %s "$folder/screen.i420")" -ge $((640 * 480 * 3 / 2)) ] || fail "no picture of an X server"
echo "poucescreenenc: an X server's screen went through RTP and a decoder"
