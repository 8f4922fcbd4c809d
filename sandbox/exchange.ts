import { sessionsBetween, type Session } from './calendar.js';
import { type Instrument } from './instruments.js';
import { type Correction, Interventions } from './interventions.js';
import { PriceModel, type SessionMinutes } from './price-model.js';
import { DAY, MINUTE } from './time.js';
import { firstMinuteFrom, timeOfMinute } from './trading-minutes.js';

// aliases, because these run millions of times
const { floor, fround, max, min, round, trunc } = Math;

/** A bar; `time` is its open, epoch ms, prices in quote currency. */
export interface Bar {
  time: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
}

export interface MinuteBar extends Bar {
  /** False if nothing was traded; the other values are meaningless then. */
  traded: boolean;
}

/** Cached minutes of recently used sessions: 25 bytes each. */
const CACHED_MINUTES = 150_000;

/** The price level of a session: prices are divided by it. */
type LevelOf = (session: Session) => number;

/**
 * Everything that happens on the simulated markets, up to a given instant. After an intervention, prices are corrected and
 * at the current price level.
 */
export class Exchange {
  private readonly models = new Map<string, PriceModel>();
  private readonly sessions = new Map<string, SessionMinutes>();
  private cachedMinutes = 0;

  constructor(
    readonly seed: number,
    readonly interventions = new Interventions(Date.now),
  ) {}

  /** Sessions of the instrument's market that overlap [from, to), from its first trading date on. */
  sessionsOf(instrument: Instrument, from: number, to: number): Session[] {
    return sessionsBetween(instrument.market, max(from, Date.parse(instrument.firstDate)), to);
  }

  /** The instrument's first session. */
  firstSession(instrument: Instrument): Session {
    const first = Date.parse(instrument.firstDate);
    return this.sessionsOf(instrument, first, first + 12 * DAY)[0]!;
  }

  /**
   * Minutes with opens in [from, to) that began before `asOf`; the forming one as it is at `asOf`.
   * @param levelOf the price level of a session
   */
  minuteBars(
    instrument: Instrument,
    from: number,
    to: number,
    asOf: number,
    levelOf: LevelOf = () => this.interventions.level(instrument),
  ): MinuteBar[] {
    const bars: MinuteBar[] = [];
    const end = min(to, asOf);
    for (const session of this.sessionsOf(instrument, from, end)) {
      const level = levelOf(session);
      const minutes = this.minutesOf(instrument, session);
      const corrections = this.interventions.correctionsIn(instrument, session);
      const first = max(0, firstMinuteFrom(session, from));
      const last = min(minutes.volume.length, firstMinuteFrom(session, end));
      for (let i = first; i < last; i++) {
        const bar = minuteBar(instrument, minutes, i, asOf, level);
        const correction = corrections?.get(bar.time);
        bars.push(correction ? corrected(instrument, bar, correction, level) : bar);
      }
    }
    return bars;
  }

  /** The bar of a session, or the bar so far of the running one; null before its open, and for a fund before its close. */
  sessionBar(
    instrument: Instrument,
    session: Session,
    asOf: number,
    levelOf: LevelOf = () => this.interventions.level(instrument),
  ): Bar | null {
    if (isFund(instrument) && asOf < session.close) return null;
    if (asOf < session.close || this.interventions.correctionsIn(instrument, session)) {
      const minutes = this.minuteBars(instrument, session.open, session.close, asOf, levelOf);
      return aggregateBars(minutes.filter((bar) => bar.traded));
    }
    const day = this.model(instrument).dayBar(session);
    const level = levelOf(session);
    const price = (ticks: number) => toPrice(instrument, ticks, level);
    if (isFund(instrument)) return valueOf(session, price(day.close));
    return { time: session.open, open: price(day.open), high: price(day.high), low: price(day.low), close: price(day.close), volume: toVolume(day.volume, level) }; // prettier-ignore
  }

  /** One bar over [from, to) up to `asOf`; null if nothing was traded. For whole sessions it computes no minutes. */
  windowBar(instrument: Instrument, from: number, to: number, asOf: number): Bar | null {
    const parts: Bar[] = [];
    for (const session of this.sessionsOf(instrument, from, min(to, asOf))) {
      if (session.open >= from && session.close <= min(to, asOf)) {
        parts.push(this.sessionBar(instrument, session, asOf)!);
      } else {
        const [start, end] = [max(from, session.open), min(to, session.close)];
        parts.push(...this.minuteBars(instrument, start, end, asOf).filter((bar) => bar.traded));
      }
    }
    return aggregateBars(parts);
  }

