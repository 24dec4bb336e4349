"""Writes the tables of docs/performance.md, and the picture beside it, from the results of the programs.

A part stands between <!-- measured: NAME --> and <!-- measured end -->; one without results stays as it is.
"""

import re

from plot import duration, svg

PART = re.compile(r"(<!-- measured: (\w+) -->\n).*?(<!-- measured end -->)", re.DOTALL)
PROGRAM_ROWS = {  # the part, and the beginnings of its rows' names
    "happy": ["guard,", "recv 16", "recv 1024", "recv 65536", "send", "Beast's read"],
    "values": ["error as a value"],
    "thrown": ["exception from a code", "recv on a lost"],
    "rethrown": ["exception from a client", "exception from Poco", "one more level"],
    "judged": ["reading the policy", "kinds of", "failure to"],
    "echo": ["echo"],
    "handshakes": ["handshake", "failing handshake"],
}
# row -> (beginning of the subject, ratio at most or None, ns at most or None)
GOALS = [
    ("guard,", "guard", 1.0, None),
    ("recv ", "client::recv", 1.02, None),
    ("Beast's read", "handshim", 1.02, None),
    ("error as a value", "handshim", None, 20.0),
    ("exception from a code", "raise, without evidence", 1.15, None),
    ("exception from a code", "raise, with all", 1.5, None),
    ("exception from a client", "guard", 1.15, None),
    ("exception from Poco", "guard", 1.15, None),
    ("one more level", "guard", 1.15, None),
    ("reading the policy", "current_policy()", None, 5.0),
    ("failing handshake", "handshim", 1.05, None),
    ("including it", "handshim.hpp", 1.6, None),
    ("a unit with one", "header-only", 5.0, None),
    ("a unit with one", "compiled variant", 1.5, None),
    ("a client", "client.hpp", 0.4, None),
    ("a client", "the same", 0.4, None),
    ("adapters/", "the adapter", 1.15, None),
]
MOST_TEXT, MOST_BYTES = 24 * 1024, 96 * 1024  # that guarding may add to a program


def goal_of(row, subject, median, ratio):
    for of_row, of_subject, most_ratio, most_time in GOALS:
        if row.startswith(of_row) and subject.startswith(of_subject):
            if most_ratio is not None:
                return f"{most_ratio:g}x: {'met' if ratio <= most_ratio else '**missed**'}"
            return f"{most_time:g} ns: {'met' if median <= most_time else '**missed**'}"
    return ""


def beside_peers(row, subject, subjects):
    """Of a client: whether it is as fast as the fastest one that others wrote."""
    peers = [float(line[5]) for line in subjects if line[2].startswith(("Beast", "WebSocket++"))]
    own = [float(line[5]) for line in subjects if line[2] == subject]
    if not peers or not subject.startswith("handshim") or not row.startswith(("echo", "handshake")):
        return ""
    return f"{min(peers):.2f} of a peer: {'met' if own[0] <= min(peers) else '**missed**'}"


def table(head, rows):
    """Numbers to the right; no goal column where there are no goals."""
    if head[-1] == "goal" and not any(row[-1] for row in rows):
        head, rows = head[:-1], [row[:-1] for row in rows]
    lines = ["| " + " | ".join(head) + " |", "|---" + "|--:" * (len(head) - 1) + "|"]
    return [*lines, *("| " + " | ".join(row) + " |" for row in rows)]


def timed(lines, beginnings):
    """A table for each row: its subjects one under the other."""
    out = []
    rows = {}
    for beginning in beginnings:  # in the order of the page
        for line in lines:
            if line[0] == "time" and line[1].startswith(beginning):
                rows.setdefault(line[1], []).append(line)
    for row, subjects in rows.items():
        cells = []
        for _, _, subject, median, spread, ratio, allocated, _, cpu, cpu_ratio in subjects:
            more = [f"{float(cpu_ratio):.2f}"] if "echo" in row or "handshake" in row else []
            cells.append([subject.replace("|", "\\|"), duration(float(median)), f"±{float(spread):.0f}%",
                          f"{float(ratio):.2f}", *more, f"{float(allocated):g}",
                          goal_of(row, subject, float(median), float(ratio)) or beside_peers(row, subject, subjects)])
        cpu_head = ["× CPU"] if len(cells[0]) == 7 else []
        repetitions = subjects[0][7]
        out += [f"{row} ({repetitions} repetitions)", "",
                *table(["what", "median", "spread", "×", *cpu_head, "allocations", "goal"], cells), ""]
    return out


