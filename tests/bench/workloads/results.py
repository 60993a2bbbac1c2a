# SPDX-FileCopyrightText: 2026 The Pouce authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns what codec_bench prints into rows of a table, and several bitrates into one difference.

usage: results.py head | row SCENE < ONE OBJECT A LINE: vpx, screen, screen with a budget
                  | rate < ONE OBJECT A LINE, vpx and screen
"""
import json
import math
import sys

COLUMNS = ("scene", "n", "encode ms p50", "ratio", "kb/s", "ratio", "text dB (worst)", "SSIM", "motion found",
           "readable / sharp (its bytes), ms", "the next ones", "> 1.05 budget", "decode ms")


def ms(value):
    return "–" if value < 0 else f"{value:.0f}"


def quality(d):
    """Mean and worst on text; of the whole picture where there is none."""
    if "text_psnr_db" in d:
        return f"{d['text_psnr_db']:.1f} ({d['text_psnr_min_db']:.1f})"
    return f"*{d['psnr_mean_db']:.1f} ({d['psnr_min_db']:.1f})*"


def motion(d):
    found = d.get("motion")
    return f"{100 * found['found'] / found['frames']:.0f} %" if found else "–"


def arrival(change):
    if change["readable_ms"] < 0 and change["sharp_ms"] < 0:
        return "–"
    sharp = "–" if change["sharp_ms"] < 0 else f"{change['sharp_ms']:.0f} ({change['floor_ms']:.0f})"
    return f"{ms(change['readable_ms'])} / {sharp}"


def later(d):
    """Means over the whole-screen changes after the first that came so far."""
    change = d["later"]
    counts = {"readable_ms": "readable", "sharp_ms": "sharp", "floor_ms": "sharp"}
    return arrival({name: change[name] if change[count] else -1 for name, count in counts.items()})


def ratio(ours, theirs):
    return f"{ours / theirs:.2f}" if theirs > 0.01 else "–"  # it dropped them


def row(scene, vpx, ours, budget):
    """Each cell: libvpx, then the screen encoder; *luma of the whole picture* where there is no text."""
    def both(tell):
        return f"{tell(vpx)}, {tell(ours)}"
    return (scene, str(ours["encode_ms"]["count"]),
            f"{vpx['encode_ms']['p50']:.2f}, {ours['encode_ms']['p50']:.2f}",
            ratio(ours["encode_ms"]["p50"], vpx["encode_ms"]["p50"]),
            both(lambda d: f"{d['kbps']:.0f}"), ratio(ours["kbps"], vpx["kbps"]), both(quality),
            both(lambda d: f"{d['text_ssim']:.4f}" if "text_ssim" in d else "–"), both(motion),
            both(lambda d: arrival(d["first"])), both(later),
            f"{budget['beyond_budget']} of {budget['sent']}", both(lambda d: f"{d['decode_ms']['p50']:.2f}"))


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
        runs = [json.loads(line) for line in sys.stdin]
        print("| " + " | ".join(row(sys.argv[2], *runs)) + " |", flush=True)
    else:
        print(rate([json.loads(line) for line in sys.stdin if line.strip()]))


main()
