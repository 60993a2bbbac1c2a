#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Pouce authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: screen_enc_test.sh FOLDER-OF-THE-PLUG-IN
# poucescreenenc by gst-launch: through a decoder, through RTP, and silent when nothing changes.
set -eu
export GST_PLUGIN_PATH=$1 GST_REGISTRY
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
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
