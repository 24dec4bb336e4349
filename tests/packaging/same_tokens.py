"""The single header says to a compiler what the headers do, token for token, so what holds for these holds for it.

Usage: same_tokens.py SINGLE INCLUDE STANDARD COMPILER...
"""

import difflib
import pathlib
import re
import subprocess
import sys
import tempfile

MARKER = re.compile(r'^#(?: line)? \d+ "(.*?)"')
VARIANTS = {"as it is": [], "without exceptions and RTTI": ["-fno-exceptions", "-fno-rtti"],
            "optimised": ["-O2", "-DNDEBUG"]}


def tokens(command, names, folder):
    """The words that the preprocessor leaves of the files in the folder, if these are included."""
    with tempfile.NamedTemporaryFile("w", suffix=".cpp") as source:
        source.write("".join(f'#include "{name}"\n' for name in names))
        source.flush()
        output = subprocess.run([*command, f"-I{folder}", "-E", source.name], stdout=subprocess.PIPE, check=True).stdout
    kept, ours = [], False
    for line in output.decode("utf-8").splitlines():
        marker = MARKER.match(line)
        if marker:
            ours = folder in pathlib.Path(marker.group(1)).resolve().parents
        elif ours and not line.lstrip().startswith("#"):
            kept += line.split()
    return kept


def main(single, include, standard, *compiler):
    single, include = pathlib.Path(single).resolve(), pathlib.Path(include).resolve()
    # In the order in which they are in it; each includes its definitions itself. The other system's are under a condition.
    listed = re.findall(r"^// (handshim/\S+\.hpp)$", single.read_text(encoding="utf-8"), re.MULTILINE)
    parts = [name for name in listed if not name.endswith("_windows.hpp")]
    worst = False
    for variant, options in VARIANTS.items():
        command = [*compiler, f"-std={standard}", *options]
        want, have = tokens(command, parts, include), tokens(command, [single.name], single.parent)
        differ = list(difflib.unified_diff(want, have, "include/", single.name, lineterm="")) if want != have else []
        print("\n".join(differ[:60]) or f"{variant}: {len(have)} words are the same")
        worst |= bool(differ) or len(have) < 10000
    return worst


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
