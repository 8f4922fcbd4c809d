import { rulesOf } from '../../config/catalog/series-rules.js';
import { timeframesOf } from '../../config/catalog/kinds-of-providers.js';
import type { CoveredSeries } from '../../db/repositories/coverage/covered-series.js';
import type { AssetRow } from '../../db/repositories/read/asset-reader.js';
import type { SessionRow } from '../../db/repositories/read/lineage-reader.js';
import type { Session } from '../../domain/calendars/calendar.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { nearestSlots } from '../../domain/calendars/nearest-slots.js';
import { finalAt, placeOf, type SeriesRules } from '../../domain/coverage/due-sessions.js';
import { isEmptyConfirmed, slotState } from '../../domain/coverage/slot-state.js';
import { isDateLabelled, isStoredTimeframe, type StoredTimeframe } from '../../domain/timeframe.js';
import { invalidParameters, Problem } from '../http/problem.js';
import { INSTANT_FORMATS, parseInstant } from '../../contracts/instant.js';
import { isoSeconds } from '../http/time.js';
import type { SLOT_STATES } from './lineage.schema.js';
import { oldestOf } from '../../domain/planning/series-limits.js';

/** The slot of a bar in its series. */
export interface BarSlot {
  rules: SeriesRules;
  timeframe: StoredTimeframe;
  session: Session;
  /** Position among the slots of its session. */
  index: number;
  /** Open of the bar, epoch ms. */
  time: number;
}

/** @throws Problem 404 if the asset has no bars of this timeframe, 400 if no bar opens at this time */
export function slotAt(asset: AssetRow, timeframe: string, text: string): BarSlot {
  const stored = timeframesOf(asset);
  if (!isStoredTimeframe(timeframe) || !stored.includes(timeframe)) {
    throw new Problem(404, `${asset.symbol} has no stored ${timeframe} bars. It has ${stored.join(', ')}.`, {
      type: 'unknown-timeframe',
    });
  }
  const time = parseInstant(text);
  if (time === null) throw invalidTime(INSTANT_FORMATS);
  const calendar = calendarOf(asset.exchange);
  const place = placeOf(calendar, timeframe, time);
  if (!place) {
    const near = nearestSlots(calendar, timeframe, time);
    const opens = [near.before, near.after].filter((open) => open !== null).map(isoSeconds);
    throw invalidTime(
      `no ${timeframe} bar of ${asset.exchange} opens at ${isoSeconds(time)}; ` +
        (opens.length > 0 ? `the nearest open at ${opens.join(' and ')}` : 'its calendar has no bars near that time'),
    );
  }
  return { rules: rulesOf({ ...asset, timeframe }), timeframe, session: place.session, index: place.index, time };
}

const invalidTime = (detail: string) => invalidParameters([{ parameter: 'time', in: 'path', detail }]);

/** When the bar really opens, epoch ms: for a bar that is labelled with a date, the open of its session. */
export const opensAt = ({ timeframe, session, time }: BarSlot): number =>
  isDateLabelled(timeframe) ? session.open : time;

/** What the database has for a slot. */
export interface SlotRecord {
  isStored: boolean;
  row: SessionRow | null;
  /** Open of the first bar of the series, and the end of one that is imported, epoch ms. */
  extent: Pick<CoveredSeries, 'firstBar' | 'endsAt'>;
  isRejected: boolean;
}

/** @param now market clock, epoch ms */
export function slotStateOf(slot: BarSlot, record: SlotRecord, now: number): (typeof SLOT_STATES)[number] {
  const { rules, session, time, index } = slot;
  if (record.isStored) return 'filled';
  const { firstBar, endsAt } = record.extent;
  if ((firstBar !== null && time < firstBar) || (endsAt !== null && opensAt(slot) >= endsAt)) return 'not_expected';
  if (finalAt(rules, session, time) > now) return 'not_due';
  const state = slotState(record.row ?? undefined, index, {
    confirmed: record.row !== null && isEmptyConfirmed(record.row),
    isBeyond: opensAt(slot) < oldestOf(rules.limits, now),
    isRejected: record.isRejected,
  });
  // the bar is gone, but coverage has not been recounted yet
  return state === 'filled' ? 'lost' : state;
}
