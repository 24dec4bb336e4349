"""Writes the seeds of each fuzz target, made from the corpus: DIRECTORY/<target>/<number>.

Usage: seeds.py ROOT DIRECTORY
"""

import pathlib
import re
import sys

ESCAPES = {"r": b"\r", "n": b"\n", "t": b"\t", '"': b'"', "\\": b"\\"}
SENT = re.compile(r'(?:send|drip \d+|fill (?P<count>\d+)) "(?P<bytes>(?:[^"\\]|\\.)*)"')

URIS = """ws://localhost/ wss://user:p%40ss@example.org:8443/chat?room=1 ws://[::1]:80/ ws://[fe80::1%25eth0]/x
WS://EXAMPLE.ORG/%2e%2e/a;b=c ws://h? ws://h# wss://127.0.0.1:65535 ws://h:/ ws://a:@h/ ws://h/../.././x/?y#""".split()
LOCATIONS = "/a/../b?c //other.example:81/ ?q=1 ../x wss://other.example/ ws://u:p@peer/ http://peer/ #f .".split()
OVERRIDES = ["eof_before_status_line=invalid_message", "closed=connection_closed", "unclassified=error+timeout_error"]


def rows(path):
    lines = [line for line in path.read_text(encoding="utf-8").split("\n") if line and not line.startswith("#")]
    columns = lines[0].split("\t")
    return [dict(zip(columns, line.split("\t"))) for line in lines[1:]]


def unescaped(text):
    return re.sub(rb"\\(x[0-9a-fA-F]{2}|.)", lambda m: bytes([int(m[1][1:], 16)]) if m[1][:1] == b"x"
                  else ESCAPES[m[1].decode()], text.encode())


def sent(script):
    """The bytes of a server's script, a long run cut short."""
    return b"".join(unescaped(m["bytes"]) * min(int(m["count"] or 1), 300) for m in SENT.finditer(script))


def of_responses(corpus):
    for row in corpus["scenarios"]:
        if "upgrade" not in row["server"].split("; "):
            ending = 1 if "reset" in row["server"] else 2 if "stall" in row["server"] else 0
            yield bytes([0, ending, 255]) + sent(row["server"])
            yield bytes([2, ending, 6]) + sent(row["server"])


def of_frames(corpus):
    for row in corpus["scenarios"]:
        if "upgrade" in row["server"].split("; "):
            ending = 1 if "reset" in row["server"] else 2 if "stall" in row["server"] else 0
            for move in 0, 3, 6, 9:
                yield bytes([0, ending + move, 40]) + sent(row["server"])


def of_uris(corpus):
    for uri in URIS:
        yield "\n".join([uri] + LOCATIONS[:3]).encode()
    for i in range(0, len(LOCATIONS), 3):
        yield "\n".join(["wss://a:b@peer/x/y?z"] + LOCATIONS[i : i + 3]).encode()


def of_policies(corpus):
    names = sorted({f"websockets-{row['family']}-{row['version']}" for row in corpus["expected"]})
    yield from (name.encode() for name in names + ["unified-1", "native", "websockets-14.2...19"])
    yield from (f"websockets-14.0,{one}".encode() for one in OVERRIDES)
    yield from (f"bridge({a},{b})".encode() for a, b in zip(names, names[3:]))
    yield f"bridge({names[0]},{names[-1]}),{OVERRIDES[1]}".encode()


def of_scripts(corpus):
    for row in corpus["scenarios"]:
        yield b"\0" + row["server"].encode()
        yield b"\1" + row["client"].encode()


def of_natives(corpus):
    runs = {}
    for row in corpus["native"]:
        runs.setdefault((row["client"], row["domain"], row["value"]), "\t".join(row.values()))
    for line in runs.values():
        yield line.encode()


def of_failures(corpus):
    numbers = bytes(range(1, 37))
    for row in corpus["native"][::40]:
        texts = [row["client"], "chat?q=1", row["message"], row["domain"], row["message"], row["name"], "Upgrade",
                 "body\r\n", "SSH-2.0", "bye", "", "X", "Set-Cookie", "a=b", "Date", "x", "y"]
        yield bytes([len(row["message"]) % 256, len(row["message"]) % 3, 5, 1]) + numbers + b"\xff".join(one.encode() for one in texts)


TARGETS = {"response": of_responses, "frames": of_frames, "uri": of_uris, "policy": of_policies,
           "script": of_scripts, "native": of_natives, "failure": of_failures}


def main(root, out):
    corpus = {name: rows(pathlib.Path(root) / "tests" / "corpus" / f"{name}.tsv")
              for name in ("scenarios", "expected", "native")}
    for target, make in TARGETS.items():
        folder = pathlib.Path(out) / target
        folder.mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(dict.fromkeys(make(corpus))):
            (folder / f"{number:04}").write_bytes(seed)


if __name__ == "__main__":
    main(*sys.argv[1:])
