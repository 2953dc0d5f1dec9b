#!/usr/bin/env python3
"""Fail on calls that have no place here and on words of unfinished work.

usage: check_words.py ROOT

Calls are looked for in the daemon and the client, with comments and strings
taken out. Words are looked for everywhere in the C, shell, Python and meson
files, this folder aside.
"""
import pathlib
import re
import sys

import tree

# call -> what to use instead
CALLS = {
    'strtol strtoul strtoll strtoull atoi atol atoll sscanf':
        'rk_decimal_parse(), which refuses what does not fit',
    'strtod strtof strtold atof': 'rk_decimal_parse(): money is no float',
    'sprintf vsprintf': 'snprintf()',
    'strcpy strcat stpcpy strncpy strncat': 'snprintf() or memcpy()',
    'gets': 'fgets()',
    'rand srand random srandom drand48': 'a seeded generator passed by hand',
    'alloca': 'a bounded array',
    'assert': 'RK_ASSERT(), which stays on in release',
    'setlocale': 'nothing: numbers look alike everywhere',
    'localtime gmtime ctime asctime strtok':
        'the _r form: these share hidden state',
}
# Leaving the process is for main alone.
EXITS = ('exit', '_exit', 'quick_exit')
MAINS = {'daemon/main.c', 'client/riskctl.c'}

# Split, so that this file does not find itself.
WORDS = re.compile(r'\b(TO' + r'DO|FIX' + r'ME|XX' + r'X|HA' + r'CK'
                   + r'|st' + r'ub|place' + r'holder)\b')
TEXT_SUFFIXES = {'.c', '.h', '.py', '.sh', '.proto', '.build', '.scn'}
TEXT_FOLDERS = ('daemon', 'client', 'proto', 'tests', 'conf', 'systemd',
                '.ci')


def banned_calls():
    return {call: better for calls, better in CALLS.items()
            for call in calls.split()}


def check_calls(root, bad):
    better = banned_calls()
    call = re.compile(r'(?<![\w.>])(' + '|'.join(list(better) + list(EXITS))
                      + r')\s*\(')
    files = tree.c_files(root, ('daemon', 'client'))
    for path in files:
        rel = path.relative_to(root).as_posix()
        text = tree.without_text(path.read_text(encoding='utf-8'))
        for number, line in enumerate(text.splitlines(), 1):
            for found in call.finditer(line):
                name = found[1]
                if name in better:
                    bad.append(f'{rel}:{number}: {name}(): use '
                               f'{better[name]}')
                elif rel not in MAINS:
                    bad.append(f'{rel}:{number}: {name}(): only main leaves; '
                               'return an error')
    return len(files)


def check_words(root, bad):
    here = pathlib.Path(__file__).resolve().parent
    for folder in TEXT_FOLDERS:
        for path in sorted((root / folder).rglob('*')):
            if (path.suffix not in TEXT_SUFFIXES or not path.is_file()
                    or path.resolve().parent == here):
                continue
            text = path.read_text(encoding='utf-8')
            for number, line in enumerate(text.splitlines(), 1):
                found = WORDS.search(line)
                if found:
                    bad.append(f'{path.relative_to(root)}:{number}: '
                               f'"{found[1]}": finish it, or file an issue')


def main():
    if len(sys.argv) != 2:
        print('usage: check_words.py ROOT', file=sys.stderr)
        return 2
    root, bad = pathlib.Path(sys.argv[1]), []
    files = check_calls(root, bad)
    check_words(root, bad)
    for line in bad:
        print(line)
    print(f'{files} files, {len(bad)} calls or words to replace')
    return 1 if bad or not files else 0


if __name__ == '__main__':
    sys.exit(main())
