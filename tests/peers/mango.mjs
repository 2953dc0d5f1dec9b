// Accounts of @blockworks-foundation/mango-v4: the three kinds of health, the
// health ratio, the liquidation price of a perp position, the most that may be
// withdrawn and traded, over tokens, spot open orders and perps, with stable
// prices on either side of the oracle.

import { createRequire } from 'node:module';
import { Prng, last, speed, version, write } from './support.mjs';

const require = createRequire(import.meta.url);
const mango = require('@blockworks-foundation/mango-v4');
const { Serum3Info, Serum3Orders, PerpInfo, PerpPosition, TokenInfo, Bank,
  HealthCache, HealthType, I80F48, MangoAccount, PerpMarket,
  PerpOrderSide } = {
  ...mango,
  ...require(
    '@blockworks-foundation/mango-v4/dist/cjs/src/accounts/healthCache.js'),
  ...require(
    '@blockworks-foundation/mango-v4/dist/cjs/src/accounts/mangoAccount.js'),
};
const { BN } = require('@coral-xyz/anchor');

const SEED = 20260102;
const ACCOUNTS = 1080;
const ONE = 2n ** 48n;
const prng = new Prng(SEED);

const bn = n => new BN(`${n}`);
const fixed = raw => new I80F48(bn(raw));
const raw = value => value.getData().toString();

// Weights in sixteenths are exact in binary and in decimal; the others are
// not, as on the chain.
function weight(exact, low, high) {
  return exact ? ONE / 16n * prng.between(low / 625n, high / 625n)
    : ONE * prng.between(low, high) / 10000n;
}

function bank(id) {
  if (id === 0)
    return { ma: ONE, ia: ONE, ml: ONE, il: ONE, ds: 0n, bs: 0n };
  const exact = id % 2 === 1;
  const ma = weight(exact, 5000n, 9375n);
  const ia = prng.chance(15) ? 0n : ma - weight(exact, 625n, 1875n);
  const ml = ONE + weight(exact, 625n, 2500n);
  const il = ml + weight(exact, 625n, 2500n);
  // Half of the banks scale their init weights by what all hold and owe.
  const scaled = id > 5;
  return { ma, ia, ml, il,
    ds: scaled && id % 3 ? prng.spread(10n ** 12n, 10n ** 15n, 3) : 0n,
    bs: scaled ? prng.spread(10n ** 10n, 10n ** 13n, 3) : 0n };
}

function perp(id) {
  const exact = id % 2 === 0;
  const m = weight(exact, 625n, 1250n);
  const i = m + weight(exact, 625n, 1250n);
  return { ma: ONE - m, ia: ONE - i, ml: ONE + m, il: ONE + i,
    mo: id % 3 === 0 ? ONE : weight(exact, 5000n, 9375n),
    io: prng.pick([0n, ONE, ONE / 2n]),
    base: prng.pick([100n, 1000n, 10000n, 1000000n]),
    quote: prng.pick([1n, 1n, 10n]),
    long: fixedRandom(ONE), short: fixedRandom(ONE) };
}

function fixedRandom(limit) {
  return prng.between(-limit, limit) & ~0xffffffffn;
}

const BANKS = Array.from({ length: 12 }, (_, id) => bank(id));
const PERPS = Array.from({ length: 6 }, (_, id) => perp(id));

// Kept to 53 bits: the library holds stable prices as binary floats, so this
// is the precision in which both prices mean the same.
function short(value) {
  const spare = BigInt(Math.max(0, value.toString(2).length - 53));
  return value >> spare << spare;
}

// 1e-4 to 1e6 dollars. Every other one is a multiple of 1/256, which has an
// end in decimal too.
function price() {
  const value = prng.spread(10n ** 8n, 10n ** 18n) * ONE / 10n ** 12n;
  const unit = ONE / 256n;
  return value > unit && prng.chance(60) ? value / unit * unit : short(value);
}

// The stable price: the same, within 10 %, or off by up to a factor of two.
function stable(oracle) {
  const [low, high] = prng.pick([[100n, 100n], [90n, 110n], [50n, 200n]]);
  const value = oracle * prng.between(low, high) / 100n;
  return oracle % (ONE / 256n) === 0n && value > ONE
    ? value / (ONE / 256n) * (ONE / 256n) : short(value);
}

const float = value => Number(value) / Number(ONE);

