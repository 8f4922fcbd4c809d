import { ApplicationFailure } from '@temporalio/common';
import type { Activities } from '../activities/index.js';
import type { CloseRunInput, ExtractInput, SingleRequest } from '../contracts/activities.js';
import type { CalendarId } from '../domain/calendars/calendar.js';

/** A planned request for bars of an asset. @param exchange default: as in a plan made before plans named it */
export const bars = (assetId: number, exchange?: CalendarId): SingleRequest => ({
  ...(exchange ? { exchange } : {}),
  kind: 'bars',
  provider: 'yahoo',
  assetId,
  symbol: `S${assetId}`,
  providerSymbol: `S${assetId}`,
  timeframe: '1m',
  window: { from: 0, to: 60_000 },
});

/** What a backfill will request. */
export const COUNT = {
  ...{ requests: 1, expectedBars: 390, estimatedSeconds: 1, assets: 1, waiting: 0 },
  byProvider: [{ provider: 'yahoo' as const, requests: 1, expectedBars: 390, estimatedSeconds: 1 }],
};

/** Activities that succeed, and record how runs were closed. @param change those that a test replaces */
export function fakes(change: Partial<Activities> = {}): { activities: Activities; closed: CloseRunInput[] } {
  const closed: CloseRunInput[] = [];
  const series = { assetId: 1, timeframe: '1m' as const, rows: 3 };
  const activities: Activities = {
    openRun: () => Promise.resolve({ nominalAt: 0, asOf: 10_000, supersededBy: null }),
    recordProgress: () => Promise.resolve(),
    closeRun: (input) => {
      closed.push(input);
      const { assetsOk, assetsFailed } = input;
      return Promise.resolve({ assetsOk, assetsFailed, failedSymbols: [] });
    },
    reconcileRuns: () => Promise.resolve(0),
    planLive: () => Promise.resolve({ requests: [bars(1), bars(2)], skipped: null, more: false, waiting: 0 }),
    planBackfill: () => Promise.resolve({ requests: [], skipped: 'nothing is missing', more: false, waiting: 0 }),
    extract: ({ request }) => Promise.resolve({ ...series, assetId: idOf(request), payloadId: idOf(request) }),
    extractMany: ({ request: { assets } }) =>
      Promise.resolve({
        payloads: assets.map(({ assetId }) => ({ ...series, assetId, payloadId: assetId })),
        refused: [],
      }),
    lookUp: () => Promise.resolve({ instruments: [], failure: null }),
    transform: ({ payloadIds }) =>
      Promise.resolve(
        payloadIds.map((payloadId) => ({ ...series, payloadId, batchId: payloadId, assetId: payloadId, rejected: 0 })),
      ),
    load: ({ batchIds }) =>
      Promise.resolve(
        batchIds.map((batchId) => ({ ...series, batchId, inserted: 2, updated: 1, unchanged: 0, held: null })),
      ),
    classifyGaps: () => Promise.resolve([]),
    describeGaps: () => Promise.resolve(null),
    compareWithDays: () => Promise.resolve(0),
    compareSources: () => Promise.resolve({ compared: 0, findings: 0, rolesChanged: 0 }),
    countBackfill: () => Promise.resolve(COUNT),
    planReplay: () => Promise.resolve([]),
    planHeal: () => Promise.resolve({ requests: [], skipped: 'nothing to request', more: false, waiting: 0 }),
    planVerify: () => Promise.resolve({ requests: [], skipped: 'nothing is due', more: false, waiting: 0 }),
    declareOutage: () => Promise.resolve(),
    endOutage: () => Promise.resolve(false),
    planAdjust: () => Promise.resolve([bars(1)]),
    applySplits: () => Promise.resolve({ splits: 1, rescaled: 5, loaded: [] }),
    judgeAlerts: () => Promise.resolve({ opened: 0, closed: 0, hasNews: false }),
    prepareDelivery: () => Promise.resolve(null),
    deliverAlerts: () => Promise.resolve(),
    abandonDelivery: () => Promise.resolve(),
    housekeep: () =>
      Promise.resolve({
        ...{ steps: 0, calls: 0, changes: 0, rejected: 0, bodies: 0 },
        bytes: { steps: 0, calls: 0, changes: 0, bodies: 0 },
      }),
    backUp: () =>
      Promise.resolve({ name: '2026-11-30T02-30-00Z', bytes: 125_000_000, copyBytes: 12_500_000, droppedCopies: 1 }),
    ...change,
  };
  return { activities, closed };
}
export const idOf = (request: ExtractInput['request']) => (request.kind === 'bars' ? request.assetId : 0);

/** How an activity fails. */
export const down = (type: string, nonRetryable: boolean) =>
  ApplicationFailure.create({ type, message: `${type} it is`, nonRetryable });
