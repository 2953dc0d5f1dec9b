// Accounts of @orderly.network/perp: margin rates that grow with the notional,
// margins with open orders, collateral with weights and caps, liquidation
// prices in a cross account and of isolated positions.

import orderly from '@orderly.network/perp';
import {
  Prng, decimal, last, plain, speed, version, write,
} from './support.mjs';

const { account: acc, positions: pos } = orderly;
const OrderSide = { BUY: 'BUY', SELL: 'SELL' };
const SEED = 20260104;
const ACCOUNTS = 1080;
const prng = new Prng(SEED);

// A decimal with an end, as the number and as its text.
const number = (n, scale) => Number(decimal(n, scale));

// Initial rate, maintenance rate, factor of the growth with notional^0.8.
const SYMBOLS = Array.from({ length: 12 }, (_, id) => {
  const imr = prng.pick([10n, 20n, 20n, 50n, 100n]); // 1 % to 10 %
  return {
    symbol: `S${id}`,
    imr: number(imr, 3),
    mmr: number(imr * prng.pick([5n, 6n]), 4),
    factor: id < 3 ? 0 : number(prng.spread(10n ** 3n, 10n ** 6n, 3), 11),
  };
});

// Tokens other than USDC: base weight and discount factor of collateral.
const TOKENS = [
  { weight: 0.95, discount: 0.0000003 },
  { weight: 0.9, discount: 0.000002 },
  { weight: 0.8, discount: 0 },
  { weight: 0.75, discount: 0.00001 },
];

// A sum of unitary funding: up to 2 % of the price, scale 1e8.
function funding(price) {
  return prng.chance(50) ? 0
    : number(price * prng.between(-200n, 200n) / 10000n, 8);
}

function position(id, orders) {
  // 1e-4 to 1e6 dollars, 100 to 1e6 dollars of it, within 30 % of the entry
  const price = prng.spread(10n ** 4n, 10n ** 14n, 5);
  const value = prng.spread(10n ** 2n, 10n ** 6n, 3);
  const size = value * 10n ** 14n / price;
  const unit = 10n ** BigInt(Math.max(0, size.toString().length - 5));
  const qty = (size / unit * unit || 1n) * (prng.chance(50) ? -1n : 1n);
  const entry = price * prng.between(70n, 130n) / 100n;
  const open = () => orders && prng.chance(50)
    ? number((qty < 0n ? -qty : qty) / unit * prng.between(1n, 15n) / 10n
      * unit, 6) : 0;
  return { id, qty: number(qty, 6), mark: number(price, 8),
    entry: number(entry, 8),
    cost: number(qty * entry / 10n ** 8n, 6),
    sum: funding(price), last: funding(price),
    leverage: prng.pick([1, 2, 5, 10, 20, 50, 100]),
    buys: open(), sells: open() };
}

function holding(id) {
  const price = prng.spread(10n ** 6n, 10n ** 13n, 5);
  const value = prng.spread(10n ** 2n, 10n ** 6n, 3);
  const qty = number(value * 10n ** 14n / price, 6);
  return { id, qty: prng.chance(12) ? -qty : qty, price: number(price, 8),
    cap: prng.pick([-1, -1, -1, 0, Math.floor(qty / 2)]),
    used: prng.chance(90) };
}

function random(count, tokens, orders) {
  const ids = prng.shuffle(SYMBOLS.map((_, id) => id)).slice(0, count);
  return {
    usdc: prng.spread(10n ** 7n, 10n ** 12n, 5),
    holdings: prng.shuffle([0, 1, 2, 3]).slice(0, tokens).map(holding),
    rows: ids.map(id => position(id, orders)),
  };
}

