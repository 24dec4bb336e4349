"""The C++ in README.md and docs/ compiles, and its programs print what the page says.

Usage: examples.py ROOT STANDARD COMPILER...

A ```cpp block with `int main` is a program; if a ```text block follows that is introduced by the words "It prints",
the program is run and must print that; a ```json block, whose line breaks do not count, does as well. All other blocks
of a page are one unit: each is the body of a function, which is run if it has an assert(), unless a comment before it
says otherwise:
  <!-- namespace -->               its declarations stand at namespace scope, and the blocks below it can use them
  <!-- given: DECLARATIONS -->     what the page says about the names in the block, put before it
  <!-- own unit -->                it is compiled as it is, alone; so is a block that defines a macro
  <!-- needs: HEADER -->           it is only where that header of another library can be found, and never run; the
                                   blocks of a page that need the same are a unit of their own
  <!-- not compiled: REASON -->    it is not
  <!-- adds to, file, runs -->     contributing.py does with it what it says there
"""

import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from typing import Optional

import markdown

LANGUAGES = {"cpp", "text", "sh", "json", "meson", "cmake", "ini", "tsv", "diff"}
DIRECTIVES = {"namespace", "given", "own unit", "needs", "not compiled"}
DONE_ELSEWHERE = ("adds to", "file", "runs")
MAIN = re.compile(r"^\s*(?:int|auto)\s+main\s*\(", re.MULTILINE)
ASSERTION = re.compile(r"\bassert\(")
MACRO = re.compile(r"^\s*#\s*define\b", re.MULTILINE)
INCLUDE = re.compile(r"^\s*#\s*include\b.*$", re.MULTILINE)
WARNINGS = ["-Wall", "-Wextra", "-Werror", "-Wno-unused-variable", "-Wno-unused-parameter", "-Wno-unused-function",
            "-Wno-unused-but-set-variable", "-Wno-unused-but-set-parameter"]
HEADERS = ["atomic", "cassert", "chrono", "exception", "future", "iostream", "string", "string_view", "system_error", "thread",
           "vector", "handshim/handshim.hpp", "handshim/client.hpp", "handshim/backends/legacy_mode.hpp",
           "handshim/backends/new_mode.hpp", "handshim/backends/raw_sockets.hpp", "handshim/ready.hpp",
           "handshim/retry.hpp"]
# Libraries that are found only with what pkg-config says, by a header of theirs.
PACKAGES = {"QtWebSockets/QWebSocket": "Qt6WebSockets", "libsoup/soup.h": "libsoup-3.0"}
# What differs from run to run: the port that the system chose, and times.
PORT = re.compile(r"(?<=127\.0\.0\.1|localhost):\d+|(?<=\[::1\]):\d+|:<number>")
TIME = re.compile(r"\b\d+(?:\.\d+)?(?= (?:ms|s)\b)|(?<=_ms\": )\d+")


@dataclass
class Unit:
    """A source text to compile."""

    place: str
    source: str
    is_program: bool = False  # it has a main()
    runs: bool = False
    prints: Optional[str] = None  # what the page says that it prints
    needs: str = ""  # a header without which it is left out


def at(block, text):
    """The text, so that the compiler names the page and the line."""
    return f'#line {block.line} "{block.path.name}"\n{text}'


def function_of(block, name):
    given = block.directive("given") or ""
    return f"[[maybe_unused]] static auto {name}() {{\n{given}\n{at(block, INCLUDE.sub('', block.text))}}}\n"


def shared_unit(blocks):
    """All blocks of a page that are no unit of their own, as one."""
    hoisted = [line for block in blocks for line in INCLUDE.findall(block.text)]
    source = "".join(f"#include <{name}>\n" for name in HEADERS) + "".join(line + "\n" for line in hoisted)
    calls = ""
    for number, block in enumerate(blocks):
        if block.directive("namespace") is not None:
            source += at(block, INCLUDE.sub("", block.text))
            continue
        name = f"handshim_page_block_{number}"
        source += function_of(block, name)
        calls += f"{name}(); " if ASSERTION.search(block.text) else ""
    if calls:
        source += f"int main() {{ {calls}}}\n"
    needs = blocks[0].directive("needs") or ""
    runs = bool(calls) and not needs
    return Unit(blocks[0].path.name, source, is_program=runs, runs=runs, needs=needs)


def printed_by(block, following):
    """What the page says that the program prints; None if it does not say."""
    if following is None or following.language not in ("text", "json") or "It prints" not in following.lead:
        return None
    return json.dumps(json.loads(following.text)) if following.language == "json" else following.text


