import { z } from 'zod';
import { PENDING_REASONS, UNOBTAINABLE_REASONS } from '../../domain/coverage/slot-state.js';
import { STORED_TIMEFRAMES } from '../../domain/timeframe.js';
import { cursorParameter, instantParameter, limitParameter, oneOf } from '../http/parameters.js';
import { assetHead, instant, nextCursor, timeframe } from '../openapi/fields.js';
import { component } from '../openapi/registry.js';

const count = (description: string, example: number) => z.int().meta({ description, example });
const date = (description: string) => z.string().meta({ format: 'date', description, example: '2026-11-20' });

const REASONS = [...PENDING_REASONS, ...UNOBTAINABLE_REASONS] as const;
const reasons = z.partialRecord(z.enum(REASONS), z.int()).meta({
  description:
    'Slots that are pending or unobtainable, by reason; those without a slot are absent. Pending: `not_asked`, no answer has told of it; `null_at_provider`, answered without a bar, and not confirmed yet; `rejected`, the row broke a rule; `lost`, it was stored and is gone by other means than a load. Unobtainable: `corrupt`, the same broken values keep coming; `out_of_reach`, older than the provider answers for.',
  example: { null_at_provider: 3 },
});

const counts = {
  expected: count('Bars that are expected by now: expected = filled + empty + pending + unobtainable.', 390),
  filled: count('Stored.', 387),
  empty: count('Confirmed empty: the provider has no bar there, long after the close.', 0),
  pending: count('Missing, and asked for again.', 3),
  unobtainable: count('Missing, and not to be had.', 0),
  reasons,
};
const nextAttemptAt = instant(
  'When what is pending is asked for again, wall clock; null = by the next run.',
).nullable();

const quality = z
  .object({
    open: z.number().meta({ example: 0 }),
    high: z.number().meta({ example: 0.0001 }),
    low: z.number().meta({ example: 0 }),
    close: z.number().meta({ example: -0.0002 }),
    volume: z.number().nullable().meta({ description: 'Null where no volume was compared.', example: -0.012 }),
    minutes: count('Minutes that were stored when it was compared, of', 390),
    expected: count('those expected.', 390),
    checkedAt: instant('Wall clock.'),
  })
  .nullable()
  .meta({
    description:
      "The day that the stored minutes add up to against the provider's own day: minutes ÷ day − 1, fractions. Null where they were not compared, and for coins.",
  });

const SessionSchema = z.object({
  session: date('Trading date.'),
  ...counts,
  firstPending: instant('Open of the first bar that is pending; null where none is.').nullable(),
  nextAttemptAt,
  attempts: count('Answers that left something pending.', 1),
  verifiedAt: instant('When the newest answer for the whole session was fetched, wall clock.').nullable(),
  hash: z.string().nullable().meta({
    description:
      "SHA-256 over the session's stored bars as they are now, hex; null where none is stored. Each bar, in time order, is 48 bytes, big-endian: its open in epoch milliseconds as a 64-bit integer, then open, high, low, close and volume as IEEE 754 doubles, NaN where it has no volume (Python: `struct.pack('>q5d', …)`).",
    example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  }),
  quality,
});

export const CoverageSchema = component(
  'Coverage',
  z.object({
    ...assetHead,
    timeframe,
    sessions: z.array(SessionSchema),
    nextCursor,
  }),
);
export type CoverageBody = z.output<typeof CoverageSchema>;

export const CoverageSummarySchema = component(
  'CoverageSummary',
  z.object({
    totals: z.object({ assets: count('Assets that are tracked.', 11), ...counts }),
    series: z.array(
      z.object({
        symbol: assetHead.symbol,
        assetClass: assetHead.assetClass,
        exchange: assetHead.exchange,
        timeframe,
        ...counts,
        sessions: count('Sessions from the first bar until now.', 21),
        firstSession: date('Of the first bar; null while there is none.').nullable(),
        lastSession: date('The newest one with a bar that is final.').nullable(),
        pendingSessions: count('Sessions with something pending.', 1),
        oldestPending: date('The oldest of those.').nullable(),
        nextAttemptAt,
      }),
    ),
  }),
);
export type CoverageSummaryBody = z.output<typeof CoverageSummarySchema>;

const cells = (description: string) => z.array(z.int().nullable()).meta({ description, example: [390, 390, null] });

export const CoverageMatrixSchema = component(
  'CoverageMatrix',
  z.object({
    sessions: z
      .array(date('Trading date.'))
      .meta({ description: 'The columns, ascending: dates on which any asset trades.' }),
    assets: z
      .array(
        z.object({
          symbol: assetHead.symbol,
          assetClass: assetHead.assetClass,
          exchange: assetHead.exchange,
          timeframe,
          expected: cells('A number a column; null where the asset has no session, or had none yet.'),
          filled: cells('As `expected`.'),
          empty: cells('As `expected`.'),
          pending: cells('As `expected`.'),
          unobtainable: cells('As `expected`.'),
        }),
      )
      .meta({ description: 'The rows, in the order of /api/assets/list.' }),
  }),
);
export type CoverageMatrixBody = z.output<typeof CoverageMatrixSchema>;

const timeframeParameter = (description: string) =>
  oneOf(STORED_TIMEFRAMES).optional().meta({ description, example: '1m' });

export const CoverageQuery = z.strictObject({
  timeframe: timeframeParameter(
    'One that is stored of the asset. Default: the shortest, `1m` for stocks and `30m` for coins.',
  ),
  start: instantParameter('First trading date, inclusive; of a time, its date counts.', '2026-11-01'),
  end: instantParameter('Trading date at which to stop, exclusive.', '2026-11-21'),
  limit: limitParameter(100, 1_000, 'Most sessions of a page.'),
  sort: oneOf(['asc', 'desc'] as const)
    .optional()
    .meta({ description: 'Order by trading date. Default `desc`, the newest first.', example: 'desc' }),
  cursor: cursorParameter,
});
export type CoverageFilter = z.output<typeof CoverageQuery>;

export const CoverageSummaryQuery = z.strictObject({
  timeframe: timeframeParameter('Only series of this timeframe.'),
});
export type CoverageSummaryFilter = z.output<typeof CoverageSummaryQuery>;

export const CoverageMatrixQuery = z.strictObject({
  timeframe: timeframeParameter('Only assets that have it, and in it. Default: each asset in its shortest.'),
  sessions: limitParameter(30, 120, 'How many trading dates, the newest ones.'),
});
export type CoverageMatrixFilter = z.output<typeof CoverageMatrixQuery>;
