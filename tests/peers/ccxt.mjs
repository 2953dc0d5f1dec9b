// Positions as ccxt's binance class reads them: liquidation price of a single
// position from its wallet and its bracket, maintenance margin and ratio.

import ccxt from 'ccxt';
import { Prng, decimal, last, speed, version, write } from './support.mjs';

const SEED = 20260105;
const ACCOUNTS = 1080;
const prng = new Prng(SEED);

// Floors in quote (base for coin-margined) and rates in basis points. The
// amounts to deduct that belong to them are for the reader: the class keeps
// none.
const BRACKETS = [
  [[0, 40], [50000, 50], [600000, 100], [3000000, 250], [12000000, 500]],
  [[0, 100], [5000, 150], [25000, 200], [100000, 500], [250000, 1000],
    [1000000, 1250]],
  [[0, 50]],
];
const COIN_BRACKETS = [
  [[0, 40], [5, 50], [10, 100], [20, 250], [50, 500]],
  [[0, 100]],
];

function rows(brackets) {
  let deduct = 0;
  return brackets.map(([floor, rate], i) => {
    if (i > 0)
      deduct += floor * (rate - brackets[i - 1][1]);
    return [`${floor}`, decimal(BigInt(rate), 4),
      decimal(BigInt(deduct), 4)];
  });
}

// Digits of the price: 8 for a coin of 1e-4 dollars, 1 for one of 1e6.
const MARKETS = [
  ...[8, 6, 5, 4, 2, 1].map((digits, i) => ({ id: `C${i}USDT`, linear: true,
    base: `C${i}`, quote: 'USDT', digits, size: '1',
    brackets: rows(BRACKETS[i % BRACKETS.length]) })),
  ...[5, 2, 1].map((digits, i) => ({ id: `C${i}USD_PERP`, linear: false,
    base: `C${i}`, quote: 'USD', digits, size: i === 2 ? '100' : '10',
    brackets: rows(COIN_BRACKETS[i % COIN_BRACKETS.length]) })),
];

// Numbers stay the decimal strings that the class computes with.
const exchange = new ccxt.binance({ number: String });
exchange.setMarkets(MARKETS.map(one => exchange.safeMarketStructure({
  id: one.id,
  symbol: `${one.base}/${one.quote}:${one.linear ? one.quote : one.base}`,
  base: one.base, quote: one.quote,
  settle: one.linear ? one.quote : one.base,
  baseId: one.base, quoteId: one.quote,
  settleId: one.linear ? one.quote : one.base,
  type: 'swap', spot: false, swap: true, future: false, option: false,
  contract: true, linear: one.linear, inverse: !one.linear, active: true,
  contractSize: one.size,
  precision: { amount: '0.001', price: decimal(1n, one.digits),
    base: '0.00000001', quote: '0.00000001' },
})));
exchange.options.leverageBrackets = Object.fromEntries(MARKETS.map(one => [
  exchange.market(one.id).symbol,
  one.brackets.map(([floor, rate]) => [floor, rate])]));

// What the venue says of a position, from exact decimals.
function venue(account) {
  const one = MARKETS[account.market];
  const long = account.qty > 0n;
  const common = {
    symbol: one.id,
    positionSide: account.hedged ? long ? 'LONG' : 'SHORT' : 'BOTH',
    positionAmt: decimal(account.qty, one.linear ? 3 : 0),
    entryPrice: decimal(account.entry, one.digits),
    leverage: `${account.leverage}`,
    unrealizedProfit: decimal(account.pnl, 8),
    initialMargin: decimal(account.initial, 8),
    maintMargin: decimal(account.maintenance, 8),
    isolated: account.isolated,
    isolatedWallet: account.isolated ? decimal(account.wallet, 8) : '0',
  };
  return one.linear
    ? { ...common, notional: decimal(account.notional, 8) }
    : { ...common, notionalValue: decimal(account.notional, 8) };
}

// The whole way of an account: its assets, then its only position.
function ask(account) {
  const one = MARKETS[account.market];
  return exchange.parseAccountPositions({
    assets: [{ asset: one.linear ? one.quote : one.base,
      crossWalletBalance: account.isolated ? '0'
        : decimal(account.wallet, 8),
      crossUnPnl: account.isolated ? '0' : decimal(account.pnl, 8) }],
    positions: [venue(account)],
  })[0];
}

