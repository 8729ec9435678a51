# SPDX-License-Identifier: Apache-2.0
"""A bar chart of ratios as SVG that reads on light and dark pages."""
from html import escape

WIDTH, LEFT, ROW, TOP = 760, 300, 34, 56


def bar_chart(title, subtitle, rows):
    """`rows` are (name, ratio): one bar each, and a line where both sides are equally fast."""
    largest = max(ratio for _, ratio in rows)
    scale = (WIDTH - LEFT - 70) / max(largest, 1)
    height = TOP + ROW * len(rows) + 30
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'role="img" aria-label="{escape(title)}">',
        "<style>text{font:14px system-ui,sans-serif;fill:#24292f}.s{font-size:12px;fill:#6e7781}"
        "rect{fill:#1f7a8c}line{stroke:#6e7781;stroke-dasharray:3 3}"
        "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.s{fill:#9198a1}rect{fill:#4fb3c5}}"
        "</style>",
        f'<text x="12" y="22" font-weight="600">{escape(title)}</text>',
        f'<text x="12" y="41" class="s">{escape(subtitle)}</text>']
    for number, (name, ratio) in enumerate(rows):
        y = TOP + ROW * number
        parts += [
            f'<text x="{LEFT - 10}" y="{y + 19}" text-anchor="end">{escape(name)}</text>',
            f'<rect x="{LEFT}" y="{y + 4}" width="{ratio * scale:.1f}" height="{ROW - 12}" rx="2"/>',
            f'<text x="{LEFT + ratio * scale + 6:.1f}" y="{y + 19}">{ratio:.1f}×</text>']
    equal = LEFT + scale
    bottom = TOP + ROW * len(rows)
    parts += [f'<line x1="{equal:.1f}" y1="{TOP}" x2="{equal:.1f}" y2="{bottom}"/>',
              f'<text x="{equal:.1f}" y="{bottom + 18}" text-anchor="middle" class="s">PEFT</text>',
              "</svg>"]
    return "\n".join(parts) + "\n"
