import type { Dividend } from '../domain/rules/paid-dividends.js';
import { DAY } from '../domain/timeframe.js';
import { between, pick, type Asset } from './dirty-data.js';
import type { Random } from './random.js';

/** The sessions at which a fault may be reported; null if the asset does not allow it. */
type Planted = string[] | null;

export interface Fault {
  /** Whether some rule is meant to find it; the others are measured all the same. */
  attempted: boolean;
  changes: 'bars' | 'dividends';
  /** Applied to a copy of an asset. */
  plant(random: Random, asset: Asset): Planted;
}

const PRICES = ['open', 'high', 'low', 'close'] as const;
const DIVIDENDS_NEEDED = 6;

/** A random index with bars enough on both sides; null if there are too few. */
function place(random: Random, { bars }: Asset, length = 1): number | null {
  const room = bars.time.length - 120 - length;
  return room > 0 ? 60 + Math.floor(random() * room) : null;
}

function scaleBars({ bars }: Asset, from: number, to: number, by: number): void {
  for (const name of PRICES) for (let i = from; i < to; i++) bars[name][i]! *= by;
}

/** A block of `length` bars in another unit: reported at its first bar and at the first after it. */
const scaledBlock = (length: (random: Random) => number, by: (random: Random) => number): Fault => ({
  attempted: true,
  changes: 'bars',
  plant(random, asset) {
    const count = length(random);
    const from = place(random, asset, count);
    if (from === null) return null;
    scaleBars(asset, from, from + count, by(random));
    return [asset.bars.session[from]!, asset.bars.session[from + count]!];
  },
});

const whole = (random: Random, from: number, to: number): number => Math.floor(between(random, from, to + 1));
const unit = (random: Random): number => pick(random, [100, 0.01]);

/** Changes one bar. */
const oddBar = (change: (random: Random, asset: Asset, i: number) => void, attempted = true): Fault => ({
  attempted,
  changes: 'bars',
  plant(random, asset) {
    const i = place(random, asset);
    if (i === null) return null;
    change(random, asset, i);
    return [asset.bars.session[i]!];
  },
});

/** Multiplies `count` dividends in a row, not the first. */
const scaledDividends = (count: (random: Random, all: number) => number, by: (random: Random) => number): Fault => ({
  attempted: true,
  changes: 'dividends',
  plant(random, { dividends }) {
    if (dividends.length < DIVIDENDS_NEEDED) return null;
    const length = count(random, dividends.length);
    const from = 1 + Math.floor(random() * (dividends.length - length));
    const factor = by(random);
    const wrong = dividends.slice(from, from + length);
    for (const each of wrong) each.amount = Number((each.amount * factor).toPrecision(6));
    return wrong.map(({ session }) => session);
  },
});

const shifted = (session: string, days: number): string =>
  new Date(Date.parse(session) + days * DAY).toISOString().slice(0, 10);

/** Adds a dividend next to a real one. Either may be reported, since the data does not show which is real. */
const phantom = (days: (random: Random, until: number) => number, factor: (random: Random) => number): Fault => ({
  attempted: true,
  changes: 'dividends',
  plant(random, { dividends, bars }) {
    if (dividends.length < DIVIDENDS_NEEDED) return null;
    const i = 1 + Math.floor(random() * (dividends.length - 2));
    const { session, amount } = dividends[i]!;
    const until = (Date.parse(dividends[i + 1]!.session) - Date.parse(session)) / DAY;
    const wanted = shifted(session, days(random, until));
    const own = bars.session.find((each) => each >= wanted)!;
    if (dividends.some((each) => each.session === own)) return null;
    dividends.push({ session: own, amount: Number((amount * factor(random)).toPrecision(4)) });
    sortBySession(dividends);
    return [own, session];
  },
});

const sortBySession = (dividends: Dividend[]) => dividends.sort((a, b) => (a.session < b.session ? -1 : 1));
const otherAmount = (random: Random): number => pick(random, [0.7, 0.8, 0.85, 0.9, 0.93, 1.07, 1.1, 1.18, 1.25, 1.4]);

