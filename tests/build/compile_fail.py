#!/usr/bin/env python3
"""Programs that must not compile, each with the message that must say why, and a control that must.

Arguments: the include folder, the C++ standard, then the compiler.
"""
import subprocess
import sys
import tempfile

RAISING = """#include "handshim/handshim.hpp"
void f() { handshim::raise(handshim::failure(handshim::fault::cancelled)); }
"""
CASES = [
    # (the policy of the build, which may stand in quotes; what the compiler must say; none: it compiles)
    ('websockets-14.0', None),
    ('"websockets-14.0"', None),
    ('websockets-sync-14.2...15.0.1', None),
    ('unified-1', None),
    ('', 'must name a built-in policy'),
    ('websockets-19', 'must name a built-in policy'),
    ('"websocket-14.0"', 'must name a built-in policy'),
    ('websockets-14.0,eof_in_headers=eof_error', 'must name a built-in policy'),
]

TRANSLATOR = """#include "handshim/handshim.hpp"
struct base {};
struct derived : base {};
struct translator { %s };
void f() { handshim::guard<translator>(handshim::phase::open, [] {}); }
"""
GOOD = 'static handshim::failure translate(const base&, handshim::phase) { return {}; }'
DROPPED = """#pragma GCC diagnostic error "-Wunused-result"
#include "handshim/handshim.hpp"
void f() { %shandshim::capture(handshim::phase::open, [] {}); }
"""
OBSERVER = """#include "handshim/observe.hpp"
struct watch { void operator()(const handshim::event&) %s {} } w;
void f() { handshim::set_observer(handshim::observer::of(w)); }
"""
BACKEND = """#include "handshim/client.hpp"
struct backend { %s };
void f() { handshim::client<backend> c; }
"""
UNITS = [
    # (the unit, what the compiler must say; none: it compiles)
    (TRANSLATOR % ('using exceptions = handshim::types<derived, base>; ' + GOOD), None),
    (TRANSLATOR % GOOD, 'a translator lists the types that it translates: using exceptions'),
    (TRANSLATOR % 'using exceptions = handshim::types<base>;', 'static handshim::failure translate(const E&'),
    (TRANSLATOR % 'using exceptions = handshim::types<base>; static void translate(const base&, handshim::phase);',
     'static handshim::failure translate(const E&'),
    (TRANSLATOR % ('using exceptions = handshim::types<base, derived>; ' + GOOD), 'derived classes before their bases'),
    (TRANSLATOR % ('using exceptions = handshim::types<' + ', '.join(['int'] * 9) + '>; ' + GOOD), 'at most 8 exception'),
    (BACKEND % 'explicit backend(const handshim::options&);', None),
    (BACKEND % '', 'a Backend is made of options'),
    (DROPPED % 'const handshim::failure f = ', None),
    (DROPPED % '', 'nodiscard'),
    (OBSERVER % 'noexcept', None),
    (OBSERVER % '', 'an observer has operator()(const handshim::event&) noexcept'),
]


def compiles(compiler, standard, include, source, *defines):
    """(whether it compiles, what the compiler says)."""
    with tempfile.NamedTemporaryFile('w', suffix='.cpp') as unit:
        unit.write(source)
        unit.flush()
        ran = subprocess.run([*compiler, f'-std={standard}', '-fsyntax-only', '-DHANDSHIM_COMPILED', f'-I{include}',
                              *defines, unit.name], capture_output=True, text=True)
    return ran.returncode == 0, ran.stderr


def cases():
    """(what is compiled, the unit, its macros, what the compiler must say)."""
    for macro in ('HANDSHIM_DEFAULT_POLICY', 'HANDSHIM_FIXED_POLICY'):
        for policy, message in CASES:
            yield f'{macro}={policy}', RAISING, [f'-D{macro}={policy}'], message
    for source, message in UNITS:
        yield source, source, [], message


def main():
    include, standard, *compiler = sys.argv[1:]
    wrong = 0
    for name, source, macros, message in cases():
        compiled, said = compiles(compiler, standard, include, source, *macros)
        if compiled != (message is None) or (message or '') not in said:
            wrong += 1
            print(f'{name}: expected {message or "success"}, got:\n{said[:2000]}')
    return 1 if wrong else 0


sys.exit(main())
