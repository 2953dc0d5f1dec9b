#!/usr/bin/env python3
"""Write text files as the C arrays that ops/demo.h declares.

usage: embed.py OUTPUT NAME=FILE...

An array and not a string literal: those may have 4095 characters only.
"""
import pathlib
import sys

PER_LINE = 12


def array(name, data):
    rows = []
    for at in range(0, len(data), PER_LINE):
        row = ', '.join(f"'\\x{byte:02x}'" for byte in data[at:at + PER_LINE])
        rows.append(f'\t{row},\n')
    return (f'const char rk_demo_{name}[] = {{\n{"".join(rows)}'
            f"\t'\\0',\n}};\n"
            f'const size_t rk_demo_{name}_size = {len(data)};\n')


def main():
    output, *inputs = sys.argv[1:]
    text = '/* Written by embed.py: edit conf/demo instead. */\n'
    text += '#include "ops/demo.h"\n'
    for item in inputs:
        name, path = item.split('=', 1)
        text += '\n' + array(name, pathlib.Path(path).read_bytes())
    pathlib.Path(output).write_text(text, encoding='ascii')


if __name__ == '__main__':
    main()
