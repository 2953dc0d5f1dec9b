#!/usr/bin/env python3
"""The crash of 2021-05-19 with a book of leveraged accounts, through riskd.

usage: crash_2021.py RISKD RISKCTL [--accounts N] [--seed N] [--from TIME]
                     [--to TIME] [--twice] [--keep FOLDER]

20 markets of one-minute bars over eight days, walked tick by tick; seeded
accounts with 1 to 5 positions each, opened at the recorded prices; riskd's
liquidation orders are filled by riskctl's simulated gateway, some in parts,
late or beyond their size. Checked at the end: nothing lost, doubled or late,
every order closed, the books balanced, accounts below zero are BANKRUPT with
their deficit told.
"""
import argparse
import csv
import datetime
import gzip
import json
import pathlib
import random
import sys
import tempfile

import rig

BARS = 'crash_2021-05-19_binance_spot_1m.csv.gz'
EXECUTE_BPS = 10
MINUTE_MS = 60_000
LIQUIDATED_LEAST = 5  # percent of the accounts
USD_LARGEST = 10**9   # of a position, at ten times today's price

SETTINGS = '''
publishers = {{"replay"}}
venues = {{"replay"}}
limits {{
	accounts = {accounts}
	owners = {accounts}
	positions = {positions}
	balances = {balances}
	orders = 65536
	events_kept = 100000
	events_kept_bytes = 64MiB
}}
log {{
	level = warning
}}
'''

# Share of the accounts by how much they lever: (weight, least, most). Most
# people are careful, some are not, and a few hold what the exchange allows.
LEVERAGES = ((50, 1, 4), (30, 4, 10), (15, 10, 25), (5, 25, 45))
SHORT_PERCENT = 35
ISOLATED_PERCENT = 5
AT_START_PERCENT = 50  # the others come later, spread over the time

# From floor on: maintenance and initial, for a large and a small market.
BRACKETS = {
    'large': (('0', '0.005', '0.01'), ('1000000', '0.01', '0.02'),
              ('10000000', '0.025', '0.05'), ('50000000', '0.05', '0.1')),
    'small': (('0', '0.01', '0.02'), ('50000', '0.015', '0.03'),
              ('1000000', '0.05', '0.1'), ('5000000', '0.125', '0.25')),
}
LARGE = ('BTC/USDT', 'ETH/USDT')


def decimals_of(text):
    return len(text.partition('.')[2])


class Market:
    """One market of the bars: its decimals, and its opens by time."""

    def __init__(self, name):
        self.name = name
        self.perp = name.partition('/')[0] + '-PERP'
        self.decimals = 0
        self.most = 0
        self.opens = {}

    def finish(self):
        """Sizes so that one step is worth about a cent; lots of 100 steps."""
        price = self.most
        self.size_decimals = 0
        while price > 0.01 and self.size_decimals < 8:
            price /= 10
            self.size_decimals += 1
        self.price_max = 10 * (int(self.most) + 1)
        self.position_max = USD_LARGEST // self.price_max

    def raw_price(self, text):
        """A price as an integer in the market's decimals."""
        whole, _, part = text.partition('.')
        return int(whole + part.ljust(self.decimals, '0'))

    def listing(self):
        kind = 'large' if self.name in LARGE else 'small'
        lot = max(self.size_decimals - 2, 0)
        return {
            'name': self.perp, 'kind': 'perpetual', 'settle': 'USD',
            'price_decimals': self.decimals,
            'size_decimals': self.size_decimals,
            'lot': '1' if lot == 0 else '0.' + '0' * (lot - 1) + '1',
            'price_max': str(self.price_max),
            'position_max': str(self.position_max),
            # Shorter than a missing bar: some prices go stale, as they do.
            'price_age_max': '45s', 'close_cost': '0.001',
            'brackets': [
                {'floor': floor, 'maintenance': maintenance,
                 'initial': initial}
                for floor, maintenance, initial in BRACKETS[kind]],
        }


