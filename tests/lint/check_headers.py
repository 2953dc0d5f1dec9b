#!/usr/bin/env python3
"""Fail when a header does not compile alone, or not twice in a row.

usage: check_headers.py ROOT INCLUDE_DIR... -- CC...
"""
import pathlib
import subprocess
import sys

import tree

FLAGS = ['-std=gnu17', '-Wall', '-Wextra', '-Werror', '-fsyntax-only', '-x',
         'c', '-']


def main():
    if '--' not in sys.argv[2:]:
        print('usage: check_headers.py ROOT INCLUDE_DIR... -- CC...',
              file=sys.stderr)
        return 2
    root = pathlib.Path(sys.argv[1]).resolve()
    split = sys.argv.index('--')
    compiler = sys.argv[split + 1:]
    include = [f'-I{path}' for path in sys.argv[2:split]]
    headers = tree.c_files(root, suffixes=('.h',))
    bad = 0
    for path in headers:
        source = f'#include "{path}"\n' * 2
        done = subprocess.run(
            compiler + [f'-I{root}/daemon', f'-I{root}/tests',
                        f'-I{path.parent}'] + include
            + FLAGS, input=source, capture_output=True, text=True,
            check=False)
        if done.returncode:
            print(f'{path.relative_to(root)}: does not compile alone')
            print(done.stderr)
            bad += 1
    print(f'{len(headers)} headers, {bad} that lean on others')
    return 1 if bad or not headers else 0


if __name__ == '__main__':
    sys.exit(main())
