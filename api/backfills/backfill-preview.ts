import type { ProviderId } from '../../config/catalog/providers.js';
import { BULK_SHARE } from '../../config/rates.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { windowBars } from '../../domain/planning/window-bars.js';
import type { MissingWindow } from '../../planning/missing-windows.js';
import { isoSeconds } from '../http/time.js';
import type { BackfillPlanBody } from './backfills.schema.js';

/** Windows that a preview lists at most. */
const MAX_WINDOWS = 500;

/**
 * Counts the requests and bars of a plan, and estimates its duration.
 * @param waiting slots that the provider left empty and whose next attempt is not due yet
 * @param rates requests per second, by provider
 */
export function previewOf(
  { windows, waiting }: { windows: MissingWindow[]; waiting: number },
  rates: Readonly<Record<ProviderId, number>>,
): BackfillPlanBody {
  const counted = windows.map((missing) => ({ ...missing, expectedBars: barsOf(missing) }));
  const byProvider = [...Map.groupBy(counted, ({ asset }) => asset.provider)].map(([provider, requests]) => ({
    provider,
    requests: requests.length,
    expectedBars: sum(requests.map(({ expectedBars }) => expectedBars)),
    estimatedSeconds: Math.ceil(requests.length / (rates[provider] * BULK_SHARE)),
  }));
  return {
    dryRun: true,
    requests: windows.length,
    expectedBars: sum(byProvider.map(({ expectedBars }) => expectedBars)),
    // the providers work in parallel
    estimatedSeconds: Math.max(0, ...byProvider.map(({ estimatedSeconds }) => estimatedSeconds)),
    waiting,
    byProvider,
    windows: counted.slice(0, MAX_WINDOWS).map(({ asset, timeframe, window, expectedBars }) => ({
      symbol: asset.symbol,
      timeframe,
      start: isoSeconds(window.from),
      end: isoSeconds(window.to),
      expectedBars,
    })),
  };
}

const barsOf = ({ asset, timeframe, window }: MissingWindow): number =>
  windowBars(calendarOf(asset.exchange), timeframe, window);

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);
