import { isSettled, storedSlots, type SessionCoverage } from '../../domain/series/gap-reason.js';
import type { SessionSlots } from '../../domain/series/session-slots.js';
import type { Freshness } from '../http/response.js';
import type { Page } from './page.js';
import type { SeriesSpec } from './series-spec.js';

/** Reads what is known of the sessions of some slots. */
export type ReadCoverage = (slots: readonly SessionSlots[]) => Promise<SessionCoverage[]>;

/** How long a response with bars may be reused. @param times of the bars read */
export async function freshnessOf(
  spec: SeriesSpec,
  times: readonly number[],
  page: Page,
  coverageOf: ReadCoverage,
): Promise<Freshness> {
  const { rules, window, now } = spec;
  if (window.asOf !== null) return 'settled';
  const from = window.newest && (page.next || window.from === null) ? times[page.begin]! : window.from!;
  const to = !window.newest && page.next ? times[page.end - 1]! + 1 : window.to;
  if (to === null || to > now) return 'revalidate';
  const slots = storedSlots(spec, from, to);
  return isSettled(rules, slots, await coverageOf(slots), now) ? 'settled' : 'revalidate';
}
