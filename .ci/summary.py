#!/usr/bin/env python3
"""Sum up what `meson test` did in a build folder, for people and for scripts.

usage: summary.py BUILD

Each point of a TAP program counts as one test, any other program as one.
Skipped tests are named with their reason and never count as passed. Lines of
output that start with '#|' are meant for people and are shown again here.
The last line is always 'N passed, N failed'; the exit code is 0 only when
something passed and nothing failed.
"""
import json
import pathlib
import re
import sys

POINT = re.compile(r'(not )?ok\b(?:\s+\d+)?\s*(?:-\s*)?([^#]*)(?:#\s*(.*))?$')
NOTHING = re.compile(r'1\.\.0(?:\s*#\s*(?:skip\S*)?\s*:?\s*(.*))?$', re.I)
SKIP = re.compile(r'skip\S*\s*:?\s*(.*)$', re.I)
TOOK = re.compile(r'\s*\(\d+\.\d+s\)$')  # Criterion tells the time of each
REPORT = '#|'


class Tally:
    """Names of what passed, failed and was skipped."""

    def __init__(self):
        self.passed = 0
        self.failed = []
        self.skipped = []
        self.report = []

    def skip(self, name, reason):
        self.skipped.append((name, reason or 'no reason given'))


def last_line(run):
    """The last thing a program said, most likely why it gave up."""
    text = (run.get('stdout') or '') + '\n' + (run.get('stderr') or '')
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ''


def read_tap(tally, run):
    """Count the points of one TAP program. True: it ran at least one."""
    name, some, bad = run['name'], False, False
    for line in (run.get('stdout') or '').splitlines():
        nothing = NOTHING.match(line)
        point = POINT.match(line)
        if nothing:
            tally.skip(name, nothing[1])
            some = True
        if not point:
            continue
        some = True
        label = f'{name}: {TOOK.sub("", point[2].strip()) or "unnamed"}'
        skip = SKIP.match(point[3] or '')
        if point[1]:
            tally.failed.append(label)
            bad = True
        elif skip:
            tally.skip(label, skip[1])
        else:
            tally.passed += 1
    return some, bad


def read_run(tally, run, is_tap):
    """Count one program of the log."""
    name, result = run['name'], run['result']
    for line in (run.get('stdout') or '').splitlines():
        if line.startswith(REPORT):
            tally.report.append(line[len(REPORT):].rstrip())

    good = result in ('OK', 'SKIP')
    if is_tap and run['returncode'] != 77:
        some, bad = read_tap(tally, run)
        if not good and not bad:
            tally.failed.append(f'{name}: {result}: {last_line(run)}')
        elif good and not some:
            tally.failed.append(f'{name}: says nothing, so it proves nothing')
    elif result == 'SKIP':
        tally.skip(name, last_line(run))
    elif good:
        tally.passed += 1
    else:
        tally.failed.append(f'{name}: {result}')


def main():
    if len(sys.argv) != 2:
        print('usage: summary.py BUILD', file=sys.stderr)
        return 2
    build = pathlib.Path(sys.argv[1])
    log = build / 'meson-logs' / 'testlog.json'
    tally = Tally()
    try:
        tests = json.loads((build / 'meson-info/intro-tests.json').read_text())
        runs = [json.loads(line) for line in log.read_text().splitlines()]
    except OSError as error:
        tally.failed.append(f'no tests were run: {error}')
        tests, runs = [], []
    tap = {test['name'] for test in tests if test['protocol'] == 'tap'}
    for run in runs:
        # The log says 'riskd:suite / name', the list of tests only the name.
        run['name'] = run['name'].rsplit(' / ', 1)[-1]
        read_run(tally, run, run['name'] in tap)

    for name, reason in tally.skipped:
        print(f'skipped: {name}: {reason}')
    for line in tally.report:
        print(line)
    for name in tally.failed:
        print(f'FAILED: {name}')
    print(f'{tally.passed} passed, {len(tally.failed)} failed')
    return 0 if tally.passed and not tally.failed else 1


if __name__ == '__main__':
    sys.exit(main())
