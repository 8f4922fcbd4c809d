import { z } from 'zod';
import { MARKET_STATES } from '../../domain/calendars/market-state.js';
import { instantParameter } from '../http/parameters.js';
import { assetHead, instant } from '../openapi/fields.js';
import { component } from '../openapi/registry.js';

const mic = assetHead.exchange;
const date = (description: string, example = '2026-11-27') => z.string().meta({ format: 'date', description, example });

const hours = {
  open: instant('Open of the session.', '2026-11-27T14:30:00Z'),
  close: instant('Its close, exclusive.', '2026-11-27T18:00:00Z'),
  breaks: z
    .array(z.object({ start: instant('Begin of the pause.'), end: instant('Its end, exclusive.') }))
    .meta({ description: 'Pauses within the session, such as the lunch of Hong Kong.', example: [] }),
  earlyClose: z.boolean().meta({ description: 'A half day: it closes before the regular close.', example: true }),
};

const MarketSchema = z.object({
  mic,
  name: z.string().meta({ example: 'New York' }),
  timezone: assetHead.timezone,
  state: z.enum(MARKET_STATES).meta({
    description: '`lunch` is a break within the session; `unknown` lies past the data of the calendar.',
    example: 'open',
  }),
  date: date("The market's local date; null where the state is unknown.").nullable(),
  session: z
    .object({ date: date('Trading date.'), ...hours })
    .nullable()
    .meta({ description: 'The session of that date: to come, under way or over; null where it has none.' }),
  holiday: z
    .string()
    .nullable()
    .meta({ description: 'Why a weekday has no session; `ad hoc` where the closure has no name.', example: null }),
  next: z
    .object({
      at: instant('When the state changes.', '2026-11-27T18:00:00Z'),
      to: z.enum(MARKET_STATES).exclude(['unknown']).meta({ example: 'closed' }),
    })
    .nullable()
    .meta({ description: 'The next change; null where the market never closes, and where it is not known.' }),
});
export type MarketBody = z.output<typeof MarketSchema>;

export const MarketsSchema = component(
  'MarketsStatus',
  z.object({
    at: instant('Market clock of this answer.', '2026-11-27T15:00:00Z'),
    offsetSeconds: z.int().meta({ description: 'How far the market clock is ahead of the wall clock.', example: 0 }),
    markets: z.array(MarketSchema),
  }),
);
export type MarketsBody = z.output<typeof MarketsSchema>;

export const SessionsSchema = component(
  'MarketSessions',
  z.object({
    mic,
    name: z.string().meta({ example: 'New York' }),
    timezone: assetHead.timezone,
    knownFrom: date('First date that the calendar covers.', '1962-01-02'),
    knownUntil: date('Last date that it covers; sessions after it are not known.', '2027-12-31'),
    sessions: z.array(z.object({ session: date('Trading date.'), ...hours })),
  }),
);
export type SessionsBody = z.output<typeof SessionsSchema>;

export const SessionsQuery = z.strictObject({
  start: instantParameter('First trading date, inclusive; of a time, its date counts. Default: today.', '2026-11-20'),
  end: instantParameter('Trading date at which to stop, exclusive. Default: 31 days after `start`.', '2026-12-01'),
});
export type SessionsFilter = z.output<typeof SessionsQuery>;
