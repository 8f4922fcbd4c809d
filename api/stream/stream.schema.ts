import { z } from 'zod';
import { STORED_TIMEFRAMES, type StoredTimeframe } from '../../domain/timeframe.js';
import { instant, prices, providerId, timeframe, volume } from '../openapi/fields.js';
import { component } from '../openapi/registry.js';
import { MAX_BARS } from './change-feed.js';
import { EVENT_ID } from './sse.js';

/** Names separated by commas, without duplicates. */
const list = z.string().transform((text) => [...new Set(text.split(',').map((name) => name.trim()))]);

export const StreamQuery = z.strictObject({
  symbols: list
    .transform((symbols) => symbols.map((symbol) => symbol.toUpperCase()))
    .optional()
    .meta({
      description: 'Only these symbols, case-insensitive; former ones lead to renamed assets. Default: all.',
      type: 'string',
      example: 'SPY,BTC',
    }),
  timeframes: list
    .refine(
      (names): names is StoredTimeframe[] => names.every((name) => STORED_TIMEFRAMES.some((known) => known === name)),
      `must be one or more of ${STORED_TIMEFRAMES.join(', ')}, separated by commas`,
    )
    .optional()
    .meta({ description: 'Only these stored timeframes. Default: all.', type: 'string', example: '1m,30m' }),
  lastEventId: z.string().regex(EVENT_ID, 'must be an event id of this stream, such as 48211-907').optional().meta({
    description: 'Same as the `Last-Event-ID` header, for resuming on a first connection. The header takes precedence.',
    example: '48211-907',
  }),
});
export type StreamFilter = z.output<typeof StreamQuery>;

export const BarsEventSchema = component(
  'BarsEvent',
  z.object({
    symbol: z.string().meta({ example: 'SPY' }),
    source: providerId.optional().meta({
      description: 'Provider of the bars, if it is not the first source of the asset; absent otherwise.',
    }),
    timeframe,
    firstTime: instant('Open of the first bar that changed.'),
    lastTime: instant('Open of the last bar that changed.'),
    inserted: z.int().meta({ description: 'New bars.', example: 1 }),
    updated: z.int().meta({ description: 'Corrected bars.', example: 0 }),
    recordedAt: instant('When they were stored, wall clock.'),
    bars: z
      .array(
        z.object({
          time: instant('Open of the bar, UTC.'),
          ...prices,
          volume,
        }),
      )
      .nullable()
      .meta({
        description: `All bars from \`firstTime\` to \`lastTime\` as they are now; of a later source only those that are served. Null if there are more than ${MAX_BARS}: request \`/ohlcv\`.`,
      }),
  }),
);
export type BarsEvent = z.output<typeof BarsEventSchema>;

export const StreamPlaceSchema = component(
  'StreamPlace',
  z.object({
    resumed: z.boolean().meta({
      description: 'True if the stream continues after the last event id; false if it begins now.',
      example: true,
    }),
  }),
);
export type StreamPlaceBody = z.output<typeof StreamPlaceSchema>;
