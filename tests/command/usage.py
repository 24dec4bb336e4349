#!/usr/bin/env python3
"""The command with wrong input, and with an output that cannot be written: exit codes and what stderr says.

Arguments: the command, and the folder tests/corpus.
"""
import os
import subprocess
import sys
import tempfile

TROUBLE = 2

# Words, and what stderr has to name: the input, the place and what would be valid.
CASES = [
    ([], ['which command?', '--help']),
    (['foo'], ['unknown command `foo`', 'valid are: demo, probe', '`handshim --help`']),
    (['prob'], ['did you mean `probe`?']),
    (['--foo'], ['unknown option `--foo`', '--help, --version, --manual, --completion']),
    (['--versoin'], ['did you mean `--version`?']),
    (['--version', 'probe'], ['one word too many: `probe`']),
    (['probe'], ['which URI?', 'ws://127.0.0.1:8080/']),
    (['probe', ''], ['which URI?']),
    (['probe', '--foo'], ['unknown option `--foo`', '--backend, --policy']),
    (['probe', 'ws://127.0.0.1:1', '--timeout', '-1'], ['`--timeout`', 'at most 86400', 'not `-1`']),
    (['probe', 'ws://127.0.0.1:1', '--policy', 'nope'], ['"nope"', 'valid are unified-1']),
    (['wait', 'ws://127.0.0.1:1', '--also', 'nope'], ['`--also`', 'not `nope`', 'HTTP status']),
    (['explain', 'nope'], ['`nope`', 'faults, conditions']),
    (['explain', '\x1b[31m'], ['`\\x1b[31m`']),
    (['policies', 'nope'], ['"nope"', 'valid are unified-1']),
    (['policies', 'websockets-14.0,nope=error'], ['at "nope"', 'docs/policies.md']),
    (['policies', '--check', 'nowhere/log', 'unified-1'], ['nowhere/log', 'No such file']),
    (['policies', '--check', '{corpus}', 'unified-1'], ['{corpus}', 'Is a directory']),
    (['policies', '--check', '{line}', 'unified-1'], ['{line} has no failure in its 1 line;', 'to_json()']),
    (['serve', 'nope'], ['unknown scenario `nope`', '`handshim serve --list`']),
    (['serve', 'hs-eof', '--port', '70000'], ['`--port`', '0 to 65535', '`70000`']),
    (['serve', 'hs-eof', '--port', '-1'], ['`--port`', '0 to 65535', '`-1`']),
    (['serve', '--script', 'close; nope'], ['character 8', '`nope`', 'valid steps']),
    (['serve', '--scenarios', '{line}', '--list'], ['{line}:1:', 'missing columns']),
    (['replay', '{corpus}/scenarios.tsv', '{row}'], ['{row}:2:', '2 fields where the header has 7']),
    (['replay', '{corpus}/scenarios.tsv', '{corpus}'], ['{corpus}', 'Is a directory']),
    (['translate', '{empty}'], ['{empty}: the header line is missing']),
]

# What is printed in one piece, and bit by bit.
PRINTING = [['--version'], ['--help'], ['--manual'], ['explain', '1006'], ['policies', '--markdown'],
            ['probe', 'ws://127.0.0.1:1/'], ['wait', 'ws://127.0.0.1:1/', '--timeout', '0.1']]


def run(command, words, **how):
    return subprocess.run([command, *words], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=60, **how)


def cases(command, fill):
    wrong = []
    for words, said in CASES:
        words = [fill(word) for word in words]
        ran = run(command, words, stdout=subprocess.PIPE)
        error = ran.stderr.decode()
        missing = [fill(text) for text in said if fill(text) not in error]
        if ran.returncode != TROUBLE or missing or ran.stdout or error.count('\n') != 1:
            wrong.append(f'{words}: exit code {ran.returncode}, expected {TROUBLE}; {missing} missing in {error!r}')
    return wrong


def unwritable(command):
    wrong = []
    for words in PRINTING:
        with open('/dev/full', 'wb') as full:
            runs = [run(command, words, stdout=full),
                    run(command, words, preexec_fn=lambda: os.close(1))]
        for ran in runs:
            if ran.returncode != TROUBLE or b'the output cannot be written' not in ran.stderr:
                wrong.append(f'{words}: an output that cannot be written: {ran.returncode}, {ran.stderr!r}')
    return wrong


def main():
    command, corpus = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        names = {'corpus': corpus}
        with open(os.path.join(corpus, 'expected.tsv'), encoding='utf-8') as table:
            head = table.readline()
        for name, text in (('line', 'no failure\n'), ('empty', ''), ('row', head + 'a\tb\n')):
            names[name] = os.path.join(folder, name)
            with open(names[name], 'w', encoding='utf-8') as out:
                out.write(text)
        wrong = cases(command, lambda text: text.format(**names) if '{' in text else text) + unwritable(command)
    print('\n'.join(wrong) or f'{len(CASES)} wrong inputs, {2 * len(PRINTING)} outputs that cannot be written')
    return 1 if wrong else 0


sys.exit(main())
