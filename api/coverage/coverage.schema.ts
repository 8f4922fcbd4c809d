import { z } from 'zod';
import { PENDING_REASONS, UNOBTAINABLE_REASONS } from '../../domain/coverage/slot-state.js';
import { STORED_TIMEFRAMES } from '../../domain/timeframe.js';
import { cursorParameter, instantParameter, limitParameter, oneOf, sourceParameter } from '../http/parameters.js';
import { assetHead, instant, nextCursor, source, sourceOutage, timeframe } from '../openapi/fields.js';
import { component } from '../openapi/registry.js';

const count = (description: string, example: number) => z.int().meta({ description, example });
const date = (description: string) => z.string().meta({ format: 'date', description, example: '2026-11-20' });

const REASONS = [...PENDING_REASONS, ...UNOBTAINABLE_REASONS] as const;
const reasons = z.partialRecord(z.enum(REASONS), z.int()).meta({
  description:
    'Pending and unobtainable slots by reason; reasons with no slots are absent. Pending: `not_asked`, no payload has covered the slot yet; `null_at_provider`, the provider has no bar there, and this is not confirmed yet; `rejected`, the row broke a rule; `lost`, the bar was stored and something other than a load removed it. Unobtainable: `corrupt`, the provider keeps sending the same broken values; `out_of_reach`, older than the history that the provider offers.',
  example: { null_at_provider: 3 },
});

const counts = {
  expected: count('Bars expected by now: filled + empty + pending + unobtainable.', 390),
  filled: count('Bars that are served.', 387),
  empty: count('Slots confirmed empty: long after the close, the provider still has no bar there.', 0),
  pending: count('Missing bars that will be requested again.', 3),
  unobtainable: count('Missing bars that cannot be obtained.', 0),
  reasons,
};
const nextAttemptAt = instant(
  'Time of the next attempt to fetch the pending bars, wall clock; null if that is the next run.',
).nullable();

const noBars = z
  .object({
    reason: z
      .enum(['nothing_at_provider', 'not_yet_fetched'])
      .meta({ description: 'As in `meta.reason` of an empty series.' }),
    responses: count('Responses that were stored.', 14),
    lastResponseAt: instant('When the latest one was requested, wall clock; null if there is none.').nullable(),
    failure: z.string().nullable().meta({
      description: 'Type and message of the latest failure of the last 24 hours; null if there is none.',
      example: 'UnknownSymbol: Yahoo Finance no longer carries MT.PA: empty response, exchange YHD',
    }),
  })
  .nullable()
  .meta({ description: 'Why the series has no bar at all; null if it has one.', example: null });

const heldBack = z
  .object({
    symbol: assetHead.symbol,
    source,
    split: z
      .object({
        session: date('Ex-date.'),
        numerator: z.number().meta({ description: 'New shares for `denominator` old ones.', example: 4 }),
        denominator: z.number().meta({ example: 1 }),
      })
      .nullable()
      .meta({ description: 'The split that is in force and not applied yet; null if the provider reports none.' }),
    since: instant('When the first payload that was held back was requested, wall clock.'),
    waitsFor: z.string().meta({
      description: 'What has to happen before the payloads of the asset are loaded again.',
      example: 'prices from 2026-11-20 on that show whether its split of 4 for 1 has taken effect',
    }),
    nextTryAt: instant('Before then no adjustment is tried, wall clock; null = with the next payload.').nullable(),
  })
  .meta({ description: 'A source of an asset whose payloads are not loaded, because its price level is changing.' });

const difference = (field: string, example: number) =>
  z.number().meta({ description: `Difference of the ${field}, as a fraction.`, example });

const quality = z
  .object({
    open: difference('open', 0),
    high: difference('high', 0.0001),
    low: difference('low', 0),
    close: difference('close', -0.0002),
    volume: difference('volume', -0.012).nullable(),
    minutes: count('Minute bars stored at the time of the comparison.', 390),
    expected: count('Minute bars expected.', 390),
    checkedAt: instant('Time of the comparison, wall clock.'),
  })
  .nullable()
  .meta({
    description:
      "The day aggregated from the stored minute bars, compared with the provider's daily bar: aggregate ÷ daily bar − 1. `volume` is null if it was not compared; all of it is null if the session was not compared, and for coins.",
  });

