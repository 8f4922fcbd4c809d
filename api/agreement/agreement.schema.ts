import { z } from 'zod';
import { PROVIDER_IDS } from '../../config/catalog/providers.js';
import { FINDING_KINDS } from '../../domain/agreement/finding.js';
import { STORED_TIMEFRAMES } from '../../domain/timeframe.js';
import { cursorParameter, instantParameter, limitParameter, oneOf } from '../http/parameters.js';
import { assetHead, instant, nextCursor, providerId, timeframe } from '../openapi/fields.js';
import { component } from '../openapi/registry.js';

const count = (description: string, example: number) => z.int().meta({ description, example });
const fraction = (description: string, example: number) => z.number().meta({ description, example });

const field = (name: string) =>
  z
    .object({
      beyondTick: count('Bars in which it is more than a tick away.', 3),
      beyond10bp: count('Of these, bars in which it is also more than 10 basis points (0.1 %) away.', 0),
      median: fraction('Median difference, a fraction: other ÷ source − 1.', 0),
      largest: fraction('Largest difference, with its sign.', -0.00003),
    })
    .meta({ description: `How far the ${name} of the other source is from that of the source.` });

const FindingSchema = z
  .object({
    kind: z.enum(FINDING_KINDS).meta({
      description:
        '`unit`: a factor of 100; `split`: the ratio of a split; `stale`: one source repeats itself while the other moves; `shift`: the same prices at other times; `level`: all prices apart by the same ratio; `outlier`: single prices far apart.',
      example: 'level',
    }),
    detail: z.string().meta({ description: 'The finding in words.', example: 'Alpaca is 1 % above Yahoo Finance.' }),
    from: instant('Open of the first bar that it concerns.'),
    to: instant('Open of the last bar that it concerns.'),
    bars: count('Bars that show it.', 390),
    evidence: z.record(z.string(), z.union([z.number(), z.string()])).meta({
      description:
        'What it was concluded from. `unit` and `level`: `ratio`, other ÷ source. `split`: `ratio` and `split`. `stale`: `side` (`source` or `other`) repeats `price` while the other one changes `changes` times, over a `range` (a fraction). `shift`: `lagSeconds` by which the other source is late (negative: early) and the fraction of the difference that this lag `explained`. `outlier`: the `field`, the `time` (epoch ms) and `price` at the source, the `otherPrice` and their `ratio`.',
      example: { ratio: 1.01 },
    }),
  })
  .nullable()
  .meta({ description: 'The gravest difference that is no ordinary one; null if there is none.' });

const ComparisonSchema = component(
  'Comparison',
  z.object({
    ...assetHead,
    session: z.string().meta({ format: 'date', description: 'Trading date.', example: '2026-11-20' }),
    timeframe: timeframe.meta({
      description:
        'Length of the compared bars. If the sources have none in common, the bars of the one are aggregated to those of the other.',
    }),
    source: providerId.meta({ description: 'The source that the other one is compared with.' }),
    other: providerId.meta({ description: 'The other source.' }),
    bars: count('Bars that both have.', 389),
    onlySource: count('Bars that only the source has.', 1),
    onlyOther: count('Bars that only the other source has.', 0),
    beyondTick: count('Bars in which at least one price is more than a tick away.', 3),
    beyond10bp: count('Of these, bars in which one is also more than 10 basis points (0.1 %) away.', 0),
    tick: z.number().nullable().meta({
      description: 'Price step of the coarser source, in `currency`; null if too few prices show it.',
      example: 0.01,
    }),
    prices: z
      .object({ open: field('open'), high: field('high'), low: field('low'), close: field('close') })
      .nullable()
      .meta({ description: 'By price; null if the sources have no bar in common.' }),
    volumeRatio: z.number().nullable().meta({
      description: 'Median of other ÷ source over the bars that traded at both; null if there is none.',
      example: 0.998,
    }),
    returnCorrelation: z.number().nullable().meta({
      description: 'Correlation of the changes from close to close; null if a source does not move.',
      example: 0.9997,
    }),
    finding: FindingSchema,
    comparedAt: instant('Time of the comparison, wall clock.'),
  }),
);
export type ComparisonBody = z.output<typeof ComparisonSchema>;

export const AgreementSchema = component('Agreement', z.object({ comparisons: z.array(ComparisonSchema), nextCursor }));
export type AgreementBody = z.output<typeof AgreementSchema>;

const providers = z
  .string()
  .transform((text) => text.split(','))
  .pipe(z.array(oneOf(PROVIDER_IDS)).max(2, 'must name at most two sources'))
  .optional()
  .meta({
    description: 'Return only comparisons with this source; two, separated by a comma, name a pair.',
    example: 'yahoo',
  });

const shared = {
  timeframe: oneOf(STORED_TIMEFRAMES)
    .optional()
    .meta({ description: 'Return only comparisons of bars of this length.', example: '1m' }),
  source: providers,
  start: instantParameter('First trading date, inclusive. The date part of a time is used.', '2026-11-01'),
  end: instantParameter('End trading date, exclusive.', '2026-11-21'),
  finding: oneOf(['any', ...FINDING_KINDS] as const)
    .optional()
    .meta({ description: 'Return only comparisons with a finding of this kind, or with `any`.', example: 'any' }),
  limit: limitParameter(50, 500, 'Maximum number of comparisons per page.'),
  cursor: cursorParameter,
};

export const AgreementQuery = z.strictObject(shared);
export type AgreementFilter = z.output<typeof AgreementQuery>;

export const FindingsQuery = z.strictObject({
  ...shared,
  finding: oneOf(FINDING_KINDS)
    .optional()
    .meta({ description: 'Return only findings of this kind.', example: 'level' }),
});
export type FindingsFilter = z.output<typeof FindingsQuery>;
