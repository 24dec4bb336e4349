#!/usr/bin/env python3
"""The table of tests/coverage/run: lines and branches of each header, by all tests and by the header's own.

Arguments: the build directory, llvm-cov, llvm-profdata, [--gaps], --, the programs. A header with its definitions
(impl/NAME.ipp beside NAME.hpp) is one row. Its own tests are those that owners.tsv names, else those called as it is;
excused.tsv says where they cannot reach the goal.
"""
import collections
import json
import pathlib
import subprocess
import sys

GOALS = {"lines": 98.0, "branches": 90.0, "own": 90.0}
ROOT = pathlib.Path("include/handshim")


def row_of(name):
    """'net/impl/socket.ipp' and 'net/socket.hpp' are both 'net/socket'."""
    path = pathlib.Path(name)
    parts = [part for part in path.parts if part != "impl"] if path.suffix == ".ipp" else list(path.parts)
    return "/".join(parts)[: -len(path.suffix)]


def headers():
    found = collections.defaultdict(list)
    for path in sorted(ROOT.rglob("*.[hi]pp")):
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith("adapters/"):
            found[row_of(name)].append(path)
    return found


def table(name):
    """The rows of a file beside this one, of two columns."""
    lines = pathlib.Path(__file__).with_name(name).read_text().splitlines()
    return dict(line.split("\t") for line in lines if line and line[0] != "#")


def export(cov, program, profile, paths):
    command = [cov, "export", "-skip-expansions", f"-instr-profile={profile}", str(program), *map(str, paths)]
    data = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)["data"][0]
    return {pathlib.Path(file["filename"]).resolve(): file for file in data["files"]}


def lines_of(file):
    """Line -> how often it ran, from the segments, as llvm-cov itself counts lines."""
    by_line = collections.defaultdict(list)
    for line, _, count, has_count, is_entry, is_gap in (segment[:6] for segment in file["segments"]):
        by_line[line].append((count, has_count, is_entry, is_gap))
    lines, wrapped = {}, None
    for line in range(min(by_line, default=0), max(by_line, default=-1) + 1):
        here = by_line.get(line, [])
        starts = [count for count, has_count, is_entry, is_gap in here if has_count and is_entry and not is_gap]
        skipped = bool(here) and here[0][2] and not here[0][1]
        if not skipped and (starts or (wrapped and wrapped[1])):
            lines[line] = max([wrapped[0] if wrapped else 0] + starts)
        if here:
            wrapped = here[-1]
    return lines


def branches_of(file, source):
    """(line, column, way) -> whether it was taken in any instantiation; a constant condition is no branch."""
    taken = collections.defaultdict(int)
    for line, column, _, _, yes, no, *_ in file.get("branches", []):
        if "if constexpr (" in source[line - 1]:
            continue
        taken[line, column, True] += yes
        taken[line, column, False] += no
    return taken


def percent(done, whole):
    return 100.0 if whole == 0 else 100.0 * done / whole


class Tools:
    """The programs, each with the profiles of its tests; what several programs ran is added up."""

    def __init__(self, directory, cov, profdata, programs):
        self.directory, self.cov, self.profdata, self.programs = directory, cov, profdata, programs
        self.profiles = sorted((directory / "profiles").glob("*.*.profdata"))

    def measure(self, paths, tests=None):
        """Line -> count and branch -> count of the files; of those tests alone, if any are given."""
        lines, branches = collections.defaultdict(int), collections.defaultdict(int)
        for program in self.programs:
            wanted = [p for p in self.profiles if p.name.startswith(program.name + ".")
                      and (tests is None or p.name.split(".")[1] in tests)]
            if not wanted:
                continue
            merged = self.directory / "profiles" / "merged"
            subprocess.run([self.profdata, "merge", "-sparse", *map(str, wanted), "-o", str(merged)], check=True)
            files = export(self.cov, program, merged, paths)
            for path in paths:
                file = files.get(path.resolve(), {"segments": []})
                for number, count in lines_of(file).items():
                    lines[path, number] += count
                for where, count in branches_of(file, path.read_text().splitlines()).items():
                    branches[(path, *where)] += count
        return lines, branches


def ratio(counts):
    return percent(sum(1 for count in counts.values() if count), len(counts))


def own_tests(row, owned):
    name = row.replace("/", "_")
    return owned[row].split() if row in owned else [name, name.replace("impl_", "")]


def of_row(counts, paths):
    return {where: count for where, count in counts.items() if where[0] in paths}


def main(words):
    split = words.index("--")
    directory, cov, profdata, *flags = words[:split]
    directory = pathlib.Path(directory)
    tools = Tools(directory, cov, profdata, [directory / program for program in words[split + 1 :]])
    rows, owned, excused = headers(), table("owners.tsv"), table("excused.tsv")
    every = tools.measure(sum(rows.values(), []))
    bad, all_lines, all_branches, gaps = [], {}, {}, []
    print(f"{'header':34} {'lines':>7} {'branches':>9} {'own tests':>10}")
    for row, paths in rows.items():
        lines, branches = (of_row(counts, paths) for counts in every)
        if not lines:
            continue  # declarations and tables alone
        all_lines.update(lines)
        all_branches.update(branches)
        own, _ = tools.measure(paths, own_tests(row, owned))
        by_own = ratio(own) if own else None
        if row not in excused and (by_own is None or by_own < GOALS["own"]):
            bad.append(f"{row}: its own tests run {'nothing' if by_own is None else f'{by_own:.1f}%'}")
        shown = "-" if by_own is None else f"{by_own:.1f}%"
        print(f"{row:34} {ratio(lines):6.1f}% {ratio(branches):8.1f}% {shown:>10}")
        gaps += [f"{path}:{line}" for (path, line), count in lines.items() if not count]
        gaps += [f"{path}:{line}:{column} never {str(way).lower()}"
                 for (path, line, column, way), count in branches.items() if not count and lines.get((path, line))]
    print(f"{'all':34} {ratio(all_lines):6.1f}% {ratio(all_branches):8.1f}%")
    if "--gaps" in flags:
        print("\n".join(gaps))
    for what, value in (("lines", ratio(all_lines)), ("branches", ratio(all_branches))):
        if value < GOALS[what]:
            bad.append(f"{what}: {value:.1f}%, and {GOALS[what]:.0f}% is the goal")
    print(*bad, sep="\n", file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
