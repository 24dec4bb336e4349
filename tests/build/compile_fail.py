#!/usr/bin/env python3
"""Programs that must not compile, each with the message that must say why, and a control that must.

Arguments: the include folder, the C++ standard, then the compiler.
"""
import subprocess
import sys
import tempfile

CASES = [
    # (the policy of the build, what the compiler must say; none: it compiles)
    ('websockets-14.0', None),
    ('unified-1', None),
    ('websockets-19', 'must name a built-in policy'),
    ('websocket-14.0', 'must name a built-in policy'),
    ('websockets-14.0,eof_in_headers=eof_error', 'must name a built-in policy'),
]


def main():
    include, standard, *compiler = sys.argv[1:]
    wrong = 0
    with tempfile.NamedTemporaryFile('w', suffix='.cpp') as unit:
        unit.write('#include "handshim/handshim.hpp"\n'
                   'void f() { handshim::raise(handshim::failure(handshim::fault::cancelled)); }\n')
        unit.flush()
        for macro in ('HANDSHIM_DEFAULT_POLICY', 'HANDSHIM_FIXED_POLICY'):
            for policy, message in CASES:
                command = [*compiler, f'-std={standard}', '-fsyntax-only', '-DHANDSHIM_COMPILED',
                           f'-I{include}',
                           f'-D{macro}="{policy}"', unit.name]
                ran = subprocess.run(command, capture_output=True, text=True)
                good = ran.returncode == 0 if message is None else ran.returncode != 0 and message in ran.stderr
                if not good:
                    wrong += 1
                    print(f'{macro}={policy}: expected {message or "success"}, got:\n{ran.stderr[:2000]}')
    return 1 if wrong else 0


sys.exit(main())
