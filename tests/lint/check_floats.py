#!/usr/bin/env python3
"""Fail when a float is used in the engine.

usage: check_floats.py ROOT CC...

The compiler is told that there are only integer registers: gcc then refuses a
float that must be kept or passed, clang calls helpers of software for it. A
float that is optimised away still has its name in the source.
"""
import pathlib
import platform
import re
import subprocess
import sys
import tempfile

import tree

NAMES = re.compile(r'\b(float|double|__float128|_Float\d+\w*|_Decimal\d+)\b')
# What compilers call when floats are done in software: __muldf3, __fixdfsi.
HELPERS = re.compile(r'__(?:add|sub|mul|div|neg|fix|fixuns|float|floatun'
                     r'|extend|trunc|eq|ne|lt|le|gt|ge|unord|cmp|pow)'
                     r'\w*[sdtxh]f\w*')
FLAGS = ['-std=gnu17', '-O1', '-ffreestanding', '-mgeneral-regs-only']


def check_names(path, bad):
    text = tree.without_text(path.read_text(encoding='utf-8'))
    for number, line in enumerate(text.splitlines(), 1):
        found = NAMES.search(line)
        if found:
            bad.append(f'{path}:{number}: names a {found[1]}')


def check_code(path, command, bad):
    with tempfile.TemporaryDirectory() as scratch:
        out = f'{scratch}/out.o'
        done = subprocess.run(command + ['-c', str(path), '-o', out],
                              capture_output=True, text=True, check=False)
        if done.returncode:
            bad.append(f'{path}: does not compile without floats\n'
                       f'{done.stderr}')
            return
        names = subprocess.run(['nm', '-u', out], capture_output=True,
                               text=True, check=True).stdout.split()
    for name in names:
        if HELPERS.fullmatch(name):
            bad.append(f'{path}: calls {name}(), a float in software')


def main():
    if len(sys.argv) < 3:
        print('usage: check_floats.py ROOT CC...', file=sys.stderr)
        return 2
    if platform.machine() not in ('x86_64', 'aarch64'):
        print(f'-mgeneral-regs-only is not known for {platform.machine()}')
        return 77
    root = pathlib.Path(sys.argv[1])
    command = sys.argv[2:] + FLAGS + [f'-I{root}/daemon']
    files = tree.c_files(root, ('daemon/engine',))
    bad = []
    for path in files:
        check_names(path, bad)
        if path.suffix == '.c':
            check_code(path, command, bad)
    for line in bad:
        print(line)
    print(f'{len(files)} files, {len(bad)} with floats')
    return 1 if bad or not files else 0


if __name__ == '__main__':
    sys.exit(main())
