import { z } from 'zod';
import { MARKET_STATES } from '../../domain/calendars/market-state.js';
import { instantParameter } from '../http/parameters.js';
import { assetHead, instant } from '../openapi/fields.js';
import { component } from '../openapi/registry.js';

const mic = assetHead.exchange;
const date = (description: string, example = '2026-11-27') => z.string().meta({ format: 'date', description, example });

const hours = {
  open: instant('Open of the session.', '2026-11-27T14:30:00Z'),
  close: instant('Close of the session, exclusive.', '2026-11-27T18:00:00Z'),
  breaks: z
    .array(z.object({ start: instant('Start of the break.'), end: instant('End of the break, exclusive.') }))
    .meta({ description: 'Breaks within the session, such as the lunch break in Hong Kong.', example: [] }),
  earlyClose: z
    .boolean()
    .meta({ description: 'True if the session closes before the regular close (a half day).', example: true }),
};

const MarketSchema = z.object({
  mic,
  name: z.string().meta({ description: 'Name of the market.', example: 'New York' }),
  timezone: assetHead.timezone,
  state: z.enum(MARKET_STATES).meta({
    description:
      'State of the market. `lunch`: a break within the session. `unknown`: outside the dates that the calendar covers.',
    example: 'open',
  }),
  date: date("The market's local date; null if the state is `unknown`.").nullable(),
  session: z
    .object({ date: date('Trading date.'), ...hours })
    .nullable()
    .meta({ description: 'The session of that date, whether it is over or not; null if there is none.' }),
  holiday: z.string().nullable().meta({
    description:
      'Name of the holiday if a weekday has no session, `ad hoc` for a closure without a name; otherwise null.',
    example: null,
  }),
  next: z
    .object({
      at: instant('Time of the change.', '2026-11-27T18:00:00Z'),
      to: z.enum(MARKET_STATES).exclude(['unknown']).meta({ description: 'The new state.', example: 'closed' }),
    })
    .nullable()
    .meta({
      description: 'The next change of state; null if the market never closes, and if the change is not known.',
    }),
});
export type MarketBody = z.output<typeof MarketSchema>;

export const MarketsSchema = component(
  'MarketsStatus',
  z.object({
    at: instant('Market clock at the time of the response.', '2026-11-27T15:00:00Z'),
    offsetSeconds: z.int().meta({ description: 'Market clock minus wall clock, in seconds.', example: 0 }),
    markets: z.array(MarketSchema),
  }),
);
export type MarketsBody = z.output<typeof MarketsSchema>;

export const SessionsSchema = component(
  'MarketSessions',
  z.object({
    mic,
    name: z.string().meta({ description: 'Name of the market.', example: 'New York' }),
    timezone: assetHead.timezone,
    knownFrom: date('First date that the calendar covers.', '1962-01-02'),
    knownUntil: date('Last date that the calendar covers; later sessions are not known.', '2027-12-31'),
    sessions: z.array(z.object({ session: date('Trading date.'), ...hours })),
  }),
);
export type SessionsBody = z.output<typeof SessionsSchema>;

export const SessionsQuery = z.strictObject({
  start: instantParameter(
    'First trading date, inclusive. The date part of a time is used. Default: today.',
    '2026-11-20',
  ),
  end: instantParameter('End trading date, exclusive. Default: 31 days after `start`.', '2026-12-01'),
});
export type SessionsFilter = z.output<typeof SessionsQuery>;
