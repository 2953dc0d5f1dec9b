#!/usr/bin/env python3
"""Fail when a function, a parameter list or a file is too long to read.

usage: check_sizes.py ROOT

Functions at most 70 lines and 5 parameters; .c files at most 800 lines,
headers at most 250.
"""
import json
import pathlib
import shutil
import subprocess
import sys

import tree

FUNCTION_LINES_MAX = 70
PARAMETERS_MAX = 5
FILE_LINES_MAX = {'.c': 800, '.h': 250}


def parameters(signature):
    """How many parameters a signature like '(int a, void (*f)(int))' has."""
    depth, count, words = 0, 1, False
    for char in signature:
        if char in '([':
            depth += 1
        elif char in ')]':
            depth -= 1
        elif char == ',' and depth == 1:
            count += 1
        words = words or char.isalnum()
    if not words or signature.replace(' ', '') == '(void)':
        return 0
    return count


def functions(files):
    """What ctags knows about the functions of all files."""
    command = ['ctags', '--languages=C', '--langmap=C:.c.h', '--kinds-C=f',
               '--fields=+neS', '--output-format=json', '-f', '-', '-L', '-']
    text = subprocess.run(command, input='\n'.join(map(str, files)),
                          capture_output=True, text=True, check=True).stdout
    return [json.loads(line) for line in text.splitlines()]


def check_function(tag, bad):
    where = f"{tag['path']}:{tag['line']}: {tag['name']}"
    if 'end' in tag:
        lines = tag['end'] - tag['line'] + 1
        if lines > FUNCTION_LINES_MAX:
            bad.append(f'{where} has {lines} lines, at most '
                       f'{FUNCTION_LINES_MAX} are readable')
    # Criterion's macros look like functions, their options like parameters.
    if tag['name'] in ('Test', 'ParameterizedTest', 'TestSuite'):
        return
    count = parameters(tag.get('signature', ''))
    if count > PARAMETERS_MAX:
        bad.append(f'{where} has {count} parameters, from '
                   f'{PARAMETERS_MAX + 1} on use a struct')


def main():
    if len(sys.argv) != 2:
        print('usage: check_sizes.py ROOT', file=sys.stderr)
        return 2
    if not shutil.which('ctags'):
        print('ctags (universal-ctags) is not installed')
        return 77
    root = pathlib.Path(sys.argv[1])
    files = tree.c_files(root)
    bad = []
    for path in files:
        lines = len(path.read_text(encoding='utf-8').splitlines())
        most = FILE_LINES_MAX[path.suffix]
        if lines > most:
            bad.append(f'{path}: {lines} lines, at most {most}: split it')
    tags = functions(files)
    for tag in tags:
        check_function(tag, bad)
    for line in bad:
        print(line)
    print(f'{len(files)} files, {len(tags)} functions, {len(bad)} too long')
    return 1 if bad or not files else 0


if __name__ == '__main__':
    sys.exit(main())
