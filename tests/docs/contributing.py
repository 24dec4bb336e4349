"""What docs/contributing.md says to do, done: on a copy of include/, with the code of the page.

Usage: contributing.py ROOT STANDARD COMPILER...

A comment before a block says what becomes of it, one after another:
  <!-- adds to: PATH -->   its lines are put at the end of that file, before the `// clang-format on` if there is one
  <!-- file: PATH -->      it becomes that file, which is not there yet
  <!-- runs -->            it is a program, which must end well with all that was done before it
Every path of the project that the page names must be there, or be one of those files.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import markdown
from examples import Compiler

PATH = re.compile(r"`((?:include|tests|docs|\.ci|src)/[\w./]*|[\w]+\.(?:md|tsv|inc))`")
LAST = "// clang-format on\n"
MADE = {"recorded.tsv"}  # by a command of the page


class Copy:
    """A copy of the headers, in which things are added."""

    def __init__(self, root, directory, compiler):
        self.root, self.directory, self.compiler = root, directory, compiler
        self.made = set()
        self.done = {"adds to": 0, "file": 0, "runs": 0}
        shutil.copytree(root / "include", directory / "include")

    def take(self, block):
        """What is wrong with a block; None if nothing is."""
        for what, act in (("adds to", self.add), ("file", self.make), ("runs", self.run)):
            value = block.directive(what)
            if value is not None:
                self.done[what] += 1
                return act(block, value)
        return None

    def add(self, block, name):
        file = self.directory / name
        if not file.exists():
            return f"{block.place}: there is no {name} to add to"
        before, last, after = file.read_text(encoding="utf-8").partition(LAST)
        file.write_text(before + block.text + last + after, encoding="utf-8")
        return None

    def make(self, block, name):
        file = self.directory / name
        if file.exists():
            return f"{block.place}: {name} is there already"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block.text, encoding="utf-8")
        self.made.add(name)
        return None

    def run(self, block, _):
        source, program = self.directory / "page.cpp", self.directory / "page"
        source.write_text(f'#line {block.line} "{block.path.name}"\n{block.text}\n', encoding="utf-8")
        command = [*self.compiler, f"-I{self.directory / 'include'}", f"-I{self.directory}", str(source), "-o", str(program)]
        for step in (command, [str(program)]):
            done = subprocess.run(step, capture_output=True, text=True, timeout=300, check=False)
            if done.returncode != 0:
                return f"{block.place}: {step[0]} ends with {done.returncode}\n{done.stderr}"
        return None

    def is_there(self, path):
        """Whether a path that the page names is one of the project, as it is there or as the page made it."""
        places = ("", "include/handshim/data/native/", "docs/")
        return path in MADE | self.made or any((self.root / place / path).exists() for place in places)


def main(root, standard, command):
    root = pathlib.Path(root).resolve()
    document = markdown.Document(root / "docs/contributing.md")
    errors = list(document.errors)
    with tempfile.TemporaryDirectory() as directory:
        compiler = Compiler(command, standard, root).command[:-1]  # with the include directory of the copy instead
        copy = Copy(root, pathlib.Path(directory), compiler)
        errors += [error for error in map(copy.take, document.blocks) if error]
        for number, text in document.prose:
            errors += [f"contributing.md:{number}: there is no {path}" for path in PATH.findall(text) if not copy.is_there(path)]
    errors += [f"contributing.md has no block that {what}" for what, count in copy.done.items() if count == 0]
    return markdown.report(errors, ", ".join(f"{what}: {count}" for what, count in copy.done.items()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