export const FAULTS: Record<string, Fault> = {
  'bar 100 times off': scaledBlock(() => 1, unit),
  'block 100 times off': scaledBlock((random) => whole(random, 2, 25), unit),
  'one price 100 times off': oddBar((random, { bars }, i) => {
    const by = unit(random);
    if (by > 1) bars.high[i]! *= by;
    else bars.low[i]! *= by;
  }),
  'split on one side only': {
    attempted: true,
    changes: 'bars',
    plant(random, asset) {
      const i = place(random, asset);
      if (i === null) return null;
      scaleBars(asset, 0, i, pick(random, [2, 3, 4, 5, 8, 10, 20, 1 / 5, 1 / 10, 1 / 20]));
      return [asset.bars.session[i]!];
    },
  },
  'split in a block': scaledBlock(
    (random) => whole(random, 5, 20),
    (random) => pick(random, [2, 3, 4, 5, 10, 1 / 10]),
  ),
  'wrong close': oddBar((random, { bars }, i) => {
    bars.close[i]! *= pick(random, [0.35, 0.45, 2.2, 3]);
    bars.high[i] = Math.max(bars.high[i]!, bars.close[i]!);
    bars.low[i] = Math.min(bars.low[i]!, bars.close[i]!);
  }),
  'stale block': {
    attempted: true,
    changes: 'bars',
    plant(random, asset) {
      const length = whole(random, 5, 30);
      const from = place(random, asset, length);
      if (from === null) return null;
      const { bars } = asset;
      for (const name of [...PRICES, 'volume'] as const)
        for (let i = from + 1; i < from + length; i++) bars[name][i] = bars[name][from]!;
      return bars.session.slice(from, from + length);
    },
  },
  'zero or negative price': oddBar((random, { bars }, i) => {
    bars[pick(random, PRICES)][i]! *= pick(random, [0, -1]);
  }),
  'high and low swapped': oddBar((_, { bars }, i) => {
    [bars.high[i], bars.low[i]] = [bars.low[i]! * 0.999, bars.high[i]! * 1.001];
  }),
  'dividend 100 times too large': scaledDividends(
    () => 1,
    () => 100,
  ),
  'some dividends 100 times too large': scaledDividends(
    (random, all) => whole(random, 2, all / 2),
    () => 100,
  ),
  'dividend at a hundredth': scaledDividends(
    () => 1,
    () => 0.01,
  ),
  'dividend ten times off': {
    ...scaledDividends(
      () => 1,
      (random) => pick(random, [10, 0.1]),
    ),
    attempted: false,
  },
  'phantom within days, other amount': phantom((random) => pick(random, [-3, -2, -1, 1, 2, 3]), otherAmount),
  'dividend twice': phantom(
    (random) => pick(random, [-4, -3, -1, 1, 2, 4]),
    () => 1,
  ),
  'phantom, 100 times too large': phantom(
    (random) => pick(random, [-7, -1, 1, 7, 20]),
    () => 100,
  ),
  'phantom between two': {
    ...phantom(
      (random, until) => between(random, 0.3, 0.7) * until,
      () => 1,
    ),
    attempted: false,
  },
  'dividend missing': {
    attempted: false,
    changes: 'dividends',
    plant(random, { dividends }) {
      if (dividends.length < DIVIDENDS_NEEDED) return null;
      const i = 2 + Math.floor(random() * (dividends.length - 3));
      const [missing] = dividends.splice(i, 1);
      return [missing!.session, dividends[i]?.session ?? ''];
    },
  },
  'dividend on a wrong date': {
    attempted: false,
    changes: 'dividends',
    plant(random, { dividends, bars }) {
      if (dividends.length < DIVIDENDS_NEEDED) return null;
      const one = pick(random, dividends);
      const wanted = shifted(one.session, pick(random, [-20, -10, -5, 5, 10, 20]));
      one.session = bars.session.find((each) => each >= wanted) ?? one.session;
      sortBySession(dividends);
      return [one.session];
    },
  },
  'nearly all dividends at a hundredth': {
    ...scaledDividends(
      (_, all) => all - 1,
      () => 0.01,
    ),
    attempted: false,
  },
  'volume 1,000 times off': oddBar((random, { bars }, i) => {
    bars.volume[i]! *= pick(random, [1_000, 0.001]);
  }, false),
};
