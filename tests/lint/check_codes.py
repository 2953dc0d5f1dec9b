#!/usr/bin/env python3
"""Fail when a page lists other codes or counters than the code has.

usage: check_codes.py ROOT

docs/protocol.md has a row "| number | NAME | who | text |" for each code of
daemon/engine/rc.h, with the very same words. docs/operations.md has a row
"| `name` | ..." for each counter of daemon/app/counters.c. Both in that order.
"""
import pathlib
import re
import sys

CODES = 'daemon/engine/rc.h'
CODES_PAGE = 'docs/protocol.md'
COUNTERS = 'daemon/app/counters.c'
COUNTERS_PAGE = 'docs/operations.md'

_ENTRY = re.compile(r'\bX\((\w+),\s*(\d+),\s*(\w+),\s*"([^"]*)"\)')
_ROW = re.compile(r'^\| (\d+) \| ([A-Z_]+) \| (\w+) \| (.*) \|$', re.M)
_COUNTER = re.compile(r'\bput\(list, "(\w+)"')
_COUNTERS_TABLE = re.compile(
    r'^\| counter \|.*\n\|[-|]+\|\n((?:\|.*\n)*)', re.M)
_COUNTER_ROW = re.compile(r'^\| `(\w+)` \|', re.M)


def codes(text):
    """A row of the page for each entry of RK_RC_MAP."""
    return [f'| {number} | {name} | {who.lower()} | {words} |'
            for name, number, who, words
            in _ENTRY.findall(text.replace('\\\n', ' '))]


def codes_on_page(text):
    return ['| %s | %s | %s | %s |' % row for row in _ROW.findall(text)]


def counters(text):
    return _COUNTER.findall(text)


def counters_on_page(text):
    table = _COUNTERS_TABLE.search(text)
    return _COUNTER_ROW.findall(table[1]) if table else []


def compare(source, wanted, page, found):
    """Complaints about a page that does not list what the source has."""
    bad = [f'{page}: lacks "{row}" of {source}'
           for row in wanted if row not in found]
    bad += [f'{page}: "{row}" is not in {source}'
            for row in found if row not in wanted]
    if not bad and wanted != found:
        bad = [f'{page}: the rows are not in the order of {source}, '
               'or one is there twice']
    if not wanted:
        bad = [f'{source}: nothing found to compare {page} with']
    return bad


def main():
    if len(sys.argv) != 2:
        print('usage: check_codes.py ROOT', file=sys.stderr)
        return 2
    root = pathlib.Path(sys.argv[1])

    def read(path):
        return (root / path).read_text(encoding='utf-8')

    bad = compare(CODES, codes(read(CODES)),
                  CODES_PAGE, codes_on_page(read(CODES_PAGE)))
    bad += compare(COUNTERS, counters(read(COUNTERS)),
                   COUNTERS_PAGE, counters_on_page(read(COUNTERS_PAGE)))
    for line in bad:
        print(line)
    print(f'{len(codes(read(CODES)))} codes, '
          f'{len(counters(read(COUNTERS)))} counters, {len(bad)} differences')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
