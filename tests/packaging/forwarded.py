"""Makes a folder in which each header that the single one was made of includes that one, so that what was written for
include/ is built with it. The tables (.inc), which tests read, and what is not in it are copies.

Usage: forwarded.py SINGLE INCLUDE STAMP; the folder is STAMP without its suffix.
"""

import pathlib
import re
import shutil
import sys


def main(single: pathlib.Path, include: pathlib.Path, stamp: pathlib.Path) -> None:
    folder = stamp.with_suffix("")
    shutil.rmtree(folder, ignore_errors=True)
    parts = set(re.findall(r"^// (handshim/\S+pp)$", single.read_text(encoding="utf-8"), re.MULTILINE))
    for source in sorted(include.glob("handshim/**/*.[hi][pn]*")):
        name = source.relative_to(include)
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if name.as_posix() in parts:
            (folder / name).write_text(f'#pragma once\n#include "{single.name}"\n', encoding="utf-8")
        else:
            shutil.copyfile(source, folder / name)
    shutil.copyfile(single, folder / single.name)
    stamp.touch()


main(*(pathlib.Path(word) for word in sys.argv[1:]))
