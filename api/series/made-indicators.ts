import type { IndicatorColumns } from '../../db/repositories/bar-reader.js';
import { INDICATOR_REACH, storedIndicators } from '../../domain/indicators/stored.js';
import { BarMaker, type IncompleteBar, type Part } from './made-bars.js';
import type { SeriesView } from './view.js';

/** Indicators of bars that are made on read: those that would be stored beside them. */
export async function madeIndicators(
  maker: BarMaker,
  { rules, window }: SeriesView,
  part: Part,
): Promise<{ columns: IndicatorColumns; incomplete: IncompleteBar[]; cut: boolean }> {
  const { bars, sessions, incomplete, cut } = await maker.bars(part);
  const first = bars.time[0];
  if (first === undefined) return { columns: NONE, incomplete, cut };
  const before = await maker.bars({ from: null, to: first, newest: true, limit: INDICATOR_REACH });
  const dates = [...before.sessions, ...sessions];
  const isLonger = window.timeframe === '1w' || window.timeframe === '1mo';
  const previousSession = (session: string) =>
    isLonger ? null : (rules.calendar.previousSession(session)?.date ?? null);
  const { sma20, sma50, barReturn, dailyReturn } = storedIndicators({
    closes: [...before.bars.close, ...bars.close],
    sessions: dates,
    from: before.bars.time.length,
    previousSession,
    closeBefore: sessions[0] === dates[0] ? await closeBefore(maker, previousSession(dates[0]!)) : null,
  });
  return { columns: { time: bars.time, close: bars.close, sma20, sma50, barReturn, dailyReturn }, incomplete, cut };
}

const NONE: IndicatorColumns = { time: [], close: [], sma20: [], sma50: [], barReturn: [], dailyReturn: [] };

const closeBefore = async (maker: BarMaker, session: string | null): Promise<number | null> =>
  session === null ? null : maker.closeOf(session);
