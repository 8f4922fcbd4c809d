import { sliceColumns } from '../../domain/bar.js';
import { slotCount } from '../../domain/calendars/slots.js';
import { type ChosenIndicator, lookbackOf } from '../../domain/indicators/chosen-indicators.js';
import type { IndicatorBars } from '../../domain/indicators/indicator.js';
import { INDICATOR_LOOKBACK, storedIndicators } from '../../domain/indicators/stored-indicators.js';
import { isDateLabelled } from '../../domain/timeframe.js';
import type { BarDeriver, DerivedBars, IncompleteBar } from './derived-bars.js';
import type { Part, ServedBars } from './served-bars.js';
import type { SeriesSpec } from './series-spec.js';

/** Indicators as columns of the same length as `time`; null while a value is not defined. */
export type IndicatorTable = { time: number[] } & Record<string, (number | null)[]>;

/** What the chosen indicators are computed from, once the snapshot is released. */
export interface IndicatorInputs {
  bars: IndicatorBars;
  /** Index of the first requested bar. */
  from: number;
}

/**
 * Computes on read the indicators that are stored along with stored bars, and reads the bars for the chosen ones.
 * @param chosen may be empty
 */
export async function deriveIndicators(
  deriver: BarDeriver,
  spec: SeriesSpec,
  part: Part,
  chosen: readonly ChosenIndicator[],
): Promise<
  Omit<ServedBars, 'bars'> & { columns: IndicatorTable; inputs: IndicatorInputs | null; incomplete: IncompleteBar[] }
> {
  const { rules, window } = spec;
  const { bars, sessions, before, ...rest } = await readWithLookback(deriver, spec, part, chosen);
  if (bars.time.length === 0) return { columns: { time: [] }, inputs: null, ...rest };
  const isLonger = window.timeframe === '1w' || window.timeframe === '1mo';
  const previousSession = (session: string) =>
    isLonger ? null : (rules.calendar.previousSession(session)?.date ?? null);
  const all = {
    session: [...before.sessions, ...sessions],
    high: [...before.bars.high, ...bars.high],
    low: [...before.bars.low, ...bars.low],
    close: [...before.bars.close, ...bars.close],
    volume: [...before.bars.volume, ...bars.volume],
  };
  const from = before.bars.time.length;
  const earliest = all.session[0]!;
  const stored = storedIndicators({
    closes: all.close,
    sessions: all.session,
    from,
    previousSession,
    closeBefore: sessions[0] === earliest ? await closeBefore(deriver, previousSession(earliest)) : null,
  });
  const columns = { time: bars.time, close: bars.close, ...stored };
  return { columns, inputs: { bars: all, from }, ...rest };
}

/** The bars of a part, and those before it that their indicators look back to. */
async function readWithLookback(
  deriver: BarDeriver,
  spec: SeriesSpec,
  part: Part,
  chosen: readonly ChosenIndicator[],
): Promise<DerivedBars & { before: Pick<DerivedBars, 'bars' | 'sessions'> }> {
  const { bars: lookback, wholeSession } = lookbackOf(chosen);
  const reach = Math.max(INDICATOR_LOOKBACK, lookback);
  if (part.newest && part.from === null && spec.aggregation === null && !wholeSession) {
    const { bars, sessions, source, ...rest } = await deriver.bars({ ...part, limit: part.limit + reach });
    // a source that was not read to the end may have bars in between
    if (!rest.cut) {
      const begin = Math.max(0, bars.time.length - part.limit);
      return {
        ...{ bars: sliceColumns(bars, begin), sessions: sessions.slice(begin), source: source?.slice(begin) ?? null },
        ...{ before: { bars: sliceColumns(bars, 0, begin), sessions: sessions.slice(0, begin) }, ...rest },
      };
    }
  }
  const own = await deriver.bars(part);
  const first = own.bars.time[0];
  if (first === undefined) return { ...own, before: own };
  const limit = barsBefore(spec, own.sessions[0]!, chosen);
  return { ...own, before: await deriver.bars({ from: null, to: first, newest: true, limit }) };
}

/** How many bars before the first requested one are needed. */
function barsBefore({ rules, window }: SeriesSpec, session: string, chosen: readonly ChosenIndicator[]): number {
  const { bars, wholeSession } = lookbackOf(chosen);
  const whole = wholeSession && !isDateLabelled(window.timeframe) ? rules.calendar.sessionOn(session) : null;
  const inSession = whole ? slotCount(rules.calendar.id, rules.timeframe, whole) : 0;
  return Math.max(INDICATOR_LOOKBACK, bars, inSession);
}

const closeBefore = async (deriver: BarDeriver, session: string | null): Promise<number | null> =>
  session === null ? null : deriver.closeOf(session);
