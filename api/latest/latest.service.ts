import { Injectable } from '@nestjs/common';
import type { AssetClass } from '../../config/catalog/asset-classes.js';
import { EXCHANGES } from '../../config/catalog/exchanges.js';
import { PROVIDERS } from '../../config/catalog/providers.js';
import type { AssetRow } from '../../db/repositories/read/asset-reader.js';
import { BarReader, type LatestBar, type LatestKey, type LatestRow } from '../../db/repositories/read/bar-reader.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { SECOND } from '../../domain/timeframe.js';
import { AssetCatalog } from '../assets/asset-catalog.js';
import { headOf } from '../assets/asset-head.js';
import { batched } from '../http/batched.js';
import { isoSeconds } from '../http/time.js';
import { SeriesVersions } from '../series/series-versions.js';
import type { LatestBody } from './latest.schema.js';

/** Digits of a difference of two decimals that are not noise of their binary forms. */
const SIGNIFICANT_DIGITS = 12;

interface CachedLatest {
  version: string;
  asset: AssetRow;
  body: LatestBody;
}

/**
 * The newest final bar of an asset, its live price, and the change since the previous session. A body is reused until
 * anything is committed; then concurrent requests share one read.
 */
@Injectable()
export class LatestService {
  private readonly cache = new Map<number, CachedLatest>();
  private readonly rowOf: (asset: AssetRow) => Promise<LatestRow>;

  constructor(
    private readonly assets: AssetCatalog,
    private readonly versions: SeriesVersions,
    bars: BarReader,
  ) {
    this.rowOf = batched((rows) => bars.latest(rows.map(latestKeyOf)));
  }

  async latest(assetClass: AssetClass, symbol: string): Promise<LatestBody> {
    const asset = await this.assets.find(assetClass, symbol);
    // before the bar is read: a later commit changes the version for the next request
    const version = await this.versions.ofAll();
    const cached = this.cache.get(asset.id);
    if (cached?.version === version && cached.asset === asset) return cached.body;
    const body = bodyOf(asset, await this.rowOf(asset));
    this.cache.set(asset.id, { version, asset, body });
    return body;
  }
}

export function latestKeyOf({ id, provider }: AssetRow): LatestKey {
  const { live, reference } = PROVIDERS[provider];
  return { assetId: id, timeframe: live, reference };
}

const bodyOf = (asset: AssetRow, { bar, quote }: LatestRow): LatestBody => ({
  ...headOf(asset),
  timeframe: PROVIDERS[asset.provider].live,
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

/** The close of the session before that of the bar; null if that session is not stored, never an older close. */
function previousClose(row: LatestBar, asset: AssetRow): number | null {
  const previous = calendarOf(asset.exchange).previousSession(row.session);
  return row.referenceSession === previous?.date ? row.referenceClose : null;
}

function changeOf(row: LatestBar | null, previous: number | null) {
  if (!row || previous === null) return { previousClose: null, change: null, changePercent: null };
  const change = Number((row.close - previous).toPrecision(SIGNIFICANT_DIGITS));
  return {
    previousClose: previous,
    change,
    changePercent: Number(((change / previous) * 100).toPrecision(SIGNIFICANT_DIGITS)),
  };
}
