// What all generators share: random numbers that are the same everywhere, and
// the form of a data file. No arithmetic of any margin model lives here.

import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

// A seeded generator of its own (mulberry32, period 2^32), so that a new
// version of node cannot change a single account.
export class Prng {
  constructor(seed) {
    this.state = seed >>> 0;
  }

  word() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  }

  // A number, lo <= n <= hi, for choices.
  below(n) {
    return this.word() % n;
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  chance(percent) {
    return this.below(100) < percent;
  }

  // A BigInt, lo <= n <= hi, for amounts.
  between(lo, hi) {
    const span = hi - lo + 1n;
    let big = 0n;
    for (let bits = span.toString(2).length + 32; bits > 0; bits -= 32)
      big = (big << 32n) | BigInt(this.word());
    return lo + (big % span);
  }

  // Any size of number is as likely as any other between lo and hi, and no
  // more than digits are other than zero, which keeps the files small.
  spread(lo, hi, digits = 6) {
    const low = lo.toString().length;
    const length = low + this.below(hi.toString().length - low + 1);
    const floor = 10n ** BigInt(length - 1);
    let n = this.between(floor, floor * 10n - 1n);
    if (length > digits) {
      const unit = 10n ** BigInt(length - digits);
      n -= n % unit;
    }
    return n < lo ? lo : n > hi ? hi : n;
  }

  shuffle(list) {
    const out = [...list];
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [out[i], out[j]] = [out[j], out[i]];
    }
    return out;
  }
}

// A BigInt of a scale as the decimal it stands for: (-1500n, 3) -> '-1.5'.
export function decimal(n, scale) {
  const sign = n < 0n ? '-' : '';
  const text = (n < 0n ? -n : n).toString().padStart(scale + 1, '0');
  const whole = text.slice(0, text.length - scale);
  const part = text.slice(text.length - scale).replace(/0+$/, '');
  return sign + whole + (part ? '.' + part : '');
}

// A binary float as the shortest decimal that reads back as it, never with an
// exponent. For packages that answer in floats.
export function plain(n) {
  if (!Number.isFinite(n))
    throw new Error(`${n} is no number`);
  const [digits, power] = `${n === 0 ? 0 : n}`.split('e');
  if (!power)
    return digits;
  const [whole, part = ''] = digits.replace('-', '').split('.');
  const shift = Number(power) + whole.length;
  const all = whole + part;
  const text = shift <= 0 ? `0.${'0'.repeat(-shift)}${all}`
    : all.length <= shift ? all.padEnd(shift, '0')
      : `${all.slice(0, shift)}.${all.slice(shift)}`;
  return (n < 0 ? '-' : '') + text;
}

// The largest n in [lo, hi] for which holds(n), given that holds(lo) and that
// it never comes back once lost.
export function last(lo, hi, holds) {
  while (lo < hi) {
    const middle = (lo + hi + 1n) / 2n;
    if (holds(middle))
      lo = middle;
    else
      hi = middle - 1n;
  }
  return lo;
}

export function version(name, from) {
  let folder = path.dirname(createRequire(from).resolve(name));
  for (;;) {
    const file = path.join(folder, 'package.json');
    if (fs.existsSync(file)) {
      const found = JSON.parse(fs.readFileSync(file, 'utf8'));
      if (found.name === name)
        return found.version;
    }
    const up = path.dirname(folder);
    if (up === folder)
      throw new Error(`${name}: no package.json above its entry point`);
    folder = up;
  }
}

// Refuses what is no decimal string, so that no binary float gets in.
function check(value, where) {
  if (value === null || typeof value === 'boolean')
    return;
  if (typeof value === 'string') {
    if (/^[+-]?(nan|inf)/i.test(value) || /^-?[\d.]+e[+-]?\d+$/i.test(value))
      throw new Error(`${where}: ${value} is no plain decimal`);
    return;
  }
  if (typeof value !== 'object')
    throw new Error(`${where}: ${typeof value} ${value} is no string`);
  for (const [key, inner] of Object.entries(value))
    check(inner, `${where}.${key}`);
}

const SPEED_ACCOUNTS = 64;
const SPEED_MS = 1000;
const SPEED_REPEATS = 3;

// Processor time in ms: a neighbour hardly moves it.
function used() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

// usage: node NAME.mjs --speed. Prints, as JSON, how many accounts a second
// of processor time the package evaluates, and does nothing else. prepare(account)
// is what can be kept from one price to the next and is not timed;
// evaluate(prepared) is. Without --speed it returns at once.
export function speed(name, how, make, prepare, evaluate) {
  if (process.argv[2] !== '--speed')
    return;
  const ready = Array.from({ length: SPEED_ACCOUNTS },
    () => prepare(make()));
  const rates = [];
  // The first is to warm up: it counts for nothing.
  for (let repeat = 0; repeat <= SPEED_REPEATS; repeat++) {
    const start = used();
    let n = 0;
    let passed = 0;
    for (; passed < SPEED_MS; passed = used() - start)
      for (const one of ready) {
        if (evaluate(one) === undefined)
          throw new Error(`${name}: no answer`);
        n++;
      }
    rates.push(n / passed * 1000);
  }
  rates.shift();
  rates.sort((a, b) => a - b);
  console.log(JSON.stringify({ name, how, value: rates[1], min: rates[0],
    max: rates[2] }));
  process.exit(0);
}

// usage: node NAME.mjs FOLDER. Writes FOLDER/NAME.jsonl.
export function write(name, header, accounts) {
  const folder = process.argv[2];
  if (!folder)
    throw new Error(`usage: node ${name}.mjs FOLDER`);
  const lines = accounts.map((account, i) => {
    check(account, `${name} account ${i}`);
    return JSON.stringify(account);
  });
  lines.unshift(JSON.stringify({ ...header, count: `${accounts.length}` }));
  fs.mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${name}.jsonl`);
  fs.writeFileSync(file, lines.join('\n') + '\n');
  console.log(`${file}: ${accounts.length} accounts,`,
    `${fs.statSync(file).size} bytes`);
}