function makeBank(row) {
  const b = BANKS[row.id];
  return Object.assign(Object.create(Bank.prototype), {
    tokenIndex: row.id,
    maintAssetWeight: fixed(b.ma),
    initAssetWeight: fixed(b.ia),
    maintLiabWeight: fixed(b.ml),
    initLiabWeight: fixed(b.il),
    // The getter asks for an oracle account; this is where it looks.
    _price: fixed(row.oracle),
    stablePriceModel: { stablePrice: float(row.stable) },
    indexedDeposits: fixed(row.deposits * ONE),
    depositIndex: fixed(ONE),
    indexedBorrows: fixed(row.borrows * ONE),
    borrowIndex: fixed(ONE),
    loanOriginationFeeRate: fixed(0n),
    minVaultToDepositsRatio: 0,
    reduceOnly: 0,
    vault: { toBase58: () => 'vault' },
    potentialSerumTokens: bn(0),
    depositWeightScaleStartQuote: b.ds ? Number(b.ds)
      : Number.MAX_SAFE_INTEGER,
    borrowWeightScaleStartQuote: b.bs ? Number(b.bs)
      : Number.MAX_SAFE_INTEGER,
    maintWeightShiftDurationInv: fixed(0n),
  });
}

function makeMarket(row) {
  const p = PERPS[row.id];
  return Object.assign(Object.create(PerpMarket.prototype), {
    perpMarketIndex: row.id,
    settleTokenIndex: 0,
    maintBaseAssetWeight: fixed(p.ma),
    initBaseAssetWeight: fixed(p.ia),
    maintBaseLiabWeight: fixed(p.ml),
    initBaseLiabWeight: fixed(p.il),
    maintOverallAssetWeight: fixed(p.mo),
    initOverallAssetWeight: fixed(p.io),
    _price: fixed(row.oracle),
    stablePriceModel: { stablePrice: float(row.stable) },
    quoteLotSize: bn(p.quote),
    baseLotSize: bn(p.base),
    longFunding: fixed(p.long),
    shortFunding: fixed(p.short),
  });
}

function makePosition(row) {
  const position = PerpPosition.emptyFromPerpMarketIndex(row.id);
  return Object.assign(position, {
    basePositionLots: bn(row.base),
    quotePositionNative: fixed(row.quote),
    longSettledFunding: fixed(row.funding),
    shortSettledFunding: fixed(row.funding),
    bidsBaseLots: bn(row.bids),
    asksBaseLots: bn(row.asks),
    takerBaseLots: bn(row.takerBase),
    takerQuoteLots: bn(row.takerQuote),
  });
}

// What HealthCache.fromMangoAccount() wants of a group and of an account.
function world(account) {
  const banks = new Map(account.tokens.map(row => [row.id, makeBank(row)]));
  const markets = new Map(
    account.perps.map(row => [row.id, makeMarket(row)]));
  const group = {
    getFirstBankByTokenIndex: id => banks.get(id),
    getFirstBankForPerpSettlement: () => banks.get(0),
    getPerpMarketByMarketIndex: id => markets.get(id),
    getFirstBankByMint: id => banks.get(id),
    vaultAmountsMap: new Map([['vault', bn(2n ** 63n)]]),
  };
  const open = account.spots.map(row => ({
    orders: new Serum3Orders(undefined, row.id, row.base, row.quote,
      float(row.bidInv), float(row.ask)),
    oo: {
      baseTokenFree: bn(row.baseFree),
      baseTokenTotal: bn(row.baseFree + row.baseReserved),
      quoteTokenFree: bn(row.quoteFree),
      quoteTokenTotal: bn(row.quoteFree + row.quoteReserved),
    },
  }));
  const positions = account.perps.map(makePosition);
  return { group, positions, holder: {
    tokensActive: () => account.tokens.map(row => ({
      tokenIndex: row.id,
      balance: () => fixed(row.balance),
    })),
    serum3Active: () => open.map(spot => spot.orders),
    getSerum3OoAccount: id =>
      open.find(spot => spot.orders.marketIndex === id).oo,
    perpActive: () => positions,
  } };
}

function cache(account) {
  const { group, holder } = world(account);
  return HealthCache.fromMangoAccount(group, holder);
}

function health(account, type) {
  return BigInt(raw(cache(account).health(type)));
}

function ratio(account, type) {
  const found = raw(cache(account).healthRatio(type));
  return found === raw(new I80F48(I80F48.MAX_BN)) ? null : found;
}

