import { isRoundTheClock, MARKETS, type Session } from './calendar.js';
import { type Instrument } from './instruments.js';
import { LevelPath } from './levels.js';
import { Noise } from './rng.js';
import { sessionShape, type SessionShape } from './shapes.js';
import { epochDay, MINUTE, weekday } from './time.js';
import { tradingMinutes } from './trading-minutes.js';

// aliases, because these run millions of times
const { abs, exp, floor, log, max, min, round, sqrt } = Math;

/** A session's bar, prices in ticks. */
export interface DayBar {
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
}

/** The minutes of a session as columns, prices in ticks. */
export interface SessionMinutes {
  session: Session;
  open: Int32Array;
  high: Int32Array;
  low: Int32Array;
  close: Int32Array;
  volume: Float64Array;
  /** 1 where nothing was traded: no bar, no volume. */
  silent: Uint8Array;
}

/** The minutes at whose END the session reaches its extremes. */
interface Turns {
  high: number;
  low: number;
}

/** Lanes of the noise of a day. */
const DAY = { gap: 0, high: 1, low: 2, volume: 3, highAt: 4, lowAt: 5 };
/** Lanes of the noise of a minute. */
const MINUTES = { step: 0, open: 1, high: 2, low: 3, volume: 4, silent: 5 };

const ANCHOR_DAY = epochDay(2026, 1, 1);
const clamp = (x: number, low: number, high: number) => min(high, max(low, x));

/** Exchanges have no weekends here: Friday and Monday are neighbours. */
const tradingDay = (day: number) => floor((day + 3) / 7) * 5 + min(weekday(day), 4);

/**
 * Prices of one instrument. The day comes first: open, high, low, close and volume of a session follow from seed,
 * symbol and date alone, so that decades of daily bars cost milliseconds. The minutes are then drawn as a bridge from
 * open to close that touches high and low but never exceeds them, so that they always aggregate to the day's bar.
 */
export class PriceModel {
  private readonly levels: LevelPath;
  private readonly days: Noise;
  private readonly minuteNoise: Noise;
  private readonly anchorLevel: number;
  private readonly stepsAYear: number;

  constructor(
    seed: number,
    private readonly instrument: Instrument,
  ) {
    const { symbol, pricedAs = symbol } = instrument;
    this.levels = new LevelPath(seed, pricedAs);
    this.days = new Noise(seed, pricedAs, 'day');
    this.minuteNoise = new Noise(seed, pricedAs, 'minute');
    this.anchorLevel = this.levels.at(this.step(ANCHOR_DAY));
    this.stepsAYear = instrument.market === 'ALWAYS' ? 365.25 : 261;
  }

  private step(day: number): number {
    return this.instrument.market === 'ALWAYS' ? day : tradingDay(day);
  }

  /** Natural logarithm of the price at the end of a step. */
  private logLevel(step: number): number {
    const { anchor, growth, volatility } = this.instrument;
    const trend = (growth * (step - this.step(ANCHOR_DAY))) / this.stepsAYear;
    return log(anchor) + trend + volatility * (this.levels.at(step) - this.anchorLevel);
  }

  private ticks(logPrice: number): number {
    return max(1, round(exp(logPrice) * this.instrument.ticksPerUnit));
  }

  /** Quiet and volatile weeks: a factor on ranges and volume. */
  private mood(day: number): number {
    return exp(0.3 * this.days.wave(day, 16));
  }

  dayBar(session: Session): DayBar {
    const { day } = session;
    const { volatility, volume, market } = this.instrument;
    const step = this.step(day);
    const [before, after] = [this.logLevel(step - 1), this.logLevel(step)];
    const jump = () => 0.25 * (after - before) + 0.35 * volatility * this.days.gauss(day, DAY.gap);
    const gap = isRoundTheClock(market) ? 0 : jump();
    const open = this.ticks(before + gap);
    const close = this.ticks(after);
    const reach = (lane: number) => volatility * this.mood(day) * (0.05 + 0.45 * abs(this.days.gauss(day, lane)));
    const [top, bottom] = [max(open, close), min(open, close)];
    const busy = this.mood(day) * exp(0.25 * this.days.gauss(day, DAY.volume));
    return {
      open,
      high: max(top, round(top * exp(reach(DAY.high)))),
      low: clamp(round(bottom * exp(-reach(DAY.low))), 1, bottom),
      close,
      volume: round((volume * busy * tradingMinutes(session)) / MARKETS[market].regular),
    };
  }

