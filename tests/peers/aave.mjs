// Accounts of @aave/math-utils: health factor, what may be borrowed, averages
// of loan-to-value and liquidation threshold, with e-mode and with interest
// that has run since the index was written.

import math from '@aave/math-utils';
import { Prng, last, speed, version, write } from './support.mjs';

const SEED = 20260101;
const ACCOUNTS = 1080;
const RAY = 10n ** 27n;
const NANO = 10n ** 18n;
const UPDATED = 1700000000;
const prng = new Prng(SEED);

// LTV and threshold in basis points, indices and yearly rates in ray.
function reserve(id) {
  const plain = id < 6;
  const lt = BigInt(5000 + 50 * prng.below(90));
  return {
    decimals: [18, 6, 8, 18, 18, 2][id % 6],
    ltv: `${prng.chance(8) ? 0n : lt - 50n * BigInt(prng.below(20))}`,
    lt: `${id === 23 ? 0n : lt}`,
    li: `${plain ? RAY : prng.between(RAY, RAY * 3n / 2n)}`,
    // Rates of a year in whole 1e-9.
    lr: `${plain ? 0n : prng.between(0n, 50000000n) * NANO}`,
    vi: `${plain ? RAY : prng.between(RAY, RAY * 2n)}`,
    vr: `${plain ? 0n : prng.between(10000000n, 250000000n) * NANO}`,
  };
}

// Bit 0 is the rightmost character, as the library reads it.
const E_MODES = [
  { id: 1, ltv: '9300', lt: '9500', collateral: '0111', borrow: '0110' },
  { id: 2, ltv: '9000', lt: '9250', collateral: '11110000', borrow: '1111' },
  { id: 3, ltv: '8550', lt: '8800', collateral: '110110110110', borrow: '1' },
].map((mode, i) => ({
  ...mode,
  collateral: mode.collateral.padStart(24, i === 2 ? '10' : '0'),
  borrow: mode.borrow.padStart(24, '1'),
  ltvzero: (i === 1 ? '01000000' : '0').padStart(24, '0'),
}));

const RESERVES = Array.from({ length: 24 }, (_, id) => reserve(id));

const eModes = E_MODES.map(mode => ({
  id: mode.id,
  eMode: {
    ltv: mode.ltv,
    liquidationThreshold: mode.lt,
    liquidationBonus: '10100',
    collateralBitmap: mode.collateral,
    borrowableBitmap: mode.borrow,
    ltvzeroBitmap: mode.ltvzero,
    label: '',
  },
}));

function raw(id, price) {
  const r = RESERVES[id];
  return {
    originalId: id,
    id: `r${id}`,
    symbol: `R${id}`,
    name: `R${id}`,
    decimals: r.decimals,
    underlyingAsset: `r${id}`,
    usageAsCollateralEnabled: r.lt !== '0',
    reserveFactor: '1000',
    baseLTVasCollateral: r.ltv,
    reserveLiquidationThreshold: r.lt,
    reserveLiquidationBonus: '10500',
    liquidityIndex: r.li,
    liquidityRate: r.lr,
    variableBorrowIndex: r.vi,
    variableBorrowRate: r.vr,
    lastUpdateTimestamp: UPDATED,
    availableLiquidity: '0',
    totalScaledVariableDebt: '0',
    borrowCap: '0',
    supplyCap: '0',
    debtCeiling: '0',
    debtCeilingDecimals: 2,
    isolationModeTotalDebt: '0',
    virtualUnderlyingBalance: '0',
    deficit: '0',
    priceInMarketReferenceCurrency: `${price}`,
  };
}

// The whole of what the library is asked.
function ask(account) {
  const common = {
    currentTimestamp: UPDATED + account.elapsed,
    marketReferencePriceInUsd: '100000000',
    marketReferenceCurrencyDecimals: 8,
  };
  account.formatted ??= math.formatReserves({
    ...common,
    reserves: account.rows.map(row => raw(row.id, row.price)),
    eModes,
  });
  return math.formatUserSummary({
    ...common,
    userReserves: account.rows.map(row => ({
      id: `u${row.id}`,
      underlyingAsset: `r${row.id}`,
      scaledATokenBalance: `${row.supply}`,
      usageAsCollateralEnabledOnUser: row.collateral,
      scaledVariableDebt: `${row.debt}`,
    })),
    formattedReserves: account.formatted,
    userEmodeCategoryId: account.mode,
  });
}