// The library's search ends at 0.1 native units of health, or after 50
// halvings with a line of talk. It throws where there is no root between its
// ends, and for a long it walks to price zero where the health is zero to
// begin with: neither is kept.
function liquidationPrice(account) {
  const row = account.perps[0];
  if (account.perps.length !== 1 || row.base === 0n
    || health(account, HealthType.maint) === 0n)
    return null;
  const { group, holder, positions } = world(account);
  const { error: talk } = console;
  try {
    console.error = () => {};
    const found = cache(account)
      .getPerpPositionLiquidationPrice(group, holder, positions[0]);
    return found === null ? null : raw(found);
  } catch (error) {
    if (error.message.startsWith('Internal error: left'))
      return null;
    throw error;
  } finally {
    console.error = talk;
  }
}

// Asked of the last token, without perps and spot orders, where nothing is
// scaled by deposits: the package counts what leaves as gone from those.
function withdrawal(account) {
  const row = account.tokens[account.tokens.length - 1];
  if (account.perps.length || account.spots.length || BANKS[row.id].ds)
    return null;
  const { group, holder } = world(account);
  const asked = Object.assign(Object.create(MangoAccount.prototype), holder, {
    getToken: id => {
      const found = account.tokens.find(one => one.id === id);
      return { deposits: () => fixed(found.balance > 0n ? found.balance : 0n) };
    },
  });
  try {
    return raw(asked.getMaxWithdrawWithBorrowForToken(group, row.id));
  } catch (error) {
    // Where its upper bound is the answer itself, to the last bit.
    if (error.message.startsWith('Internal error: left'))
      return null;
    throw error;
  }
}

// The largest trade of the only perp at the oracle's price, in lots.
function trade(account, side) {
  const row = account.perps[0];
  if (account.perps.length !== 1 || account.spots.length)
    return null;
  const { group } = world(account);
  const market = group.getPerpMarketByMarketIndex(row.id);
  try {
    const found = cache(account).getMaxPerpForHealthRatio(market,
      fixed(row.oracle), side, fixed(0n));
    return found.eq(I80F48.fromNumber(0)) || raw(found)
      === raw(new I80F48(I80F48.MAX_BN)) ? null
      : `${BigInt(raw(found)) / ONE}`;
  } catch (error) {
    // More lots than a binary float counts, or ends without a root.
    if (/53 bits|Assertion|Internal error/.test(error.message))
      return null;
    throw error;
  }
}

function line(kind, account) {
  return {
    inputs: {
      k: kind,
      t: account.tokens.map(r => [r.id, r.oracle, r.stable, r.balance,
        r.deposits, r.borrows].map(String)),
      s: account.spots.map(r => [r.base, r.quote, r.baseFree, r.baseReserved,
        r.quoteFree, r.quoteReserved, r.ask, r.bidInv].map(String)),
      p: account.perps.map(r => [r.id, r.oracle, r.stable, r.base, r.quote,
        r.bids, r.asks, r.takerBase, r.takerQuote, r.funding].map(String)),
    },
    expected: {
      i: `${health(account, HealthType.init)}`,
      m: `${health(account, HealthType.maint)}`,
      e: `${health(account, HealthType.liquidationEnd)}`,
      ri: ratio(account, HealthType.init),
      rm: ratio(account, HealthType.maint),
      lp: liquidationPrice(account),
      w: withdrawal(account),
      bid: trade(account, PerpOrderSide.bid),
      ask: trade(account, PerpOrderSide.ask),
    },
  };
}

// A balance worth 1e2 to 1e7 dollars, in whole native units of 1e-6.
function amount(oracle) {
  const value = prng.spread(10n ** 8n, 10n ** 13n, 4);
  const whole = value * ONE / oracle;
  return whole === 0n ? 1n : whole;
}

