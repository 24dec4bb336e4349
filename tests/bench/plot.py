"""Growth as a picture: a panel for each series, both axes logarithmic, beside the line of linear growth."""

import html
import math

PANEL, GAP, MARGIN, COLUMNS = 250, 70, 50, 3
STYLE = "font-family:sans-serif;font-size:12px"


def short(number):
    """12, 3.4k, 1.2M"""
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if number >= size:
            return f"{number / size:.3g}{unit}"
    return f"{number:.3g}"


def duration(nanoseconds):
    for unit, size in (("s", 1e9), ("ms", 1e6), ("µs", 1e3)):
        if nanoseconds >= size:
            return f"{nanoseconds / size:.3g} {unit}"
    return f"{nanoseconds:.3g} ns"


class Axis:
    """Where a value stands, from 0 to 1."""

    def __init__(self, values):
        self.low, self.high = math.log10(min(values)), math.log10(max(values))
        if self.high - self.low < 1e-9:
            self.high = self.low + 1

    def at(self, value):
        return (math.log10(value) - self.low) / (self.high - self.low)


def text(x, y, words, anchor="middle", extra=""):
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" style="{STYLE}{extra}">{html.escape(words)}</text>'


def linear(points):
    """What each further one would cost if growth were linear from the last point down."""
    x, y = points[-1]
    return [(px, y * px / x) for px, _ in points]


def panel(left, top, title, points):
    across, up = Axis([x for x, _ in points]), Axis([y for _, y in points])

    def place(point):
        return left + across.at(point[0]) * PANEL, top + (1 - up.at(point[1])) * PANEL

    out = [f'<rect x="{left}" y="{top}" width="{PANEL}" height="{PANEL}" fill="none" stroke="#999"/>',
           text(left + PANEL / 2, top - 8, title, extra=";font-weight:bold")]
    straight = [place(p) for p in linear(points) if up.low <= math.log10(p[1])]
    if len(straight) > 1:
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in straight)
        out.append(f'<polyline points="{line}" fill="none" stroke="#bbb" stroke-dasharray="4 4"/>')
    line = " ".join("{:.1f},{:.1f}".format(*place(p)) for p in points)
    out.append(f'<polyline points="{line}" fill="none" stroke="#06c" stroke-width="2"/>')
    out += ['<circle cx="{:.1f}" cy="{:.1f}" r="3" fill="#06c"/>'.format(*place(p)) for p in points]
    (x0, y0), (x1, y1) = points[0], points[-1]
    out += [text(left, top + PANEL + 16, short(x0), "start"), text(left + PANEL, top + PANEL + 16, short(x1), "end"),
            text(left + 4, top + PANEL - 6, duration(min(y0, y1)), "start"),
            text(left + 4, top + 14, duration(max(y0, y1)), "start")]
    return out


def svg(series):
    """series: title -> [(x, ns)]"""
    rows = -(-len(series) // COLUMNS)
    width, height = MARGIN + COLUMNS * (PANEL + GAP), MARGIN + rows * (PANEL + GAP)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">',
           f'<rect width="{width}" height="{height}" fill="white"/>']
    for i, (title, points) in enumerate(series.items()):
        out += panel(MARGIN + i % COLUMNS * (PANEL + GAP), MARGIN + i // COLUMNS * (PANEL + GAP), title, points)
    return "\n".join([*out, "</svg>", ""])
