#!/usr/bin/env python3
"""The table of tests/peers/speed.

usage: speed_table.py BENCH.json PEERS.jsonl ACCOUNTS
"""
import json
import sys

HOW = {
    'eval.exact': ('riskd, exact', 'every holder of a market judged at each '
                   'tick, 3 positions: state, events, new boxes'),
    'eval.ladder': ('riskd, ladder', 'holders of a market kept right by a '
                    'tick of 0.5 bp, few of them evaluated'),
    'eval.maps': ('hash maps in C', 'every holder by name, doubles, 3 '
                  'positions'),
}


def show(number):
    return f'{number:,.0f}'


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding='utf-8') as file:
        bench = {row['name']: row for row in json.load(file)}
    with open(sys.argv[2], encoding='utf-8') as file:
        peers = [json.loads(line) for line in file if line.strip()]
    rows = [(*HOW[name], bench[name]) for name in HOW if name in bench]
    rows += [(peer['name'], peer['how'], peer)
             for peer in sorted(peers, key=lambda one: -one['value'])]
    exact = bench['eval.exact']['value']
    print(f'accounts evaluated in a second of processor time; riskd and maps '
          f'with {show(int(sys.argv[3]))} accounts')
    print(f'{"":34} {"accounts/s":>15} {"least..most":>33} '
          f'{"riskd exact":>12}  how')
    for name, how, row in rows:
        spread = f'{show(row["min"])}..{show(row["max"])}'
        print(f'{name:34} {show(row["value"]):>15} {spread:>33} '
              f'{exact / row["value"]:>11.3g}x  {how}')


if __name__ == '__main__':
    main()
