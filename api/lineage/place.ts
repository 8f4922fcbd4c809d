import { EXCHANGES } from '../../config/catalog/exchanges.js';
import { seriesLimits, timeframesOf } from '../../config/catalog/providers.js';
import type { AssetRow } from '../../db/repositories/read/asset-reader.js';
import type { SessionRow } from '../../db/repositories/read/lineage-reader.js';
import type { Session } from '../../domain/calendars/calendar.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { nearestSlots } from '../../domain/calendars/nearest-slots.js';
import { finalAt, placeOf, type SeriesRules } from '../../domain/coverage/due-sessions.js';
import { isEmptyConfirmed, slotState } from '../../domain/coverage/slot-state.js';
import { isDateLabelled, isStoredTimeframe, type StoredTimeframe } from '../../domain/timeframe.js';
import { invalidParameters, Problem } from '../http/problem.js';
import { isoSeconds, parseInstant } from '../http/time.js';
import type { SLOT_STATES } from './lineage.schema.js';

/** The place of a bar in its series. */
export interface Place {
  rules: SeriesRules;
  timeframe: StoredTimeframe;
  session: Session;
  /** Among the slots of its session. */
  index: number;
  /** Open of the bar, epoch ms. */
  time: number;
}

/** @throws Problem 404 where the asset has no such bars, 400 where none opens at that time */
export function placeAt(asset: AssetRow, timeframe: string, text: string): Place {
  const stored = timeframesOf(asset.provider);
  if (!isStoredTimeframe(timeframe) || !stored.includes(timeframe)) {
    throw new Problem(404, `${asset.symbol} has no stored ${timeframe} bars. It has ${stored.join(', ')}.`, {
      type: 'unknown-timeframe',
    });
  }
  const time = parseInstant(text);
  if (time === null)
    throw wrongTime('must be an RFC 3339 time with its offset, such as 2026-11-20T15:00:00Z, or a date');
  const calendar = calendarOf(asset.exchange);
  const place = placeOf(calendar, timeframe, time);
  if (!place) {
    const near = nearestSlots(calendar, timeframe, time);
    const known = [near.before, near.after].filter((slot) => slot !== null).map(isoSeconds);
    throw wrongTime(
      `no ${timeframe} bar of ${asset.exchange} opens at ${isoSeconds(time)}; ` +
        (known.length > 0 ? `the nearest open at ${known.join(' and ')}` : 'its calendar has none near that'),
    );
  }
  const limits = seriesLimits(asset.provider, timeframe);
  const rules = { calendar, timeframe, limits, delayMs: EXCHANGES[asset.exchange].delayMs };
  return { rules, timeframe, session: place.session, index: place.index, time };
}

const wrongTime = (detail: string) => invalidParameters([{ parameter: 'time', in: 'path', detail }]);

/** When the bar opens in trading; that of a label is its session's open. Epoch ms. */
export const opensAt = ({ timeframe, session, time }: Place): number =>
  isDateLabelled(timeframe) ? session.open : time;

/** What is known of it. */
export interface KnownSlot {
  isStored: boolean;
  row: SessionRow | null;
  /** First bar ever loaded, epoch ms. */
  firstBar: number | null;
  isRejected: boolean;
}

/** @param now market clock, epoch ms */
export function stateOf(place: Place, known: KnownSlot, now: number): (typeof SLOT_STATES)[number] {
  const { rules, session, time, index } = place;
  if (known.isStored) return 'filled';
  if (known.firstBar !== null && time < known.firstBar) return 'not_expected';
  if (finalAt(rules, session, time) > now) return 'not_due';
  const { reachMs } = rules.limits;
  const state = slotState(known.row ?? undefined, index, {
    confirmed: known.row !== null && isEmptyConfirmed(known.row),
    isBeyond: reachMs !== null && opensAt(place) < now - reachMs,
    isRejected: known.isRejected,
  });
  // coverage says so until it is recounted
  return state === 'filled' ? 'lost' : state;
}
