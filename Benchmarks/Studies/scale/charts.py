# SPDX-License-Identifier: Apache-2.0
"""Line charts of accuracies as SVG that read on light and dark pages."""
from html import escape

PANEL, GAP, LEFT, TOP, HEIGHT, BOTTOM = 330, 40, 46, 84, 220, 64
KINDS = "abcd"
LIGHT, DARK = (dict(zip(KINDS, colours.split())) for colours in (
    "#1f7a8c #c2571a #6a4c93 #5b7f2b", "#4fb3c5 #f0883e #b392f0 #9ccc65"))


def colours(kinds):
    return "".join(f".{kind} polyline{{stroke:{colour}}}.{kind} circle{{fill:{colour}}}"
                   for kind, colour in kinds.items())


STYLE = ("text{font:13px system-ui,sans-serif;fill:#24292f}.s{font-size:12px;fill:#6e7781}"
         ".g{stroke:#d0d7de}.m{stroke:#6e7781;stroke-dasharray:4 4}"
         "polyline{fill:none;stroke-width:2}circle.o{opacity:.35}" + colours(LIGHT)
         + "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.s{fill:#9198a1}"
         ".g{stroke:#30363d}.m{stroke:#9198a1}" + colours(DARK) + "}")


def line_chart(title, subtitle, ticks, panels, axis):
    """`panels` are (name, majority, series) and `series`, at most four, (name, points): for each
    tick the scores of its seeds, from 0 to 1. Dots are seeds, lines join means."""
    width = LEFT + len(panels) * PANEL + (len(panels) - 1) * GAP + 12
    height = TOP + HEIGHT + BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(title)}">', f"<style>{STYLE}</style>",
        f'<text x="12" y="22" font-weight="600">{escape(title)}</text>',
        f'<text x="12" y="41" class="s">{escape(subtitle)}</text>']
    lowest = min(score for _, majority, series in panels for _, points in series
                 for score in sum(points, [majority]))
    floor = min(0.4, int(lowest * 5) / 5)

    def y(score):
        return TOP + HEIGHT * (1 - (score - floor) / (1 - floor))

    for number, (name, majority, series) in enumerate(panels):
        left = LEFT + number * (PANEL + GAP)
        step = PANEL / len(ticks)
        parts.append(f'<text x="{left}" y="{TOP - 12}">{escape(name)}</text>')
        score = floor
        while score < 1.001:
            parts.append(f'<line class="g" x1="{left}" y1="{y(score):.1f}" x2="{left + PANEL}" '
                         f'y2="{y(score):.1f}"/>')
            parts.append(f'<text class="s" x="{left - 6}" y="{y(score) + 4:.1f}" '
                         f'text-anchor="end">{score * 100:.0f}</text>')
            score += 0.2 if floor < 0.4 else 0.1
        parts.append(f'<line class="m" x1="{left}" y1="{y(majority):.1f}" x2="{left + PANEL}" '
                     f'y2="{y(majority):.1f}"/>')
        xs = [left + step * (i + 0.5) for i in range(len(ticks))]
        for x, tick in zip(xs, ticks):
            parts.append(f'<text class="s" x="{x:.1f}" y="{TOP + HEIGHT + 18}" '
                         f'text-anchor="middle">{escape(tick)}</text>')
        for kind, (_, points) in zip(KINDS, series):
            parts.append(f'<g class="{kind}">')
            means = [sum(p) / len(p) for p in points]
            parts.append('<polyline points="' + " ".join(
                f"{x:.1f},{y(mean):.1f}" for x, mean in zip(xs, means)) + '"/>')
            for x, mean, seeds in zip(xs, means, points):
                parts += [f'<circle class="o" cx="{x:.1f}" cy="{y(s):.1f}" r="3"/>' for s in seeds]
                parts.append(f'<circle cx="{x:.1f}" cy="{y(mean):.1f}" r="4"/>')
            parts.append("</g>")
    parts.append(f'<text class="s" x="{LEFT}" y="{TOP + HEIGHT + 38}">{escape(axis)}</text>')
    x = LEFT
    names = [(name, kind) for kind, (name, _) in zip(KINDS, panels[0][2])]
    names.append(("always the majority", "m"))
    for name, kind in names:
        line = TOP + HEIGHT + 52
        mark = (f'<line class="m" x1="{x}" y1="{line}" x2="{x + 20}" y2="{line}"/>' if kind == "m"
                else f'<g class="{kind}"><polyline points="{x},{line} {x + 20},{line}"/></g>')
        parts += [mark, f'<text class="s" x="{x + 26}" y="{line + 4}">{escape(name)}</text>']
        x += 46 + 7 * len(name)
    return "\n".join(parts + ["</svg>"]) + "\n"
