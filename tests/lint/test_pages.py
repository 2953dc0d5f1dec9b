#!/usr/bin/env python3
"""The lints of the pages: each must pass a good tree and catch each fault.

usage: test_pages.py       (TAP on stdout)
"""
import sys

import test_lints

CODES = test_lints.lint_root('check_codes.py')
PAGES = test_lints.lint_root('check_pages.py')

HEADER = ('#define RK_RC_MAP(X) \\\n'
          '\tX(OVERFLOW, 1, ENGINE, "out of range") \\\n'
          '\tX(BUSY, 70, WIRE,      \\\n\t  "try again")\n')
ROWS = ('| 1 | OVERFLOW | engine | out of range |\n',
        '| 70 | BUSY | wire | try again |\n')
SHOWN = '<!-- from daemon/main.c -->\n```c\n{code}```\n'


COUNTERS = '\tput(list, "a", 1);\n\tput(list, "b", 2);\n'
COUNTED = '| counter | counts |\n|---|---|\n| `a` | the first |\n'


def codes(*rows, counted=COUNTED + '| `b` | the second |\n\n| `c` | else |\n'):
    return {'daemon/engine/rc.h': HEADER, 'docs/protocol.md': ''.join(rows),
            'daemon/app/counters.c': COUNTERS, 'docs/operations.md': counted}


def page(text, other='# Other page: it\n'):
    return {'README.md': text, 'docs/other.md': other}


test_lints.CASES = [
    ('codes: the same list passes', CODES, codes(*ROWS), None),
    ('codes: a code that the page lacks', CODES, codes(ROWS[0]), 'lacks'),
    ('codes: a code that is none', CODES,
     codes(*ROWS, '| 71 | GONE | wire | away |\n'), 'is not in'),
    ('codes: another text', CODES,
     codes(ROWS[0].replace('range', 'sight'), ROWS[1]), 'lacks'),
    ('codes: another number', CODES,
     codes(ROWS[0], ROWS[1].replace('70', '7')), 'lacks'),
    ('codes: another order', CODES, codes(*reversed(ROWS)), 'order'),
    ('codes: one twice', CODES, codes(*ROWS, ROWS[1]), 'twice'),
    ('codes: a counter that the page lacks', CODES,
     codes(*ROWS, counted=COUNTED), 'lacks "b"'),
    ('codes: a counter that is none', CODES,
     codes(*ROWS, counted=COUNTED + '| `b` | |\n| `c` | |\n'),
     '"c" is not in'),
    ('codes: no codes at all', CODES,
     {**codes(*ROWS), 'daemon/engine/rc.h': '\n'}, 'nothing found'),

    ('pages: a link to a file and a heading', PAGES,
     page('[a](docs/other.md) [b](docs/other.md#other-page-it)\n'), None),
    ('pages: a link to nothing', PAGES, page('[a](docs/gone.md)\n'),
     'no such file'),
    ('pages: a link to no heading', PAGES, page('[a](docs/other.md#gone)\n'),
     'no such heading'),
    ('pages: a link outside is left alone', PAGES,
     page('[a](https://example.org/gone)\n'), None),
    ('pages: code as it is', PAGES,
     page(SHOWN.format(code='int main(void)\n{\n')), None),
    ('pages: code as it is not', PAGES,
     page(SHOWN.format(code='int main(int argc)\n{\n')), 'otherwise'),
    ('pages: code of no file', PAGES,
     page(SHOWN.format(code='\n').replace('main.c', 'gone.c')),
     'no such file'),
]

if __name__ == '__main__':
    sys.exit(test_lints.main())
