"""Shows handshim::failure and handshim::error in GDB with their evidence, without a call into the program.

(gdb) source handshim_gdb.py
(gdb) print why
$1 = handshim::failure eof_before_status_line in handshake = {what = "ws://...", endpoint = "ws://...", ...}

The text of what() is shown if the program has asked for it.
"""

import re

import gdb
import gdb.printing
import gdb.types

FAILURE = r"^handshim::(?:abi_\d+::)?failure$"
FIELDS = ("backend", "endpoint", "detail", "native_domain", "native_text", "http_reason", "header")
NUMBERS = ("native_value", "http_status", "bytes_in", "bytes_out", "attempt", "redirects")


def text_of(view):
    """A std::string_view, of libstdc++ or libc++."""
    for data, size in (("_M_str", "_M_len"), ("__data_", "__size_"), ("__data", "__size")):
        try:
            length = int(view[size])
            return view[data].string(errors="replace", length=length) if length else ""
        except gdb.error:
            continue
    return ""


def pointer_in(atomic):
    """What a std::atomic of a pointer holds, of libstdc++ or libc++."""
    for names in (("_M_b", "_M_p"), ("__a_", "__a_value"), ("__a_",)):
        try:
            held = atomic
            for name in names:
                held = held[name]
            return held
        except gdb.error:
            continue
    return None


def enumerator(value):
    return str(value).rpartition("::")[2]


def code_of(code):
    """A std::error_code without its category's name, which only the program knows."""
    for name in ("_M_value", "__val_"):
        try:
            return int(code[name])
        except gdb.error:
            continue
    return 0


class FailurePrinter:
    """A failure: its fault and phase; its evidence as children."""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        fault = enumerator(self.value["fault_"])
        if fault == "none":
            return "no handshim::failure"
        return f"handshim::failure {fault} in {enumerator(self.value['phase_'])}"

    def children(self):
        code = code_of(self.value["native_"])
        if code:
            yield "native_code", code
        block = self.value["block_"]
        if not int(block):
            return
        # The header does not define the block, so the program's debug information must.
        known = block.dereference()["known"]
        what = pointer_in(block.dereference()["what"])
        if what is not None and int(what):
            yield "what", what.string(errors="replace")
        for name in FIELDS:
            text = text_of(known[name])
            if text:
                yield name, text
        for name in NUMBERS:
            if int(known[name]):
                yield name, int(known[name])
        for name in ("close_received", "close_sent"):
            if int(known[name]["code"]):
                yield name, f"{int(known[name]['code'])} {text_of(known[name]['reason'])}".strip()


class ErrorPrinter:
    """An exception: its class, and its failure."""

    def __init__(self, value, failure):
        self.value = value
        self.failure = failure

    def to_string(self):
        whole = self.value.dynamic_type
        if whole.code in (gdb.TYPE_CODE_REF, gdb.TYPE_CODE_RVALUE_REF):
            whole = whole.target()
        return re.sub(r"\babi_\d+::", "", whole.unqualified().name)

    def children(self):
        yield "failure", self.failure


def error_in(value):
    """The part of an object that is a handshim::error, by the names of its bases; None if it has none."""
    if re.match(r"^handshim::(?:abi_\d+::)?error$", value.type.name or ""):
        return value
    for field in value.type.fields():
        if field.is_base_class:
            found = error_in(value[field])
            if found is not None:
                return found
    return None


class Printers(gdb.printing.PrettyPrinter):
    """Finds the printer of a value."""

    def __init__(self):
        super().__init__("handshim")

    def __call__(self, value):
        plain = gdb.types.get_basic_type(value.type)
        name = plain.name or ""
        if re.match(FAILURE, name):
            return FailurePrinter(value)
        if not name.startswith("handshim::") or plain.code != gdb.TYPE_CODE_STRUCT:
            return None
        try:
            part = error_in(value.cast(plain))
            return ErrorPrinter(value, part["failure_"]) if part is not None else None
        except gdb.error:
            return None


gdb.printing.register_pretty_printer(gdb.current_objfile(), Printers(), replace=True)
