// Positions of @morpho-org/blue-sdk: health factor, loan-to-value, liquidation
// price and what may be borrowed, withdrawn or seized, after interest has been
// accrued on markets of different share prices. All of it is exact integers.

import { AccrualPosition } from '@morpho-org/blue-sdk';
import { Prng, last, speed, version, write } from './support.mjs';

const SEED = 20260103;
const ACCOUNTS = 1080;
const WAD = 10n ** 18n;
const UPDATED = 1700000000n;
const prng = new Prng(SEED);

// Loan-to-value limits that the protocol has enabled, in 1e-18.
const LLTV = [385n, 625n, 770n, 860n, 915n, 945n, 965n, 980n]
  .map(n => n * 10n ** 15n);
const DECIMALS = [[6n, 18n], [18n, 18n], [6n, 8n], [18n, 8n], [6n, 6n]];

function market(id) {
  const [loan, collateral] = DECIMALS[id % DECIMALS.length];
  const supply = prng.spread(10n ** (loan + 4n), 10n ** (loan + 9n), 30);
  // Up to 99 % lent out: the rate depends on it.
  const borrow = supply * prng.between(10n, 990n) / 1000n;
  // Index 1 means a million shares for each unit; then interest makes it more.
  const plain = id < 4;
  const shares = assets => plain ? assets * 1000000n
    : assets * 1000000n * 1000n / prng.between(1000n, 1900n);
  return { loan, collateral, lltv: LLTV[id % LLTV.length], sa: supply,
    ss: shares(supply), ba: borrow, bs: shares(borrow),
    fee: plain ? 0n : prng.pick([0n, WAD / 10n, WAD / 4n]),
    // 0.1 % to 200 % a year at the target, a second, in 1e-18
    rate: plain ? null : prng.between(31709791n, 63419583967n) };
}

const MARKETS = Array.from({ length: 20 }, (_, id) => market(id));

function before(account) {
  const m = MARKETS[account.market];
  return new AccrualPosition({
    user: '0x0000000000000000000000000000000000000001',
    supplyShares: 0n,
    borrowShares: account.shares,
    collateral: account.collateral,
  }, {
    params: {
      loanToken: '0x0000000000000000000000000000000000000002',
      collateralToken: '0x0000000000000000000000000000000000000003',
      oracle: '0x0000000000000000000000000000000000000004',
      irm: '0x0000000000000000000000000000000000000005',
      lltv: m.lltv,
    },
    totalSupplyAssets: m.sa,
    totalSupplyShares: m.ss,
    totalBorrowAssets: m.ba,
    totalBorrowShares: m.bs,
    lastUpdate: UPDATED,
    fee: m.fee,
    price: account.price,
    rateAtTarget: m.rate ?? undefined,
  });
}

const ask = account =>
  before(account).accrueInterest(UPDATED + account.elapsed);

const text = value => value === null || value === undefined ? null
  : `${value}`;

function line(kind, account) {
  const found = ask(account);
  return {
    inputs: { k: kind, m: `${account.market}`, t: `${account.elapsed}`,
      p: `${account.price}`, c: `${account.collateral}`,
      s: `${account.shares}` },
    expected: {
      r: `${before(account).market
        .getAccrualBorrowRates(UPDATED + account.elapsed).avgBorrowRate}`,
      ta: `${found.market.totalBorrowAssets}`,
      d: `${found.borrowAssets}`,
      cv: text(found.collateralValue),
      ok: found.isHealthy,
      hf: text(found.healthFactor),
      ltv: text(found.ltv),
      lp: text(found.liquidationPrice),
      mb: text(found.maxBorrowableAssets),
      wc: text(found.withdrawableCollateral),
      sz: text(found.seizableCollateral),
    },
  };
}

function random() {
  const id = prng.below(MARKETS.length);
  const m = MARKETS[id];
  // 1e-4 to 1e6 loan tokens for a collateral token
  const price = prng.spread(10n ** 4n, 10n ** 14n)
    * 10n ** (28n + m.loan - m.collateral);
  // 1 to 1e7 loan tokens worth of it, and a debt from nothing to too much
  const value = prng.spread(10n ** m.loan, 10n ** (m.loan + 7n), 4);
  const collateral = value * 10n ** 36n / price + 1n;
  const debt = value * m.lltv / WAD * prng.between(1n, 130n) / 100n;
  return { market: id, price, collateral,
    elapsed: prng.pick([0n, 0n, 1n, 12n, 3600n, 86400n, 2592000n,
      BigInt(prng.below(31536000))]),
    shares: debt * (m.bs + 1000000n) / (m.ba + 1n) };
}

