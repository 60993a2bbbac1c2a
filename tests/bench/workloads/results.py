# SPDX-FileCopyrightText: 2026 The Pouce authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns what codec_bench prints into rows of a table, and several bitrates into one difference.

usage: results.py head | row SCENE < ONE-OBJECT | rate < ONE OBJECT A LINE, vpx and screen
"""
import json
import math
import sys

COLUMNS = ("scene", "encoder", "encode ms p50", "p99", "first", "moving kb/s", "frames", "dB", "text dB",
           "text worst", "text SSIM", "dB settled", "index", "readable ms", "sharp ms (its bytes)",
           "later: sharp ms (its bytes)")


def ms(value):
    return "–" if value < 0 else f"{value:.0f}"


def row(scene, d):
    t, first, later = d["encode_ms"], d["first"], d["later"]
    text = ["–"] * 3
    if "text_psnr_db" in d:
        text = [f"{d['text_psnr_db']:.1f}", f"{d['text_psnr_min_db']:.1f}", f"{d['text_ssim']:.4f}"]
    sharp = "–" if first["sharp_ms"] < 0 else f"{first['sharp_ms']:.0f} ({first['floor_ms']:.0f})"
    again = f"{later['sharp_ms']:.0f} ({later['floor_ms']:.0f})" if later["sharp"] else "–"
    return (scene, d["encoder"], f"{t['p50']:.2f}", f"{t['p99']:.1f}", f"{t['first']:.0f}", f"{d['kbps']:.0f}",
            str(d["moving_sent"]), f"{d['psnr_mean_db']:.1f}", *text, f"{d['psnr_settled_db']:.1f}",
            f"{d['quantizer_mean']:.1f}", ms(first["readable_ms"]), sharp, again)


def integral(points, low, high):
    """Of log bitrate over quality, by straight lines between the points."""
    area, steps = 0.0, 1000
    for i in range(steps):
        at = low + (high - low) * (i + 0.5) / steps
        for (q0, r0), (q1, r1) in zip(points, points[1:]):
            if q0 <= at <= q1:
                area += (r0 + (r1 - r0) * (at - q0) / (q1 - q0)) / steps
                break
    return area


def rate(runs):
    """Bjontegaard's difference: how many more bits ours takes at equal quality, in the range of both."""
    curves = {}
    for d in runs:
        curves.setdefault(d["encoder"], []).append((d["psnr_mean_db"], math.log(d["kbps"])))
    vpx, ours = sorted(curves["vpx"]), sorted(curves["screen"])
    low, high = max(vpx[0][0], ours[0][0]), min(vpx[-1][0], ours[-1][0])
    if low >= high:
        return "no common range of quality: vpx " + str(vpx) + ", screen " + str(ours)
    difference = integral(ours, low, high) - integral(vpx, low, high)
    return f"BD-rate of the film, {low:.1f} to {high:.1f} dB: {100 * (math.exp(difference) - 1):+.1f} %"


def main():
    if sys.argv[1] == "head":
        print("| " + " | ".join(COLUMNS) + " |\n|" + "---|" * len(COLUMNS))
    elif sys.argv[1] == "row":
        print("| " + " | ".join(row(sys.argv[2], json.load(sys.stdin))) + " |", flush=True)
    else:
        print("\n" + rate([json.loads(line) for line in sys.stdin if line.strip()]))


main()
