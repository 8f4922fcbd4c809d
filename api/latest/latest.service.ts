import { Injectable } from '@nestjs/common';
import { EXCHANGES, type AssetClass } from '../../config/catalog.js';
import type { AssetRow } from '../../db/repositories/asset-reader.js';
import { BarReader, type LatestBar } from '../../db/repositories/bar-reader.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { SECOND, type StoredTimeframe } from '../../domain/timeframe.js';
import { AssetCatalog } from '../assets/asset-catalog.js';
import { headOf } from '../assets/asset-head.js';
import { isoSeconds } from '../http/time.js';
import { cachedFor } from '../http/ttl-cache.js';
import type { LatestBody } from './latest.schema.js';

/** The live timeframe of each class, and the one whose last bar before a session is the previous close. */
const TIMEFRAMES = {
  stock: { live: '1m', reference: '1d' },
  crypto: { live: '30m', reference: '30m' },
} as const satisfies Record<AssetClass, { live: StoredTimeframe; reference: StoredTimeframe }>;

/** Many clients ask for the same price at once: they share an answer that is no older than this. */
const KEPT_MS = 100;

/** The newest final bar of an asset, its live price, and the change since the previous session. */
@Injectable()
export class LatestService {
  private readonly answers = new Map<number, () => Promise<LatestBody>>();

  constructor(
    private readonly assets: AssetCatalog,
    private readonly bars: BarReader,
  ) {}

  async latest(assetClass: AssetClass, symbol: string): Promise<LatestBody> {
    const asset = await this.assets.find(assetClass, symbol);
    let answer = this.answers.get(asset.id);
    if (!answer) {
      answer = cachedFor(KEPT_MS, () => this.read(asset));
      this.answers.set(asset.id, answer);
    }
    return answer();
  }

  private async read(asset: AssetRow): Promise<LatestBody> {
    const { live, reference } = TIMEFRAMES[asset.assetClass];
    const { bar, quote } = await this.bars.latest(asset.id, live, reference);
    const delayedBy = EXCHANGES[asset.exchange].delayMs / SECOND;
    return {
      ...headOf(asset),
      timeframe: live,
      bar: bar && barOf(bar),
      quote: quote && { price: quote.price, time: new Date(quote.time).toISOString(), delayedBy },
      ...changeOf(bar, bar && previousClose(bar, asset)),
    };
  }
}

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
