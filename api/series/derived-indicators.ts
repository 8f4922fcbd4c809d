import { slotCount } from '../../domain/calendars/slots.js';
import { type ChosenIndicator, computeIndicators, lookbackOf } from '../../domain/indicators/chosen-indicators.js';
import { INDICATOR_LOOKBACK, storedIndicators } from '../../domain/indicators/stored.js';
import { isDateLabelled } from '../../domain/timeframe.js';
import { BarDeriver, type IncompleteBar, type Part } from './derived-bars.js';
import type { SeriesSpec } from './series-spec.js';

/** Indicators as columns of the length of `time`; null where one is not defined (yet). */
export type IndicatorTable = { time: number[] } & Record<string, (number | null)[]>;

/**
 * Indicators of bars, computed on read: those that are stored beside stored bars, and the chosen ones.
 * @param chosen none for those that would be stored only
 */
export async function deriveIndicators(
  maker: BarDeriver,
  view: SeriesSpec,
  part: Part,
  chosen: readonly ChosenIndicator[],
): Promise<{ columns: IndicatorTable; incomplete: IncompleteBar[]; cut: boolean }> {
  const { rules, window } = view;
  const { bars, sessions, incomplete, cut } = await maker.bars(part);
  const first = bars.time[0];
  if (first === undefined) return { columns: { time: [] }, incomplete, cut };
  const reach = barsBefore(view, sessions[0]!, chosen);
  const before = await maker.bars({ from: null, to: first, newest: true, limit: reach });
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
    closeBefore: sessions[0] === earliest ? await closeBefore(maker, previousSession(earliest)) : null,
  });
  const columns = { time: bars.time, close: bars.close, ...stored, ...computeIndicators(chosen, all, from) };
  return { columns, incomplete, cut };
}

/** How many bars before the first wanted one are needed. */
function barsBefore({ rules, window }: SeriesSpec, session: string, chosen: readonly ChosenIndicator[]): number {
  const { bars, wholeSession } = lookbackOf(chosen);
  const whole = wholeSession && !isDateLabelled(window.timeframe) ? rules.calendar.sessionOn(session) : null;
  const inSession = whole ? slotCount(rules.calendar.id, rules.timeframe, whole) : 0;
  return Math.max(INDICATOR_LOOKBACK, bars, inSession);
}

const closeBefore = async (maker: BarDeriver, session: string | null): Promise<number | null> =>
  session === null ? null : maker.closeOf(session);
