// Users of @drift-labs/sdk: margin requirements, collateral, liquidation
// prices and the largest trade, over spot balances with interest, orders, and
// perps in a cross account. All of it integers, divided toward zero.

import { createRequire } from 'node:module';
import { Prng, last, speed, version, write } from './support.mjs';

const require = createRequire(import.meta.url);
const drift = require('@drift-labs/sdk');
const { User, BN, PublicKey } = drift;

const SEED = 20260106;
const ACCOUNTS = 1040;
const NOW = 1700000000;
const prng = new Prng(SEED);

// Five-minute prices are brought up to the present by the clock.
Date.now = () => NOW * 1000;

const bn = n => new BN(`${n}`);
const integer = (lo, hi) => Number(prng.between(BigInt(lo), BigInt(hi)));

// Weights and ratios 1e4, imf factors 1e6, interest 1e10, scaling in 1e6.
function spotMarket(id) {
  if (id === 0)
    return { decimals: 6, ia: 10000, ma: 10000, il: 10000, ml: 10000, imf: 0,
      di: 10230000000n, bi: 10410000000n, start: 0n };
  const ma = integer(70, 95) * 100;
  const ml = integer(105, 130) * 100;
  return { decimals: [9, 6, 8][id % 3], ma, ml,
    ia: prng.chance(15) ? 0 : ma - integer(2, 15) * 100,
    il: ml + integer(2, 15) * 100,
    imf: id % 2 ? 0 : integer(10, 3000),
    di: id < 3 ? 10000000000n : prng.between(10n ** 10n, 12n * 10n ** 9n),
    bi: id < 3 ? 10000000000n : prng.between(10n ** 10n, 14n * 10n ** 9n),
    // The initial weight shrinks once all deposits are worth more than start.
    start: [3, 5, 7, 8].includes(id) ? prng.spread(10n ** 11n, 10n ** 13n, 3)
      : 0n };
}

function perpMarket(id) {
  const mm = prng.pick([100, 250, 300, 500, 625, 1000]);
  return { im: mm * prng.pick([2, 2, 3]), mm,
    imf: id % 3 ? integer(10, 2000) : 0,
    up: prng.pick([10000, 10000, 8000, 5000, 0]), um: 10000,
    uimf: id % 4 === 1 ? integer(10, 500) : 0,
    long: prng.between(-(10n ** 9n), 10n ** 10n),
    short: prng.between(-(10n ** 9n), 10n ** 10n) };
}

const SPOTS = Array.from({ length: 9 }, (_, id) => spotMarket(id));
const PERPS = Array.from({ length: 8 }, (_, id) => perpMarket(id));

// Perps 0 to 3 follow the same oracle as spot markets 1 to 4.
const oracleOfSpot = id => id;
const oracleOfPerp = id => id < 4 ? id + 1 : 20 + id;
const KEYS = Array.from({ length: 40 }, (_, id) =>
  new PublicKey(new Uint8Array(32).fill(id + 1)));

function makeSpot({ id, twap, deposits }) {
  const m = SPOTS[id];
  return {
    marketIndex: id, decimals: m.decimals, oracle: KEYS[oracleOfSpot(id)],
    oracleSource: drift.OracleSource.PYTH, status: drift.MarketStatus.ACTIVE,
    cumulativeDepositInterest: bn(m.di), cumulativeBorrowInterest: bn(m.bi),
    initialAssetWeight: m.ia, maintenanceAssetWeight: m.ma,
    initialLiabilityWeight: m.il, maintenanceLiabilityWeight: m.ml,
    imfFactor: m.imf, scaleInitialAssetWeightStart: bn(m.start),
    depositBalance: bn(deposits), borrowBalance: bn(0),
    historicalOracleData: { lastOraclePriceTwap5Min: bn(twap),
      lastOraclePriceTwap: bn(twap), lastOraclePriceTwapTs: bn(NOW - 60) },
  };
}

function makePerp(id) {
  const m = PERPS[id];
  return {
    marketIndex: id, status: drift.MarketStatus.ACTIVE,
    contractType: drift.ContractType.PERPETUAL, quoteSpotMarketIndex: 0,
    marginRatioInitial: m.im, marginRatioMaintenance: m.mm,
    highLeverageMarginRatioInitial: 0, highLeverageMarginRatioMaintenance: 0,
    imfFactor: m.imf, unrealizedPnlInitialAssetWeight: m.up,
    unrealizedPnlMaintenanceAssetWeight: m.um,
    unrealizedPnlImfFactor: m.uimf, unrealizedPnlMaxImbalance: bn(0),
    amm: { oracle: KEYS[oracleOfPerp(id)], oracleSource:
      drift.OracleSource.PYTH, orderStepSize: bn(1),
    cumulativeFundingRateLong: bn(m.long),
    cumulativeFundingRateShort: bn(m.short) },
  };
}

