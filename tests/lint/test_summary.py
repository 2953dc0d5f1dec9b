#!/usr/bin/env python3
"""The count at the end of the tests: what passes, fails, is skipped.

usage: test_summary.py       (TAP on stdout)

Every other result is read through this count, so each way in which a test
can go wrong is shown to it, in a build folder made up for it.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

SUMMARY = pathlib.Path(__file__).resolve().parents[2] / '.ci/summary.py'


def run(name, result, stdout='', code=0, tap=True):
    """One line of a test log, and its row in the list of tests."""
    return ({'name': f'riskd:suite / {name}', 'result': result,
             'returncode': code, 'stdout': stdout},
            {'name': name, 'protocol': 'tap' if tap else 'exitcode'})


def plain(name, result, stdout='', code=0):
    return run(name, result, stdout, code, tap=False)


# (what it proves, runs or None for no log, exit code, lines that must be
# there, the last line)
CASES = [
    ('each point of a TAP program counts',
     [run('a', 'OK', 'ok 1 - x\nok 2 - y\n1..2\n')], 0, [],
     '2 passed, 0 failed'),
    ('any other program counts once',
     [plain('a', 'OK', 'ok 1\nok 2\n')], 0, [], '1 passed, 0 failed'),
    ('a failed point is named',
     [run('a', 'FAIL', 'ok 1 - x\nnot ok 2 - y\n', 1)], 1,
     ['FAILED: a: y'], '1 passed, 1 failed'),
    ('a program that dies after good points fails',
     [run('a', 'ERROR', 'ok 1 - x\n', -6)], 1, ['FAILED: a: ERROR: ok 1 - x'],
     '1 passed, 1 failed'),
    ('a program that takes too long fails',
     [plain('a', 'TIMEOUT'), plain('b', 'OK')], 1, ['FAILED: a: TIMEOUT'],
     '1 passed, 1 failed'),
    ('a skipped point is no success',
     [run('a', 'OK', 'ok 1 - x # SKIP no data\nok 2 - y\n')], 0,
     ['skipped: a: x: no data'], '1 passed, 0 failed'),
    ('a TAP program may skip all, with its reason',
     [run('a', 'SKIP', '1..0 # SKIP no folder\n'), plain('b', 'OK')], 0,
     ['skipped: a: no folder'], '1 passed, 0 failed'),
    ('exit code 77 is a skip with the last word',
     [plain('a', 'SKIP', 'hello\nno ctags here\n', 77), plain('b', 'OK')], 0,
     ['skipped: a: no ctags here'], '1 passed, 0 failed'),
    ('nothing but skips is no success',
     [plain('a', 'SKIP', 'no data\n', 77)], 1, [], '0 passed, 0 failed'),
    ('a TAP program without points proves nothing',
     [run('a', 'OK', 'hello\n')], 1,
     ['FAILED: a: says nothing, so it proves nothing'],
     '0 passed, 1 failed'),
    ('lines for people are shown again',
     [run('a', 'OK', '#| model  cases\nok 1 - x\n')], 0, [' model  cases'],
     '1 passed, 0 failed'),
    ('no log at all is a failure', None, 1, [], '0 passed, 1 failed'),
]


def judge(case):
    name, runs, want_code, want_lines, want_last = case
    with tempfile.TemporaryDirectory() as scratch:
        build = pathlib.Path(scratch)
        (build / 'meson-logs').mkdir()
        (build / 'meson-info').mkdir()
        if runs is not None:
            (build / 'meson-logs/testlog.json').write_text(
                ''.join(json.dumps(log) + '\n' for log, _ in runs))
            (build / 'meson-info/intro-tests.json').write_text(
                json.dumps([test for _, test in runs]))
        done = subprocess.run([str(SUMMARY), scratch], capture_output=True,
                              text=True, check=False)
    lines = done.stdout.splitlines()
    good = (done.returncode == want_code and lines
            and lines[-1] == want_last
            and all(line in lines for line in want_lines))
    return good, f'{name}', done.stdout + done.stderr


def main():
    print(f'1..{len(CASES)}')
    bad = False
    for case in CASES:
        good, name, output = judge(case)
        print(('ok' if good else 'not ok') + f' - {name}')
        if not good:
            bad = True
            for line in output.splitlines():
                print(f'# {line}')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