// The package's own functions, in the order its screens call them.
function ask(account) {
  const rows = account.rows.map(row => {
    const { symbol, imr, mmr, factor } = SYMBOLS[row.id];
    const notional = pos.notional(row.qty, row.mark);
    const rate = pos.MMR({ baseMMR: mmr, baseIMR: imr, IMRFactor: factor,
      positionNotional: notional });
    return {
      symbol,
      position_qty: row.qty,
      mark_price: row.mark,
      average_open_price: row.entry,
      cost_position: row.cost,
      sum_unitary_funding: row.sum,
      last_sum_unitary_funding: row.last,
      pending_long_qty: row.buys,
      pending_short_qty: row.sells,
      leverage: row.leverage,
      notional,
      mmr: rate,
    };
  });
  const markPrices = Object.fromEntries(
    rows.map(row => [row.symbol, row.mark_price]));
  const unsettled = pos.totalUnsettlementPnL(rows);
  const nonUSDCHolding = account.holdings.map(row => ({
    holding: row.qty,
    indexPrice: row.price,
    collateralCap: row.cap,
    isCollateral: row.used,
    collateralRatio: acc.collateralRatio({
      baseWeight: TOKENS[row.id].weight,
      discountFactor: TOKENS[row.id].discount,
      collateralQty: row.qty,
      collateralCap: row.cap,
      indexPrice: row.price,
    }),
  }));
  const USDCHolding = number(account.usdc, 6);
  const totalCollateral = acc.totalCollateral({ USDCHolding, nonUSDCHolding,
    unsettlementPnL: unsettled });
  const initial = acc.totalInitialMarginWithQty({
    positions: rows,
    orders: undefined,
    markPrices,
    IMR_Factors: Object.fromEntries(
      SYMBOLS.map(one => [one.symbol, one.factor])),
    symbolInfo: Object.fromEntries(
      SYMBOLS.map(one => [one.symbol, () => one.imr])),
  });
  const maintenance = rows.reduce((sum, row) => sum + pos.maintenanceMargin({
    positionQty: row.position_qty,
    markPrice: row.mark_price,
    MMR: row.mmr,
  }), 0);
  return { rows, unsettled, totalCollateral, initial, maintenance,
    value: acc.totalValue({ totalUnsettlementPnL: unsettled, USDCHolding,
      nonUSDCHolding }),
    free: acc.freeCollateral({ totalCollateral,
      totalInitialMarginWithOrders: initial }),
    ratio: acc.totalMarginRatio({ totalCollateral: totalCollateral.toNumber(),
      markPrices, positions: rows }),
    mmr: acc.MMR({ positionsMMR: maintenance,
      positionsNotional: pos.totalNotional(rows) }) };
}

// The largest buy and sell of the first position, without fees; others require
// what they do. Where nothing is left there is none.
function largest(account, found) {
  const [row, ...others] = account.rows;
  const { symbol, imr, factor } = SYMBOLS[row.id];
  const all = { markPrices: Object.fromEntries(
    found.rows.map(one => [one.symbol, one.mark_price])),
  IMR_Factors: Object.fromEntries(SYMBOLS.map(one => [one.symbol, one.factor])),
  symbolInfo: Object.fromEntries(
    SYMBOLS.map(one => [one.symbol, () => one.imr])) };
  const otherIMs = others.length === 0 ? 0 : acc.totalInitialMarginWithQty({
    positions: found.rows.filter(one => one.symbol !== symbol),
    orders: undefined, ...all });
  if (account.rows.some(one => one.buys || one.sells)
    || found.totalCollateral.lte(found.initial))
    return [null, null];
  return [OrderSide.BUY, OrderSide.SELL].map(side =>
    plain(acc.maxQty(side, { symbol, baseMaxQty: 1e300,
      totalCollateral: found.totalCollateral.toNumber(), otherIMs,
      maxLeverage: row.leverage, baseIMR: imr, markPrice: row.mark,
      IMR_Factor: factor, positionQty: row.qty, buyOrdersQty: 0,
      sellOrdersQty: 0, takerFeeRate: 0 })));
}

const text = value => value === null ? null : plain(value);

function line(kind, account) {
  const found = ask(account);
  const totalCollateral = found.totalCollateral.toNumber();
  return {
    inputs: {
      k: kind,
      u: decimal(account.usdc, 6),
      h: account.holdings.map(row => [`${row.id}`, plain(row.qty),
        plain(row.price), plain(row.cap), row.used ? '1' : '0']),
      p: account.rows.map(row => [row.id, row.qty, row.mark, row.entry,
        row.cost, row.sum, row.last, row.leverage, row.buys, row.sells]
        .map(plain)),
    },
    expected: {
      tv: plain(found.value.toNumber()),
      tc: plain(totalCollateral),
      im: plain(found.initial),
      mm: plain(found.maintenance),
      fc: plain(found.free.toNumber()),
      mr: plain(found.ratio),
      mmr: text(found.mmr),
      up: plain(found.unsettled),
      q: account.rows.length === 0 ? [null, null] : largest(account, found),
      p: found.rows.map((row, i) => {
        const { imr, mmr, factor } = SYMBOLS[account.rows[i].id];
        return [
          plain(row.mmr),
          plain(acc.IMR({
            maxLeverage: row.leverage,
            baseIMR: imr,
            IMR_Factor: factor,
            positionNotional: row.position_qty * row.mark_price,
            ordersNotional: (row.pending_long_qty - row.pending_short_qty)
              * row.mark_price,
          })),
          text(pos.liqPrice({
            symbol: row.symbol,
            positionQty: row.position_qty,
            markPrice: row.mark_price,
            totalCollateral,
            positions: found.rows,
            MMR: row.mmr,
            baseMMR: mmr,
            baseIMR: imr,
            IMRFactor: factor,
          })),
        ];
      }),
    },
  };
}

// The cash, to a millionth of a dollar, with which the package's own numbers
// just satisfy holds, and its neighbours.
function edges(kind, account, holds) {
  const at = usdc => ({ ...account, usdc });
  const limit = 10n ** 15n;
  const edge = last(-limit, limit, usdc => !holds(ask(at(usdc))));
  return [edge, edge + 1n, edge + 2n].map(usdc => line(kind, at(usdc)));
}

