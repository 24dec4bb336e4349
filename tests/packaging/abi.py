"""Every declaration of the headers is in the inline namespace of the ABI's epoch.

Usage: abi.py ROOT
"""

import pathlib
import re
import sys

OPENS = re.compile(r"^(?:inline )?namespace handshim\b[^=;{\n]*\{(?!\n(?:inline )?namespace HANDSHIM_ABI \{\n)", re.MULTILINE)


def main(root):
    include, errors, count = pathlib.Path(root, "include"), [], 0
    for path in sorted(include.glob("handshim/**/*.[hi]pp")):
        text = path.read_text(encoding="utf-8")
        count += text.count("inline namespace HANDSHIM_ABI {")
        for bare in OPENS.finditer(text):
            line = text.count("\n", 0, bare.start()) + 1
            errors.append(f"{path.relative_to(include)}:{line}: `inline namespace HANDSHIM_ABI {{` must follow")
    print("\n".join(errors) or f"{count} times in the namespace")
    return bool(errors) or count < 100


sys.exit(main(sys.argv[1]))
