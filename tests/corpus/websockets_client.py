"""The clients of whichever release of websockets can be imported: they play a scenario's steps, and what they raise is
told in the words of expected.tsv.

A client that a release lacks is not in families(). What a release has no parameter for (8.1 has no open timeout, sync no
keepalive before 15.0) is left at what that release does.
"""

import asyncio
import importlib
import inspect
import pathlib
import re
import socket
import ssl
import threading
from dataclasses import dataclass

ROOT = pathlib.Path(__file__).resolve().parents[2]
PATIENCE = 9  # seconds without an answer, after which a release hangs
# Longer than the 2 s of the other recordings, so that a busy machine is no fault of the server: where the open timeout is
# what a scenario is about, its script sets it.
OPEN_TIMEOUT = 7.0
MODULES = {"legacy": ("websockets.legacy.client", "websockets.client"),  # the second up to 8.1
           "asyncio": ("websockets.asyncio.client",),
           "sync": ("websockets.sync.client",)}
PYTHONS_OWN = {EOFError: "eof_error", UnicodeError: "unicode_error", ValueError: "value_error",
               LookupError: "lookup_error", NotImplementedError: "not_implemented_error",
               AssertionError: "assertion_error", TimeoutError: "timeout_error", asyncio.TimeoutError: "timeout_error",
               ConnectionRefusedError: "connection_refused", ConnectionResetError: "connection_reset",
               ConnectionError: "connection_error", socket.gaierror: "resolve_error", ssl.SSLError: "tls_error"}
KINDS = set(re.findall(r"^KIND\(\d+, (\w+)", (ROOT / "include/handshim/data/kinds.inc").read_text(), re.MULTILINE))
OPTIONS = {"open_timeout": float, "close_timeout": float, "ping_interval": float, "ping_timeout": float,
           "max_size": int, "subprotocols": lambda text: text.split(",")}
STEP = re.compile(r'(?:[^;"]|"(?:\\.|[^"\\])*")+')
CONTROLS = {"r": "\r", "n": "\n", "t": "\t"}
ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|(.))")


@dataclass(frozen=True)
class Outcome:
    """What came of a scenario: the columns of expected.tsv behind the version."""

    step: str = "-"
    kind: str = "ok"
    attrs: str = "-"
    retry: str = "-"


class Unknown(Exception):
    """The release raised what no kind stands for: kinds.inc needs a row first."""


# What was raised.


def snake(name):
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def kind_of(error):
    for cls in type(error).__mro__:
        if cls in PYTHONS_OWN:
            return PYTHONS_OWN[cls]
        if cls.__module__.startswith("websockets.") and snake(cls.__name__) in KINDS:
            return snake(cls.__name__)
    raise Unknown(f"{type(error).__module__}.{type(error).__qualname__}: {error}")


def in_ascii(text):
    return text.encode("unicode_escape").decode("ascii").replace(" ", r"\x20")


def closing(error):
    """close_code, and from 10.0 on which close frames went which way."""
    if not hasattr(error, "rcvd"):
        return {"close_code": error.code}
    out = {"close_code": error.rcvd.code if error.rcvd else 1006}
    if error.rcvd:
        out["rcvd"] = int(error.rcvd.code)
        out["rcvd_reason"] = in_ascii(error.rcvd.reason)
    if error.sent:
        out["sent"] = int(error.sent.code)
    if error.rcvd and error.sent:
        out["order"] = "rcvd_then_sent" if error.rcvd_then_sent else "sent_then_rcvd"
    return out


def attributes(error, kind):
    known = {}
    if kind in ("invalid_status", "invalid_status_code"):
        known["status"] = int(error.response.status_code if hasattr(error, "response") else error.status_code)
    elif kind.startswith("connection_closed"):
        known = closing(error)
    elif kind.startswith("invalid_header") or kind == "invalid_upgrade":
        known["header"] = error.name
    elif isinstance(error, OSError) and error.errno is not None:
        known["errno"] = error.errno
    return " ".join(f"{name}={value}" for name, value in known.items() if value != "") or "-"


def retry_of(step, error, module):
    """Whether the release's own loop over connect() tries again after it; 13.1 brought what tells."""
    if step != "connect" or not hasattr(module, "process_exception"):
        return "-"
    return "yes" if module.process_exception(error) is None else "no"


def outcome(step, error, module):
    kind = kind_of(error)
    return Outcome(step, kind, attributes(error, kind), retry_of(step, error, module))


# What is played.


def unquoted(text):
    return ESCAPE.sub(lambda m: chr(int(m[1], 16)) if m[1] else CONTROLS.get(m[2], m[2]), text[1:-1])


def parse(script, port):
    """(options, steps) of a client's script."""
    options = {"open_timeout": OPEN_TIMEOUT, "close_timeout": 1.0, "ping_interval": None, "compression": None, "proxy": None}
    steps = []
    for step in STEP.findall(script):
        word, _, rest = step.strip().partition(" ")
        if word == "opt":
            name, _, value = rest.partition("=")
            options[name] = OPTIONS[name](value)
        elif word == "connect":
            steps.append((word, (rest or "ws://127.0.0.1:{port}/").replace("{port}", str(port))))
        else:
            steps.append((word, rest))
    return options, steps


def understood(connect, options):
    """Those of the options that this connect() has a parameter for."""
    there = inspect.signature(connect).parameters
    return {name: value for name, value in options.items() if name in there}


async def result_of(call):
    """What a call gives, whether its client is one to await or one that blocks."""
    return await call if inspect.isawaitable(call) else call


class Play:
    """One script, played by one client in a thread of its own."""

    def __init__(self, connect, options, steps):
        self.connect, self.options, self.steps = connect, options, steps
        self.step = "-"  # the one under way, in the words of expected.tsv
        self.ended = False
        self.error = None

    def wait(self):
        thread = threading.Thread(target=lambda: asyncio.run(self.run()), daemon=True)
        thread.start()
        thread.join(PATIENCE)

    async def run(self):
        try:
            await self.all_steps()
        except Exception as error:  # whatever it is, is what is recorded
            self.error = error
        self.ended = True  # before asyncio.run() waits for what the client left behind

    async def all_steps(self):
        connection = None
        for word, rest in self.steps:
            self.step = "recv" if word == "recv-until-error" else word
            if word == "connect":
                connection = await result_of(self.connect(rest, **understood(self.connect, self.options)))
            elif word == "sleep":
                await asyncio.sleep(int(rest) / 1000)
            elif word == "recv-until-error":
                while True:
                    await result_of(connection.recv())
            else:
                call = getattr(connection, word)
                await result_of(call(unquoted(rest)) if rest else call())


class Client:
    """One of the release's clients."""

    def __init__(self, module):
        self.module = module

    def play(self, script, port):
        """The outcome of a script against the server on the port."""
        played = Play(self.module.connect, *parse(script, port))
        played.wait()
        if not played.ended:
            return Outcome(played.step, "hang")
        return outcome(played.step, played.error, self.module) if played.error else Outcome()


def families():
    """The clients that the release has."""
    out = {}
    for family, names in MODULES.items():
        for name in names:
            try:
                out.setdefault(family, Client(importlib.import_module(name)))
            except ModuleNotFoundError:
                continue
    return out


def release():
    return importlib.import_module("websockets.version").version