def units_of(document):
    """(units, errors) of a page."""
    units, shared, errors = [], {}, list(document.errors)
    for block, following in zip(document.blocks, [*document.blocks[1:], None]):
        if block.language not in LANGUAGES:
            errors.append(f"{block.place}: the language `{block.language}` is none of {', '.join(sorted(LANGUAGES))}")
        if block.language != "cpp" or any(block.directive(name) is not None for name in DONE_ELSEWHERE):
            continue
        if block.directive("not compiled") == "":
            errors.append(f"{block.place}: a block that is not compiled needs a reason")
        elif block.directive("not compiled") is not None:
            continue
        elif block.directive("needs") == "":
            errors.append(f"{block.place}: which header does it need?")
        elif block.directive("needs") is not None and (MAIN.search(block.text) or MACRO.search(block.text)):
            units.append(Unit(block.place, at(block, block.text), needs=block.directive("needs")))
        elif MAIN.search(block.text):
            prints = printed_by(block, following)
            units.append(Unit(block.place, at(block, block.text), True, prints is not None, prints))
        elif block.directive("own unit") is not None or MACRO.search(block.text):
            units.append(Unit(block.place, at(block, block.text)))
        else:
            shared.setdefault(block.directive("needs"), []).append(block)
    return units + [shared_unit(blocks) for blocks in shared.values()], errors


def comparable(text):
    """Without what differs from run to run, and with JSON as json.dumps() writes it."""
    if text.startswith("{"):
        text = json.dumps(json.loads(text))
    return [TIME.sub("N", PORT.sub(":N", line.rstrip())) for line in text.strip("\n").splitlines()]


class Compiler:
    def __init__(self, command, standard, root):
        self.command = [*command, f"-std={standard}", "-O0", *WARNINGS, f"-I{root / 'include'}"]

    @staticmethod
    def flags_for(header):
        """What pkg-config says of the library; nothing for one that needs no flags, or is not there."""
        if header not in PACKAGES or shutil.which("pkg-config") is None:
            return []
        asked = subprocess.run(["pkg-config", "--cflags", PACKAGES[header]], capture_output=True, text=True, check=False)
        return [flag.replace("-I", "-isystem", 1) for flag in asked.stdout.split()] + ["-fPIC"]

    def finds(self, header):
        """Whether the header of another library is there, and compiles."""
        command = [*self.command, *self.flags_for(header), "-fsyntax-only", "-x", "c++", "-"]
        asked = subprocess.run(command, capture_output=True, text=True, check=False, input=f"#include <{header}>\n")
        return asked.returncode == 0

    def check(self, unit, directory):
        """What is wrong with a unit; None if nothing is."""
        source, program = directory / "page.cpp", directory / "page"
        source.write_text(unit.source, encoding="utf-8")
        how = ["-pthread", "-o", str(program)] if unit.is_program else ["-fsyntax-only"]
        command = [*self.command, *self.flags_for(unit.needs), str(source), *how]
        built = subprocess.run(command, capture_output=True, text=True, check=False)
        if built.returncode != 0:
            return f"{unit.place}: does not compile\n{built.stderr}"
        return self.run(unit, program) if unit.runs else None

    @staticmethod
    def run(unit, program):
        plain = {name: value for name, value in os.environ.items() if not name.startswith("HANDSHIM_")}
        try:
            done = subprocess.run([str(program)], capture_output=True, text=True, env=plain, timeout=30, check=False)
        except subprocess.TimeoutExpired:
            return f"{unit.place}: its program does not end"
        if done.returncode != 0:
            return f"{unit.place}: its program ends with {done.returncode}\n{done.stdout}{done.stderr}"
        if unit.prints is not None and comparable(done.stdout) != comparable(unit.prints):
            return f"{unit.place}: its program prints\n{done.stdout}--- but the page says\n{unit.prints}"
        return None


def check_all(units, compiler):
    """The errors of all units, compiled two at a time."""
    def check(unit):
        with tempfile.TemporaryDirectory() as directory:
            return compiler.check(unit, pathlib.Path(directory))

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return [error for error in pool.map(check, units) if error]


def main(root, standard, command):
    root = pathlib.Path(root).resolve()
    units, errors = [], []
    for document in markdown.documents(root):
        found, wrong = units_of(document)
        units += found
        errors += wrong
    compiler = Compiler(command, standard, root)
    there = {header: compiler.finds(header) for header in {unit.needs for unit in units} - {""}}
    found = [unit for unit in units if there.get(unit.needs, True)]
    errors += check_all(found, compiler)
    ran = sum(unit.runs for unit in found)
    left_out = "".join(f", without {header}" for header, is_there in sorted(there.items()) if not is_there)
    return markdown.report(errors, f"{len(found)} units compiled, {ran} programs run{left_out}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
