import { z } from 'zod';
import { PENDING_REASONS, UNOBTAINABLE_REASONS } from '../../domain/coverage/slot-state.js';
import { RUN_STATUSES, TRIGGERS } from '../../domain/run.js';
import { assetHead, instant, prices, runId, temporalUrl, timeframe, volume } from '../openapi/fields.js';
import { component } from '../openapi/registry.js';
import { PIPELINE_IDS } from '../pipeline/pipelines.js';
import { RejectedBarSchema } from '../quarantine/quarantine.schema.js';

export const SLOT_STATES = [
  'filled',
  'empty',
  ...PENDING_REASONS,
  ...UNOBTAINABLE_REASONS,
  'not_due',
  'not_expected',
] as const;

const PayloadSchema = component(
  'Payload',
  z
    .object({
      id: z.int().meta({ example: 48_211 }),
      sha256: z.string().meta({ description: 'Of the body, hexadecimal.', example: '9f86d081884c7d65…' }),
      url: z
        .string()
        .meta({ example: 'https://query2.finance.yahoo.com/v8/finance/chart/SPY?period1=1795444200&interval=1m' }),
      status: z.int().meta({ description: 'Of HTTP.', example: 200 }),
      bytes: z.int().meta({ description: 'Of the body.', example: 3_112 }),
      fetchedAt: instant('When it was asked for, wall clock.'),
      isKept: z
        .boolean()
        .meta({ description: 'False once its body is past the retention (PAYLOAD_RETENTION_DAYS).', example: true }),
      workflowId: z
        .string()
        .meta({ description: 'Of the run that fetched it.', example: 'stocks_1min-2026-11-20T15:00:10Z' }),
      runId,
    })
    .meta({ description: 'An answer of a provider as it was received.' }),
);
export type PayloadBody = z.output<typeof PayloadSchema>;

const RunRefSchema = z
  .object({
    workflowId: z.string().meta({ example: 'stocks_1min-2026-11-20T15:00:10Z' }),
    runId,
    pipeline: z.enum(PIPELINE_IDS),
    trigger: z.enum(TRIGGERS),
    status: z.enum(RUN_STATUSES),
    temporalUrl,
  })
  .nullable()
  .meta({ description: 'The run that stored it; null where it has no record.' });

const version = {
  ...prices,
  volume,
  recordedAt: instant('Since when it was visible, wall clock.'),
  payload: PayloadSchema.nullable().meta({ description: 'What gave its values.' }),
  run: RunRefSchema,
};

const indicator = (description: string) => z.number().nullable().meta({ description, example: 611.87 });

export const LineageSchema = component(
  'Lineage',
  z.object({
    ...assetHead,
    timeframe,
    time: instant("The bar's open; for 1d and longer 00:00Z of its trading date."),
    session: z.string().meta({ format: 'date', description: 'Trading date.', example: '2026-11-20' }),
    slot: z
      .object({
        state: z.enum(SLOT_STATES).meta({
          description:
            '`filled`: stored. `empty`: the provider has no bar there, confirmed. Then why it is missing. `not_due`: it is not final yet. `not_expected`: before the first bar of the series.',
          example: 'filled',
        }),
        attempts: z.int().meta({ description: 'Answers that left slots of this session without a bar.', example: 0 }),
        nextAttemptAt: instant(
          'When the session is asked for again, wall clock; null: by the next run, if at all.',
        ).nullable(),
        verifiedAt: instant('When the whole session was last answered for, wall clock.').nullable(),
      })
      .meta({ description: 'What is known of the place of this bar.' }),
    bar: z
      .object({
        ...version,
        sma20: indicator('Mean of the latest 20 closes.'),
        sma50: indicator('Mean of the latest 50 closes.'),
        barReturn: indicator("Against the previous bar's close, a fraction."),
        dailyReturn: indicator("Against the previous session's last close, a fraction."),
      })
      .nullable()
      .meta({ description: 'What is stored; null where there is no such bar.' }),
    answer: z
      .object({
        payload: PayloadSchema,
        rows: z
          .array(
            z.object({
              row: z.int().meta({ description: 'Position in the answer.', example: 30 }),
              asSent: z.unknown().meta({
                description: 'Yahoo: stamp and cells by name. CoinGecko: [close stamp, open, high, low, close].',
                example: {
                  timestamp: 1_795_446_000,
                  open: 612.3499755859375,
                  high: 612.4,
                  low: 612.3,
                  close: 612.35,
                  volume: 48_211,
                },
              }),
            }),
          )
          .nullable()
          .meta({ description: 'Its rows for this bar, untouched; null where its body is not kept.' }),
      })
      .nullable()
      .meta({
        description: 'The answer that gave the values; where no bar is stored, the newest that was asked for it.',
      }),
    revisions: z
      .array(
        z.object({
          ...version,
          replacedAt: instant('Until when it was visible, wall clock.'),
          replacedBy: PayloadSchema.nullable().meta({ description: 'What gave the values that replaced it.' }),
        }),
      )
      .meta({ description: 'Versions that were replaced, oldest first.' }),
    rejections: z.array(RejectedBarSchema).meta({ description: 'Rows for this bar that broke a rule, oldest first.' }),
    warnings: z
      .array(
        z.object({
          rule: z.string().meta({ example: 'step' }),
          doc: z.string().nullable().meta({
            description: 'What holds where the rule is not broken.',
            example: 'A close is near that of the bar before.',
          }),
          details: z
            .record(z.string(), z.union([z.number(), z.string()]))
            .meta({ description: 'The figures that broke it.', example: { ratio: 1.31 } }),
          since: instant('Wall clock.'),
        }),
      )
      .meta({ description: 'What is odd about the bar beside its neighbours; it may be right.' }),
    rescaledBy: z
      .array(
        z.object({
          session: z
            .string()
            .meta({ format: 'date', description: 'First session at the new price level.', example: '2026-11-23' }),
          numerator: z.number().meta({ example: 10 }),
          denominator: z.number().meta({ example: 1 }),
          levelSince: instant('When the provider first showed the new level, wall clock.'),
          appliedAt: instant('When stored bars were brought to it, wall clock.'),
        }),
      )
      .meta({ description: 'Splits that came after the answer: its prices were divided by their ratio.' }),
  }),
);
export type LineageBody = z.output<typeof LineageSchema>;
