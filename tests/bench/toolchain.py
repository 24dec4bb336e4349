"""The compiler, and what can be told of its output without running it. For the scripts here."""

import os
import pathlib
import re
import shlex
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
COMPILER = shlex.split(os.environ.get("CXX", "g++"))
FLAGS = ["-std=c++17", "-O2", "-pthread", f"-I{ROOT}/include", f"-I{ROOT}/tests/support"]


def output(*command, **options):
    """What a command prints; ends the program with its words if it fails."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, **options)
    if done.returncode != 0:
        sys.exit(f"{shlex.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def compiler_name():
    """g++ 12.2.0, clang++ 14.0.6: the counts of another version are other counts."""
    first = output(*COMPILER, "--version").splitlines()[0]
    version = re.search(r"\d+(?:\.\d+)+", first).group()
    return f"{'clang++' if 'clang' in first else 'g++'} {version}"


def compiled(source, to, *flags):
    output(*COMPILER, *FLAGS, *flags, "-c", source, "-o", to)
    return to


def linked(objects, to, *flags):
    output(*COMPILER, *objects, "-o", to, "-pthread", *flags)
    return to


def preprocessed_lines(text, *flags):
    """Lines of a unit once the preprocessor is through with it, blank ones and its own left out."""
    lines = output(*COMPILER, *FLAGS, *flags, "-E", "-P", "-x", "c++", "-", input=text).splitlines()
    return sum(1 for line in lines if line.strip())


def sections(file):
    """The bytes of a program or object: its .text, and all that is loaded of it, as size(1) counts."""
    total = int(output("size", file).splitlines()[1].split()[3])
    found = re.findall(r"^(\.text\S*)\s+(\d+)", output("size", "-A", file), re.MULTILINE)
    return sum(int(size) for _, size in found), total
