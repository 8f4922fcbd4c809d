import { z } from 'zod';
import { PENDING_REASONS, UNOBTAINABLE_REASONS } from '../../domain/coverage/slot-state.js';
import { STAND_IN_CELLS } from '../../domain/rules/released-rows.js';
import { RUN_STATUSES, TRIGGERS } from '../../domain/run.js';
import { assetHead, instant, prices, providerId, runId, temporalUrl, timeframe, volume } from '../openapi/fields.js';
import { sourceParameter } from '../http/parameters.js';
import { quotedIn } from '../assets/assets.schema.js';
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
      id: z.int().meta({ description: 'Id of the payload.', example: 48_211 }),
      sha256: z.string().meta({ description: 'SHA-256 of the body, hexadecimal.', example: '9f86d081884c7d65…' }),
      url: z.string().meta({
        description: 'URL of the request.',
        example: 'https://query2.finance.yahoo.com/v8/finance/chart/SPY?period1=1795444200&interval=1m',
      }),
      status: z.int().meta({ description: 'HTTP status.', example: 200 }),
      bytes: z.int().meta({ description: 'Size of the body in bytes.', example: 3_112 }),
      fetchedAt: instant('Time of the request, wall clock.'),
      isKept: z.boolean().meta({
        description: 'Whether the body is still stored; false after the retention period (`PAYLOAD_RETENTION_DAYS`).',
        example: true,
      }),
      workflowId: z
        .string()
        .meta({ description: 'Workflow id of the run that fetched it.', example: 'stocks_1min-2026-11-20T15:00:10Z' }),
      runId,
    })
    .meta({ description: 'A payload of a provider, as it was received.' }),
);
export type PayloadBody = z.output<typeof PayloadSchema>;

const RunRefSchema = z
  .object({
    workflowId: z
      .string()
      .meta({ description: 'Workflow id in Temporal.', example: 'stocks_1min-2026-11-20T15:00:10Z' }),
    runId,
    pipeline: z.enum(PIPELINE_IDS).meta({ description: 'Pipeline of the run.' }),
    trigger: z.enum(TRIGGERS).meta({ description: 'What started the run.' }),
    status: z.enum(RUN_STATUSES).meta({ description: 'Status of the run.' }),
    temporalUrl,
  })
  .nullable()
  .meta({ description: 'The run that stored this version; null if there is no record of it.' });

const version = {
  ...prices,
  volume,
  recordedAt: instant('Time at which this version was stored, wall clock.'),
  payload: PayloadSchema.nullable().meta({
    description: 'The payload with these values, except for an open of `openFrom`; null if there is no record of it.',
  }),
  openFrom: PayloadSchema.nullable().meta({
    description:
      'The earlier payload with the open, if the one with the other values does not know it; null if all values are of one payload.',
  }),
  run: RunRefSchema,
};

const indicator = (description: string) => z.number().nullable().meta({ description, example: 611.87 });

export const LineageSchema = component(
  'Lineage',
  z.object({
    ...assetHead,
    source: providerId,
    timeframe,
    time: instant("Time of the bar's open; for `1d` and longer, 00:00Z of its trading date."),
    session: z.string().meta({ format: 'date', description: 'Trading date.', example: '2026-11-20' }),
    slot: z
      .object({
        state: z.enum(SLOT_STATES).meta({
          description:
            'State of the slot. `filled`: stored. `empty`: confirmed that the provider has no bar there. `not_due`: not final yet. `not_expected`: before the first bar of the series, or after the last one of imported files. Any other state is the reason why the bar is missing, as in `/api/coverage/{symbol}`.',
          example: 'filled',
        }),
        attempts: z.int().meta({ description: 'Attempts that left slots of this session without a bar.', example: 0 }),
        nextAttemptAt: instant(
          'Time of the next attempt to fetch missing bars of the session, wall clock; null if that is the next run, or if nothing is missing.',
        ).nullable(),
        verifiedAt: instant('When the whole session was last fetched, wall clock; null if it never was.').nullable(),
      })
      .meta({ description: 'State of the slot of this bar.' }),
    bar: z
      .object({
        ...version,
        standIns: z.array(z.enum(STAND_IN_CELLS)).meta({
          description:
            'Values that the provider does not know or had wrong, and that others stand in for: an unknown open is the close. `rejections` has the row as it was sent.',
          example: [],
        }),
        sma20: indicator('Mean of the latest 20 closes; null until 20 exist.'),
        sma50: indicator('Mean of the latest 50 closes; null until 50 exist.'),
        barReturn: indicator("Change from the previous bar's close, as a fraction."),
        dailyReturn: indicator("Change from the previous session's last close, as a fraction."),
      })
      .nullable()
      .meta({ description: 'The stored bar; null if it is missing.' }),
    answer: z
      .object({
        payload: PayloadSchema,
        quotedIn,
        rows: z
          .array(
            z.object({
              row: z.int().meta({ description: 'Position in the payload.', example: 30 }),
              asSent: z.unknown().meta({
                description:
                  'As the provider sends it: for example timestamp and values by name (Yahoo), or a list (CoinGecko, Coinbase).',
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
          .meta({ description: 'Its rows for this bar, as they were sent; null if the body is no longer stored.' }),
      })
      .nullable()
      .meta({
        description:
          'The payload with the values; if no bar is stored, the latest payload that covered its slot. Null if there is none.',
      }),
    revisions: z
      .array(
        z.object({
          ...version,
          replacedAt: instant('Time at which it was replaced, wall clock.'),
          replacedBy: PayloadSchema.nullable().meta({ description: 'The payload with the values that replaced it.' }),
        }),
      )
      .meta({ description: 'Earlier versions, oldest first.' }),
    rejections: z.array(RejectedBarSchema).meta({ description: 'Rejected rows for this bar, oldest first.' }),
    warnings: z
      .array(
        z.object({
          rule: z.string().meta({ description: 'Rule that the bar breaks.', example: 'step' }),
          doc: z.string().nullable().meta({
            description: 'What the rule requires; null if the rule no longer exists.',
            example: 'A close is near the close of the previous bar.',
          }),
          details: z
            .record(z.string(), z.union([z.number(), z.string()]))
            .meta({ description: 'The values that broke the rule.', example: { ratio: 1.31 } }),
          since: instant('Time of the warning, wall clock.'),
        }),
      )
      .meta({ description: 'Warnings about differences from neighbouring bars; the bar may still be correct.' }),
    rescaledBy: z
      .array(
        z.object({
          session: z
            .string()
            .meta({ format: 'date', description: 'First session at the new price level.', example: '2026-11-23' }),
          numerator: z
            .number()
            .meta({ description: 'Shares after the split, per `denominator` shares before.', example: 10 }),
          denominator: z.number().meta({ description: 'Shares before the split.', example: 1 }),
          levelSince: instant(
            'Time at which the provider first returned earlier prices at the new level, wall clock; null if it has not yet.',
          ).nullable(),
          appliedAt: instant('Time at which the stored bars were adjusted to it, wall clock.'),
        }),
      )
      .meta({ description: 'Splits after the payload was fetched. Its prices were divided by their ratio.' }),
  }),
);
export type LineageBody = z.output<typeof LineageSchema>;

export const LineageQuery = z.strictObject({ source: sourceParameter });
export type LineageFilter = z.output<typeof LineageQuery>;