const SessionSchema = z.object({
  session: date('Trading date.'),
  ...counts,
  firstPending: instant('Open of the first pending bar; null if none is pending.').nullable(),
  nextAttemptAt,
  attempts: count('Attempts that left bars pending.', 1),
  verifiedAt: instant('When the whole session was last fetched, wall clock; null if it never was.').nullable(),
  hash: z.string().nullable().meta({
    description:
      "SHA-256 of the session's bars, hexadecimal; null if none is stored, or if one was aggregated from shorter bars of a later source. Each bar, in time order, is 48 bytes, big-endian: the time of its open in epoch milliseconds as a 64-bit integer, then open, high, low, close and volume as IEEE 754 doubles, with NaN for an unknown volume (Python: `struct.pack('>q5d', …)`).",
    example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  }),
  quality,
});

export const CoverageSchema = component(
  'Coverage',
  z.object({
    ...assetHead,
    timeframe,
    sourceOutage,
    sessions: z.array(SessionSchema),
    noBars,
    heldBack: z
      .array(heldBack)
      .meta({ description: 'Why payloads of the asset are held back, by source; empty if none are.' }),
    nextCursor,
  }),
);
export type CoverageBody = z.output<typeof CoverageSchema>;

export const CoverageSummarySchema = component(
  'CoverageSummary',
  z.object({
    heldBack: z.array(heldBack).meta({ description: 'The sources of assets whose payloads are held back, by symbol.' }),
    totals: z.object({ assets: count('Tracked assets with at least one of these series.', 11), ...counts }),
    series: z.array(
      z.object({
        symbol: assetHead.symbol,
        assetClass: assetHead.assetClass,
        exchange: assetHead.exchange,
        timeframe,
        sourceOutage,
        ...counts,
        sessions: count('Sessions since the first bar.', 21),
        firstSession: date('Session of the first bar; null if there is none.').nullable(),
        lastSession: date('Latest session with a final bar; null if there is none.').nullable(),
        pendingSessions: count('Sessions with pending bars.', 1),
        oldestPending: date('The oldest session with pending bars; null if there is none.').nullable(),
        nextAttemptAt,
        noBars,
      }),
    ),
  }),
);
export type CoverageSummaryBody = z.output<typeof CoverageSummarySchema>;

const cells = (state: string) =>
  z.array(z.int().nullable()).meta({
    description: `${state}, one number per column; null if the asset has no session on that date, or had no bars yet.`,
    example: [390, 390, null],
  });

export const CoverageMatrixSchema = component(
  'CoverageMatrix',
  z.object({
    sessions: z
      .array(date('Trading date.'))
      .meta({ description: 'The columns: dates on which at least one asset trades, ascending.' }),
    assets: z
      .array(
        z.object({
          symbol: assetHead.symbol,
          assetClass: assetHead.assetClass,
          exchange: assetHead.exchange,
          timeframe,
          expected: cells('Bars expected'),
          filled: cells('Bars that are served'),
          empty: cells('Slots confirmed empty'),
          pending: cells('Missing bars that will be requested again'),
          unobtainable: cells('Missing bars that cannot be obtained'),
        }),
      )
      .meta({ description: 'The rows, in the order of `/api/assets/list`.' }),
  }),
);
export type CoverageMatrixBody = z.output<typeof CoverageMatrixSchema>;

const timeframeParameter = (description: string) =>
  oneOf(STORED_TIMEFRAMES).optional().meta({ description, example: '1m' });

export const CoverageQuery = z.strictObject({
  timeframe: timeframeParameter(
    'A timeframe that is stored for the asset. Default: the shortest of its first source, `1m` for stocks and `30m` for coins.',
  ),
  start: instantParameter('First trading date, inclusive. The date part of a time is used.', '2026-11-01'),
  end: instantParameter('End trading date, exclusive.', '2026-11-21'),
  limit: limitParameter(100, 1_000, 'Maximum number of sessions per page.'),
  sort: oneOf(['asc', 'desc'] as const)
    .optional()
    .meta({ description: 'Order by trading date. Default `desc`, newest first.', example: 'desc' }),
  source: sourceParameter,
  cursor: cursorParameter,
});
export type CoverageFilter = z.output<typeof CoverageQuery>;

export const CoverageSummaryQuery = z.strictObject({
  timeframe: timeframeParameter('Return only series of this timeframe.'),
});
export type CoverageSummaryFilter = z.output<typeof CoverageSummaryQuery>;

export const CoverageMatrixQuery = z.strictObject({
  timeframe: timeframeParameter(
    'Return only assets with this timeframe, and their coverage in it. Default: the shortest timeframe of the first source of each asset.',
  ),
  sessions: limitParameter(30, 120, 'Number of trading dates, ending with the latest.'),
});
export type CoverageMatrixFilter = z.output<typeof CoverageMatrixQuery>;
