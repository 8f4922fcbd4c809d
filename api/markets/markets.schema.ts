import { z } from 'zod';
import { MARKET_STATES } from '../../domain/calendars/market-state.js';
import { instantParameter } from '../http/parameters.js';
import { assetHead, instant } from '../openapi/fields.js';
import { component } from '../openapi/registry.js';

const mic = assetHead.exchange;
const date = (description: string) => z.string().meta({ format: 'date', description, example: '2026-11-27' });

const hours = {
  open: instant('Open of the session.'),
  close: instant('Its close, exclusive.'),
  breaks: z
    .array(z.object({ start: instant('Begin of the pause.'), end: instant('Its end, exclusive.') }))
    .meta({ description: 'Pauses within the session, such as the lunch of Hong Kong.' }),
  earlyClose: z.boolean().meta({ description: 'A half day: it closes before the regular close.' }),
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
    .object({ at: instant('When the state changes.'), to: z.enum(MARKET_STATES).exclude(['unknown']) })
    .nullable()
    .meta({ description: 'The next change; null where the market never closes, and where it is not known.' }),
});
export type MarketBody = z.output<typeof MarketSchema>;

export const MarketsSchema = component(
  'MarketsStatus',
  z.object({
    at: instant('Market clock of this answer.'),
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
    knownFrom: date('First date that the calendar covers.'),
    knownUntil: date('Last date that it covers; sessions after it are not known.'),
    sessions: z.array(z.object({ session: date('Trading date.'), ...hours })),
  }),
);
export type SessionsBody = z.output<typeof SessionsSchema>;

export const SessionsQuery = z.strictObject({
  start: instantParameter('First trading date, inclusive; of a time, its date counts. Default: today.', '2026-11-20'),
  end: instantParameter('Trading date at which to stop, exclusive. Default: 31 days after `start`.', '2026-12-01'),
});
export type SessionsFilter = z.output<typeof SessionsQuery>;