// A user and a client made of the account's own rows, as the package's tests
// do it: nothing is subscribed and nothing is fetched.
function makeUser(account) {
  const abs = n => n < 0n ? -n : n;
  const prices = new Map(account.spots.map(r => [oracleOfSpot(r.id), r.price]));
  account.perps.forEach(r => prices.set(oracleOfPerp(r.id), r.price));
  const data = oracle => ({ price: bn(prices.get(oracle)), slot: bn(0),
    confidence: bn(1), hasSufficientNumberOfDataPoints: true });
  const spots = new Map(account.spots.map(r => [r.id, makeSpot(r)]));
  const perps = new Map(account.perps.map(r => [r.id, makePerp(r.id)]));
  const user = Object.create(User.prototype);
  user.driftClient = {
    getSpotMarketAccount: id => spots.get(id),
    getSpotMarketAccounts: () => [...spots.values()],
    getQuoteSpotMarketAccount: () => spots.get(0),
    getPerpMarketAccount: id => perps.get(id),
    getOracleDataForSpotMarket: id => data(oracleOfSpot(id)),
    getOracleDataForPerpMarket: id => data(oracleOfPerp(id)),
    getMMOracleDataForPerpMarket: id => ({ ...data(oracleOfPerp(id)),
      isMMOracleActive: true }),
    getStateAccount: () => ({ liquidationMarginBufferRatio: 200 }),
  };
  const state = {
    status: 0, maxMarginRatio: account.ratio,
    marginMode: drift.MarginMode.DEFAULT, poolId: 0, orders: [],
    spotPositions: account.spots.map(r => ({
      marketIndex: r.id,
      balanceType: r.balance < 0n ? drift.SpotBalanceType.BORROW
        : drift.SpotBalanceType.DEPOSIT,
      scaledBalance: bn(abs(r.balance)), cumulativeDeposits: bn(0),
      openOrders: r.orders, openBids: bn(r.bids), openAsks: bn(-r.asks),
    })),
    perpPositions: account.perps.map(r => ({
      marketIndex: r.id, baseAssetAmount: bn(r.base),
      quoteAssetAmount: bn(r.quote), quoteEntryAmount: bn(r.quote),
      quoteBreakEvenAmount: bn(r.quote),
      lastCumulativeFundingRate: bn(r.funding), openOrders: r.orders,
      openBids: bn(r.bids), openAsks: bn(-r.asks), settledPnl: bn(0),
      lpShares: bn(0), remainderBaseAssetAmount: 0,
      lastQuoteAssetAmountPerLp: bn(0), perLpBase: 0, maxMarginRatio: 0,
      isolatedPositionScaledBalance: bn(0), positionFlag: 0,
    })),
  };
  user.accountSubscriber = { getUserAccountAndSlot: () =>
    ({ data: state, slot: 0 }) };
  return user;
}

// The five-minute prices that the strict margin uses, from the package.
function liveTwap(row) {
  return drift.calculateLiveOracleTwap(
    makeSpot(row).historicalOracleData,
    { price: bn(row.price) }, bn(NOW), drift.FIVE_MINUTE);
}

function line(kind, account) {
  const user = makeUser(account);
  const long = drift.PositionDirection.LONG;
  const short = drift.PositionDirection.SHORT;
  const size = (row, side) =>
    `${user.getMaxTradeSizeUSDCForPerp(row.id, side).tradeSize}`;
  return {
    inputs: {
      k: kind,
      x: `${account.ratio}`,
      s: account.spots.map(r => [r.id, r.price, r.twap, liveTwap(r),
        r.balance, r.orders, r.bids, r.asks, r.deposits].map(String)),
      p: account.perps.map(r => [r.id, r.price, r.base, r.quote, r.funding,
        r.orders, r.bids, r.asks].map(String)),
    },
    expected: {
      im: `${user.getInitialMarginRequirement()}`,
      mm: `${user.getMaintenanceMarginRequirement()}`,
      ti: `${user.getTotalCollateral('Initial', true)}`,
      tm: `${user.getTotalCollateral('Maintenance')}`,
      fi: `${user.getFreeCollateral('Initial')}`,
      fm: `${user.getFreeCollateral('Maintenance')}`,
      h: `${user.getHealth()}`,
      liq: user.canBeLiquidated().canBeLiquidated,
      p: account.perps.map(r => [
        r.base === 0n ? null : `${user.liquidationPrice(r.id)}`,
        size(r, long), size(r, short)]),
    },
  };
}

