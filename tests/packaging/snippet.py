"""The blocks of docs/packaging/README.md, for what runs them as they stand there.

Usage: snippet.py ROOT [NAME]. A name is HEADING/LANGUAGE/N, the Nth block of the language under the heading, from 1.
Prints that block; without a name the names of all.
"""

import collections
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "docs"))
import markdown  # noqa: E402


def snippets(root):
    """Name -> text."""
    found, count = {}, collections.Counter()
    for block in markdown.Document(pathlib.Path(root, "docs/packaging/README.md")).blocks:
        kind = f"{block.heading}/{block.language}"
        count[kind] += 1
        found[f"{kind}/{count[kind]}"] = block.text
    return found


def main(root, name=None):
    found = snippets(root)
    if name is None:
        print("\n".join(found))
    elif name in found:
        print(found[name], end="")
    else:
        sys.exit(f"docs/packaging/README.md has no block {name}; it has: {'; '.join(found)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
