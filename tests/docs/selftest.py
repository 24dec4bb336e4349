"""The checks of the documentation find what is wrong, and nothing where all is right.

Usage: selftest.py COMPILER...
"""

import os
import pathlib
import sys
import tempfile
import unittest

import examples
import generated
import hierarchy
import links
import markdown

COMPILER = ["c++"]
ECHO = """import sys
if "--help" in sys.argv: print("help of", sys.argv[1])
elif "--markdown" in sys.argv: print("| a |\\n|---|")
elif "bad" in sys.argv: sys.exit(2)
else: print("took 12 ms")
"""


class Pages(unittest.TestCase):
    """Each test writes a project of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name).resolve()
        (self.root / "docs").mkdir()

    def page(self, text, name="README.md"):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return markdown.Document(path)


class Links(Pages):
    def wrong(self, text):
        document = self.page(text)
        return [why for why in (links.broken(document, target, self.root) for _, target in document.links()) if why]

    def test_links_that_lead_somewhere(self):
        self.page("# A `b`, c\n# A b c\n", "docs/other.md")
        self.assertEqual(self.wrong("# Top\n[a](#top) [b](docs/other.md#a-b-c-1) [c](https://example.org/x) `[d](e)`\n"
                                    "```text\n[f](g)\n```\n"), [])

    def test_links_that_lead_nowhere(self):
        self.page("# A\n", "docs/other.md")
        self.assertEqual(len(self.wrong("[a](none.md)\n[b](#none)\n[c](docs/other.md#b)\n[d](../..)\n[e]: nowhere.md\n")), 5)


class Generated(Pages):
    def setUp(self):
        super().setUp()
        self.tool = self.root / "tool"
        self.tool.write_text(f"#!{sys.executable}\n{ECHO}", encoding="utf-8")
        os.chmod(self.tool, 0o755)

    def errors(self, text, update=False):
        return generated.check(self.page(text), str(self.tool), self.root, update)[0]

    def test_parts_that_are_as_printed(self):
        self.assertEqual(self.errors("<!-- generated: handshim x --markdown -->\n| a |\n|---|\n<!-- end -->\n"
                                     "<!-- generated: handshim x --help -->\n```text\n$ handshim x --help\nhelp of x\n```\n"
                                     "<!-- end -->\n"), [])

    def test_times_may_differ(self):
        self.assertEqual(self.errors("<!-- generated: handshim y -->\n```text\n$ handshim y\ntook 7 ms\n```\n<!-- end -->\n"), [])

    def test_parts_that_are_not(self):
        for text in ("<!-- generated: handshim x --help -->\nold\n<!-- end -->\n", "<!-- generated: rm x -->\n<!-- end -->\n",
                     "<!-- generated: handshim bad -->\n<!-- end -->\n", "<!-- end -->\n", "<!-- generated: handshim y -->\n"):
            self.assertEqual(len(self.errors(text)), 1, text)

    def test_they_can_be_written(self):
        self.assertEqual(self.errors("a\n<!-- generated: handshim x --help -->\nold\n<!-- end -->\nb\n", update=True), [])
        self.assertIn("$ handshim x --help\nhelp of x\n", (self.root / "README.md").read_text(encoding="utf-8"))
        self.assertEqual(self.errors((self.root / "README.md").read_text(encoding="utf-8")), [])


class Examples(Pages):
    def errors(self, text):
        units, wrong = examples.units_of(self.page(text))
        return wrong + examples.check_all(units, examples.Compiler(COMPILER, "c++17", self.root))

    def setUp(self):
        super().setUp()
        before = examples.HEADERS
        examples.HEADERS = ["cassert"]  # these pages need no more
        self.addCleanup(setattr, examples, "HEADERS", before)

    def test_pages_that_are_right(self):
        self.assertEqual(self.errors("<!-- namespace -->\n```cpp\nstruct s { int i = 1; };\n```\n```cpp\nassert(s{}.i == 1);\n```\n"
                                     "<!-- given: s x; -->\n```cpp\nx.i = 2;\n```\n"
                                     "```cpp\n#include <cstdio>\nint main() { std::puts(\"12 ms\"); }\n```\nIt prints\n"
                                     "```text\n9 ms\n```\n"
                                     "```cpp\n#include <cstdio>\nint main() { std::puts(\"{\\\"a\\\":[1,2]}\"); }\n```\n"
                                     "It prints\n```json\n{\"a\":\n  [1, 2]}\n```\n<!-- not compiled: no -->\n```cpp\n?\n```\n"), [])

    def test_code_that_does_not_compile(self):
        errors = self.errors("text\n\n```cpp\nint i = nothing;\n```\n")
        self.assertEqual(len(errors), 1)
        self.assertIn("README.md:4", errors[0])  # the page's own line

    def test_an_assertion_that_does_not_hold(self):
        self.assertEqual(len(self.errors("```cpp\nassert(1 == 2);\n```\n")), 1)

    def test_a_program_that_prints_something_else(self):
        self.assertEqual(len(self.errors("```cpp\nint main() {}\n```\nIt prints:\n```text\nx\n```\n")), 1)

    def test_blocks_that_would_not_be_checked(self):
        self.assertEqual(len(self.errors("<!-- not compiled: -->\n```cpp\n?\n```\n```c++\n?\n```\n```\n?\n```\n```cpp\n")), 4)


class Hierarchy(Pages):
    ENTRY = "- **When:** x\n- **Data:** x\n- **Policies:** {}.\n"
    KINDS = 'KIND(1, a, error, "")\nKIND(2, b, a, "")\n'
    TREE = "<!-- hierarchy -->\n```text\nerror   root\n└── a\n    └── b\n```\n"

    def errors(self, tree, policies_of_b, update=False):
        self.page(self.KINDS, "include/handshim/data/kinds.inc")
        tables = "".join(f"### `{family}`\n\n| phase | fault | 1 | 2 | 3 |\n|---|---|---|---|---|\n| x | `f` | `error + a` |  | `b` |\n\n"
                         "What its loop does:\n\n| fault | 1 |\n|---|---|\n| `f` | retries |\n\n" for family in hierarchy.FAMILIES)
        self.page(f"## {hierarchy.MATRIX}\n\n{tables}", "docs/policies.md")
        before = "unified-1 before 3; legacy before 3; asyncio before 3; sync before 3"
        self.page(tree + f"### `error`\n{self.ENTRY.format(before)}### `a`\n{self.ENTRY.format(before)}"
                  f"### `b`\n{self.ENTRY.format(policies_of_b)}", "docs/exceptions.md")
        return hierarchy.check(self.root, update)[0]

    def test_a_page_that_is_right(self):
        self.assertEqual(self.errors(self.TREE, "unified-1 from 3; legacy from 3; asyncio from 3; sync from 3"), [])

    def test_a_class_at_the_wrong_place(self):
        errors = self.errors(self.TREE.replace("    └── b", "└── b"), "unified-1 from 3; legacy from 3; asyncio from 3; sync from 3")
        self.assertEqual(len(errors), 1)

    def test_a_class_that_is_missing_or_twice(self):
        good = "unified-1 from 3; legacy from 3; asyncio from 3; sync from 3"
        self.assertEqual(len(self.errors(self.TREE.replace("    └── b\n", ""), good)), 1)
        self.assertEqual(len(self.errors(self.TREE.replace("    └── b\n", "    └── b\n" * 2), good)), 1)
        self.assertEqual(len(self.errors(self.TREE + f"### `b`\n{self.ENTRY.format(good)}", good)), 1)

    def test_policies_that_are_not_as_the_tables_have_them(self):
        self.assertEqual(len(self.errors(self.TREE, "unified-1")), 1)
        self.assertEqual(self.errors(self.TREE, "unified-1", update=True), [])
        self.assertEqual(hierarchy.check(self.root, False)[0], [])


if __name__ == "__main__":
    COMPILER = sys.argv[1:] or COMPILER
    unittest.main(argv=sys.argv[:1])
