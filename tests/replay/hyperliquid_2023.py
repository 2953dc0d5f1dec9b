#!/usr/bin/env python3
"""Real accounts of a young exchange, and what it liquidated, through riskd.

usage: hyperliquid_2023.py RISKD RISKCTL [--marks all|outside] [--table]

254 accounts, all their fills, deposits and withdrawals, 54 recorded cross
liquidations. The fills of a liquidated account are held back while riskd is
judged (docs/replay.md tells how). Fees and funding are not in the files, so
the figure is there to notice a change, not to pass: it fails when fewer
liquidations agree than the figure kept here.
"""
import argparse
import csv
import datetime
import gzip
import sys

import rig

FILLS = 'hyperliquid_2023_fills.csv.gz'
LEDGER = 'hyperliquid_2023_ledger.csv'
LIQUIDATIONS = 'hyperliquid_2023_liquidations.csv'

# What the engine has reached, by which fills move the marks.
AGREE_LEAST = {'all': 32, 'outside': 27}
NEVER_MOST = {'all': 12, 'outside': 11}

SETTINGS = '''
publishers = {"replay"}
venues = {"replay"}
risk {
	# An order stays open until the recorded fills can be booked under it.
	order_expiry = "90s"
}
log {
	level = warning
}
'''


def decimals_of(text):
    return len(text.partition('.')[2])


def markets_of(path):
    """markets.json for the markets of the fills: 1 % maintenance each."""
    price = {}
    size = {}
    most = {}
    with gzip.open(path, 'rt', encoding='ascii') as file:
        for row in csv.DictReader(file):
            name = row['market']
            price[name] = max(price.get(name, 0), decimals_of(row['price']))
            size[name] = max(size.get(name, 0), decimals_of(row['size']))
            most[name] = max(most.get(name, 0), int(float(row['price'])) + 1)
    return {
        'schema': 1,
        'assets': [{'name': 'USD', 'decimals': 8, 'fixed_price': '1'}],
        'markets': [{
            'name': name, 'kind': 'perpetual', 'settle': 'USD',
            'price_decimals': price[name], 'size_decimals': size[name],
            # Ten times what was ever paid, and positions of up to a billion
            # dollars at the highest price that was.
            'lot': lot_of(size[name]), 'price_max': str(10 * most[name]),
            'position_max': str(10**9 // most[name]),
            'price_age_max': '90d',
            'close_cost': '0',
            'brackets': [{'floor': '0', 'maintenance': '0.01',
                          'initial': '0.02'}],
        } for name in sorted(price)],
    }


def lot_of(decimals):
    return '1' if decimals == 0 else '0.' + '0' * (decimals - 1) + '1'


def run(arguments):
    paths = [rig.data_file(name) for name in (FILLS, LEDGER, LIQUIDATIONS)]
    markets = markets_of(paths[0])
    with rig.Daemon(arguments.riskd, arguments.riskctl, markets,
                    SETTINGS) as daemon:
        rows, code = daemon.replay(
            '--fills', str(paths[0]), '--ledger', str(paths[1]),
            '--liquidations', str(paths[2]), '--fill-marks', arguments.marks,
            '--no-stream')
        daemon.stop()
    return rows, code


def traded_before(path, cases):
    """What each case's user had traded until then, in dollars."""
    times = [(milliseconds(case['time']), case['user']) for case in cases]
    traded = [0] * len(cases)
    with gzip.open(path, 'rt', encoding='ascii') as file:
        for row in csv.DictReader(file):
            for index, (time_ms, user) in enumerate(times):
                if row['user'] == user and int(row['ts_ms']) < time_ms:
                    traded[index] += float(row['price']) * float(row['size'])
    return traded


def milliseconds(text):
    time = datetime.datetime.fromisoformat(text)
    return int(time.replace(tzinfo=datetime.timezone.utc).timestamp() * 1000)


def print_table(cases):
    """The misses, as a table for docs/replay.md."""
    missed = [case for case in cases if case['agrees'] == 'NO']
    traded = traded_before(rig.data_file(FILLS), missed)
    print('| time | user | cause | riskd began | equity | recorded | '
          'due to mark | due to cash | of what was traded |')
    print('|---|---|---|---|---|---|---|---|---|')
    for case, dollars in zip(missed, traded):
        after = case['order_after_s']
        began = f'{float(after) / 3600:+.1f} h' if after else 'never'
        gap = float(case['equity']) - float(case['recorded_value'])
        mark = float(case['mark_part'] or 0)
        print(f'| {case["time"][:16]} | {case["user"][:8]} | {case["miss"]} '
              f'| {began} | {float(case["equity"]):.2f} '
              f'| {float(case["recorded_value"]):.2f} | {mark:.2f} '
              f'| {gap - mark:.2f} | {(gap - mark) / dollars * 1e4:.1f} bp |')


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('riskd')
    parser.add_argument('riskctl')
    parser.add_argument('--marks', choices=('all', 'outside'), default='all')
    parser.add_argument('--table', action='store_true')
    arguments = parser.parse_args()
    rows, code = run(arguments)
    cases = [row for row in rows if 'recorded_value' in row]
    judged = next(row for row in rows if 'recorded_cross' in row)
    summary = rows[-1]
    if arguments.table:
        print_table(cases)
    for key, value in {**judged, **summary}.items():
        print(f'{key}: {value}')
    rig.check(code == 0, 'nothing refused, lost, doubled or late')
    rig.check(summary['books_balance'] is True,
              'the books balance to the last unit')
    rig.check(judged['recorded_cross'] == 54, 'all 54 cases are judged')
    rig.check(judged['agree'] >= AGREE_LEAST[arguments.marks],
              f'riskd agrees with {judged["agree"]} of 54: at least '
              f'{AGREE_LEAST[arguments.marks]}')
    rig.check(judged['accounts_never_ordered'] <= NEVER_MOST[arguments.marks],
              f'{judged["accounts_never_ordered"]} accounts never liquidated '
              f'would have been: at most {NEVER_MOST[arguments.marks]}')


if __name__ == '__main__':
    try:
        main()
    except rig.Failure as failure:
        sys.exit(f'{sys.argv[0]}: {failure}')