// The largest debt in shares with which the library calls it healthy, the
// next, and their neighbours: a debt changes about every millionth share.
function sharesEdge() {
  const account = random();
  const at = shares => ({ ...account, shares });
  const edge = last(0n, 10n ** 40n, shares => ask(at(shares)).isHealthy);
  return [edge - 1n, edge, edge + 1n, edge + 1000000n]
    .filter(shares => shares >= 0n).map(shares => line('shares', at(shares)));
}

// The price the library gives as liquidation price, and one unit below.
function priceEdge() {
  const account = random();
  account.shares ||= 1000000n;
  const price = ask(account).liquidationPrice;
  return [price - 1n, price, price + 1n].filter(p => p > 0n)
    .map(p => line('price', { ...account, price: p }));
}

// The collateral that is left once all that may be withdrawn is gone.
function collateralEdge() {
  const account = random();
  account.elapsed = 0n;
  const free = ask(account).withdrawableCollateral;
  return [0n, 1n, 2n]
    .filter(more => account.collateral - free - more >= 0n)
    .map(more => line('withdraw', { ...account,
      collateral: account.collateral - free - more }));
}

const KINDS = [
  () => [line('random', random())],
  () => [line('random', random())],
  () => [line('random', random())],
  () => [line('random', random())],
  () => [line('random', random())],
  () => sharesEdge(),
  () => priceEdge(),
  () => collateralEdge(),
  () => [line('no-debt', { ...random(), shares: 0n })],
  () => [line('no-collateral', { ...random(), collateral: 0n })],
  () => [line('dust', { ...random(), collateral: BigInt(prng.below(3)),
    shares: BigInt(prng.pick([0, 1, 999999, 1000000, 2000000])) })],
];

speed('@morpho-org/blue-sdk',
  'healthFactor of an AccrualPosition with its price, 1 pair',
  () => ({ ...random(), elapsed: 0n }), account => account,
  account => before(account).healthFactor);

const accounts = [];
for (let turn = 0; accounts.length < ACCOUNTS; turn++)
  accounts.push(...KINDS[turn % KINDS.length]());

write('morpho', {
  package: '@morpho-org/blue-sdk',
  version: version('@morpho-org/blue-sdk', import.meta.url),
  seed: `${SEED}`,
  model: 'd = ceil(s*(ta + 1)/(bs + 1000000)); cv = floor(c*p/1e36); healthy '
    + 'iff floor(cv*lltv/1e18) >= d; hf = floor(1e18*floor(cv*lltv/1e18)/d); '
    + 'ltv = ceil(1e18*d/cv); lp = ceil(d*1e36/floor(c*lltv/1e18)); mb = '
    + 'max(0, floor(cv*lltv/1e18) - d); wc = max(0, c - ceil(1e18*ceil(d*1e36'
    + '/p)/lltv)); ta = ba + floor(ba*taylor3(average rate, t)/1e18), the rate '
    + 'being that of the adaptive curve over t seconds.',
  tolerance: { ta: '0', d: '0', cv: '0', hf: '0', ltv: '0', lp: '0', mb: '0',
    wc: '0', sz: '0', note: 'exact integers; an engine that has no shares '
      + 'starts from ta or d and then allows 1 unit' },
  keys: {
    k: 'kind: random, shares (largest healthy debt and neighbours), price '
      + '(liquidation price and neighbours), withdraw (after taking all that '
      + 'may be withdrawn, and one and two more), no-debt, no-collateral, dust',
    m: 'market (index in markets)', t: 'seconds since the market was written',
    p: 'price of a collateral unit in loan units, 1e36',
    c: 'collateral, units', s: 'debt in shares',
    r: 'average rate a second over that time, 1e-18; not an answer to compare',
    ta: 'total debt of the market with interest, loan units',
    d: 'debt of the account, loan units', cv: 'collateral value, loan units',
    ok: 'healthy', hf: 'health factor 1e18, 2^256-1 = no debt',
    ltv: 'loan-to-value 1e18, null = no debt, 2^256-1 = worthless collateral',
    lp: 'liquidation price 1e36, null = no debt, 2^256-1 = no collateral',
    mb: 'may still be borrowed, loan units',
    wc: 'collateral that may be withdrawn, units',
    sz: 'collateral that a liquidation may seize, units',
  },
  markets: MARKETS.map(m => Object.fromEntries(Object.entries(m)
    .map(([key, value]) => [key, text(value)]))),
  marketKeys: 'loan, collateral decimals; lltv 1e18; sa/ss supply assets and '
    + 'shares; ba/bs debt assets and shares; fee 1e18; rate a second at the '
    + 'target 1e18, null = no interest',
}, accounts.slice(0, ACCOUNTS));