def read_bars(path, first_ms, last_ms):
    """The markets, with their opens between the two times."""
    markets = {}
    with gzip.open(path, 'rt', encoding='ascii') as file:
        for row in csv.DictReader(file):
            market = markets.get(row['market'])
            if market is None:
                market = markets[row['market']] = Market(row['market'])
            market.decimals = max(market.decimals,
                                  *(decimals_of(row[key]) for key in
                                    ('open', 'high', 'low', 'close')))
            market.most = max(market.most, float(row['high']))
            time_ms = int(row['ts_ms'])
            if first_ms <= time_ms < last_ms:
                market.opens[time_ms] = row['open']
    for market in markets.values():
        market.finish()
    return [markets[name] for name in sorted(markets)]


class Book:
    """The seeded accounts: what they own, owe and when they come."""

    def __init__(self, markets, count, seed):
        self.random = random.Random(seed)
        self.markets = markets
        self.times = sorted(set.intersection(
            *(set(market.opens) for market in markets)))
        self.accounts = []
        self.ledger = []
        self.fills = []
        for account in range(1, count + 1):
            self.add(account)
        self.ledger.sort()
        self.fills.sort()

    def leverage(self):
        weights = [row[0] for row in LEVERAGES]
        _, least, most = self.random.choices(LEVERAGES, weights)[0]
        return self.random.uniform(least, most)

    def add(self, account):
        pick = self.random
        isolated = pick.randrange(100) < ISOLATED_PERCENT
        # Every third account is of an owner who has another one.
        owner = account - 1 if account % 3 == 0 else account
        self.accounts.append(
            (account, owner, 'isolated' if isolated else 'cross', 'full'))
        equity_cents = int(min(max(pick.lognormvariate(7.5, 1.2), 20), 5e5)
                           * 100)
        time_ms = self.times[0]
        if pick.randrange(100) >= AT_START_PERCENT:
            time_ms = pick.choice(self.times)
        self.ledger.append((time_ms, account,
                            f'{equity_cents // 100}.'
                            f'{equity_cents % 100:02d}'))
        count = 1 if isolated else pick.randint(1, 5)
        dollars = equity_cents / 100 * self.leverage() / count
        for market in pick.sample(self.markets, count):
            self.open(market, time_ms, account, dollars)

    def open(self, market, time_ms, account, dollars):
        text = market.opens[time_ms]
        scale = 10 ** market.size_decimals
        size = int(dollars * scale / float(text))
        size = max(1, min(size, market.position_max * scale))
        side = 'S' if self.random.randrange(100) < SHORT_PERCENT else 'B'
        whole, part = divmod(size, scale)
        digits = f'{part:0{market.size_decimals}d}' if part else ''
        self.fills.append((time_ms, account, market.perp, side, text,
                           f'{whole}.{digits}' if digits else str(whole)))

    def write(self, folder):
        """The three files; returns the words of riskctl replay for them."""
        rows = {
            'accounts': (('user', 'owner', 'mode', 'enforcement'),
                         self.accounts),
            'ledger': (('ts_ms', 'user', 'delta_usd'), self.ledger),
            'fills': (('ts_ms', 'user', 'market', 'side', 'price', 'size'),
                      self.fills),
        }
        words = []
        for name, (header, body) in rows.items():
            path = folder / f'{name}.csv'
            with open(path, 'w', encoding='ascii', newline='') as file:
                out = csv.writer(file, lineterminator='\n')
                out.writerow(header)
                out.writerows(body)
            words += [f'--{name}', str(path)]
        return words


def run_once(arguments, markets, words):
    """One daemon, one replay. Returns the summary and the orders' numbers."""
    settings = SETTINGS.format(accounts=arguments.accounts + 1,
                               positions=5 * arguments.accounts + 1,
                               balances=arguments.accounts + 1)
    listing = {
        'schema': 1,
        'assets': [{'name': 'USD', 'decimals': 8, 'fixed_price': '1'}],
        'markets': [market.listing() for market in markets],
    }
    with rig.Daemon(arguments.riskd, arguments.riskctl, listing,
                    settings) as daemon:
        rows, code = daemon.replay(*words)
        status = daemon.rows('status')[0]
        worst = daemon.rows('account', 'list', '-n', '1000')
        memory = daemon.peak_memory_kib()
        daemon.stop()
    print(f'riskd: at most {memory // 1024} MiB')
    return rows, code, status, worst


