import type pg from 'pg';
import { PROVIDERS } from '../config/catalog/providers.js';
import { rulesOf } from '../config/catalog/series-rules.js';
import { earlierSources } from '../db/repositories/read/earlier-sources.js';
import type { Asset } from '../db/repositories/read/active-assets.js';
import type { SeriesPlanInput } from '../domain/planning/plan-input.js';
import { endedSessions, standsIn } from '../domain/planning/stand-in.js';
import type { StoredTimeframe } from '../domain/timeframe.js';

/** Whether other sources of the asset come before this one in a timeframe, or it is only compared. */
export const isStandBy = ({ earlier, role }: Asset, timeframe: StoredTimeframe): boolean =>
  role === 'check' || earlier.some((provider) => timeframe in PROVIDERS[provider].stored);

/**
 * Which of some assets, all of one timeframe, are requested for their newest bars: those that no other source comes before,
 * and those that stand in for the sources before them.
 * @param asOf market clock, epoch ms
 */
export async function requestedNow(
  pool: pg.Pool,
  assets: readonly Asset[],
  timeframe: StoredTimeframe,
  asOf: number,
): Promise<ReadonlySet<number>> {
  const standBy = assets.filter((asset) => isStandBy(asset, timeframe));
  const requested = new Set(assets.filter((asset) => !standBy.includes(asset)).map(({ id }) => id));
  if (standBy.length === 0) return requested;
  const served = standBy.filter(({ role }) => role === 'serve').map(({ id }) => id);
  const rows = await earlierSources(pool, served, timeframe);
  const having = rows.filter(({ provider }) => timeframe in PROVIDERS[provider].stored);
  for (const [id, earlier] of Map.groupBy(having, (row) => row.of)) {
    const sources = earlier.map(({ provider, exchange, isOut, newestBar }) => ({
      isOut,
      newestBar,
      rules: rulesOf({ exchange, provider, timeframe }),
    }));
    if (standsIn(sources, asOf)) requested.add(id);
  }
  return requested;
}

/** The plan of a series, without the sessions that are not over: for a source that does not stand in. */
export function afterTheClose(series: SeriesPlanInput): SeriesPlanInput {
  const ended = endedSessions(series, series.range.from, series.asOf);
  const { sessions } = series;
  return { ...series, sessions: sessions ? new Set([...sessions].filter((date) => ended.has(date))) : ended };
}