// Whole units as the library gives them back, without the point.
function units(text, decimals) {
  const [whole, part = ''] = text.split('.');
  return `${BigInt(whole + part.padEnd(decimals, '0'))}`;
}

function line(kind, account) {
  const found = ask(account);
  return {
    inputs: {
      k: kind,
      t: `${account.elapsed}`,
      e: `${account.mode}`,
      r: account.rows.map(row => [`${row.id}`, `${row.price}`,
        `${row.supply}`, `${row.debt}`, row.collateral ? '1' : '0']),
    },
    expected: {
      hf: found.healthFactor,
      c: found.totalCollateralMarketReferenceCurrency,
      d: found.totalBorrowsMarketReferenceCurrency,
      a: found.availableBorrowsMarketReferenceCurrency,
      ltv: found.currentLoanToValue,
      lt: found.currentLiquidationThreshold,
      b: found.userReservesData.map((row, i) => {
        const { decimals } = RESERVES[account.rows[i].id];
        return [units(row.underlyingBalance, decimals),
          units(row.variableBorrows, decimals)];
      }),
    },
  };
}

// An amount worth about value (1e8 a dollar) in units of the reserve.
function worth(value, price, decimals) {
  const amount = value * 10n ** BigInt(decimals) / price;
  const text = amount.toString();
  const digits = prng.pick([3, 5, 30]);
  return text.length <= digits ? amount
    : BigInt(text.slice(0, digits).padEnd(text.length, '0'));
}

function random(ids, mode = 0) {
  const elapsed = prng.pick([0, 0, 1, 2, 3600, 86400, 2592000, 31536000,
    prng.below(10000000)]);
  const rows = ids.map(id => {
    // 1e-4 to 1e6 dollars, scale 1e8
    const price = prng.spread(10n ** 4n, 10n ** 14n);
    const { decimals } = RESERVES[id];
    const value = prng.spread(10n ** 10n, 10n ** 14n, 4);
    const side = prng.below(5); // both, debt only, else supply only
    const supply = side === 1 ? 0n : worth(value, price, decimals);
    const debt = side > 1 ? 0n
      : worth(prng.spread(10n ** 9n, 10n ** 13n, 4), price, decimals);
    return { id, price, supply, debt, collateral: prng.chance(90) };
  });
  return { elapsed, mode, rows };
}

function ids(count, among = 24) {
  return prng.shuffle(Array.from({ length: among }, (_, id) => id))
    .slice(0, count);
}

function copy(account, change) {
  const rows = account.rows.map(row => ({ ...row }));
  change(rows[rows.length - 1]);
  return { ...account, rows };
}

// The debt in the last reserve is set so that the library itself says that
// one unit more would cross: at the edge, one below, one and two above.
function edges(kind, mode, holds) {
  const count = 2 + prng.below(2);
  const account = random(ids(count - 1), mode);
  account.rows[0].collateral = true;
  account.rows[0].supply ||= worth(10n ** 12n, account.rows[0].price,
    RESERVES[account.rows[0].id].decimals);
  account.rows.push({ ...random([ids(24)
    .find(id => !account.rows.some(row => row.id === id))]).rows[0],
  supply: 0n });
  ask(account); // formats the reserves once for all the copies
  const at = debt => copy(account, row => { row.debt = debt; });
  const zero = at(0n);
  if (!holds(ask(zero)))
    return [line(kind, zero)];
  const edge = last(0n, 10n ** 36n, debt => holds(ask(at(debt))));
  return [edge - 1n, edge, edge + 1n, edge + 2n]
    .filter(debt => debt >= 0n).map(debt => line(kind, at(debt)));
}

// One collateral, one debt, no interest, a debt unit fine enough for the
// health factor to be exactly 1.
function exact() {
  const id = prng.pick([1, 2, 5]);
  const { lt, decimals } = RESERVES[id];
  const price = prng.spread(10n ** 4n, 10n ** 14n);
  const supply = prng.spread(10n ** 2n, 10n ** 9n);
  const debt = supply * price * BigInt(lt) * 10n ** BigInt(6 - decimals + 8)
    / 10n ** 8n;
  return [-1n, 0n, 1n].map(step => line('exact', {
    elapsed: 0,
    mode: 0,
    rows: [{ id, price, supply, debt: 0n, collateral: true },
      { id: 0, price: 10n ** 8n, supply: 0n, debt: debt + step,
        collateral: false }],
  }));
}

