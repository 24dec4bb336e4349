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


def fenced(language, *lines):
    return "\n".join([f"```{language}", *lines, "```", ""])


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
        text = "# Top\n[a](#top) [b](docs/other.md#a-b-c-1) [c](https://example.org/x) `[d](e)`\n"
        self.assertEqual(self.wrong(text + fenced("text", "[f](g)")), [])

    def test_links_that_lead_nowhere(self):
        self.page("# A\n", "docs/other.md")
        text = "[a](none.md)\n[b](#none)\n[c](docs/other.md#b)\n[d](../..)\n[e]: nowhere.md\n"
        self.assertEqual(len(self.wrong(text)), 5)


class Generated(Pages):
    TOOL = """import sys
if "--help" in sys.argv: print("help of", sys.argv[1])
elif "--markdown" in sys.argv: print("| a |\\n|---|")
elif "bad" in sys.argv: sys.exit(2)
elif "serve" in sys.argv: print("listening on ws://127.0.0.1:12345/", flush=True); sys.stdin.read()
elif "probe" in sys.argv: print(sys.argv[2])
else: print("took 12 ms")
"""

    def setUp(self):
        super().setUp()
        self.tool = self.root / "tool"
        self.tool.write_text(f"#!{sys.executable}\n{self.TOOL}", encoding="utf-8")
        os.chmod(self.tool, 0o755)

    def errors(self, text, update=False):
        return generated.check(self.page(text), {"handshim": str(self.tool)}, self.root, update)[0]

    @staticmethod
    def part(command, text):
        return f"<!-- generated: {command} -->\n{text}<!-- end -->\n"

    def test_parts_that_are_as_printed(self):
        text = self.part("handshim x --markdown", "| a |\n|---|\n")
        text += self.part("handshim x --help", fenced("text", "$ handshim x --help", "help of x"))
        self.assertEqual(self.errors(text), [])

    def test_times_may_differ(self):
        self.assertEqual(self.errors(self.part("handshim y", fenced("text", "$ handshim y", "took 7 ms"))), [])

    def test_a_server_gets_a_free_port_but_is_shown_with_its_own(self):
        serve, probe = "handshim serve --port 99", "handshim probe ws://127.0.0.1:99/"
        shown = fenced("text", f"$ {serve} &", f"$ {probe}", "ws://127.0.0.1:99/")
        self.assertEqual(self.errors(self.part(f"{serve} & {probe}", shown)), [])

    def test_parts_that_are_not(self):
        wrong = [self.part("handshim x --help", "old\n"), self.part("rm x", ""), self.part("handshim bad", ""),
                 "<!-- end -->\n", "<!-- generated: handshim y -->\n"]
        for text in wrong:
            self.assertEqual(len(self.errors(text)), 1, text)

    def test_they_can_be_written(self):
        self.assertEqual(self.errors("a\n" + self.part("handshim x --help", "old\n") + "b\n", update=True), [])
        text = (self.root / "README.md").read_text(encoding="utf-8")
        self.assertIn("$ handshim x --help\nhelp of x\n", text)
        self.assertEqual(self.errors(text), [])


