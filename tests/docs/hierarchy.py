"""docs/exceptions.md has every class: in its tree, under the right base, and as an entry of a fixed shape.

Usage: hierarchy.py ROOT

The tree is the text block below <!-- hierarchy -->. An entry is a heading with the name in backquotes, and below it the
items When, Data and Policies. Policies says under which a failure becomes that class; it is held against the tables of
docs/policies.md, and written with HANDSHIM_UPDATE_DOCS=1 in the environment.
"""

import collections
import os
import pathlib
import re
import sys

import markdown

KIND = re.compile(r"^KIND\(\d+, (\w+), (\w+),", re.MULTILINE)
BRANCH = re.compile(r"^([│├└─ ]*)(\w+)")
ENTRY = re.compile(r"^`(\w+)`$")
ITEM = re.compile(r"^- \*\*(\w+):\*\* \S")
ITEMS = ["When", "Data", "Policies"]
POLICIES = "- **Policies:** "
MATRIX = "Which kinds a fault becomes"
FAMILIES = {"unified": "unified-1", "websockets-legacy": "legacy", "websockets-asyncio": "asyncio",
            "websockets-sync": "sync"}


def bases_in_code(root):
    """Class name -> name of its base, as data/kinds.inc has them."""
    rows = KIND.findall((root / "include/handshim/data/kinds.inc").read_text(encoding="utf-8"))
    return {"error": None, **dict(rows)}


def tree_lines(block):
    """(depth, name) of each line of the tree; four columns are one step."""
    branches = (BRANCH.match(line) for line in block.text.splitlines() if line.strip())
    return [(len(branch.group(1)) // 4, branch.group(2)) for branch in branches if branch]


def tree_errors(block, bases):
    path, seen, errors = [], collections.Counter(), []
    for depth, name in tree_lines(block):
        del path[depth:]
        base = path[-1] if path else None
        path.append(name)
        seen[name] += 1
        if name not in bases:
            errors.append(f"{block.place}: there is no class {name}")
        elif bases[name] != base:
            errors.append(f"{block.place}: {name} stands under {base}, but derives from {bases[name]}")
    wrong = [name for name in bases if seen[name] != 1]
    return errors + [f"{block.place}: {name} stands {seen[name]} times in the tree" for name in wrong]


def entries(document):
    """Class name -> the lines of its entries, one list for each heading that names it."""
    found = collections.defaultdict(list)
    current = None
    for number, line in document.prose:
        heading = markdown.HEADING.match(line)
        if heading:
            entry = ENTRY.match(heading.group(2))
            current = [] if entry else None
            if entry:
                found[entry.group(1)].append(current)
        elif current is not None:
            current.append((number, line))
    return found


def entry_errors(document, bases):
    found, errors = entries(document), []
    for name in bases:
        if len(found[name]) != 1:
            errors.append(f"{document.path.name}: {name} has {len(found[name])} entries")
            continue
        items = [item.group(1) for item in (ITEM.match(line) for _, line in found[name][0]) if item]
        if items != ITEMS:
            errors.append(f"{document.path.name}: the entry of {name} has {items}, not {ITEMS}")
    return errors


def cells(line):
    return [cell.strip().replace("`", "") for cell in line.strip().strip("|").split("|")]


def matrices(document):
    """Family -> (versions, set of kinds for each version), from the tables of docs/policies.md."""
    out, family, table, inside, behind = {}, None, None, False, 0
    for _, line in document.prose:
        heading = markdown.HEADING.match(line)
        if heading and len(heading.group(1)) == 2:
            inside = heading.group(2) == MATRIX
        if heading:
            family, table = heading.group(2).strip("`"), None
        elif inside and line.startswith("|") and family in FAMILIES:
            row = cells(line)
            if table is None and family not in out:
                behind = row.index("fault") + 1
                table = out[family] = (row[behind:], [set() for _ in row[behind:]])
            elif table is not None and not row[0].startswith("---"):
                add_row(table[1], row[behind:])
        elif not line.startswith("|"):
            table = None  # only the first table of a family is about kinds
    return out


def add_row(kinds, row):
    """A blank cell says the same as the one to its left. Where the phase decides and nobody told it: the root."""
    said = ""
    for at, cell in zip(kinds, row):
        said = cell or said
        at.update(["error"] if said == "by phase" else re.split(r"[+ ]+", said))


def spans(versions, holds):
    """"" if it holds for all versions, "before 13.1, from 14.2" else; None if for none."""
    changes = [i for i in range(len(holds)) if i == 0 or holds[i] != holds[i - 1]]
    words = []
    for i, after in zip(changes, [*changes[1:], None]):
        if not holds[i]:
            continue
        from_word = f"from {versions[i]}" if i > 0 else ""
        until = f"before {versions[after]}" if after else ""
        words.append(" and ".join(word for word in (from_word, until) if word))
    return ", ".join(words) if words else None


def policies_text(name, tables):
    found = {}
    for family in FAMILIES:
        versions, kinds = tables[family]
        span = spans(versions, [name in at for at in kinds])
        if span is not None:
            found[family] = span
    if not found:
        return "none raises it itself; it catches what derives from it"
    if len(found) == len(FAMILIES) and not any(found.values()):
        return "all"
    return "; ".join(f"{FAMILIES[family]} {span}".strip() for family, span in found.items())


def policy_lines(document, bases, tables):
    """(line number, what it must say) of each Policies item."""
    for name, found in entries(document).items():
        for lines in found:
            for number, line in lines:
                if name in bases and line.startswith(POLICIES):
                    yield number, POLICIES + policies_text(name, tables) + "."


def policy_errors(document, bases, tables, update):
    errors, lines = [], list(document.lines)
    for number, wanted in policy_lines(document, bases, tables):
        if lines[number - 1] != wanted and not update:
            errors.append(f"{document.path.name}:{number}: should be\n{wanted}")
        lines[number - 1] = wanted
    if update and lines != document.lines:
        document.path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return errors


def check(root, update):
    bases = bases_in_code(root)
    document = markdown.Document(root / "docs/exceptions.md")
    trees = [block for block in document.blocks if block.directive("hierarchy") is not None]
    errors = [] if len(trees) == 1 else [f"{document.path.name}: {len(trees)} blocks below <!-- hierarchy -->"]
    for block in trees:
        errors += tree_errors(block, bases)
    tables = matrices(markdown.Document(root / "docs/policies.md"))
    lacking = [family for family in FAMILIES if family not in tables]
    if lacking:
        return errors + [f"policies.md: no table of kinds for {', '.join(lacking)}"], len(bases)
    return errors + entry_errors(document, bases) + policy_errors(document, bases, tables, update), len(bases)


def main(root):
    errors, count = check(pathlib.Path(root), os.environ.get("HANDSHIM_UPDATE_DOCS") == "1")
    return markdown.report(errors, f"{count} classes")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
