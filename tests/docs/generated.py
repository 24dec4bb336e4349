"""What stands between <!-- generated: COMMAND --> and <!-- end --> is what the command prints.

Usage: generated.py ROOT HANDSHIM [PROGRAM...]

COMMAND begins with `handshim`, or with the file name of another PROGRAM. The output of a command with --markdown
stands there as it is, any other in a text block under the command line. `handshim serve ... --port N & handshim ...`
starts the server first, on a free port that is shown as N. With HANDSHIM_UPDATE_DOCS=1 in the environment the parts are
written instead.
"""

import difflib
import os
import pathlib
import re
import shlex
import subprocess
import sys

import markdown

TIME = re.compile(r" *\b\d+(?:\.\d+)?(?= (?:ms|s)\b)")  # with the blanks that align it
JSON_TIME = re.compile(r",\"elapsed_ms\":\d+")  # not there if it is 0
PORT = re.compile(r"(?<=127\.0\.0\.1:)\d+|(?<=on port )\d+")  # one that the system chose
ATTEMPTS = re.compile(r"(?<=\()\d+(?= attempts?\b)")  # how many there were in a time
LISTENING = re.compile(r"ws://127\.0\.0\.1:(\d+)/")


class Failed(Exception):
    """The command cannot be shown."""


def words(command, tools):
    out = shlex.split(command)
    if not out or out[0] not in tools:
        raise Failed(f"`{command}` begins with none of {', '.join(tools)}")
    return [tools[out[0]], *out[1:]]


def run(arguments, root):
    done = subprocess.run(arguments, cwd=root, env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=120, check=False)
    output = done.stdout.decode("utf-8")
    if done.returncode not in (0, 1):
        raise Failed(f"exit code {done.returncode}\n{output}")
    return output


def environment():
    """The one of this process without what changes what the command prints."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("HANDSHIM_")}
    return {**plain, "NO_COLOR": "1", "COLUMNS": "100"}


def with_server(serving, command, tools, root):
    """What the command prints while the server of the other one runs."""
    arguments = words(serving, tools)
    at = arguments.index("--port") + 1 if "--port" in arguments else 0
    if at in (0, len(arguments)):
        raise Failed(f"`{serving}` needs --port N")
    shown = arguments[at]
    arguments[at] = "0"
    with subprocess.Popen(arguments, cwd=root, env=environment(), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT) as server:
        try:
            first = server.stdout.readline().decode("utf-8")
            port = LISTENING.search(first)
            if not port:
                raise Failed(f"`{serving}`: {first}")
            client = [word.replace(f":{shown}", f":{port.group(1)}") for word in words(command, tools)]
            return run(client, root).replace(f":{port.group(1)}", f":{shown}")
        finally:
            server.terminate()


def lines_of(command, tools, root):
    """What is to stand between the comments."""
    serving, both, client = command.partition(" & ")
    output = with_server(serving, client, tools, root) if both else run(words(command, tools), root)
    if "--markdown" in shlex.split(command):
        return output.splitlines()
    shown = [f"$ {serving} &", f"$ {client}"] if both else [f"$ {command}"]
    return ["```text", *shown, *(line.rstrip() for line in output.rstrip("\n").splitlines()), "```"]


def comparable(lines):
    """Without what differs from run to run."""
    return [ATTEMPTS.sub("N", TIME.sub(" N", JSON_TIME.sub("", PORT.sub("N", line)))) for line in lines]


def difference(is_there, should_be):
    return "\n".join(difflib.unified_diff(is_there, should_be, "the document", "the command", lineterm="", n=1))


def check(document, tools, root, update):
    """(errors, how many parts there are); writes the file anew if it is to be updated."""
    errors, parts = [], document.generated()
    lines = list(document.lines)
    for part in reversed(parts):  # from the end, so that the positions of the others stay
        try:
            should_be = lines_of(part.command, tools, root)
        except (Failed, subprocess.TimeoutExpired) as why:
            errors.append(f"{document.path.name}:{part.first}: {part.command}: {why}")
            continue
        is_there = lines[part.first : part.last]
        if comparable(is_there) == comparable(should_be):
            continue
        lines[part.first : part.last] = should_be
        if not update:
            errors.append(f"{document.path.name}:{part.first}: {part.command}\n{difference(is_there, should_be)}")
    if update and lines != document.lines:
        document.path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return document.errors + errors, len(parts)


def main(root, *programs):
    update = os.environ.get("HANDSHIM_UPDATE_DOCS") == "1"
    tools = {pathlib.Path(program).name: str(pathlib.Path(program).resolve()) for program in programs}
    errors, count = [], 0
    for document in markdown.documents(pathlib.Path(root)):
        found, parts = check(document, tools, root, update)
        errors += found
        count += parts
    if errors and not update:
        errors.append("HANDSHIM_UPDATE_DOCS=1 in the environment writes them anew")
    return markdown.report(errors, f"{count} generated parts")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