// An amount worth 10 to 1e6 dollars, price 1e6, in units of 10^-decimals.
function amount(price, decimals) {
  const value = prng.spread(10n ** 7n, 10n ** 12n, 4);
  return value * 10n ** BigInt(decimals) / price || 1n;
}

// Of what counts by the root of its size there are not that many.
const anyPrice = imf => imf && prng.chance(80)
  ? prng.spread(10n ** 8n, 10n ** 12n, 6) : prng.spread(100n, 10n ** 12n, 6);

const quotePrice = () => prng.pick([1000000n, 1000000n, 999000n, 1001500n]);

function spotRow(id, price, orders) {
  const { decimals } = SPOTS[id];
  const scaled = amount(price, decimals) * 10n ** 9n / 10n ** BigInt(decimals);
  const open = () => orders && id && prng.chance(40)
    ? amount(price, decimals) / 4n : 0n;
  const [bids, asks] = [open(), open()];
  const near = prng.pick([100n, 100n, 95n, 105n, 80n, 125n]);
  const balance = (scaled || 1n) * (id && prng.chance(35) ? -1n : 1n);
  // All users', this one and its orders among them, are worth 1e4 to 1e7 more.
  const rest = prng.spread(10n ** 10n, 10n ** 13n, 3) * 10n ** 9n / price;
  return { id, price, twap: price * near / 100n || 1n, balance,
    deposits: rest + (balance > 0n ? balance : 0n)
      + bids * 10n ** 9n / 10n ** BigInt(decimals) + 2n,
    orders: (bids ? 1 : 0) + (asks ? 2 : 0), bids, asks };
}

function random(spotCount, perpCount, orders) {
  const spots = [spotRow(0, quotePrice(), false)];
  for (const id of prng.shuffle([1, 2, 3, 4, 5, 6, 7, 8]).slice(0, spotCount))
    spots.push(spotRow(id, anyPrice(SPOTS[id].imf), orders));
  const perps = prng.shuffle([0, 1, 2, 3, 4, 5, 6, 7]).slice(0, perpCount)
    .map(id => {
      const shared = spots.find(row => row.id && oracleOfSpot(row.id)
        === oracleOfPerp(id));
      const price = shared ? shared.price : anyPrice(PERPS[id].imf);
      const size = amount(price, 9);
      const base = size * (prng.chance(50) ? -1n : 1n);
      const open = () => orders && prng.chance(50)
        ? size * prng.between(1n, 150n) / 100n : 0n;
      const [bids, asks] = [open(), open()];
      const entry = price * prng.between(85n, 115n) / 100n;
      const market = PERPS[id];
      return { id, price, base, quote: -base * entry / 10n ** 9n,
        funding: (base > 0n ? market.long : market.short)
          - (prng.chance(50) ? 0n : price * prng.between(-20n, 20n)),
        orders: (bids ? 1 : 0) + (asks ? 3 : 0), bids, asks };
    });
  return { spots, perps,
    ratio: prng.chance(20) ? prng.pick([500, 2000, 10000]) : 0 };
}

// The quote balance, in units of 1e-9, with which free collateral of the
// package's own turns from negative to zero, and its neighbours.
function edges(kind, category, strict, account) {
  const at = balance => ({ ...account, spots: account.spots.map((row, i) =>
    i === 0 ? { ...row, balance } : row) });
  const free = balance => {
    const found = makeUser(at(balance)).getMarginCalculation(category,
      { strict });
    return BigInt(`${found.totalCollateral.sub(found.marginRequirement)}`);
  };
  const limit = 10n ** 19n;
  if (free(-limit) >= 0n || free(limit) < 0n)
    return [line('random', account)];
  const below = last(-limit, limit, balance => free(balance) < 0n);
  return [below, below + 1n, below + 1000n].map(b => line(kind, at(b)));
}

