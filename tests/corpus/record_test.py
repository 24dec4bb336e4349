"""record.py tells what a client of each family raises, in the words of the corpus.

Usage: record_test.py HANDSHIM

The release is a made-up one, so that those of its clients that Debian's lacks are played as well.
"""

import pathlib
import subprocess
import sys
import tempfile
import textwrap
import unittest

HERE = pathlib.Path(__file__).resolve().parent
HANDSHIM = ""
PACKAGE = {
    "__init__.py": "",
    "version.py": "version = '99.1'",
    "exceptions.py": """
        class Close:
            def __init__(self, code, reason):
                self.code, self.reason = code, reason
        class WebSocketException(Exception): pass
        class ConnectionClosed(WebSocketException):
            def __init__(self, rcvd, sent, rcvd_then_sent):
                self.rcvd, self.sent, self.rcvd_then_sent = rcvd, sent, rcvd_then_sent
        class ConnectionClosedError(ConnectionClosed): pass
        class InvalidHandshake(WebSocketException): pass
        class InvalidStatus(InvalidHandshake):
            class response: status_code = 503
        class Odd(Exception): pass
        class InvalidHeader(InvalidHandshake): name = 'Upgrade'
        class QuiteNew(InvalidHeader): pass
        """,
    "asyncio/__init__.py": "",
    "asyncio/client.py": """
        from websockets.exceptions import *
        class Connection:
            async def recv(self):
                raise ConnectionClosedError(Close(4000, 'not \\xfc \\u20ac'), Close(1000, ''), False)
        class connect:
            def __init__(self, uri, *, open_timeout=None, proxy=True):
                assert open_timeout == 7.0 and proxy is None and uri.startswith('ws://127.0.0.1:')
            def __await__(self):
                return self.open().__await__()
            async def open(self):
                return Connection()
        def process_exception(error):
            return None if isinstance(error, EOFError) else error
        """,
    "sync/__init__.py": "",
    "sync/client.py": """
        from websockets.exceptions import *
        class Connection:
            def recv(self):
                raise QuiteNew()
        def connect(uri, *, subprotocols=None, close_timeout=None):
            return Connection()
        """,
}


class Recording(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.path = pathlib.Path(directory.name)
        for name, text in PACKAGE.items():
            self.write(name, text)

    def write(self, name, text):
        file = self.path / "websockets" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text), encoding="utf-8")

    def connect_raises(self, what):
        text = textwrap.dedent(PACKAGE["asyncio/client.py"]).replace("return Connection()", what)
        self.write("asyncio/client.py", text)

    def record(self, *arguments):
        environment = {"PYTHONPATH": str(self.path), "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run([sys.executable, str(HERE / "record.py"), HANDSHIM, *arguments], env=environment, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, check=False)

    def row(self, scenario, family):
        done = self.record("--scenario", scenario, "--family", family)
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout.splitlines()[1].split("\t")

    def test_what_a_client_that_is_awaited_raises_has_its_close_frames(self):
        self.assertEqual(self.row("open-eof", "asyncio"),
                         ["open-eof", "asyncio", "99.1", "recv", "connection_closed_error",
                          r"close_code=4000 rcvd=4000 rcvd_reason=not\x20\xfc\x20\u20ac sent=1000 order=sent_then_rcvd",
                          "-"])

    def test_what_a_client_that_blocks_raises_is_the_nearest_class_that_is_known(self):
        self.assertEqual(self.row("open-eof", "sync")[3:], ["recv", "invalid_header", "header=Upgrade", "-"])

    def test_the_release_itself_says_whether_its_loop_tries_again(self):
        self.connect_raises("raise EOFError()")
        self.assertEqual(self.row("open-eof", "asyncio")[3:], ["connect", "eof_error", "-", "yes"])
        self.connect_raises("raise InvalidStatus()")
        self.assertEqual(self.row("open-eof", "asyncio")[3:], ["connect", "invalid_status", "status=503", "no"])

    def test_what_no_kind_stands_for_is_an_error_that_names_it(self):
        self.connect_raises("raise Odd('new')")
        done = self.record("--scenario", "open-eof", "--family", "asyncio")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("open-eof, asyncio: no kind stands for websockets.exceptions.Odd: new", done.stdout)

    def test_a_row_that_is_not_committed_is_a_difference(self):
        done = self.record("--scenario", "open-eof", "--family", "sync", "--compare")
        self.assertEqual(done.returncode, 1)
        self.assertIn("open-eof sync 99.1: is recv invalid_header header=Upgrade -, was no row", done.stdout)

    def test_a_wrong_name_is_an_error_that_lists_the_right_ones(self):
        self.assertIn("no client `legacy`; there are asyncio, sync", self.record("--family", "legacy").stdout)


if __name__ == "__main__":
    HANDSHIM = sys.argv.pop(1)
    unittest.main()
