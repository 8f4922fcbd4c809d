import type { CoverageRow } from '../../db/repositories/read/bar-reader.js';
import { bucketEdge, closedUntil } from '../../domain/aggregation/buckets.js';
import { DAY } from '../../domain/timeframe.js';
import type { Freshness } from '../http/response.js';
import { emptyReason, expectedIn, isSettled, type EmptyReason, type ExpectedSlots } from './expected.js';
import type { Page } from './page.js';
import { lagOf, type SeriesSpec } from './series-spec.js';

/** What is known of the sessions of some expected bars. */
export type ReadCoverage = (expected: readonly ExpectedSlots[]) => Promise<CoverageRow[]>;

/** Why a window holds no bars. */
export async function reasonOf(view: SeriesSpec, coverageOf: ReadCoverage): Promise<EmptyReason> {
  const { rules, rollUp, bounds, window, now } = view;
  const beginsAt = bounds?.beginsAt ?? bounds?.firstTime ?? null;
  if (window.from === null) {
    return beginsAt !== null && (window.to ?? now) <= beginsAt ? 'unobtainable' : 'not_yet_fetched';
  }
  const [from, to] = [storedEdge(view, window.from), window.to === null ? now + DAY : storedEdge(view, window.to)];
  const expected = expectedIn(rules, from, to);
  const final = rollUp ? closedUntil(rules.calendar, rollUp, now - lagOf(view)) : to;
  if (expected[0] && expected[0].firstTime >= final) return 'not_yet_fetched';
  const due = final < to ? expectedIn(rules, from, final) : expected;
  return emptyReason(rules, due, await coverageOf(due), { beginsAt, now });
}

/** How long an answer may be kept that holds bars. @param times of the bars read */
export async function freshnessOf(
  view: SeriesSpec,
  times: readonly number[],
  page: Page,
  coverageOf: ReadCoverage,
): Promise<Freshness> {
  const { rules, window, now } = view;
  if (window.asOf !== null) return 'settled';
  const from = window.newest && (page.next || window.from === null) ? times[page.begin]! : window.from!;
  const to = !window.newest && page.next ? times[page.end - 1]! + 1 : window.to;
  if (to === null || to > now) return 'revalidate';
  const expected = expectedIn(rules, storedEdge(view, from), storedEdge(view, to));
  return isSettled(rules, expected, await coverageOf(expected), now) ? 'settled' : 'revalidate';
}

/** Where a bound among bar times lies among those of the stored series. */
const storedEdge = ({ rules, rollUp }: SeriesSpec, time: number): number =>
  rollUp ? bucketEdge(rules.calendar, rollUp, time) : time;