const KINDS = [
  () => [line('random', random(0, 1, false))],
  () => [line('random', random(1, 1, true))],
  () => [line('random', random(2, 0, true))],
  () => [line('random', random(1, 2, true))],
  () => [line('random', random(3, 2, false))],
  () => [line('random', random(0, 3, true))],
  () => edges('maint', 'Maintenance', false, random(0, 1, false)),
  () => edges('maint', 'Maintenance', false, random(1, 1, true)),
  () => edges('init', 'Initial', true, random(1, 1, true)),
  () => {
    const account = random(2, 0, false);
    for (const row of account.spots)
      row.balance = row.balance < 0n ? -row.balance : row.balance;
    return [line('no-debt', account)];
  },
  () => {
    // A perp against the same asset in spot, on one oracle.
    const account = random(0, 1, false);
    const row = account.perps[0];
    if (row.id >= 4)
      return [line('random', account)];
    const spot = spotRow(row.id + 1, row.price, false);
    const size = row.base < 0n ? -row.base : row.base;
    spot.balance = row.base < 0n ? size : -size;
    spot.deposits += size;
    account.spots.push(spot);
    return [line('neutral', account)];
  },
  () => {
    const account = random(1, 1, false);
    for (const row of account.spots)
      row.balance = prng.between(-2000n, 2000n);
    Object.assign(account.perps[0], { base: prng.between(-2n, 2n),
      quote: prng.between(-2n, 2n) });
    return [line('dust', account)];
  },
];

speed('@drift-labs/sdk', 'canBeLiquidated of a User made before, 3 perps',
  () => random(0, 3, false), makeUser,
  user => user.canBeLiquidated().canBeLiquidated);

const accounts = [];
for (let turn = 0; accounts.length < ACCOUNTS; turn++)
  accounts.push(...KINDS[turn % KINDS.length]());

const table = row => Object.fromEntries(
  Object.entries(row).map(([key, value]) => [key, `${value}`]));

write('drift', {
  package: '@drift-labs/sdk',
  version: version('@drift-labs/sdk', import.meta.url),
  seed: `${SEED}`,
  model: 'all divisions truncate toward zero. Collateral: deposits*price*'
    + 'asset weight + perp P&L (profit times weight). Requirement: borrows*'
    + 'price*liability weight + max |base + bids|, |base - asks| times price, '
    + 'quote price and ratio, + 10000 (0.01) an open order (spot and perp). '
    + 'Ratio = max(m, 0.8m + imf*sqrt(size)); asset weight = min(w, 1.1/(1 + '
    + 'imf*sqrt(size))). im, ti, fi are strict: price and its live five-minute '
    + 'mean, worse of the two. Liquidation price = price - max(0, tm - mm)/'
    + 'slope, open orders ignored, -1 = none.',
  tolerance: { im: '1 for each spot and perp', mm: 'as im', ti: 'as im',
    tm: 'as im', fi: 'as im', fm: 'as im', h: '1',
    p: 'liquidation price: 1e6 truncation of the slope, so relative '
      + '1/slope + 1; sizes: 1' },
  keys: {
    scales: 'prices, collateral and requirements 1e6; base and orders of '
      + 'perps 1e9; balances scaled 1e9 before interest (1e10); spot orders '
      + '10^-decimals; funding 1e9; ratios and weights 1e4; imf 1e6',
    k: 'kind: random, maint/init (quote balance at the last unit with too '
      + 'little collateral, the next, and 1000 more), no-debt, neutral (perp '
      + 'against spot of the same oracle), dust',
    x: 'margin ratio the user asked for, 0 = none',
    s: 'inputs: spot market, price, stored five-minute mean (used for the '
      + 'quote of perps), live mean, balance (negative = borrow), open '
      + 'orders, bids, asks, deposits of all users (scaled as balances)',
    p: 'inputs: perp market, price, base, quote amount, funding rate last '
      + 'settled, open orders, bids, asks; expected: liquidation price '
      + '(null = no base), largest trade long and short in 1e6 dollars',
    im: 'initial requirement', mm: 'maintenance requirement',
    ti: 'collateral, initial weights', tm: 'collateral, maintenance weights',
    fi: 'free collateral, initial', fm: 'free collateral, maintenance',
    h: 'health 0 to 100', liq: 'can be liquidated',
  },
  spots: SPOTS.map(table),
  spotKeys: 'ia/ma/il/ml weights; di/bi interest; start: initial weight times '
    + 'start/(deposits*price) above start; 0 = off',
  perps: PERPS.map(table),
  perpKeys: 'im/mm ratios; up/um weight of profit initial/maintenance; uimf '
    + 'its size factor; long/short funding; perps 0 to 3 share the oracle of '
    + 'spots 1 to 4',
}, accounts.slice(0, ACCOUNTS));
