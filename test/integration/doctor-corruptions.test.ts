import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type pg from 'pg';
import { examineStore } from '../../cli/doctor/examine.js';
import { partOf } from '../long-tests.js';
import { useStore } from '../environment/store.js';
import { corrupt } from './corruptions/corruption.js';
import { OF_BARS } from './corruptions/of-bars.js';
import { OF_WHAT_CAME } from './corruptions/of-what-came.js';
import { buildStore, NOW, SavedStore } from './proof-fixture.js';

/**
 * Corruptions that are planted one at a time in one sound store. Each is a statement that changes at least one row, and must
 * be reported under the given name.
 */

const store = useStore({ isEmptied: false });
let pool: pg.Pool;
let saved: SavedStore;

beforeAll(async () => {
  pool = store.pool;
  await buildStore(store);
  saved = new SavedStore(pool);
  await saved.save();
});
afterEach(() => saved.restore());

const examine = () => examineStore(pool, { clockOffsetMs: 0, now: NOW });
it('the store without any is sound, with something of everything', async () => {
  const { findings, series } = await examine();
  expect(findings.lines()).toEqual([]);
  expect(series.filter(({ bars }) => bars > 0)).toHaveLength(3);
  const counts = await pool.query(
    `select (select count(*)::int from corporate_actions) as actions, (select count(*)::int from bar_revisions) as revisions,
      (select count(*)::int from rejected_bars) as rejected, (select count(*)::int from quotes) as quotes,
      (select count(*)::int from daily_differences) as differences, (select sum(corrupt)::int from coverage) as corrupt,
      (select count(*)::int from series where begins_at is not null) as begun`,
  );
  expect(counts.rows).toEqual([
    { actions: 4, revisions: 2, rejected: 9, quotes: 2, differences: 3, corrupt: 2, begun: 1 },
  ]);
});

describe.each(Object.entries({ ...OF_WHAT_CAME, ...OF_BARS }))('a corruption is reported: %s', (_, corruptions) => {
  it.each(partOf(corruptions, 4))('%s (%s)', async (_what, kind, change) => {
    expect(await corrupt(pool, change)).toBeGreaterThan(0);
    const { findings } = await examine();
    expect(findings.lines().join('\n')).toContain(`(${kind}): `);
  });
});