// The other report of a position: it brings the venue's liquidation price and
// the class works back to the collateral.
function askRisk(account, liquidation) {
  const raw = venue(account);
  const one = MARKETS[account.market];
  return exchange.parsePositionRisk({
    ...raw,
    unRealizedProfit: raw.unrealizedProfit,
    markPrice: decimal(account.mark, one.digits),
    liquidationPrice: liquidation ?? '0',
    marginType: account.isolated ? 'isolated' : 'cross',
    isolatedMargin: account.isolated
      ? decimal(account.wallet + account.pnl, 8) : '0',
  });
}

const text = value => value === undefined ? null : `${value}`;

function line(kind, account) {
  const one = MARKETS[account.market];
  const found = ask(account);
  const risk = askRisk(account, found.liquidationPrice);
  return {
    inputs: {
      k: kind,
      m: `${account.market}`,
      i: account.isolated ? '1' : '0',
      q: decimal(account.qty, one.linear ? 3 : 0),
      e: decimal(account.entry, one.digits),
      p: decimal(account.mark, one.digits),
      w: decimal(account.wallet, 8),
      n: decimal(account.notional, 8),
      u: decimal(account.pnl, 8),
      l: `${account.leverage}`,
      im: decimal(account.initial, 8),
      mm: decimal(account.maintenance, 8),
    },
    expected: {
      lp: text(found.liquidationPrice),
      r: text(found.maintenanceMarginPercentage),
      c: text(found.collateral),
      mr: text(found.marginRatio),
      roi: text(found.percentage),
      imr: text(found.initialMarginPercentage),
      rmm: text(risk.maintenanceMargin),
      rim: text(risk.initialMargin),
      rc: text(risk.collateral),
      rmr: text(risk.marginRatio),
    },
  };
}

const abs = n => n < 0n ? -n : n;

// What the venue would say itself: notional and P&L to 8 decimals toward
// zero, initial margin by leverage, maintenance with the deduction.
function fill(account) {
  const one = MARKETS[account.market];
  const unit = 10n ** BigInt(one.digits);
  const { qty, mark, entry } = account;
  if (one.linear) {
    account.notional = qty * mark * 10n ** 5n / unit;
    account.pnl = qty * (mark - entry) * 10n ** 5n / unit;
  } else {
    const worth = price => qty * BigInt(one.size) * unit * 10n ** 8n / price;
    account.notional = worth(mark);
    account.pnl = worth(entry) - worth(mark);
  }
  const size = abs(account.notional);
  const [, rate, deduct] = one.brackets.findLast(
    ([floor]) => size >= BigInt(floor) * 10n ** 8n);
  const rateUnits = BigInt(Math.round(Number(rate) * 1e4));
  const deducted = BigInt(Math.round(Number(deduct) * 1e4)) * 10n ** 4n;
  account.maintenance = size * rateUnits / 10n ** 4n - deducted;
  account.initial = size / BigInt(account.leverage);
  return account;
}

function random(change = {}) {
  const market = prng.below(MARKETS.length);
  const one = MARKETS[market];
  // 1e-4 to 1e6 dollars over the markets, as far as their digits go.
  const dollars = [[-4, -1], [-3, 0], [-2, 1], [-1, 3], [1, 5], [3, 6]];
  const [low, high] = one.linear ? dollars[market]
    : [[-1, 2], [1, 4], [3, 5]][market - 6];
  const unit = low + one.digits;
  const mark = prng.spread(10n ** BigInt(unit),
    10n ** BigInt(high + one.digits), 6);
  // A position worth 10 to 3e7 dollars
  const value = prng.spread(10n ** 1n, 3n * 10n ** 7n, 4);
  const scale = 10n ** BigInt(one.digits);
  const size = one.linear ? value * 1000n * scale / mark
    : value / BigInt(one.size);
  const entry = mark * prng.between(70n, 130n) / 100n || 1n;
  const account = fill({ market, mark, entry,
    qty: (size || 1n) * (prng.chance(50) ? -1n : 1n),
    leverage: prng.pick([1, 2, 3, 5, 7, 10, 20, 25, 50, 125]),
    isolated: prng.chance(60), hedged: prng.chance(20), wallet: 0n });
  // From a loss that is already fatal to more than the position is worth
  account.wallet = account.initial * prng.between(1n, 300n) / 100n + 1n;
  return Object.assign(account, change);
}