def memory(lines):
    rows = [[line[2], line[1], f"{int(line[3]):,} KiB"] for line in lines if line[0] == "memory"]
    return ["At the peak, over a process that does nothing:", "", *table(["client", "doing", "more"], rows), ""] if rows else []


def threads(lines):
    rows = [[line[2], f"{float(line[3]):.2f} ns"] for line in lines if line[0] == "threads"]
    title = "`current_policy()`, each thread's own processor time for a call (the least of 9):"
    return [title, "", *table(["threads", "a call"], rows), ""] if rows else []


def sizes(lines):
    by_size = {}
    for line in lines:
        if line[0] == "size":
            by_size.setdefault(int(line[2]), []).append(f"`{line[1]}`")
    return table(["bytes", "sizeof"], [[str(size), ", ".join(names) if len(names) < 6 else "every class of the hierarchy below `error`"]
                                       for size, names in sorted(by_size.items())]) + [""] if by_size else []


def compiling(lines):
    out, rows = [], {}
    for line in lines:
        if line[0] == "compile":
            rows.setdefault(line[1], []).append(line)
    for row, subjects in rows.items():
        cells = [[what, f"{float(median):.2f} s", f"±{float(spread):.0f}%", f"{float(ratio):.2f}", f"{int(count):,}",
                  goal_of(row, what, float(median), float(ratio))]
                 for _, _, what, median, spread, ratio, count, _ in subjects]
        out += [f"{row} ({subjects[0][7]} repetitions)", "",
                *table(["what", "median CPU", "spread", "×", "lines", "goal"], cells), ""]
    return out


def bytes_of(lines):
    found = [(line[1], int(line[2]), int(line[3])) for line in lines if line[0] == "bytes"]
    if not found:
        return []
    bare = found[0]

    def goal(what, text, total):
        if not what.startswith("the guarded"):
            return ""
        met = text - bare[1] <= MOST_TEXT and total - bare[2] <= MOST_BYTES
        return f"+{MOST_TEXT // 1024} and +{MOST_BYTES // 1024} KiB: {'met' if met else '**missed**'}"

    rows = [[what, f"{text:,}", f"{total:,}", goal(what, text, total)] for what, text, total in found]
    return [*table(["stripped, -O2", ".text", "all", "goal"], rows), ""]


def growth(lines):
    series = {}
    for line in lines:
        if line[0] == "growth":
            series.setdefault(line[1], []).append((float(line[2]), float(line[3])))
    return series


def growth_rows(series):
    rows = []
    for title, points in series.items():
        (x0, y0), (x1, y1) = points[0], points[-1]
        rows.append([title, f"{x0:,.0f}", duration(y0), f"{x1:,.0f}", duration(y1), f"{x1 / x0:,.0f}", f"{y1 / y0:,.1f}"])
    return [*table(["what", "from", "takes", "to", "takes", "times as many", "times as long"], rows), ""] if rows else []


def parts(lines):
    """The lines of each part that there are results for."""
    found = {name: timed(lines, beginnings) for name, beginnings in PROGRAM_ROWS.items()}
    found["judged"] += threads(lines)
    found["machine"] = [f"- {line[1]}: {line[2]}" for line in lines if line[0] == "machine"]
    found.update(memory=memory(lines), sizes=sizes(lines), compile=compiling(lines), bytes=bytes_of(lines),
                 growth=growth_rows(growth(lines)))
    return {name: "\n".join(text).strip("\n") + "\n" for name, text in found.items() if text}


def write(page, picture, lines):
    made = parts(lines)
    text = page.read_text(encoding="utf-8")

    def replaced(match):
        return f"{match.group(1)}\n{made[match.group(2)]}\n{match.group(3)}" if match.group(2) in made else match.group(0)

    page.write_text(PART.sub(replaced, text), encoding="utf-8")
    if growth(lines):
        picture.write_text(svg(growth(lines)), encoding="utf-8")
    return sorted(made)
