"""The version is in include/handshim/config.hpp, and wherever else it has to be written it is the same.

Usage: version.py ROOT
"""

import json
import pathlib
import re
import sys

NUMBERS = r"(\d+\.\d+\.\d+)"
PLACES = {
    "meson.build": rf"^  version: '{NUMBERS}'",
    "docs/changelog.md": rf"^## {NUMBERS}$",  # the first one is the newest
    "docs/packaging/handshim.wrap": rf"^directory = handshim-{NUMBERS}$",
    "docs/packaging/vcpkg/handshim/vcpkg.json": rf'"version-semver": "{NUMBERS}"',
}


def first(text, pattern):
    found = re.search(pattern, text, re.MULTILINE)
    return found.group(1) if found else "none"


def main(root):
    root = pathlib.Path(root)
    config = (root / "include/handshim/config.hpp").read_text(encoding="utf-8")
    version = first(config, rf'^#define HANDSHIM_VERSION "{NUMBERS}"$')
    parts = ".".join(first(config, rf"^#define HANDSHIM_VERSION_{part} (\d+)$") for part in ("MAJOR", "MINOR", "PATCH"))
    errors = [] if parts == version else [f"config.hpp: the parts make {parts}, not {version}"]
    for place, pattern in PLACES.items():
        there = first((root / place).read_text(encoding="utf-8"), pattern)
        if there != version:
            errors.append(f"{place}: the version is {there}, but {version} in config.hpp")
    json.loads((root / "docs/packaging/vcpkg/handshim/vcpkg.json").read_text(encoding="utf-8"))
    wrap = (root / "docs/packaging/handshim.wrap").read_text(encoding="utf-8")
    if wrap.count(version) != 3:
        errors.append(f"docs/packaging/handshim.wrap: names {version} {wrap.count(version)} times, not 3")
    page = (root / "docs/packaging/README.md").read_text(encoding="utf-8")
    for there in re.findall(rf"handshim(?:-|\.so\.){NUMBERS}", page):
        if there != version:
            errors.append(f"docs/packaging/README.md: names {there}, but it is {version} in config.hpp")
    print("\n".join(errors) or f"{version} in {len(PLACES) + 2} places")
    return bool(errors)


sys.exit(main(sys.argv[1]))
