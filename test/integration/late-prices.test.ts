import { beforeEach, describe, expect, it } from 'vitest';
import { classifyCorrupt } from '../../db/repositories/coverage/classify-gaps.js';
import { readCoverage } from '../../db/repositories/coverage/session-coverage.js';
import { activeAssets } from '../../db/repositories/read/active-assets.js';
import type { Session } from '../../domain/calendars/calendar.js';
import { midnightOf } from '../../domain/calendars/dates.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { planLiveWindow } from '../../domain/planning/live-window.js';
import { DAY, HOUR, MINUTE, type StoredTimeframe } from '../../domain/timeframe.js';
import { seriesPlanInput } from '../../planning/series-input.js';
import { useStore } from '../environment/store.js';
import { around, type Cells, ingestWirePayload, openTestRun, yahooBody } from '../wire-payloads.js';

const store = useStore();
beforeEach(() => openTestRun(store.pool));

const newYork = calendarOf('XNYS');
/** Before a weekend. */
const friday = newYork.sessionOn('2026-11-20')!;
const monday = newYork.sessionOn('2026-11-23')!;
/** The half day after Thanksgiving. */
const halfDay = newYork.sessionOn('2026-11-27')!;

const LATE: Cells = [null, null, null, null, 40_626_435];
const UNTRADED: Cells = [null, null, null, null, 0];

/** Ingests one row, requested for its session. */
const ingest = (
  timeframe: StoredTimeframe,
  session: Session,
  fetchedAt: number,
  rows: [time: number, cells: Cells][],
) =>
  ingestWirePayload(store.pool, {
    assetId: store.assetId('SPY'),
    timeframe,
    window: { from: session.open, to: session.close },
    fetchedAt,
    body: yahooBody('SPY', rows),
  });

/** What the fields of a slot are, after all payloads are classified as heal does. */
async function slotsOfSession(timeframe: StoredTimeframe, session: Session) {
  await classifyCorrupt(store.pool, 0);
  const { rows } = await store.pool.query<Record<'filled' | 'empty' | 'pending' | 'corrupt', number>>(
    'select filled, empty, pending, corrupt from coverage where timeframe = $1 and session = $2',
    [timeframe, session.date],
  );
  return rows[0]!;
}

/** Whether the daily run requests a session at an instant, when the last payload for it came at `fetchedAt`. */
async function isRequestedAt(now: number, session: Session, fetchedAt: number) {
  const [asset] = await activeAssets(store.pool, { symbols: ['SPY'] });
  // loads record the next attempt by the database's clock: as long after the last payload as it was after now
  await store.pool.query(`update coverage set next_attempt_at = $1::timestamptz + (next_attempt_at - updated_at)`, [
    new Date(fetchedAt),
  ]);
  const coverage = await readCoverage(store.pool, [asset!.id], '1d', session.date);
  const range = { from: session.open, to: session.close };
  const window = planLiveWindow(
    seriesPlanInput(asset!, '1d', coverage.get(asset!.id)!, { range, asOf: now }, { now, wallNow: now }),
  );
  return window !== null;
}

describe.each([
  ['a day', friday, LATE],
  ['a half day', halfDay, LATE],
  ['a day without volume', friday, UNTRADED],
])('%s that comes without prices until the next session opens', (_, session, cells) => {
  const label = midnightOf(session.date);
  const reopened = newYork.nextSession(session.date)!.open;
  /** After the close, in the night, and on the days without a session. */
  const fetches = [session.close + HOUR, session.close + 4 * HOUR, session.close + 12 * HOUR, reopened - 2 * HOUR];

  it('is no bar, and neither confirmed empty nor given up', async () => {
    for (const fetchedAt of fetches) {
      await ingest('1d', session, fetchedAt, [[label + 14.5 * HOUR, cells]]);
      expect(await slotsOfSession('1d', session)).toMatchObject({ filled: 0, empty: 0, pending: 1, corrupt: 0 });
    }
    expect((await store.pool.query('select 1 from bars')).rowCount).toBe(0);
  });

  it('is requested by the first daily run after that open, and stored', async () => {
    for (const fetchedAt of fetches) await ingest('1d', session, fetchedAt, [[label + 14.5 * HOUR, cells]]);
    await slotsOfSession('1d', session);
    await store.pool.query(`update coverage set next_attempt_at = updated_at + interval '6 hours', attempts = 8`);
    const last = fetches.at(-1)!;
    expect(await isRequestedAt(reopened - HOUR, session, last)).toBe(false);
    expect(await isRequestedAt(reopened + MINUTE, session, last)).toBe(true);
    await ingest('1d', session, reopened + MINUTE, [[label + 14.5 * HOUR, around(650)]]);
    expect(await slotsOfSession('1d', session)).toMatchObject({ filled: 1, pending: 0, corrupt: 0 });
    expect((await store.pool.query('select close from bars')).rows).toEqual([{ close: 650 }]);
  });

  it('is corrupt at the provider if the prices never come', async () => {
    const later = [reopened + HOUR, reopened + 8 * HOUR];
    for (const fetchedAt of [...fetches, later[0]!])
      await ingest('1d', session, fetchedAt, [[label + 14.5 * HOUR, cells]]);
    expect(await slotsOfSession('1d', session)).toMatchObject({ corrupt: 0 });
    await ingest('1d', session, later[1]!, [[label + 14.5 * HOUR, cells]]);
    expect(await slotsOfSession('1d', session)).toMatchObject({ corrupt: 1 });
    expect(await isRequestedAt(later[1]! + DAY / 2, session, later[1]!)).toBe(false);
  });
});

describe('a minute that comes with volume and no prices', () => {
  const minute = (i: number) => friday.open + i * MINUTE;
  const rows = (cells: Cells): [number, Cells][] =>
    Array.from({ length: 390 }, (_, i) => [minute(i), i === 7 ? cells : around(100)]);

  it('is neither a bar nor confirmed empty, and is stored when its prices come', async () => {
    for (const after of [1, 8, 20]) {
      await ingest('1m', friday, friday.close + after * HOUR, rows(LATE));
      expect(await slotsOfSession('1m', friday)).toMatchObject({ filled: 389, empty: 0, pending: 1, corrupt: 0 });
    }
    await ingest('1m', friday, monday.open + HOUR, rows(around(100)));
    expect(await slotsOfSession('1m', friday)).toMatchObject({ filled: 390, pending: 0 });
  });
});