def check_orders(rows):
    """Each order: opened once, closed once, nothing of it before or twice."""
    opened = {}
    closed = set()
    last = 0
    for row in rows:
        if row.get('kind') not in ('order', 'deficit'):
            continue
        if row['number'] <= last:
            raise rig.Failure(f'event {row["number"]} after {last}')
        last = row['number']
        if row['kind'] != 'order':
            continue
        order = row['order']
        if row['phase'] == 'OPENED':
            if order in opened:
                raise rig.Failure(f'order {order} opened twice')
            opened[order] = row
        elif order not in opened:
            raise rig.Failure(f'order {order} was never opened: {row}')
        elif row['phase'] == 'CLOSED':
            if order in closed:
                raise rig.Failure(f'order {order} closed twice')
            closed.add(order)
    rig.check(set(opened) == closed,
              f'all {len(opened)} orders are closed, each once')


def check_healthy_start(rows):
    """No order is opened on an account at or above its target."""
    bad = [row for row in rows
           if row.get('kind') == 'order' and row['phase'] == 'OPENED'
           and float(row['equity']) >= 1.2 * float(row['maintenance']) + 0.01]
    rig.check(not bad, f'no order above the target ({bad[:1]})')


def check_summary(arguments, summary, code):
    for key, value in summary.items():
        print(f'  {key}: {value}')
    rig.check(code == 0, 'riskctl replay has nothing to complain about')
    for key in ('lost', 'doubled', 'late', 'refused', 'ticks_dropped',
                'orders_left'):
        rig.check(summary[key] == 0, f'{key} is 0 ({summary[key]})')
    rig.check(summary['events'] == summary['seen'],
              'the subscriber saw every event')
    rig.check(summary['books_balance'] is True,
              'the books balance to the last unit')
    rig.check(summary['orders'] == summary['closed'],
              'as many orders closed as opened')
    least = arguments.accounts * LIQUIDATED_LEAST // 100
    rig.check(summary['accounts_liquidated'] >= least,
              f'{summary["accounts_liquidated"]} accounts liquidated, at '
              f'least {least}')
    rig.check(summary['below_zero_flat'] == summary['bankrupt'],
              f'all {summary["below_zero_flat"]} accounts below zero without '
              'a position are BANKRUPT')
    rig.check(summary['deficits'] >= summary['bankrupt'],
              'each of them had its deficit told')
    for key in ('fills_part', 'fills_late', 'fills_excess', 'fills_vault'):
        rig.check(summary[key] > 0, f'{key} was met ({summary[key]})')


def milliseconds(text):
    """2021-05-19T12:00 as riskctl takes it, in UTC."""
    time = datetime.datetime.fromisoformat(text)
    return int(time.replace(tzinfo=datetime.timezone.utc).timestamp() * 1000)


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('riskd')
    parser.add_argument('riskctl')
    parser.add_argument('--accounts', type=int, default=20000)
    parser.add_argument('--seed', type=int, default=20210519)
    parser.add_argument('--from', dest='first', default='2021-05-12')
    parser.add_argument('--to', dest='last', default='2021-05-21')
    parser.add_argument('--twice', action='store_true',
                        help='a second run must have the same digests')
    parser.add_argument('--keep', type=pathlib.Path,
                        help='write the files here and keep them')
    return parser.parse_args()


def main():
    arguments = parse()
    bars = rig.data_file(BARS)
    markets = read_bars(bars, milliseconds(arguments.first),
                        milliseconds(arguments.last))
    book = Book(markets, arguments.accounts, arguments.seed)
    with tempfile.TemporaryDirectory(prefix='riskd-crash-') as temporary:
        folder = arguments.keep or pathlib.Path(temporary)
        words = book.write(folder) + [
            '--bars', str(bars), '--from', arguments.first, '--to',
            arguments.last, '--execute', str(EXECUTE_BPS), '--seed',
            str(arguments.seed)]
        rows, code, status, worst = run_once(arguments, markets, words)
        summary = rows[-1]
        check_summary(arguments, summary, code)
        check_orders(rows)
        check_healthy_start(rows)
        print(json.dumps(status))
        print(json.dumps(worst[:3]))
        if arguments.twice:
            again = run_once(arguments, markets, words)[0][-1]
            for key in ('state_digest', 'event_digest', 'events', 'orders'):
                rig.check(summary[key] == again[key],
                          f'{key} is the same in a second run')


if __name__ == '__main__':
    try:
        main()
    except rig.Failure as failure:
        sys.exit(f'{sys.argv[0]}: {failure}')
