import { EXCHANGES } from '../../config/catalog/exchanges.js';
import { type ProviderId, PROVIDERS } from '../../config/catalog/providers.js';
import { PIPELINES } from '../../config/catalog/schedules.js';
import type { CalendarId } from '../../domain/calendars/calendar.js';
import { MINUTE, type StoredTimeframe } from '../../domain/timeframe.js';
import { compareBars, type Finding, type StoredBar } from './compare-bars.js';
import { compareRuns, listWorkflows, RUN_ROWS, type RunRow } from './compare-runs.js';
import type { Product } from './product.js';
import { STORED_BAR, type TrueBar } from './true-bars.js';

/** How long after its fire a live run may take to store what was final then. */
const RUN_MS = MINUTE;

interface Series {
  assetId: number;
  symbol: string;
  provider: ProviderId;
  /** The sandbox's name of the asset. */
  providerSymbol: string;
  exchange: CalendarId;
  timeframe: StoredTimeframe;
}

interface Watched extends Series {
  /** The oldest bar that the sandbox has served, epoch ms: from here on, nothing may be missing. */
  from: number;
  corrected: Map<string, TrueBar>;
}

/** Every bar that the sandbox has served for the first source of an asset, and every workflow that Temporal lists, against what the product has stored. */
export class Ledger {
  private readonly product: Product;
  private watched: Watched[] = [];

  constructor(product: Product) {
    this.product = product;
  }

  /** Begins with what has been served so far. @returns the number of bars */
  async begin(): Promise<number> {
    const series = await this.product.rows<Series>(
      `select a.id as "assetId", symbol, provider::text, provider_symbol as "providerSymbol", exchange, s.timeframe
      from assets a join series s on s.asset_id = a.id where active and rank = 1 order by 1, 6`,
    );
    let count = 0;
    for (const each of series) {
      const { bars } = await this.product.page<{ bars: TrueBar[] }>('/__ledger', {
        symbol: each.providerSymbol,
        interval: each.timeframe,
      });
      count += bars.length;
      if (bars[0]) this.watched.push({ ...each, from: Date.parse(bars[0][0]), corrected: new Map() });
    }
    return count;
  }

  /** Everything that is wrong now. */
  async judge(): Promise<Finding[]> {
    const findings: Finding[] = [];
    for (const series of this.watched) findings.push(...(await this.judgeSeries(series)));
    return [...findings, ...(await this.judgeRuns()), ...this.product.exits()];
  }

  /** Calls `correct`, by which the provider corrects bars of an asset; those stored before are stale from then on. */
  async correcting(symbol: string, correct: () => Promise<unknown>): Promise<void> {
    const own = this.watched.filter((series) => series.symbol === symbol);
    const before = await Promise.all(own.map((series) => this.truth(series, 0)));
    await correct();
    for (const [i, series] of own.entries()) for (const bar of before[i]!) series.corrected.set(bar[0], bar);
  }

  private async judgeSeries(series: Watched): Promise<Finding[]> {
    // the stored bars first, so that whatever is stored is already in the truth
    const stored = await this.product.rows<{ bar: TrueBar; fetchedAt: Date }>(
      `select ${STORED_BAR} as bar, fetched_at as "fetchedAt" from bars b
      where asset_id = $1 and timeframe = $2 and time >= $3 order by time`,
      [series.assetId, series.timeframe, new Date(series.from)],
    );
    const asOfFetch = ({ bar, fetchedAt }: (typeof stored)[0]): StoredBar => ({
      bar,
      fetchedAt: fetchedAt.getTime() + this.product.clockOffsetMs,
    });
    const { settleMs, recheckMs } = PROVIDERS[series.provider].stored[series.timeframe as '1m']!;
    const truth = await this.truth(series, 0);
    const due = await this.truth(series, settleMs + recheckMs + Date.now() - lastFire(series));
    const { delayMs } = EXCHANGES[series.exchange];
    return compareBars({ ...series, delayMs, stored: stored.map(asOfFetch), truth, due });
  }

  private truth({ providerSymbol, timeframe, from }: Watched, settleMs: number): Promise<TrueBar[]> {
    const query = { interval: timeframe, from: new Date(from).toISOString(), settle_s: settleMs / 1000 };
    return this.product.page<TrueBar[]>(`/__truth/${providerSymbol}`, query);
  }

  private async judgeRuns(): Promise<Finding[]> {
    // the rows last: every row has a workflow, but a workflow gets its row a moment after its start
    const listed = await this.product.withTemporal(listWorkflows);
    return compareRuns(listed, await this.product.rows<RunRow>(RUN_ROWS));
  }
}

/** When the last live run of the series was due to have ended: its fire, epoch ms. */
function lastFire({ provider, timeframe }: Series): number {
  const { gridMs, offsetMs } = Object.values(PIPELINES).find(
    (pipeline) => pipeline.provider === provider && (pipeline.timeframes as readonly string[]).includes(timeframe),
  )!;
  return Math.floor((Date.now() - RUN_MS - offsetMs) / gridMs) * gridMs + offsetMs;
}