// A notional at, one contract below and one above the floor of a bracket.
function bracketEdge() {
  const account = random();
  account.market = prng.below(5);
  const one = MARKETS[account.market];
  const floors = one.brackets.slice(1);
  if (!floors.length)
    return [line('random', random())];
  const scale = 10n ** BigInt(one.digits);
  account.mark = prng.pick([1n, 2n, 5n, 10n]) * scale;
  account.entry = account.mark * prng.between(80n, 120n) / 100n;
  const qty = BigInt(prng.pick(floors)[0]) * 1000n * scale / account.mark;
  const sign = prng.chance(50) ? -1n : 1n;
  return [-1n, 0n, 1n].map(step => {
    const made = fill({ ...account, qty: sign * (qty + step) });
    made.wallet = made.initial + abs(made.pnl);
    return line('bracket', made);
  });
}

// The wallet with which the class's own liquidation price passes the mark.
function markEdge() {
  const account = random({ isolated: true });
  const long = account.qty > 0n;
  const at = wallet => ({ ...account, wallet });
  const price = found => found === undefined ? long ? 0 : Infinity
    : Number(found);
  const mark = Number(decimal(account.mark, MARKETS[account.market].digits));
  const dead = wallet => {
    const found = price(ask(at(wallet)).liquidationPrice);
    return long ? found >= mark : found <= mark;
  };
  const limit = abs(account.notional) * 4n;
  if (!MARKETS[account.market].linear || !dead(-limit) || dead(limit))
    return [line('random', account)];
  const edge = last(-limit, limit, dead);
  return [edge - 1n, edge, edge + 1n, edge + 2n].map(wallet =>
    line('mark', at(wallet)));
}

const KINDS = [
  () => [line('random', random())],
  () => [line('random', random())],
  () => [line('random', random())],
  () => [line('random', random({ isolated: false }))],
  () => bracketEdge(),
  () => markEdge(),
  () => {
    // More in the wallet than a long is worth: it cannot be liquidated.
    const account = random();
    account.wallet = abs(account.notional) * 2n + abs(account.pnl);
    return [line('rich', account)];
  },
  () => [line('poor', random({ wallet: BigInt(prng.below(3)) }))],
];

speed('ccxt (Binance)', 'parseAccountPositions, 1 position',
  () => random(), account => account,
  account => ask(account).collateral);

const accounts = [];
for (let turn = 0; accounts.length < ACCOUNTS; turn++)
  accounts.push(...KINDS[turn % KINDS.length]());

write('ccxt', {
  package: 'ccxt',
  version: version('ccxt', import.meta.url),
  seed: `${SEED}`,
  model: 'linear: lp = (w + |q|*e*(short 1, long -1))/(|q|*(r + (short 1, '
    + 'long -1))); coin-margined, size = |q|*contract: lp = size*(1 - r)/'
    + '(size/e - w) short, size*(-1 - r)/(-size/e - w) long; r = rate of the '
    + 'bracket of the notional at the MARK, deductions ignored. Half-up to '
    + 'the digits of the price; null where negative. mr = mm/(w + u) half-up '
    + 'at 4 decimals.',
  tolerance: { lp: 'one unit of the price (10^-digits)', r: '0',
    c: '0.00000001', mr: '0.0001', roi: '0.01', imr: '0.00000001',
    rmm: '0.00000001', rim: '0.00000001',
    rc: 'one price unit times |q|: worked back from a rounded price',
    rmr: '0.0001, and what rc leaves open' },
  keys: {
    k: 'kind: random, bracket (notional at a floor and a contract to each '
      + 'side), mark (wallet at which the liquidation price passes the mark), '
      + 'rich, poor',
    m: 'market (index in markets)', i: '1 = isolated, 0 = cross',
    q: 'contracts, negative = short', e: 'entry', p: 'mark',
    w: 'wallet balance (isolated, or of the whole cross account)',
    n: 'notional at the mark', u: 'unrealized P&L', l: 'leverage',
    im: 'initial margin', mm: 'maintenance margin with the deduction',
    lp: 'liquidation price, null = none', r: 'maintenance rate',
    c: 'collateral = w + u', mr: 'margin ratio', roi: 'P&L in % of im, cut '
      + 'at 2 decimals', imr: 'initial rate',
    rmm: 'maintenance margin n*r of parsePositionRisk', rim: 'its initial '
      + 'margin', rc: 'its collateral, worked back from lp when cross',
    rmr: 'its margin ratio',
  },
  markets: MARKETS.map(one => ({ linear: one.linear ? '1' : '0',
    digits: `${one.digits}`, size: one.size, brackets: one.brackets })),
  marketKeys: 'digits of the price; size of a contract; brackets: floor, '
    + 'rate, deduction',
}, accounts.slice(0, ACCOUNTS));