function dust() {
  const account = random(ids(3));
  for (const row of account.rows) {
    row.supply = prng.pick([0n, 1n, 2n, 999n]);
    row.debt = prng.pick([0n, 1n, 2n]);
  }
  return [line('dust', account)];
}

const safe = found => found.healthFactor === '-1'
  || !found.healthFactor.startsWith('0.') && found.healthFactor !== '0';
const room = found => found.availableBorrowsMarketReferenceCurrency !== '0';

const KINDS = [
  () => [line('random', random(ids(1 + prng.below(4))))],
  () => [line('random', random(ids(2 + prng.below(3))))],
  () => [line('random', random(ids(3)))],
  () => [line('emode', random(ids(3, 8), 1 + prng.below(3)))],
  () => [line('emode', random(ids(3), 1 + prng.below(3)))],
  () => edges('hf', 0, safe),
  () => edges('hf', 1 + prng.below(3), safe),
  () => edges('ltv', 0, room),
  () => exact(),
  () => dust(),
  () => {
    const account = random(ids(2));
    account.rows.forEach(row => { row.debt = 0n; });
    return [line('no-debt', account)];
  },
  () => {
    const account = random(ids(2));
    account.rows.forEach(row => { row.supply = 0n; });
    account.rows[0].debt ||= 1n;
    return [line('no-collateral', account)];
  },
];

speed('@aave/math-utils', 'formatUserSummary, 3 reserves formatted before',
  () => random(ids(3)), account => (ask(account), account),
  account => ask(account).healthFactor);

const accounts = [];
for (let turn = 0; accounts.length < ACCOUNTS; turn++)
  accounts.push(...KINDS[turn % KINDS.length]());

write('aave', {
  package: '@aave/math-utils',
  version: version('@aave/math-utils', import.meta.url),
  seed: `${SEED}`,
  model: 'supply = rayMul half-up of scaled by li*(1 + lr*t/year); debt = '
    + 'rayMul half-up of scaled by vi*binomial3(floor(vr/year), t); value = '
    + 'amount*price/10^decimals, NOT rounded; lt, ltv = averages weighted by '
    + 'collateral value (half-up at 20 decimals of a basis point); hf = '
    + 'c*lt/d half-up at 20 decimals; a = max(0, c*ltv - d). Strict: '
    + 'liquidatable iff hf < 1; -1 means no debt.',
  tolerance: { hf: '0.00000000000000000001', c: '0.00000000000000000001',
    d: '0.00000000000000000001', a: '0.00000000000000000001',
    ltv: '0.00000000000000000001', lt: '0.00000000000000000001', b: '0',
    contract: 'the contract floors each collateral value and rounds up each '
      + 'debt value to 1e-8 dollars, so allow 1e-8 a reserve there' },
  keys: {
    k: 'kind: random, emode, hf (last debt set to the largest with hf >= 1, '
      + 'with neighbours), ltv (the same for the last debt with a > 0), '
      + 'exact (hf 1 and one unit to each side), dust, no-debt, no-collateral',
    t: 'seconds since the indices of all reserves were written',
    e: 'e-mode category of the account, 0 = none',
    r: 'rows: reserve (index in reserves), price 1e8 dollars, scaled supply, '
      + 'scaled debt (units of 10^-decimals), 1 when used as collateral',
    hf: 'health factor, a ratio',
    c: 'total collateral, dollars', d: 'total debt, dollars',
    a: 'available borrows, dollars',
    ltv: 'average loan-to-value, a fraction',
    lt: 'average liquidation threshold, a fraction',
    b: 'for each row: supply and debt with interest, units',
  },
  reserves: RESERVES.map(r => ({ ...r, decimals: `${r.decimals}` })),
  scales: { ltv: 'basis points', lt: 'basis points', li: '1e27 index',
    lr: '1e27 a year', vi: '1e27 index', vr: '1e27 a year',
    year: '31536000 seconds' },
  emodes: E_MODES.map(mode => ({ ...mode, id: `${mode.id}` })),
}, accounts.slice(0, ACCOUNTS));
