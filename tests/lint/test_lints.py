#!/usr/bin/env python3
"""The lints themselves: each must pass a good tree and catch each violation.

usage: test_lints.py CC...       (TAP on stdout)

A lint that never fails proves nothing, so every rule is broken on purpose in
a small tree of its own.
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
CC = sys.argv[1:] or ['cc']

# A tree that every lint must be content with.
GOOD = {
    'daemon/main.c': '#include <stdlib.h>\n\n#include "app/app.h"\n\n'
                     'int main(void)\n{\n\texit(app());\n}\n',
    'daemon/app/app.h': '#ifndef APP_H\n#define APP_H\n\nint app(void);\n\n'
                        '#endif\n',
    'daemon/app/app.c': '#include "app/app.h"\n\n#include <uv.h>\n\n'
                        '#include "net/net.h"\n\nint app(void)\n{\n\treturn 0;\n}\n',
    'daemon/net/net.h': '#ifndef NET_H\n#define NET_H\n\n'
                        '#include "engine/fx.h"\n\n#endif\n',
    'daemon/engine/fx.h': '#ifndef FX_H\n#define FX_H\n\n#include <stdint.h>\n'
                          '\nint64_t fx_add(int64_t a, int64_t b);\n\n#endif\n',
    'daemon/engine/fx.c': '/* No double, no float: strtol() is far away. */\n'
                          '#include "engine/fx.h"\n\n#include <string.h>\n\n'
                          'int64_t fx_add(int64_t a, int64_t b)\n'
                          '{\n\treturn a + b;\n}\n',
    'client/librisk.h': '#ifndef LIBRISK_H\n#define LIBRISK_H\n\n#endif\n',
    'client/riskctl.c': '#include <jansson.h>\n#include <stdlib.h>\n'
                        '#include <zlib.h>\n\n#include "librisk.h"\n\n'
                        'int main(void)\n{\n\texit(0);\n}\n',
    'tests/lint/run.sh': '#!/bin/sh\nset -eu\necho "$1"\n',
}

FUNCTION = '#include "engine/fx.h"\n\n{head}\n{{\n{body}}}\n'


class Tree:
    """A throw-away tree: GOOD with some files changed."""

    def __init__(self, changes):
        self.files = dict(GOOD, **changes)

    def __enter__(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix='riskd-lint-'))
        for name, text in self.files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding='utf-8')
        style = HERE.parent.parent / '.clang-format'
        if style.is_file():
            shutil.copy(style, self.root)
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.root)

    def run(self, lint, *args):
        """Exit code and output of one lint on this tree."""
        done = subprocess.run([str(HERE / lint), *map(str, args)],
                              capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr


def lint_root(lint):
    return lambda tree: tree.run(lint, tree.root)


def lint_floats(tree):
    return tree.run('check_floats.py', tree.root, *CC)


def lint_headers(tree):
    return tree.run('check_headers.py', tree.root, tree.root / 'client', '--',
                    *CC)


def lint_symbols(tree):
    objects = []
    for path in sorted((tree.root / 'daemon/engine').glob('*.c')):
        objects.append(path.with_suffix('.o'))
        subprocess.run(CC + [f'-I{tree.root}/daemon', '-c', str(path), '-o',
                             str(objects[-1])], check=True)
    archive = tree.root / 'engine.a'
    subprocess.run(['ar', 'rcs', str(archive), *map(str, objects)],
                   check=True)
    return tree.run('check_symbols.sh', archive)


INCLUDES = lint_root('check_includes.py')
SIZES = lint_root('check_sizes.py')
WORDS = lint_root('check_words.py')
FORMAT = lint_root('check_format.sh')
SPELLING = lint_root('check_spelling.sh')
SHELL = lint_root('check_shell.sh')


def adds(name, text):
    """A good file with text before it."""
    return {name: text + GOOD.get(name, '')}


def engine(head, body):
    return {'daemon/engine/more.c': FUNCTION.format(head=head, body=body)}


# (what it proves, lint, changes, words of the complaint; None: it must pass)
CASES = [
    ('includes: a good tree passes', INCLUDES, {}, None),
    ('includes: engine needs no stdio', INCLUDES,
     adds('daemon/engine/fx.c', '#include <stdio.h>\n'), 'stdio.h'),
    ('includes: engine does not look outwards', INCLUDES,
     adds('daemon/engine/fx.c', '#include "net/net.h"\n'), 'net/net.h'),
    ('includes: adapters do not see each other', INCLUDES,
     {'daemon/codec/a.c': '#include "net/net.h"\n'}, 'codec may not'),
    ('includes: nobody includes the app', INCLUDES,
     adds('daemon/net/net.h', '#include "app/app.h"\n'), 'net may not'),
    ('includes: NNG belongs to net', INCLUDES,
     adds('daemon/app/app.c', '#include <nng/nng.h>\n'), 'only client and net'),
    ('includes: libuv belongs to app', INCLUDES,
     {'daemon/net/a.c': '#include <uv.h>\n'}, 'only app'),
    ('includes: SQLite belongs to store', INCLUDES,
     {'daemon/ops/a.c': '#include <sqlite3.h>\n'}, 'only store'),
    ('includes: protobuf belongs to codec', INCLUDES,
     adds('daemon/app/app.c', '#include "riskd.pb-c.h"\n'), 'codec'),
    ('includes: jansson belongs to ops', INCLUDES,
     {'daemon/store/a.c': '#include <jansson.h>\n'}, 'ops'),
    ('includes: main holds no foreign library', INCLUDES,
     adds('daemon/main.c', '#include <uv.h>\n'), 'main may not'),
    ('includes: the client leaves the loop alone', INCLUDES,
     adds('client/riskctl.c', '#include <uv.h>\n'), 'client may not'),
    ('includes: the client does not use the app', INCLUDES,
     adds('client/riskctl.c', '#include "app/app.h"\n'), 'client may not'),
    ('includes: no file of an unknown layer', INCLUDES,
     {'daemon/misc/a.c': '\n'}, 'no such layer'),
    ('includes: no source file, no path upwards', INCLUDES,
     adds('daemon/app/app.c', '#include "../net/net.h"\n'), 'full name'),
    ('includes: a header that is not there', INCLUDES,
     adds('daemon/app/app.c', '#include "app/gone.h"\n'), 'no such header'),
    ('includes: headers do not include in a circle', INCLUDES,
     {**adds('daemon/engine/fx.h', '#include "engine/b.h"\n'),
      'daemon/engine/b.h': '#include "engine/fx.h"\n'}, 'circle'),
    ('includes: a comment includes nothing', INCLUDES,
     adds('daemon/engine/fx.c', '/*\n#include <stdio.h>\n*/\n'), None),

    ('symbols: a good engine passes', lint_symbols, {}, None),
    ('symbols: malloc by extern is caught', lint_symbols,
     engine('void *more(void)', '\textern void *malloc(unsigned long);\n'
            '\treturn malloc(8);\n'), 'malloc'),
    ('symbols: the clock is caught', lint_symbols,
     engine('long more(void)', '\textern long time(long *);\n'
            '\treturn time(0);\n'), 'time'),

    ('floats: a good engine passes', lint_floats, {}, None),
    ('floats: a double is caught', lint_floats,
     engine('int more(int a)', '\tdouble b = a;\n\treturn (int)(b * 1.5);\n'),
     'more.c'),
    ('floats: a hidden double is caught', lint_floats,
     engine('int more(int a)', '\treturn (int)(a * 1.5);\n'), 'more.c'),

    ('sizes: a good tree passes', SIZES, {}, None),
    ('sizes: 70 lines are readable', SIZES,
     engine('int more(int a)', '\ta++;\n' * 66 + '\treturn a;\n'), None),
    ('sizes: 71 lines are not', SIZES,
     engine('int more(int a)', '\ta++;\n' * 67 + '\treturn a;\n'),
     '71 lines'),
    ('sizes: 5 parameters may be', SIZES,
     engine('int more(int a, int b, int c, int (*d)(int, int), int e)',
            '\treturn a + b + c + d(1, 2) + e;\n'), None),
    ('sizes: 6 parameters need a struct', SIZES,
     engine('int more(int a, int b, int c, int d, int e, int f)',
            '\treturn a + b + c + d + e + f;\n'), '6 parameters'),
    ('sizes: a file of 801 lines is split', SIZES,
     {'daemon/net/a.c': 'int a;\n' * 801}, '801 lines'),
    ('sizes: a header of 251 lines is split', SIZES,
     {'daemon/net/a.h': 'int a;\n' * 251}, '251 lines'),

    ('words: a good tree passes', WORDS, {}, None),
    ('words: strtol is caught', WORDS,
     engine('long more(char *a)', '\treturn strtol(a, 0, 10);\n'), 'strtol'),
    ('words: sprintf is caught in the client', WORDS,
     {'client/a.c': 'void f(char *a)\n{\n\tsprintf(a, "b");\n}\n'},
     'snprintf'),
    ('words: snprintf is not sprintf', WORDS,
     {'client/a.c': 'void f(char *a)\n{\n\tsnprintf(a, 1, "b");\n}\n'}, None),
    ('words: a call in a string is no call', WORDS,
     {'client/a.c': 'char *a = "use gets() // never";\n'}, None),
    ('words: rand is caught', WORDS,
     {'daemon/net/a.c': 'int f(void)\n{\n\treturn rand();\n}\n'}, 'rand'),
    ('words: a bare assert is caught', WORDS,
     engine('void more(int a)', '\tassert(a);\n'), 'RK_ASSERT'),
    ('words: only main exits', WORDS,
     {'daemon/net/a.c': 'void f(void)\n{\n\texit(1);\n}\n'}, 'only main'),
    ('words: unfinished work is caught', WORDS,
     {'daemon/net/a.c': '/* TO' + 'DO: all of it */\n'}, 'finish it'),
    ('words: also in scripts', WORDS,
     {'tests/unit/a.sh': '# FIX' + 'ME\n'}, 'finish it'),

    ('headers: a good tree passes', lint_headers, {}, None),
    ('headers: one that leans on others is caught', lint_headers,
     {'daemon/net/a.h': '#ifndef A_H\n#define A_H\nuint32_t a(void);\n'
                        '#endif\n'}, 'compile alone'),
    ('headers: one without a guard is caught', lint_headers,
     {'daemon/net/a.h': 'struct a {\n\tint b;\n};\n'}, 'compile alone'),

    ('format: a good tree passes', FORMAT, {}, None),
    ('format: spaces for a tab are caught', FORMAT,
     engine('int more(int a)', '        return a;\n'), 'more.c'),

    ('spelling: a good tree passes', SPELLING, {}, None),
    ('spelling: a misspelled word is caught', SPELLING,
     {'daemon/net/a.h': '/* Recie' + 've it. */\n'}, 'a.h'),

    ('shell: a good tree passes', SHELL, {}, None),
    ('shell: an unquoted variable is caught', SHELL,
     {'tests/unit/a.sh': '#!/bin/sh\nrm $1\n'}, 'SC2086'),
    ('shell: also when the name does not say shell', SHELL,
     {'.ci/run': '#!/bin/bash\nrm $1\n'}, 'SC2086'),
]


def judge(case):
    """One TAP line for one case, and what to show when it is wrong."""
    name, lint, changes, complaint = case
    with Tree(changes) as tree:
        code, output = lint(tree)
    if code == 77:
        return f'ok - {name} # SKIP {output.strip()}', ''
    good = code == 0 if complaint is None else (
        code == 1 and complaint in output)
    return ('ok' if good else 'not ok') + f' - {name}', (
        '' if good else f'exit code {code}\n{output}')


def main():
    print(f'1..{len(CASES)}')
    bad = False
    for case in CASES:
        line, output = judge(case)
        print(line)
        for text in output.splitlines():
            print(f'# {text}')
        bad = bad or line.startswith('not')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
