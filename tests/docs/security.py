"""Every line of the table in docs/security.md names tests, and each of them is there.

A test is written `file: case` for a case of doctest, or `file` for a program or script of its own.

Usage: security.py ROOT
"""

import pathlib
import re
import sys

import markdown

NAMED = re.compile(r"`(tests/[^`:]+)(?:: ([^`]+))?`")


def rows(document):
    """(line number, cells) of each row of a table but its header."""
    table = [(number, [cell.strip() for cell in text.strip().strip("|").split("|")])
             for number, text in document.prose if text.startswith("|")]
    return [row for row, rule in zip(table[2:], table[1:]) if not set(row[1][0]) <= set("-: ")]


def missing(root, file, case):
    """Why the test is not there; None if it is."""
    path = root / file
    if not path.is_file():
        return f"{file}: no such file"
    if case and not re.search(r"TEST_CASE\w*\(\"" + re.escape(case) + '"', path.read_text(encoding="utf-8")):
        return f"{file}: no case \"{case}\""
    return None


def main(root):
    root = pathlib.Path(root)
    document = markdown.Document(root / "docs" / "security.md")
    errors, count = [], 0
    for line, cells in rows(document):
        tests = NAMED.findall(cells[-1])
        wrong = [why for why in (missing(root, *test) for test in tests) if why]
        count += len(tests)
        errors += [f"security.md:{line}: {why}" for why in wrong or ([] if tests else ["no test is named"])]
    return markdown.report(errors, f"{count} tests") or (0 if count else 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
