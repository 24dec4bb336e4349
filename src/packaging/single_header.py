"""Writes handshim as one header: what its files include of each other is put where it is included.

Usage: single_header.py INCLUDE LICENSE VERSION OUTPUT HEADER...
       single_header.py --adapters SINGLE INCLUDE LICENSE VERSION OUTPUT_FOLDER HEADER...

INCLUDE is the folder that the HEADERs' names are relative to. A file with `#pragma once` is put in once; a table
(.inc) each time that it is included, as macros make something else of it each time. What is included of the standard
library stands once at the top; what is included under a condition stays where it is.

With --adapters each HEADER becomes a file of its own that includes SINGLE, the header made before; what several of them
need is in each, behind a guard.
"""

import pathlib
import re
import sys
from typing import Dict, List, Optional, Set

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')
OPENS = re.compile(r"^\s*#\s*if(?:def|ndef)?\b\s*(.*)")
TURNS = re.compile(r"^\s*#\s*el(?:se|if)\b\s*(.*)")
CLOSES = re.compile(r"^\s*#\s*endif\b")
ONCE = re.compile(r"^\s*#\s*pragma\s+once\b")
# Always true here, as the single header refuses HANDSHIM_COMPILED.
HEADER_ONLY = "!defined(HANDSHIM_COMPILED)"
MOST_MOVES = 100  # an order is found in a few, if there is one
ONLY_HEADERS = """\
#if defined(HANDSHIM_COMPILED)
#error "the single header has no compiled variant: take include/ and src/handshim.cpp for that"
#endif
"""


class Broken(Exception):
    """The headers cannot be put into one."""


class Conditional(Broken):
    """A file was put in under a condition, and is needed without it."""

    def __init__(self, name: str, condition: str):
        super().__init__(f"{name} is included both under the condition {condition} and without it")
        self.name = name


class Merger:
    """Puts files in where they are included, as the preprocessor would."""

    def __init__(self, include: pathlib.Path, guarded: bool = False, given: Optional[Set[str]] = None):
        self.include = include
        self.guarded = guarded
        self.given = given or set()
        self.once: Dict[str, List[str]] = {}  # the files that are in, with the conditions they are under
        self.system: Set[str] = set()
        self.lines: List[str] = []

    def add(self, name: str, conditions: List[str], tables: List[str]) -> None:
        """The file, if it is not in yet. `tables` are the ones that include it, so that none includes itself."""
        if name in self.given or self.is_in(name, conditions):
            return
        try:
            text = (self.include / name).read_text(encoding="utf-8")
        except OSError as error:
            raise Broken(f"{name} cannot be read: {error.strerror}") from error
        repeats = not any(ONCE.match(line) for line in text.splitlines())
        if repeats and (not name.endswith(".inc") or name in tables):
            raise Broken(f"{name} has no `#pragma once`")
        if not repeats:
            self.once[name] = conditions
        guard = re.sub(r"[^A-Z0-9]", "_", name.upper()) + "_INCLUDED" if self.guarded and not repeats else ""
        self.lines += ["", f"// {name}"] + ([f"#if !defined({guard})", f"#define {guard}"] if guard else [])
        self.add_lines(name, text, list(conditions), tables + [name] if repeats else tables)
        self.lines += ["#endif"] if guard else []

    def is_in(self, name: str, conditions: List[str]) -> bool:
        """Whether it is, and under no condition that may not hold here."""
        if name not in self.once:
            return False
        if self.once[name] != conditions[: len(self.once[name])]:
            raise Conditional(name, self.once[name][-1])
        return True

    def add_lines(self, name: str, text: str, conditions: List[str], tables: List[str]) -> None:
        depth: List[bool] = []  # of each open #if whether it counts as a condition
        for number, line in enumerate(text.splitlines(), 1):
            opened, included = OPENS.match(line), INCLUDE.match(line)
            if opened:
                depth.append(opened.group(1) != HEADER_ONLY)
                conditions += [opened.group(1)] if depth[-1] else []
            elif TURNS.match(line) and depth[-1]:
                conditions[-1] = TURNS.match(line).group(1) or f"not {conditions[-1]}"
            elif CLOSES.match(line) and depth.pop():
                conditions.pop()
            if ONCE.match(line):
                continue
            if not included:
                self.lines.append(line)
            elif included.group(1) == '"':
                self.add_own(f"{name}:{number}", included.group(2), conditions, tables)
            elif conditions:
                self.lines.append(line)
            else:
                self.system.add(included.group(2))

    def add_own(self, place: str, name: str, conditions: List[str], tables: List[str]) -> None:
        if not name.startswith("handshim/"):
            raise Broken(f'{place}: `#include "{name}"` is none of our headers')
        self.add(name, list(conditions), tables)

    def text(self, head: str) -> str:
        """All of it, with what is included of other libraries above; at most one empty line after another."""
        system = [f"#include <{name}>" for name in sorted(self.system)]
        body = "\n".join([head, *system, *self.lines]) + "\n"
        return re.sub(r"\n{3,}", "\n\n", body)


def head_of(what: str, version: str, licence: pathlib.Path) -> str:
    terms = licence.read_text(encoding="utf-8").strip().splitlines()
    return "\n".join([f"// {what}, {version}, made of the headers by src/packaging/single_header.py.", "//",
                      *(f"// {line}".rstrip() for line in terms), "#pragma once", ""])


def merged(include: pathlib.Path, headers: List[str], **options) -> Merger:
    """All the headers; first those that the first one to include them has under a condition, and others without it."""
    first: List[str] = []
    for _ in range(MOST_MOVES):
        merger = Merger(include, **options)
        try:
            for name in first + headers:
                merger.add(name, [], [])
            return merger
        except Conditional as error:
            last = error
            first = [error.name] + [name for name in first if name != error.name]
    raise last


def single(include: pathlib.Path, licence: pathlib.Path, version: str, headers: List[str]) -> str:
    """The text of the single header."""
    return merged(include, headers).text(head_of("handshim in one header", version, licence) + ONLY_HEADERS)


def files_in(single_header: pathlib.Path) -> Set[str]:
    """The files that the single header was made of."""
    return set(re.findall(r"^// (handshim/\S+)$", single_header.read_text(encoding="utf-8"), re.MULTILINE))


def adapter(include: pathlib.Path, licence: pathlib.Path, version: str, made: pathlib.Path, header: str) -> str:
    """The text of an adapter's header."""
    given = {name for name in files_in(made) if not name.endswith(".inc")}
    what = f"{header} of handshim in one header, beside {made.name}"
    head = head_of(what, version, licence) + f'#include "{made.name}"\n'
    return merged(include, [header], guarded=True, given=given).text(head)


def main(words: List[str]) -> int:
    try:
        if words[:1] == ["--adapters"]:
            made, include, licence, version, folder, *headers = words[1:]
            for header in headers:
                text = adapter(pathlib.Path(include), pathlib.Path(licence), version, pathlib.Path(made), header)
                name = "handshim_" + pathlib.PurePosixPath(header).name
                (pathlib.Path(folder) / name).write_text(text, encoding="utf-8")
            return 0
        include, licence, version, output, *headers = words
        text = single(pathlib.Path(include), pathlib.Path(licence), version, headers)
        pathlib.Path(output).write_text(text, encoding="utf-8")
        return 0
    except Broken as error:
        print(f"single_header.py: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
