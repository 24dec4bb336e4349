"""Every relative link in README.md and docs/ leads to a file, and every #anchor to a heading.

Usage: links.py ROOT
"""

import pathlib
import re
import sys
from urllib.parse import unquote

import markdown

EXTERNAL = re.compile(r"^[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def broken(document, target, root):
    """Why a link leads nowhere; None if it leads somewhere, or out of the project."""
    if EXTERNAL.match(target):
        return None
    file, _, anchor = unquote(target).partition("#")
    path = (document.path.parent / file).resolve() if file else document.path.resolve()
    if root not in path.parents and path != root:
        return f"{target} leads out of the project"
    if not path.exists():
        return f"{target}: no such file"
    if anchor and path.suffix == ".md" and anchor not in markdown.Document(path).anchors():
        return f"{target}: no such heading"
    return None


def main(root):
    root = pathlib.Path(root).resolve()
    errors, count = [], 0
    for document in markdown.documents(root):
        errors += document.errors
        for line, target in document.links():
            count += 1
            why = broken(document, target, root)
            if why:
                errors.append(f"{document.path.relative_to(root)}:{line}: {why}")
    return markdown.report(errors, f"{count} links")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
