import { Injectable } from '@nestjs/common';
import type { AssetRow } from '../../db/repositories/read/asset-reader.js';
import { SparklineReader, type SparklineWindow } from '../../db/repositories/read/sparkline-reader.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { DAY, MINUTE, SECOND, TIMEFRAME_MS } from '../../domain/timeframe.js';
import { AssetCatalog } from '../assets/asset-catalog.js';
import { isoSeconds } from '../http/time.js';
import { mapInTurns } from '../http/turns.js';
import type { LatestListBody, SparklineBody } from './latest-list.schema.js';
import type { LatestBody } from './latest.schema.js';
import { LatestService } from './latest.service.js';

/** About eighty steps per session: a small chart has no room for more. */
const MIN_STEP_MS = 5 * MINUTE;

/** The latest bar, price and change of every asset. */
@Injectable()
export class LatestListService {
  constructor(
    private readonly catalog: AssetCatalog,
    private readonly latest: LatestService,
    private readonly sparklines: SparklineReader,
  ) {}

  async list(withSparkline: boolean): Promise<LatestListBody> {
    const assets = await this.catalog.activeWithSources();
    const latest = await mapInTurns(assets, async ({ asset }) => this.latest.latest(asset.assetClass, asset.symbol));
    if (!withSparkline) return { assets: latest };
    const windows = await mapInTurns(assets, ({ asset, sources }, i) => windowOf(asset, sources, latest[i]!));
    const closes = await this.sparklines.closes(windows.filter((window) => window !== null));
    return { assets: latest.map((body, i) => ({ ...body, sparkline: sparklineOf(windows[i]!, closes) })) };
  }
}

/** The session of the last bar; the 24 hours up to its close in a market that never closes. */
function windowOf(
  { id, exchange }: AssetRow,
  sources: readonly AssetRow[],
  { bar, timeframe }: LatestBody,
): SparklineWindow | null {
  if (!bar) return null;
  const key = {
    assetId: id,
    sources: sources.map((source) => source.id),
    timeframe,
    stepMs: Math.max(MIN_STEP_MS, TIMEFRAME_MS[timeframe]),
  };
  if (exchange === '24/7') {
    const end = Date.parse(bar.time) + TIMEFRAME_MS[timeframe];
    return { ...key, start: end - DAY, end };
  }
  const session = calendarOf(exchange).sessionOn(bar.session);
  return session && { ...key, start: session.open, end: session.close };
}

function sparklineOf(
  window: SparklineWindow | null,
  closes: ReadonlyMap<number, (number | null)[]>,
): SparklineBody | null {
  if (!window) return null;
  return {
    start: isoSeconds(window.start),
    end: isoSeconds(window.end),
    stepSeconds: window.stepMs / SECOND,
    closes: closes.get(window.assetId) ?? [],
  };
}
