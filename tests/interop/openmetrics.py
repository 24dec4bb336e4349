"""Prometheus' own parsers read the text of the counters: its Python client's, and promtool's where there is one.

Argument: the program that prints the text.
"""

import math
import shutil
import subprocess
import sys
import tempfile

from prometheus_client.openmetrics.parser import text_string_to_metric_families

EXPECTED = {
    ("handshim_failures_total", ()): 9,
    ("handshim_failures_would_differ_total", ()): 8,
    ("handshim_faults_total", (("fault", "eof_before_status_line"),)): 7,
    ("handshim_kinds_total", (("kind", "invalid_message"),)): 7,
    ("handshim_kinds_total", (("kind", "native"),)): 1,
    ("handshim_policies_total", (("policy", "websockets-13.1,closed=error"),)): 1,
    ("handshim_backends_total", (("backend", 'quote"'),)): 1,
    ("handshim_backends_total", (("backend", "back\\x5cslash"),)): 1,
    ("handshim_backends_total", (("backend", "line\\x0afeed"),)): 1,
    ("handshim_backends_total", (("backend", "none"),)): 1,
    ("handshim_backends_total", (("backend", "plain"),)): 3,
}


def python_client(text):
    """What is wrong by the strict parser of the Python client."""
    read = {}
    for family in text_string_to_metric_families(text):
        if family.type != "counter":
            yield f"{family.name} is a {family.type}"
        for sample in family.samples:
            read[sample.name, tuple(sorted(sample.labels.items()))] = sample.value
    for series, value in EXPECTED.items():
        if not math.isclose(read.get(series, -1), value):
            yield f"{series} is {read.get(series)}, not {value}"


def promtool(tool, text):
    """What is wrong by the parser of the server; it wants a time behind each sample."""
    timed = "".join(line if line.startswith("#") else line.rstrip("\n") + " 1700000000\n"
                    for line in text.splitlines(keepends=True))
    with tempfile.TemporaryDirectory() as directory, tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
        file.write(timed)
        file.flush()
        ran = subprocess.run([tool, "tsdb", "create-blocks-from", "openmetrics", file.name, directory],
                             capture_output=True, text=True, check=False)
        if ran.returncode != 0:
            yield f"promtool: {ran.stderr}"


def main(program):
    text = subprocess.run([program], capture_output=True, check=True).stdout.decode("utf-8")
    wrong = list(python_client(text))
    tool = shutil.which("promtool")
    if tool:
        wrong += promtool(tool, text)
    print("\n".join(wrong) or f"{len(text.splitlines())} lines read by the Python client"
          + (" and by promtool" if tool else ""))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
