"""How long units take to compile, and how large they get.

Output, tab-separated: compile, row, what, median CPU seconds, spread in %, ratio to the first of the row, lines,
repetitions. bytes, what, .text, all.
"""

import resource
import statistics
import subprocess
import sys

import toolchain
from toolchain import FLAGS, HERE, ROOT, compiled, linked, output, preprocessed_lines, sections

COMPILER = [word for word in toolchain.COMPILER if word != "ccache"]  # which would be measured instead

STANDARD = "#include <system_error>\n#include <string>\n#include <memory>\n"
UNIT = (HERE / "programs/unit.cpp").read_text(encoding="utf-8")
CLIENTS = "".join(f'#include "handshim/backends/{name}.hpp"\n' for name in ("raw_sockets", "legacy_mode", "new_mode"))
SHIM = '#include "handshim/handshim.hpp"\n'
COMPILED = ["-DHANDSHIM_COMPILED"]


def plain(*headers):
    return "".join(f"#include <{header}>\n" for header in headers)


def rows(beside):
    """(row, repetitions, [(what, text, flags, the header that must be there)]); the first is what others are held against."""
    newer = ["-isystem", f"{beside}/boost/usr/include"]
    yield "including it", 9, [
        ("<system_error>, <string>, <memory>", STANDARD, [], None),
        ("handshim.hpp", SHIM, [], None),
        ("handshim.hpp, compiled variant", SHIM, COMPILED, None),
        ("Boost.System", plain("boost/system/error_code.hpp", "boost/system/system_error.hpp"), [], "boost/version.hpp"),
        ("Boost.LEAF 1.81", plain("boost/leaf.hpp"), newer, "boost/leaf.hpp"),
        ("Boost.Outcome 1.81", plain("boost/outcome.hpp"), newer, "boost/outcome.hpp"),
    ]
    yield "a unit with one guarded call", 9, [
        ("<system_error>, <string>, <memory>", STANDARD, [], None),
        ("header-only", UNIT, [], None),
        ("compiled variant", UNIT, COMPILED, None),
    ]
    yield "a client", 5, [
        ("Beast", plain("boost/beast.hpp"), [], "boost/beast.hpp"),
        ("WebSocket++", plain("websocketpp/client.hpp", "websocketpp/config/asio_no_tls_client.hpp"), [],
         "websocketpp/client.hpp"),
        ("client.hpp and the three backends", '#include "handshim/client.hpp"\n' + CLIENTS, [], None),
        ("the same, compiled variant", '#include "handshim/client.hpp"\n' + CLIENTS, COMPILED, None),
    ]
    for adapter, needed, package in [
        ("beast", ["boost/beast/websocket.hpp"], None), ("websocketpp", ["websocketpp/client.hpp"], None),
        ("asio", ["asio.hpp"], None), ("poco", ["Poco/Net/WebSocket.h", "Poco/Net/HTTPClientSession.h"], None),
        ("curl", ["curl/curl.h"], None), ("curl_stream", ["curl/curl.h"], None),
        ("libwebsockets", ["libwebsockets.h"], None), ("libsoup", ["libsoup/soup.h"], "libsoup-3.0"),
        ("qt", ["QtWebSockets/QWebSocket"], "Qt5WebSockets"), ("qt", ["QtWebSockets/QWebSocket"], "Qt6WebSockets"),
    ]:
        flags = flags_of(package) if package else []
        yield f"adapters/{adapter}.hpp" + (f", {package}" if adapter == "qt" else ""), 3, [
            ("its library and handshim.hpp", plain(*needed) + SHIM, flags, needed[0]),
            ("the adapter", f'#include "handshim/adapters/{adapter}.hpp"\n', flags, needed[0]),
        ]


def flags_of(package):
    """Of a library whose headers are in no usual place; none if it is not there."""
    done = subprocess.run(["pkg-config", "--cflags", package], capture_output=True, text=True, check=False)
    return [*done.stdout.split(), "-fPIC"]


def can_include(header, flags):
    command = [*COMPILER, *FLAGS, *flags, "-E", "-x", "c++", "-"]
    done = subprocess.run(command, input=f"#include <{header}>\n", capture_output=True, text=True, check=False)
    return done.returncode == 0


def seconds(text, flags):
    """The processor's time for one compilation."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    output(*COMPILER, *FLAGS, *flags, "-c", "-x", "c++", "-", "-o", "/dev/null", input=text)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(row, repetitions, subjects):
    subjects = [one for one in subjects if one[3] is None or can_include(one[3], one[2])]
    if len(subjects) < 2:
        return
    times = {what: [] for what, *_ in subjects}
    for _ in range(repetitions):
        for what, text, flags, _ in subjects:
            times[what].append(seconds(text, flags))
    first = times[subjects[0][0]]
    for what, text, flags, _ in subjects:
        each = times[what]
        ratio = statistics.median(a / b for a, b in zip(each, first))
        quarters = statistics.quantiles(each, n=4)
        spread = (quarters[2] - quarters[0]) / 2 / statistics.median(each) * 100
        lines = preprocessed_lines(text, *flags)
        print(f"compile\t{row}\t{what}\t{statistics.median(each):.3f}\t{spread:.1f}\t{ratio:.3f}\t{lines}\t{repetitions}",
              flush=True)


def ten_units(directory):
    """A program of ten units that each guard a call: what is inline is there once."""
    objects = []
    for i in range(10):
        unit = directory / f"unit{i}.cpp"
        unit.write_text(UNIT.replace("guarded_call", f"guarded_call_{i}"), encoding="utf-8")
        objects.append(compiled(unit, directory / f"unit{i}.o"))
    main = directory / "ten.cpp"
    calls = "".join(f"int guarded_call_{i}(int);\n" for i in range(10))
    sums = " + ".join(f"guarded_call_{i}(n)" for i in range(10))
    main.write_text(f"{calls}int client_call(int x);\nint client_call(int x) {{ return x; }}\n"
                    f"int main(int n, char**) {{ return {sums}; }}\n", encoding="utf-8")
    return linked([*objects, compiled(main, directory / "ten.o")], directory / "ten", "-s")


def sizes(directory):
    for name in "bare", "guarded":
        made = linked([compiled(HERE / f"programs/{name}.cpp", directory / f"{name}.o")], directory / name, "-s")
        print("bytes\tthe {} program\t{}\t{}".format(name, *sections(made)), flush=True)
    print("bytes\tten units that guard\t{}\t{}".format(*sections(ten_units(directory))), flush=True)
    library = compiled(ROOT / "src/handshim.cpp", directory / "library.o", *COMPILED, "-fPIC")
    shared = linked([library], directory / "libhandshim.so", "-shared", "-s")
    guarded = compiled(HERE / "programs/guarded.cpp", directory / "thin.o", *COMPILED)
    thin = linked([guarded, shared], directory / "thin", "-s")
    print("bytes\tthe guarded program, compiled variant\t{}\t{}".format(*sections(thin)), flush=True)
    print("bytes\tlibhandshim.so\t{}\t{}".format(*sections(shared)), flush=True)


def main(directory, beside):
    sizes(directory)
    for row, repetitions, subjects in rows(beside):
        measure(row, repetitions, subjects)


if __name__ == "__main__":
    import pathlib

    main(pathlib.Path(sys.argv[1]), sys.argv[2])
