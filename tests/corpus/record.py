"""Records what a release of websockets raises, as rows of expected.tsv.

Usage: PYTHONPATH=RELEASE record.py HANDSHIM [--corpus DIR] [--scenario ID]... [--family FAMILY]... [--compare] [--jobs N]

RELEASE is the directory that has the package `websockets`. Each scenario of DIR/scenarios.tsv, which is the one in this
folder unless told, is served by `HANDSHIM serve` and played by each client that the release has. The rows are printed in
the order of scenarios.tsv; with --compare, they are compared with those of DIR/expected.tsv for the same release
instead, and the exit code is 1 if one differs.
"""

import argparse
import concurrent.futures
import csv
import logging
import os
import pathlib
import re
import subprocess
import sys
import warnings
from dataclasses import astuple

import websockets_client

HERE = pathlib.Path(__file__).resolve().parent
COLUMNS = ("scenario", "family", "version", "step", "kind", "attrs", "retry")
PORT = re.compile(r"ws://127\.0\.0\.1:(\d+)/")


def rows_of(corpus, name):
    """The rows of one of the corpus' tables."""
    with open(corpus / name, encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


class Server:
    """`handshim serve` of one scenario, on a port that was free."""

    def __init__(self, handshim, script):
        self.process = subprocess.Popen([handshim, "serve", "--script", script], stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        first = self.process.stdout.readline()
        port = PORT.search(first)
        if port is None:
            raise RuntimeError(f"handshim serve: {first}")
        return int(port[1])

    def __exit__(self, *_):
        self.process.terminate()
        self.process.stdout.close()
        self.process.wait()


def record(handshim, scenario, family, client):
    """The row of one scenario, as a tuple."""
    with Server(handshim, scenario["server"]) as port:
        try:
            outcome = client.play(scenario["client"], port)
        except websockets_client.Unknown as error:
            raise RuntimeError(f"{scenario['id']}, {family}: no kind stands for {error}") from error
    return (scenario["id"], family, websockets_client.release(), *astuple(outcome))


def record_all(handshim, scenarios, clients, jobs):
    tasks = [(scenario, family) for scenario in scenarios for family in clients]
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(lambda task: record(handshim, *task, clients[task[1]]), tasks))


def differences(recorded, corpus):
    """What is not as expected.tsv has it, a line each."""
    committed = {tuple(row[name] for name in COLUMNS[:3]): tuple(row[name] for name in COLUMNS[3:])
                 for row in rows_of(corpus, "expected.tsv")}
    for row in recorded:
        was = committed.get(row[:3], ("no row",))
        if row[3:] != was:
            yield f"{' '.join(row[:3])}: is {' '.join(row[3:])}, was {' '.join(was)}"


def compare(recorded, corpus):
    found = list(differences(recorded, corpus))
    for line in found:
        print(line)
    families = sorted({row[1] for row in recorded})
    print(f"{len(recorded)} rows of {websockets_client.release()} ({', '.join(families)}), {len(found)} differ")
    return 1 if found else 0


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("handshim", help="the command, which has the faulty server")
    parser.add_argument("--scenario", action="append", help="only that one; may be repeated")
    parser.add_argument("--family", action="append", help="only that client: legacy, asyncio or sync; may be repeated")
    parser.add_argument("--compare", action="store_true", help="compares with expected.tsv instead of printing")
    parser.add_argument("--corpus", type=pathlib.Path, default=HERE, help="the folder of the tables")
    parser.add_argument("--jobs", type=int, default=8, help="how many scenarios at once; they mostly wait")
    return parser.parse_args()


def chosen(given, there, what):
    """Those of the names that are there which were asked for; all if none were."""
    for name in given or []:
        if name not in there:
            sys.exit(f"record.py: no {what} `{name}`; there are {', '.join(there)}")
    return [name for name in there if not given or name in given]


def main(given):
    logging.disable()  # the clients log what the server did to them
    warnings.simplefilter("ignore", DeprecationWarning)
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        del os.environ[name]
    scenarios = {row["id"]: row for row in rows_of(given.corpus, "scenarios.tsv")}
    families = websockets_client.families()
    wanted = [scenarios[name] for name in chosen(given.scenario, scenarios, "scenario")]
    clients = {name: families[name] for name in chosen(given.family, families, "client")}
    recorded = record_all(given.handshim, wanted, clients, given.jobs)
    if given.compare:
        return compare(recorded, given.corpus)
    print("\n".join("\t".join(row) for row in [COLUMNS, *recorded]))
    return 0


if __name__ == "__main__":
    code = main(arguments())
    sys.stdout.flush()
    os._exit(code)  # a client that hangs is left behind in its thread
