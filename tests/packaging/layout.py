"""What an installation is made of: every file has its place, and none is missing.

Usage: layout.py ROOT PREFIX CONFIGURED LIBDIR VARIANT [command]; PREFIX is where it is now and CONFIGURED what it was made
for, LIBDIR is relative to them, VARIANT is headers or compiled, and `command` says that the command was installed, too.
"""

import pathlib
import re
import sys


def expected(root, configured, libdir, variant, command):
    config = (root / "include/handshim/config.hpp").read_text(encoding="utf-8")
    version = re.search(r'HANDSHIM_VERSION "(.*)"', config).group(1)
    compiled = variant == "compiled"
    data = libdir if compiled else "share"
    files = {f"include/{path.relative_to(root / 'include').as_posix()}" for path in root.glob("include/handshim/**/*.*")}
    files |= {f"{data}/pkgconfig/handshim.pc", f"{data}/cmake/handshim/handshimConfig.cmake",
              f"{data}/cmake/handshim/handshimConfigVersion.cmake", "share/doc/handshim/LICENSE",
              "share/handshim/handshim_gdb.py"}
    if compiled:
        files |= {f"{libdir}/libhandshim.so{suffix}" for suffix in ("", f".{version.split('.')[0]}", f".{version}")}
        files.add(f"share/gdb/auto-load{configured}/{libdir}/libhandshim.so.{version}-gdb.py")
    if command:
        files |= {"bin/handshim", "share/handshim/scenarios.tsv", "share/man/man1/handshim.1",
                  "share/bash-completion/completions/handshim.bash"}
    return files


def main(root, prefix, configured, libdir, variant, command=""):
    prefix = pathlib.Path(prefix)
    want = expected(pathlib.Path(root), configured, libdir, variant, command)
    have = {path.relative_to(prefix).as_posix() for path in prefix.rglob("*") if not path.is_dir()}
    errors = [f"missing: {name}" for name in sorted(want - have)] + [f"unexpected: {name}" for name in sorted(have - want)]
    print("\n".join(errors) or f"{len(have)} files in their places")
    return bool(errors)


sys.exit(main(*sys.argv[1:]))