  minutes(session: Session): SessionMinutes {
    const length = tradingMinutes(session);
    const day = this.dayBar(session);
    const shape = sessionShape(isRoundTheClock(this.instrument.market), length);
    const turns = this.turns(session.day, length);
    const path = this.path(session, day, shape, turns);
    const columns = {
      session,
      open: new Int32Array(length),
      high: new Int32Array(length),
      low: new Int32Array(length),
      close: path.subarray(1),
      volume: new Float64Array(length),
      silent: new Uint8Array(length),
    };
    const noise = this.minuteNoise;
    const first = session.open / MINUTE;
    const move = typicalMove(day);
    for (let i = 0; i < length; i++) {
      const size = move * sqrt(shape.clock[i + 1]! - shape.clock[i]!);
      const shift = i === 0 ? 0 : round(0.2 * size * noise.gauss(first + i, MINUTES.open));
      const open = reflect(path[i]! + shift, day.low, day.high);
      const close = path[i + 1]!;
      const [top, bottom] = [max(open, close), min(open, close)];
      const wick = (lane: number) => 0.4 * size * abs(noise.gauss(first + i, lane));
      // at most half the way to the day's extremes, which belong to the turns
      columns.open[i] = open;
      columns.high[i] = top + floor(min(wick(MINUTES.high), (day.high - top) / 2));
      columns.low[i] = bottom - floor(min(wick(MINUTES.low), (bottom - day.low) / 2));
    }
    this.markSilent(columns, first, turns);
    this.spreadVolume(columns, first, day.volume, shape);
    return columns;
  }

  private turns(day: number, length: number): Turns {
    const high = floor(this.days.unit(day, DAY.highAt) * (length - 1));
    const low = floor(this.days.unit(day, DAY.lowAt) * (length - 2));
    return { high, low: low < high ? low : low + 1 };
  }

  /** Prices at the start of each minute and at the end: bridges between open, the two turns and close, within the range. */
  private path(session: Session, day: DayBar, shape: SessionShape, turns: Turns): Int32Array {
    const { clock } = shape;
    const length = clock.length - 1;
    const move = typicalMove(day);
    const walk = new Float64Array(length + 1);
    for (let i = 0; i < length; i++) {
      const step = this.minuteNoise.gauss(session.open / MINUTE + i, MINUTES.step);
      walk[i + 1] = walk[i]! + step * move * sqrt(clock[i + 1]! - clock[i]!);
    }
    const posts = [
      { at: 0, price: day.open },
      { at: turns.high + 1, price: day.high },
      { at: turns.low + 1, price: day.low },
      { at: length, price: day.close },
    ].sort((a, b) => a.at - b.at);
    const path = new Int32Array(length + 1);
    for (let p = 0; p < 3; p++) {
      const [from, to] = [posts[p]!, posts[p + 1]!];
      for (let i = from.at; i <= to.at; i++) {
        const share = (clock[i]! - clock[from.at]!) / (clock[to.at]! - clock[from.at]!);
        const wander = walk[i]! - walk[from.at]! - share * (walk[to.at]! - walk[from.at]!);
        path[i] = reflect(round(from.price + share * (to.price - from.price) + wander), day.low, day.high);
      }
    }
    return path;
  }

  /** Never silences the minutes that have the day's open, high, low or close. */
  private markSilent(columns: SessionMinutes, first: number, turns: Turns): void {
    const { silentShare } = this.instrument;
    if (silentShare === 0) return;
    const last = columns.silent.length - 1;
    for (let i = 1; i < last; i++) {
      const needed = i === turns.high || i === turns.low;
      if (!needed && this.minuteNoise.unit(first + i, MINUTES.silent) < silentShare) columns.silent[i] = 1;
    }
  }

  /** Rounds the running sum, not the parts, so that the minutes add up to the day's volume exactly. */
  private spreadVolume(columns: SessionMinutes, first: number, total: number, shape: SessionShape): void {
    const { volume, silent } = columns;
    let sum = 0;
    for (let i = 0; i < volume.length; i++) {
      const factor = 0.4 + 1.2 * this.minuteNoise.unit(first + i, MINUTES.volume);
      volume[i] = silent[i] ? 0 : shape.volume[i]! * factor;
      sum += volume[i]!;
    }
    let [running, given] = [0, 0];
    for (let i = 0; i < volume.length; i++) {
      running += volume[i]!;
      const upTo = i === volume.length - 1 ? total : floor((total * running) / sum);
      volume[i] = upTo - given;
      given = upTo;
    }
  }
}

/** Deviation of a walk over the whole session, in ticks: the range of a walk is 1.6 times that on average (Feller 1951). */
const typicalMove = (day: DayBar) => (day.high - day.low) / 1.6;

/** Mirrors values outside the range back into it. */
function reflect(x: number, low: number, high: number): number {
  if (x > high) return max(low, 2 * high - x);
  return x < low ? min(high, 2 * low - x) : x;
}
