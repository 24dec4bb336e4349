"""Reads as much of a Markdown file as the checks of the documentation need."""

import html
import pathlib
import re
from dataclasses import dataclass, field

COMMENT = re.compile(r"^<!--\s*(.*?)\s*-->\s*$")
FENCE = re.compile(r"^```\s*(\S*)\s*$")
HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*\s*$")
LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
DEFINITION = re.compile(r"^\s{0,3}\[[^\]]+\]:\s+<?(\S+?)>?(?:\s|$)")
ANCHOR = re.compile(r"<a\s+(?:id|name)=\"([^\"]+)\"")
CODE_SPAN = re.compile(r"(`+)(.+?)\1")


@dataclass
class Block:
    """A fenced block. `line` is the number of its first line inside the fence, from 1."""

    path: pathlib.Path
    line: int
    language: str
    text: str
    directives: list = field(default_factory=list)  # the comments right before it
    lead: str = ""  # the text between the block before it and this one
    heading: str = ""  # the one above it

    def directive(self, name):
        """What stands behind "name:" in a comment before the block, "" for a bare "name", None without one."""
        for comment in self.directives:
            word, _, value = comment.partition(":")
            if word.strip() == name:
                return value.strip()
        return None

    @property
    def place(self):
        return f"{self.path.name}:{self.line}"


@dataclass
class Part:
    """What stands between <!-- generated: COMMAND --> and <!-- end -->, as line indices of the file."""

    command: str
    first: int
    last: int


class Document:
    """One Markdown file, read."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.lines = self.path.read_text(encoding="utf-8").splitlines()
        self.blocks = []
        self.prose = []  # (line number, text) of every line outside a fence
        self.errors = []  # what cannot be read
        self._read()

    def _read(self):
        comments, lead, heading, opened = [], [], "", None
        for number, line in enumerate(self.lines, 1):
            fence = FENCE.match(line)
            if opened is not None:
                if fence and not fence.group(1):
                    opened.text = "".join(text + "\n" for text in self.lines[opened.line - 1 : number - 1])
                    self.blocks.append(opened)
                    comments, lead, opened = [], [], None
            elif fence:
                opened = Block(self.path, number + 1, fence.group(1), "", comments, "\n".join(lead).strip(), heading)
            else:
                self.prose.append((number, line))
                comment = COMMENT.match(line)
                if comment:
                    comments.append(comment.group(1))
                elif line.strip():
                    comments = []
                    lead.append(line)
                    above = HEADING.match(line)
                    heading = above.group(2) if above else heading
        if opened is not None:
            self.errors.append(f"{self.path.name}:{opened.line - 1}: the fence is not closed")

    def anchors(self):
        """The anchors that GitHub gives the headings, and those written as <a id="...">."""
        found, seen = set(), {}
        for _, line in self.prose:
            found.update(ANCHOR.findall(line))
            heading = HEADING.match(line)
            if not heading:
                continue
            slug = slug_of(heading.group(2))
            count = seen.get(slug, 0)
            seen[slug] = count + 1
            found.add(slug if count == 0 else f"{slug}-{count}")
        return found

    def headings(self):
        """(line number, level, text) of each heading."""
        matches = ((number, HEADING.match(line)) for number, line in self.prose)
        return [(number, len(m.group(1)), m.group(2)) for number, m in matches if m]

    def links(self):
        """(line number, target) of each link outside code."""
        out = []
        for number, line in self.prose:
            bare = CODE_SPAN.sub(lambda span: "`" + "x" * (len(span.group(0)) - 2) + "`", line)
            out += [(number, html.unescape(target)) for target in LINK.findall(bare)]
            definition = DEFINITION.match(bare)
            if definition:
                out.append((number, definition.group(1)))
        return out

    def generated(self):
        """The generated parts; a comment that has no partner goes into `errors`."""
        parts, opened = [], None
        for index, line in enumerate(self.lines):
            comment = COMMENT.match(line)
            text = comment.group(1) if comment else ""
            if text.startswith("generated:"):
                if opened:
                    self.errors.append(f"{self.path.name}:{index + 1}: the generated part before it has no end")
                opened = (text.partition(":")[2].strip(), index + 1)
            elif text == "end":
                if opened is None:
                    self.errors.append(f"{self.path.name}:{index + 1}: an end of nothing")
                    continue
                parts.append(Part(opened[0], opened[1], index))
                opened = None
        if opened:
            self.errors.append(f"{self.path.name}:{opened[1]}: the generated part has no end")
        return parts


def slug_of(heading):
    """The anchor that GitHub makes of a heading."""
    text = LINK.sub(lambda link: link.group(0)[link.group(0).index("[") + 1 : link.group(0).index("](")], heading)
    text = text.replace("`", "").strip().lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def documents(root):
    """README.md and the pages under docs/, as far as they are there."""
    root = pathlib.Path(root)
    paths = [root / "README.md", *sorted((root / "docs").rglob("*.md"))]
    return [Document(path) for path in paths if path.is_file()]


def report(errors, done):
    """Prints what is wrong, or what was done, and gives the exit code."""
    for error in errors:
        print(error)
    if not errors:
        print(done)
    return 1 if errors else 0
