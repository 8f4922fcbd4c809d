import type pg from 'pg';
import type { BackfillPlanInput, Plan } from '../contracts/activities.js';
import { assetProblems } from '../db/repositories/read/active-assets.js';
import { BadInputError } from './bad-input.js';
import { planMissing } from './missing-windows.js';
import { planProbes } from './outages.js';
import { BEGINNING, clocksNow, findAssets, requestFor } from './series-input.js';

/**
 * A page of the requests that fill what is missing in a range, newest first.
 * @throws BadInputError on an unknown symbol or an impossible range
 */
export async function planBackfill(pool: pg.Pool, clockOffsetMs: number, input: BackfillPlanInput): Promise<Plan> {
  const assets = await findAssets(pool, { symbols: input.symbols });
  const clocks = clocksNow(clockOffsetMs);
  const range = { from: parseInstant(input.from, 'from') ?? BEGINNING, to: parseInstant(input.to, 'to') ?? clocks.now };
  if (range.from >= range.to) throw new BadInputError('from must be before to');
  const { timeframes, refetch } = input;
  const { windows, waiting } = await planMissing(pool, { assets, timeframes, range, refetch }, clocks);
  const requests = windows.map(({ asset, timeframe, window }) => requestFor(asset, timeframe, window));
  const page = requests.slice(input.offset, input.offset + input.limit);
  return {
    requests: page,
    skipped: page.length === 0 ? 'nothing is missing' : null,
    more: requests.length > input.offset + input.limit,
    waiting,
    ...(await planProbes(pool, clocks.now)),
    problems: input.offset === 0 ? await assetProblems(pool, { symbols: input.symbols }) : [],
  };
}

function parseInstant(text: string | undefined, name: string): number | null {
  if (text === undefined) return null;
  const instant = Date.parse(text);
  if (Number.isNaN(instant)) throw new BadInputError(`${name} must be a date or an RFC 3339 time, not ${text}`);
  return instant;
}
