import { MARKETS, type Session } from './calendar.js';
import { type Instrument, type Stock } from './instruments.js';

type Prices = Record<'open' | 'high' | 'low' | 'close', number>;

/** Corrected prices of a minute, in quote currency. */
export type Correction = Partial<Prices>;

export interface Split {
  symbol: string;
  /** Trading date of the first session at the new level, YYYY-MM-DD, and its open, epoch ms. */
  on: string;
  open: number;
  /** New shares for `denominator` old ones. */
  numerator: number;
  denominator: number;
  /** Yahoo reports the split from then on, in every response; null = once it has taken effect, in windows with its date. */
  announcedAt: number | null;
  /** Yahoo serves the sessions before the split at the new level from then on. */
  restatedAt: number;
  /** Yahoo also reports it under this earlier date, from then on; null = under one date. */
  alsoAt: number | null;
}

/** A split as Yahoo reports it. `at`: the open of the session whose date it names, epoch ms. */
export interface ReportedSplit {
  at: number;
  numerator: number;
  denominator: number;
}

/** Rows of a stock that are served wrong: null, left out, with high and low swapped, or with multiplied prices. */
export interface Trouble {
  kind: 'outage' | 'silence' | 'corrupt' | 'misquote';
  symbol: string;
  /** Half-open, epoch ms. */
  from: number;
  to: number;
  /** Factor on prices. */
  by: number;
}

/** What a request for a delisted stock gets: an error, or success without a row, price and currency. */
export type Delisting = 'not_found' | 'empty';

const TROUBLES = {
  outage: () => null,
  silence: () => null,
  corrupt: (bar) => ({ ...bar, high: bar.low, low: bar.high }),
  misquote: (bar, { by }) => {
    const price = (right: number) => Math.fround(right * by);
    return { ...bar, open: price(bar.open), high: price(bar.high), low: price(bar.low), close: price(bar.close) };
  },
} satisfies Record<Trouble['kind'], <B extends Prices>(bar: B, trouble: Trouble) => B | null>;

const levelAfter = (splits: readonly Split[]): number =>
  splits.reduce((level, split) => (level * split.numerator) / split.denominator, 1);

/** Manual changes to the simulated markets: corrections, splits, and rows served wrong. */
export class Interventions {
  /** By symbol, then by the minute's open; prices as if there were no split. */
  private readonly corrections = new Map<string, Map<number, Correction>>();
  private splits: Split[] = [];
  troubles: Trouble[] = [];
  /** Stocks that the provider no longer carries, by symbol. */
  readonly delisted = new Map<string, Delisting>();
  /** The former symbols of stocks with new ones, by the new one. */
  readonly renamed = new Map<string, string>();

  /** @param clock market clock, epoch ms: a split takes effect when it passes the session's open */
  constructor(private readonly clock: () => number) {}

  /** Prices are divided by this and volumes multiplied: one level for the whole history. */
  level(instrument: Instrument): number {
    if (this.splits.length === 0) return 1;
    return levelAfter(this.effective(instrument));
  }

  /** The level at an instant: without later splits. */
  levelAt(instrument: Instrument, instant: number): number {
    return levelAfter(this.effective(instrument).filter((split) => split.open <= instant));
  }

  /** The level at which Yahoo serves a session: without the splits after it for which it has not restated its history. */
  servedLevel(instrument: Instrument, { open }: Session): number {
    const reached = this.reached(instrument);
    const shown = this.effective(instrument).filter((split) => split.open <= open || split.restatedAt <= reached);
    return levelAfter(shown);
  }

  /** The splits that Yahoo reports in a window of sessions that open in [from, to). */
  splitsReported(stock: Stock, from: number, to: number): ReportedSplit[] {
    const reached = this.reached(stock);
    return this.splits.flatMap(({ symbol, open, alsoAt, announcedAt, numerator, denominator }) => {
      if (symbol !== stock.symbol || reached < (announcedAt ?? 0)) return [];
      const dates = alsoAt === null ? [open] : [alsoAt, open];
      return dates.flatMap((at) => {
        const isShown = at <= reached ? at < to : announcedAt !== null;
        return at >= from && isShown ? [{ at, numerator, denominator }] : [];
      });
    });
  }

  /** Corrections of the session's minutes, by their opens. */
  correctionsIn(instrument: Instrument, { open, close }: Session): ReadonlyMap<number, Correction> | null {
    const all = this.corrections.get(instrument.symbol);
    if (!all) return null;
    const within = [...all].filter(([time]) => time >= open && time < close);
    return within.length > 0 ? new Map(within) : null;
  }

  /** The row as it is served. */
  served<B extends Prices>(symbol: string, time: number, bar: B | null): B | null {
    let served = bar;
    for (const trouble of this.troubles) {
      if (served === null || trouble.symbol !== symbol || time < trouble.from || time >= trouble.to) continue;
      served = TROUBLES[trouble.kind](served, trouble);
    }
    return served;
  }

  /** Whether the stock has no row at a time, not even one of nulls. */
  isSilent(symbol: string, time: number): boolean {
    return this.troubles.some(
      (each) => each.kind === 'silence' && each.symbol === symbol && time >= each.from && time < each.to,
    );
  }

  /** Factor on a stock's live price. */
  misquotedBy(symbol: string): number {
    return this.troubles.reduce((by, each) => (each.symbol === symbol ? by * each.by : by), 1);
  }

  /** @param prices at the current level */
  correct(instrument: Instrument, time: number, prices: Correction): void {
    const level = this.level(instrument);
    const ofSymbol = this.corrections.get(instrument.symbol) ?? new Map<number, Correction>();
    const atFirstLevel = Object.entries(prices).map(([name, price]) => [name, price * level] as const);
    ofSymbol.set(time, { ...ofSymbol.get(time), ...Object.fromEntries(atFirstLevel) });
    this.corrections.set(instrument.symbol, ofSymbol);
  }

  /** @returns all splits, including those that have not taken effect */
  split(split: Split): readonly Split[] {
    this.splits.push(split);
    return this.splits;
  }

  /** As if there had never been any. @param symbol of one stock; null = of all @returns those that are left */
  clearSplits(symbol: string | null): readonly Split[] {
    this.splits = this.splits.filter((split) => symbol !== null && split.symbol !== symbol);
    return this.splits;
  }

  /** Up to where the provider shows the market, epoch ms. */
  private reached(instrument: Instrument): number {
    return this.clock() - MARKETS[instrument.market].delay;
  }

  private effective(instrument: Instrument): Split[] {
    const reached = this.reached(instrument);
    return this.splits.filter((split) => split.symbol === instrument.symbol && split.open <= reached);
  }
}
