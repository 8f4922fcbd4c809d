import { Injectable } from '@nestjs/common';
import { EXCHANGES } from '../../config/catalog/exchanges.js';
import type { AssetClass } from '../../config/catalog/first-assets.js';
import type { AssetRow } from '../../db/repositories/read/asset-reader.js';
import { BarReader, type LatestBar, type LatestRow } from '../../db/repositories/read/bar-reader.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { SECOND, type StoredTimeframe } from '../../domain/timeframe.js';
import { AssetCatalog } from '../assets/asset-catalog.js';
import { headOf } from '../assets/asset-head.js';
import { batched } from '../http/batched.js';
import { isoSeconds } from '../http/time.js';
import { SeriesVersions } from '../series/series-versions.js';
import type { LatestBody } from './latest.schema.js';

/** The live timeframe of each class, and the one whose last bar before a session is the previous close. */
const TIMEFRAMES = {
  stock: { timeframe: '1m', reference: '1d' },
  crypto: { timeframe: '30m', reference: '30m' },
} as const satisfies Record<AssetClass, { timeframe: StoredTimeframe; reference: StoredTimeframe }>;

interface Kept {
  version: string;
  asset: AssetRow;
  body: LatestBody;
}

/**
 * The newest final bar of an asset, its live price, and the change since the previous session. An answer is given again
 * while nothing was committed; else those that are asked for at once are read at once.
 */
@Injectable()
export class LatestService {
  private readonly kept = new Map<number, Kept>();
  private readonly rowOf: (asset: AssetRow) => Promise<LatestRow>;

  constructor(
    private readonly assets: AssetCatalog,
    private readonly versions: SeriesVersions,
    bars: BarReader,
  ) {
    this.rowOf = batched((asked) =>
      bars.latest(asked.map(({ id, assetClass }) => ({ assetId: id, ...TIMEFRAMES[assetClass] }))),
    );
  }

  async latest(assetClass: AssetClass, symbol: string): Promise<LatestBody> {
    const asset = await this.assets.find(assetClass, symbol);
    // before the bar is read: what is committed in between makes the next one look again
    const version = await this.versions.ofAll();
    const kept = this.kept.get(asset.id);
    if (kept?.version === version && kept.asset === asset) return kept.body;
    const body = bodyOf(asset, await this.rowOf(asset));
    this.kept.set(asset.id, { version, asset, body });
    return body;
  }
}

const bodyOf = (asset: AssetRow, { bar, quote }: LatestRow): LatestBody => ({
  ...headOf(asset),
  timeframe: TIMEFRAMES[asset.assetClass].timeframe,
  bar: bar && barOf(bar),
  quote: quote && {
    price: quote.price,
    time: new Date(quote.time).toISOString(),
    delayedBy: EXCHANGES[asset.exchange].delayMs / SECOND,
  },
  ...changeOf(bar, bar && previousClose(bar, asset)),
});

const barOf = ({ time, session, open, high, low, close, volume }: LatestBar) => ({
  time: isoSeconds(time),
  session,
  open,
  high,
  low,
  close,
  volume,
});

/** The close of the session before the bar's own: null where that session is not stored, never an older one's. */
function previousClose(row: LatestBar, asset: AssetRow): number | null {
  const previous = calendarOf(asset.exchange).previousSession(row.session);
  return row.referenceSession === previous?.date ? row.referenceClose : null;
}

function changeOf(row: LatestBar | null, previous: number | null) {
  if (!row || previous === null) return { previousClose: null, change: null, changePercent: null };
  // the difference of two decimals, without the noise of their binary forms
  const change = Number((row.close - previous).toPrecision(12));
  return { previousClose: previous, change, changePercent: Number(((change / previous) * 100).toPrecision(12)) };
}
