#!/usr/bin/env python3
"""Put the figures of a run of the benchmark into docs/performance.md.

usage: figures.py NOTE FIGURES.json... [--doc FILE]

The table between the lines <!-- figures --> and <!-- end of figures --> is
written anew: the rows of all files, in their order; of a row that is in
several, the last counts. NOTE says where and how it was measured.
"""
import json
import pathlib
import sys

BEGIN = '<!-- figures -->\n'
END = '<!-- end of figures -->\n'
DOC = pathlib.Path(__file__).resolve().parents[2] / 'docs/performance.md'


def show(number):
    """Three digits that matter, and thousands told apart."""
    if abs(number) >= 1000:
        return f'{float(f"{number:.3g}"):,.0f}'
    return f'{number:.3g}'


def line(row):
    value = f'{show(row["value"])} {row["unit"]}'
    if row['repeats'] > 1 and row['min'] != row['max']:
        value += f' ({show(row["min"])}..{show(row["max"])})'
    ratio = ''
    if row['ratio'] is not None:
        ratio = f'{show(row["ratio"])} x {row["limit_name"]}'
    bar = ''
    if row['bar'] is not None:
        sign, number = row['bar'].split()
        word = 'holds' if row['ok'] else '**missed**'
        bar = f'{sign} {show(float(number))}: {word}'
    return f'| `{row["name"]}` | {value} | {ratio} | {bar} |\n'


def main():
    arguments = sys.argv[1:]
    doc = DOC
    if '--doc' in arguments:
        at = arguments.index('--doc')
        if at + 1 == len(arguments):
            sys.exit('--doc needs a file')
        doc = pathlib.Path(arguments[at + 1])
        del arguments[at:at + 2]
    if len(arguments) < 2:
        sys.exit(__doc__)
    rows = {}
    for name in arguments[1:]:
        with open(name, encoding='utf-8') as file:
            for row in json.load(file):
                rows[row['name']] = row
    text = doc.read_text(encoding='utf-8')
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        sys.exit(f'{doc}: there must be one {BEGIN.strip()} and one '
                 f'{END.strip()}')
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    table = '| row | median (least..most) | as a multiple of | bar |\n'
    table += '|---|---|---|---|\n'
    table += ''.join(line(row) for row in rows.values())
    doc.write_text(f'{before}{BEGIN}{arguments[0]}\n\n{table}{END}{after}',
                   encoding='utf-8')


if __name__ == '__main__':
    main()
