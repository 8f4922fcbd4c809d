import type pg from 'pg';
import type { BackfillPlanInput, BackfillPlan } from '../contracts/activities.js';
import { recountDirty } from '../db/repositories/coverage/recount.js';
import { assetProblems } from '../db/repositories/read/active-assets.js';
import { SECOND } from '../domain/timeframe.js';
import { type Backfill, readAcceptedInput, readBackfillInput, resolveBackfill } from './backfill-request.js';
import { type MissingWindow, missingByAsset } from './missing-windows.js';
import { planProbes } from './outages.js';
import { clocksNow, requestFor } from './series-input.js';

/** A page ends after so long even if few requests were found: assets of which nothing is missing take time, too. ms. */
const PLANNING_MS = 10 * SECOND;

/**
 * A page of the requests of a backfill: those of the next assets, until there are `limit` or more.
 * @throws BadFieldsError if `asked` cannot be carried out
 */
export async function planBackfill(
  pool: pg.Pool,
  clockOffsetMs: number,
  { run: _run, limit, offset, after, asked, ...accepted }: BackfillPlanInput,
): Promise<BackfillPlan> {
  const began = performance.now();
  const clocks = clocksNow(clockOffsetMs);
  const isUnderWay = asked === undefined;
  const request = isUnderWay ? readAcceptedInput(accepted) : readBackfillInput(asked);
  const backfill = await resolveBackfill(pool, request, clocks.now, isUnderWay);
  const { assets, order } = backfill;
  if (after === undefined) await recountDirty(pool);
  const windows: MissingWindow[] = [];
  let waiting = 0;
  let last = after;
  const rest = after === undefined ? assets : assets.filter(({ id }) => id > after);
  for await (const missing of missingByAsset(pool, { ...backfill, assets: rest }, clocks)) {
    windows.push(...missing.windows);
    waiting += missing.waiting;
    last = missing.asset.id;
    if (windows.length >= offset + limit || performance.now() - began > PLANNING_MS) break;
  }
  const next = last !== undefined && assets.some(({ id }) => id > last) ? last : undefined;
  const requests = inOrder(windows.slice(offset), order).map(({ asset, timeframe, window }) =>
    requestFor(asset, timeframe, window),
  );
  return {
    requests,
    skipped: requests.length === 0 ? 'nothing is missing' : null,
    more: next !== undefined,
    next,
    assets: {
      planned: next === undefined ? assets.length : assets.filter(({ id }) => id <= next).length,
      total: assets.length,
    },
    waiting,
    ...(await planProbes(pool, clocks.now)),
    problems: after === undefined ? await assetProblems(pool, { symbols: backfill.input.symbols }) : [],
  };
}

const inOrder = (windows: MissingWindow[], order: Backfill['order']): MissingWindow[] =>
  windows.sort((a, b) => (order === 'newest' ? b.window.to - a.window.to : a.window.from - b.window.from));
