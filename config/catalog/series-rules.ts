import type { CalendarId } from '../../domain/calendars/calendar.js';
import { calendarOf } from '../../domain/calendars/index.js';
import type { SeriesRules } from '../../domain/coverage/due-sessions.js';
import type { StoredTimeframe } from '../../domain/timeframe.js';
import { delayOf } from './provider-delays.js';
import { type ProviderId, seriesLimits } from './providers.js';

/** What decides the rules of a series. */
interface RuledSeries {
  exchange: CalendarId;
  provider: ProviderId;
  timeframe: StoredTimeframe;
}

/** @throws RangeError if the provider does not have that timeframe */
export const rulesOf = ({ exchange, provider, timeframe }: RuledSeries): SeriesRules => ({
  calendar: calendarOf(exchange),
  timeframe,
  limits: seriesLimits(provider, timeframe),
  delayMs: delayOf(provider, exchange),
});