function tokens(count, spotCount) {
  const ids = prng.shuffle([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    .slice(0, count);
  const dollar = prng.pick([ONE, ONE, ONE * 255n / 256n, ONE * 257n / 256n]);
  return [0, ...ids].map(id => {
    const oracle = id === 0 ? dollar : price();
    const sign = prng.chance(35) ? -1n : 1n;
    // Interest leaves fractions of a native unit behind.
    const part = prng.chance(30) ? prng.between(0n, ONE - 1n) : 0n;
    const balance = sign * (amount(oracle) * ONE + part);
    // What all hold and owe: this account and others.
    const own = balance / ONE + 1n;
    return { id, oracle, stable: id === 0 ? ONE : stable(oracle), balance,
      // Room for all that spot orders may bring.
      deposits: amount(oracle) * 100n + (own > 0n ? own : 0n)
        + BigInt(spotCount) * 4n * 10n ** 13n * ONE / oracle,
      borrows: amount(oracle) + (own < 0n ? 1n - own : 0n) };
  });
}

function perps(count, orders) {
  return prng.shuffle([0, 1, 2, 3, 4, 5]).slice(0, count).map(id => {
    const oracle = price();
    const lots = amount(oracle) / PERPS[id].base + 1n;
    const base = (prng.chance(50) ? -1n : 1n) * lots;
    const entry = oracle * prng.between(80n, 120n) / 100n;
    const some = () => orders && prng.chance(60)
      ? lots * prng.between(1n, 150n) / 100n : 0n;
    return { id, oracle, stable: stable(oracle), base,
      quote: -(base * PERPS[id].base * entry / ONE * ONE),
      bids: some(), asks: some(),
      takerBase: orders && prng.chance(15) ? prng.between(-9n, 9n) : 0n,
      takerQuote: orders && prng.chance(15) ? prng.between(-99n, 99n) : 0n,
      funding: prng.chance(50) ? PERPS[id].long : fixedRandom(ONE) };
  });
}

// Spot markets between tokens of the account; mostly against the dollar.
function spots(rows, count) {
  return Array.from({ length: count }, (_, id) => {
    const base = rows[1 + id % (rows.length - 1)];
    const other = rows.length > 3 && prng.chance(20)
      && rows.find(row => row.id !== base.id && row.id !== 0);
    const quote = other || rows[0];
    const some = row => prng.chance(60) ? amount(row.oracle) : 0n;
    // An order's own price counts only where it is worse than the oracle.
    const ask = prng.chance(70) ? 0n
      : short(base.oracle * prng.between(70n, 130n) / 100n
        * ONE / quote.oracle);
    const bidInv = prng.chance(70) ? 0n
      : short(quote.oracle * prng.between(70n, 130n) / 100n
        * ONE / base.oracle);
    return { id, base: base.id, quote: quote.id, baseFree: some(base) / 10n,
      baseReserved: some(base), quoteFree: some(quote) / 10n,
      quoteReserved: some(quote), ask, bidInv };
  });
}

function random(count, spotCount, perpCount, orders = true) {
  const rows = tokens(count, spotCount);
  return { tokens: rows, spots: spots(rows, spotCount),
    perps: perps(perpCount, orders) };
}

// The dollar balance at which the library's health turns from negative to
// zero, with its neighbours: one unit is 2^-48 of a native unit.
function edges(kind, type, account) {
  const at = balance => ({ ...account, tokens: account.tokens.map((row, i) =>
    i === 0 ? { ...row, balance } : row) });
  const limit = 2n ** 120n / 10n ** 6n;
  if (health(at(-limit), type) >= 0n || health(at(limit), type) < 0n)
    return [line('random', account)];
  const below = last(-limit, limit, b => health(at(b), type) < 0n);
  return [below, below + 1n, below + 2n].map(b => line(kind, at(b)));
}

function collateralOnly() {
  const account = random(3, 0, 0);
  for (const row of account.tokens)
    row.balance = row.balance < 0n ? 0n : row.balance;
  return [line('no-debt', account)];
}

// With dollars enough for something to be left to withdraw and to trade.
function rich(account) {
  const [dollars] = account.tokens;
  dollars.balance = (dollars.balance < 0n ? -dollars.balance
    : dollars.balance) * 8n;
  dollars.deposits += dollars.balance / ONE + 1n;
  return account;
}

function dust() {
  const account = random(2, 1, 1);
  for (const row of account.tokens)
    row.balance = prng.between(-2n, 2n);
  for (const row of account.perps)
    Object.assign(row, { base: prng.between(-1n, 1n), quote: 0n, bids: 0n,
      asks: prng.between(0n, 1n) });
  return [line('dust', account)];
}

const KINDS = [
  () => [line('random', random(2, 0, 0))],
  () => [line('rich', rich(random(1 + prng.below(3), 0, 0)))],
  () => [line('rich', rich(random(1 + prng.below(3), 0, 0)))],
  () => [line('rich', rich(random(1, 0, 0)))],
  () => [line('rich', rich(random(prng.below(3), 0, 1, false)))],
  () => [line('random', random(1 + prng.below(3), 0, 1, false))],
  () => [line('random', random(1, 0, 2))],
  () => [line('random', random(2, 2, 0))],
  () => [line('random', random(2, 1, 1))],
  () => [line('random', random(3, 3, 2))],
  () => [line('perp', random(0, 0, 1, false))],
  () => edges('maint', HealthType.maint, random(1, 0, 1, false)),
  () => edges('maint', HealthType.maint, random(2, 1, 1)),
  () => edges('init', HealthType.init, random(2, 0, 1)),
  () => edges('end', HealthType.liquidationEnd, random(1, 0, 1)),
  () => collateralOnly(),
  () => dust(),
];

speed('@blockworks-foundation/mango-v4',
  'health of a HealthCache made before, 1 token and 3 perps',
  () => random(1, 0, 3, false), cache,
  ready => ready.health(HealthType.maint));

const accounts = [];
for (let turn = 0; accounts.length < ACCOUNTS; turn++)
  accounts.push(...KINDS[turn % KINDS.length]());

const table = row => Object.fromEntries(
  Object.entries(row).map(([key, value]) => [key, `${value}`]));

write('mango', {
  package: '@blockworks-foundation/mango-v4',
  version: version('@blockworks-foundation/mango-v4', import.meta.url),
  seed: `${SEED}`,
  model: 'health = sum of balance*(weight*price), weight and price by kind: '
    + 'init = scaled init weights, min(oracle, stable) for assets, max for '
    + 'debts; end = init weights, oracle; maint = maint weights, oracle. Perp: '
    + 'quote - funding + taker quote + min(all bids, all asks filled), times '
    + 'the overall weight if positive, joins the balance of token 0. Spot '
    + 'orders: min(reserved all base, all quote). Products and quotients of '
    + 'I80F48 (scale 2^48) are truncated TOWARD ZERO; ratio = 100*(assets - '
    + 'debts)/debts. Scaled weights: ia*min(1, ds/(deposits*max(oracle, '
    + 'stable))), il*max(1, borrows*max(oracle, stable)/bs), off where 0.',
  tolerance: {
    w: '1 native unit, and that of i by the price',
    bid: '1 lot, and that of i by what a lot requires', ask: 'as bid',
    i: '1 native unit (281474976710656 on the scale 2^48) and, against exact '
      + 'arithmetic, |native amount|/2^48 for each token and perp, as weight '
      + 'times price is truncated before it is multiplied',
    m: 'as i', e: 'as i',
    ri: '281474976710 (0.001 of a percent), null = no debts (<= 0.001)',
    rm: '281474976710',
    lp: 'the larger of 0.1/(lots*lot size*weight) and, on the scale 2^48, '
      + '1000 times the oracle price / 2^50' },
  keys: {
    scale: 'prices, weights, balances, quote, funding, ask, bidInv and all '
      + 'answers: integers of scale 2^48 = 281474976710656; lots and reserved '
      + 'amounts: whole numbers. A native unit is 1e-6 of a token and of a '
      + 'dollar, so prices are dollars a token',
    k: 'kind: random, rich (with dollars to spare), perp (one perp and '
      + 'dollars), maint/init/end (dollar '
      + 'balance at the last unit with that health < 0, and the two above), '
      + 'no-debt, dust',
    t: 'tokens: bank, oracle, stable, balance, and what all accounts hold and '
      + 'owe of it (native). Bank 0 settles perps',
    s: 'spot orders: base bank, quote bank, base free, base reserved, quote '
      + 'free, quote reserved, lowest ask (quote a base), highest bid '
      + 'inverted (base a quote); 0 = unknown, then the oracle alone counts',
    p: 'perps: market, oracle, stable, base lots, quote, bids lots, asks '
      + 'lots, taker base lots, taker quote lots, funding already settled',
    i: 'init health', m: 'maint health', e: 'liquidation-end health',
    ri: 'init health ratio in percent', rm: 'maint health ratio in percent',
    lp: 'liquidation price of the only perp, null = none, '
      + 'or not asked: see README.md',
    w: 'the most of the last token that may be withdrawn, borrowing included; '
      + 'null = not asked: perps, spot orders, or weights by deposits',
    bid: 'lots of the only perp that may be bought at the oracle price with '
      + 'an init health of 0 left; null = none, no limit, or not asked',
    ask: 'the same, sold',
  },
  banks: BANKS.map(table),
  bankKeys: 'ma/ia maint/init asset weight, ml/il liability weight (2^48); '
    + 'ds/bs scale start in native dollars, 0 = off',
  perps: PERPS.map(table),
  perpKeys: 'ma/ia/ml/il base weights, mo/io overall weight for profit '
    + '(2^48); base/quote lot sizes; long/short funding a lot (2^48)',
}, accounts.slice(0, ACCOUNTS));
