"""Every file that a list in the build must name is there: Meson has no globs. Argument: the project's root."""

import pathlib
import sys

ROOT = pathlib.Path(sys.argv[1])

# Files, the folder that their names are relative to, the list, and the quotes around a name in it.
LISTS = [
    ("include", "include/**/*.[hi][pn]*", "include/meson.build", "'"),
    ("include", "include/**/*.ipp", "src/handshim.cpp", '"'),
    ("src/tool", "src/tool/*.cpp", "src/tool/meson.build", "'"),
    ("tests/unit", "tests/unit/*_test.cpp", "tests/meson.build", "'"),
]


def missing(folder, pattern, list_file, quote):
    text = (ROOT / list_file).read_text(encoding="utf-8")
    for path in sorted(ROOT.glob(pattern)):
        name = path.relative_to(ROOT / folder).as_posix().replace("_test.cpp", "")
        if quote + name + quote not in text:
            yield f"{list_file} does not name {name}"


complaints = [line for one in LISTS for line in missing(*one)]
print("\n".join(complaints) or "all listed")
sys.exit(bool(complaints))