class Examples(Pages):
    def setUp(self):
        super().setUp()
        before = examples.HEADERS
        examples.HEADERS = ["cassert"]  # these pages need no more
        self.addCleanup(setattr, examples, "HEADERS", before)

    def errors(self, *parts):
        units, wrong = examples.units_of(self.page("".join(parts)))
        return wrong + examples.check_all(units, examples.Compiler(COMPILER, "c++17", self.root))

    @staticmethod
    def printing(text):
        return fenced("cpp", "#include <cstdio>", f"int main() {{ std::puts({text}); }}") + "It prints\n"

    def test_pages_that_are_right(self):
        self.assertEqual(self.errors(
            "<!-- namespace -->\n", fenced("cpp", "struct s { int i = 1; };"), fenced("cpp", "assert(s{}.i == 1);"),
            "<!-- given: s x; -->\n", fenced("cpp", "x.i = 2;"),
            "<!-- not compiled: no -->\n", fenced("cpp", "?"),
            self.printing('"12 ms"'), fenced("text", "9 ms"),
            self.printing('"{\\"a\\":[1,2]}"'), fenced("json", '{"a":', "  [1, 2]}")), [])

    def test_code_that_does_not_compile(self):
        errors = self.errors("text\n\n", fenced("cpp", "int i = nothing;"))
        self.assertEqual(len(errors), 1)
        self.assertIn("README.md:4", errors[0])  # the page's own line

    def test_an_assertion_that_does_not_hold(self):
        self.assertEqual(len(self.errors(fenced("cpp", "assert(1 == 2);"))), 1)

    def test_a_program_that_prints_something_else(self):
        self.assertEqual(len(self.errors(self.printing('"y"'), fenced("text", "x"))), 1)

    def test_code_that_needs_a_library(self):
        page = self.page("<!-- needs: cstdio -->\n" + fenced("cpp", "int main() { return nothing; }") +
                         "<!-- needs: no/such.h -->\n" + fenced("cpp", "int i = nothing;") +
                         "<!-- needs: no/such.h -->\n" + fenced("cpp", "assert(i == 1);"))
        units, wrong = examples.units_of(page)
        compiler = examples.Compiler(COMPILER, "c++17", self.root)
        self.assertEqual((wrong, [unit.needs for unit in units]), ([], ["cstdio", "no/such.h"]))
        self.assertEqual([compiler.finds(unit.needs) for unit in units], [True, False])
        self.assertFalse(any(unit.runs for unit in units))
        self.assertEqual(len(examples.check_all(units[:1], compiler)), 1)

    def test_blocks_that_would_not_be_checked(self):
        self.assertEqual(len(self.errors("<!-- needs: -->\n", fenced("cpp", "?"))), 1)
        self.assertEqual(len(self.errors("<!-- not compiled: -->\n", fenced("cpp", "?"), fenced("c++", "?"),
                                         fenced("", "?"), "```cpp\n")), 4)


class Hierarchy(Pages):
    KINDS = 'KIND(1, a, error, "")\nKIND(2, b, a, "")\n'
    TREE = "<!-- hierarchy -->\n" + fenced("text", "error   root", "└── a", "    └── b")
    GOOD = "unified-1 from 3; legacy from 3; asyncio from 3; sync from 3"
    MATRIX = ("### `{}`\n\n| phase | fault | 1 | 2 | 3 |\n|---|---|---|---|---|\n| x | `f` | `error` + `a` |  | `b` |\n\n"
              "What its loop does:\n\n| fault | 1 |\n|---|---|\n| `f` | retries |\n\n")

    @staticmethod
    def entry(name, policies):
        return f"### `{name}`\n- **When:** x\n- **Data:** x\n- **Policies:** {policies}.\n"

    def errors(self, tree, policies_of_b=GOOD, update=False):
        self.page(self.KINDS, "include/handshim/data/kinds.inc")
        tables = "".join(self.MATRIX.format(family) for family in hierarchy.FAMILIES)
        self.page(f"## {hierarchy.MATRIX}\n\n{tables}", "docs/policies.md")
        of_a = self.GOOD.replace("from", "before")
        self.page(tree + self.entry("error", of_a) + self.entry("a", of_a) + self.entry("b", policies_of_b),
                  "docs/exceptions.md")
        return hierarchy.check(self.root, update)[0]

    def test_a_page_that_is_right(self):
        self.assertEqual(self.errors(self.TREE), [])

    def test_a_class_at_the_wrong_place(self):
        self.assertEqual(len(self.errors(self.TREE.replace("    └── b", "└── b"))), 1)

    def test_a_class_that_is_missing_or_twice(self):
        line = "    └── b\n"
        self.assertEqual(len(self.errors(self.TREE.replace(line, ""))), 1)
        self.assertEqual(len(self.errors(self.TREE.replace(line, line * 2))), 1)
        self.assertEqual(len(self.errors(self.TREE + self.entry("b", self.GOOD))), 1)

    def test_an_entry_of_another_shape(self):
        self.assertEqual(len(self.errors(self.TREE + "### `b`\ntext\n")), 1)

    def test_policies_that_are_not_as_the_tables_have_them(self):
        self.assertEqual(len(self.errors(self.TREE, "unified-1")), 1)
        self.assertEqual(self.errors(self.TREE, "unified-1", update=True), [])
        self.assertEqual(hierarchy.check(self.root, False)[0], [])


if __name__ == "__main__":
    COMPILER = sys.argv[1:] or COMPILER
    unittest.main(argv=sys.argv[:1])