  /** Volume of the minutes with opens in [from, to), all of which must be finished. */
  volumeBetween(instrument: Instrument, from: number, to: number): number {
    let sum = 0;
    for (const session of this.sessionsOf(instrument, from, to)) {
      if (session.open >= from && session.close <= to) {
        sum += this.model(instrument).dayBar(session).volume;
        continue;
      }
      const { volume } = this.minutesOf(instrument, session);
      const first = max(0, firstMinuteFrom(session, from));
      const last = min(volume.length, firstMinuteFrom(session, to));
      for (let i = first; i < last; i++) sum += volume[i]!;
    }
    return sum;
  }

  private model(instrument: Instrument): PriceModel {
    let model = this.models.get(instrument.symbol);
    if (!model) this.models.set(instrument.symbol, (model = new PriceModel(this.seed, instrument)));
    return model;
  }

  private minutesOf(instrument: Instrument, session: Session): SessionMinutes {
    const key = `${instrument.symbol} ${session.day}`;
    const minutes = this.sessions.get(key) ?? this.model(instrument).minutes(session);
    if (!this.sessions.delete(key)) this.cachedMinutes += minutes.volume.length;
    this.sessions.set(key, minutes); // at the end: the least recently used is the first
    for (const [oldest, { volume }] of this.sessions) {
      if (this.cachedMinutes <= CACHED_MINUTES) break;
      this.sessions.delete(oldest);
      this.cachedMinutes -= volume.length;
    }
    return minutes;
  }
}

const isFund = (instrument: Instrument) => instrument.kind === 'stock' && instrument.instrumentType === 'MUTUALFUND';

/** A fund has one price a day, its net asset value, and no volume. */
const valueOf = ({ open: time }: Session, value: number): Bar => ({ time, open: value, high: value, low: value, close: value, volume: 0 }); // prettier-ignore

/** Yahoo's prices are float32, CoinGecko's decimal. */
function toPrice(instrument: Instrument, ticks: number, level: number): number {
  const price = ticks / (instrument.ticksPerUnit * level);
  return instrument.kind === 'stock' ? fround(price) : price;
}

const toVolume = (volume: number, level: number): number => (level === 1 ? volume : round(volume * level));

/** A forming minute has covered the same share of its way in each direction, so it stays within its final range. */
function minuteBar(instrument: Instrument, minutes: SessionMinutes, i: number, asOf: number, level: number): MinuteBar {
  const time = timeOfMinute(minutes.session, i);
  const done = min(1, (asOf - time) / MINUTE);
  const open = minutes.open[i]!;
  const price = (ticks: number) => toPrice(instrument, open + trunc((ticks - open) * done), level);
  return {
    time,
    open: price(open),
    high: price(minutes.high[i]!),
    low: price(minutes.low[i]!),
    close: price(minutes.close[i]!),
    volume: toVolume(floor(minutes.volume[i]! * done), level),
    traded: minutes.silent[i] === 0,
  };
}

/** Widens high and low to include the corrected prices. */
function corrected(instrument: Instrument, bar: MinuteBar, correction: Correction, level: number): MinuteBar {
  const price = (name: keyof Correction) => {
    const right = correction[name];
    if (right === undefined) return bar[name];
    return instrument.kind === 'stock' ? fround(right / level) : right / level;
  };
  const [open, close] = [price('open'), price('close')];
  return { ...bar, open, close, high: max(price('high'), open, close), low: min(price('low'), open, close) };
}

/** Aggregates several bars, oldest first; null if there are none. */
export function aggregateBars(bars: readonly Bar[]): Bar | null {
  const [first] = bars;
  if (!first) return null;
  const folded: Bar = { time: first.time, open: first.open, high: first.high, low: first.low, close: 0, volume: 0 };
  for (const bar of bars) {
    folded.high = max(folded.high, bar.high);
    folded.low = min(folded.low, bar.low);
    folded.close = bar.close;
    folded.volume += bar.volume;
  }
  return folded;
}