const safe = found => found.totalCollateral.gte(found.maintenance);
const room = found => found.free.gt(0);

function isolated() {
  const row = position(prng.below(SYMBOLS.length), false);
  const { imr, mmr, factor } = SYMBOLS[row.id];
  const margin = Math.floor(Math.abs(row.qty) * row.entry / row.leverage
    * 1e6) / 1e6;
  return {
    inputs: { k: 'isolated', w: plain(margin), p: [[row.id, row.qty, row.mark,
      row.entry, row.cost, row.sum, row.last, row.leverage, 0, 0].map(plain)] },
    expected: {
      lp: text(pos.liquidationPriceIsolated({
        isolatedPositionMargin: margin,
        costPosition: row.cost,
        positionQty: row.qty,
        sumUnitaryFunding: row.sum,
        lastSumUnitaryFunding: row.last,
        baseMMR: mmr,
        baseIMR: imr,
        IMRFactor: factor,
        referencePrice: row.mark,
        leverage: row.leverage,
      })),
    },
  };
}

// With enough for a largest trade, at times by the growth of the rate.
function rich(account) {
  return { ...account, usdc: prng.spread(10n ** 11n, 10n ** 13n, 5) };
}

const KINDS = [
  () => [line('rich', rich(random(1, 1, false)))],
  () => [line('rich', rich(random(2, 0, false)))],
  () => [line('random', random(1, 0, false))],
  () => [line('random', random(1, 1, true))],
  () => [line('random', random(2, 1, false))],
  () => [line('random', random(2, 0, true))],
  () => [line('random', random(3, 2, true))],
  () => [line('random', random(4, 0, false))],
  () => edges('mm', random(1, 0, false), safe),
  () => edges('mm', random(2, 1, false), safe),
  () => edges('im', random(2, 0, true), room),
  () => [line('flat', random(0, 2, false))],
  () => [isolated()],
  () => [isolated()],
];

speed('@orderly.network/perp',
  'collateral, margins and ratio of 3 positions',
  () => random(3, 0, false), account => account,
  account => ask(account).ratio);

const accounts = [];
for (let turn = 0; accounts.length < ACCOUNTS; turn++)
  accounts.push(...KINDS[turn % KINDS.length]());

const relative = '0.000000000001 relative';
write('orderly', {
  package: '@orderly.network/perp',
  version: version('@orderly.network/perp', import.meta.url),
  seed: `${SEED}`,
  model: 'N = |qty|*mark; MMR = max(mmr, mmr/imr*factor*N^0.8); IMR = '
    + 'max(1/leverage, imr, factor*|signed N + (buys - sells)*mark|^0.8); im '
    + '= sum of max(|qty + buys|, |qty - sells|)*mark*IMR; mm = sum of N*MMR; '
    + 'up = sum of qty*mark - cost - qty*(sum - last); tc = usdc + sum of '
    + 'min(qty, cap)*price*min(weight, 1.2/(1 + discount*value^0.8)) + up, '
    + 'debts at weight 1; fc = max(0, tc - im); mr = tc/sum N; liquidatable '
    + 'iff tc < mm. Decimals of 20 digits rounded DOWN, answers are floats.',
  tolerance: { q: relative, tv: relative, tc: relative, im: relative, mm: relative,
    fc: '0.000001', mr: relative, mmr: relative, up: relative,
    p: 'rates: ' + relative + '; liquidation price: 0.0001 relative (its '
      + 'search stops there, on the safe side of the root)',
    lp: relative },
  keys: {
    k: 'kind: random, rich (much cash), mm (cash at the last unit with tc < mm, and the two '
      + 'above), im (the same for fc > 0), flat (no position), isolated',
    u: 'USDC, 6 decimals', w: 'isolated margin',
    h: 'tokens: token (index in tokens), qty, index price, cap (-1 = none), '
      + '1 when used as collateral',
    p: 'inputs: symbol (index), qty, mark, entry, cost, sum and last of '
      + 'unitary funding, leverage, open buys, open sells; expected: MMR, '
      + 'IMR, liquidation price (null = none, 0 = clamped)',
    tv: 'total value', tc: 'total collateral', im: 'initial margin with orders',
    mm: 'maintenance margin', fc: 'free collateral', mr: 'total margin ratio',
    mmr: 'maintenance ratio of the account, null = no position',
    up: 'unsettled P&L',
    q: 'largest buy and sell of the first position, without fees; null = not '
      + 'asked: orders rest, or nothing is left', lp: 'liquidation price of the isolated position',
  },
  symbols: SYMBOLS.map(one => ({ imr: plain(one.imr), mmr: plain(one.mmr),
    factor: plain(one.factor) })),
  tokens: TOKENS.map(one => ({ weight: plain(one.weight),
    discount: plain(one.discount) })),
}, accounts.slice(0, ACCOUNTS));
