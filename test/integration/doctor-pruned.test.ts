import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type pg from 'pg';
import { prunePayloads } from '../../activities/prune-payloads.js';
import { examineStore } from '../../cli/doctor/examine.js';
import { proofOf } from '../../cli/doctor/report.js';
import { DAY } from '../../domain/timeframe.js';
import { partOf } from '../long-tests.js';
import { useStore } from '../environment/store.js';
import { corrupt } from './corruptions/corruption.js';
import { OF_BARS } from './corruptions/of-bars.js';
import { A_BODY, OF_WHAT_CAME } from './corruptions/of-what-came.js';
import { OF_WHAT_WAS_PRUNED } from './corruptions/of-what-was-pruned.js';
import { buildStore, NOW, plant, SavedStore } from './proof-fixture.js';

/** The same corruptions, planted in the same store after all of its payloads were pruned. */

const store = useStore({ isEmptied: false });
let pool: pg.Pool;
let saved: SavedStore;

beforeAll(async () => {
  pool = store.pool;
  await buildStore(store);
  await prunePayloads(pool, new Date(NOW + DAY), 0);
  saved = new SavedStore(pool);
  await saved.save();
});
afterEach(() => saved.restore());

const examine = () => examineStore(pool, { clockOffsetMs: 0, now: NOW });

it('a store whose payloads were pruned is proved by digests', async () => {
  const examination = await examine();
  expect(examination.findings.lines()).toEqual([]);
  expect(proofOf(examination)).toMatch(/ by digest, 0 not; digest/);
});

it('what was pruned before digests were kept is counted, and not called wrong; what is pruned by hand later is', async () => {
  const newest = '(select max(id) from raw_payloads)';
  await plant(pool, 'delete from payload_digests');
  await plant(
    pool,
    `insert into payload_digests (asset_id, timeframe, payload_ids)
    select asset_id, timeframe, array_agg(id order by id) from raw_payloads where id <> ${newest} group by 1, 2`,
  );
  const examination = await examine();
  expect(examination.findings.lines()).toEqual([
    'payloads whose body disappeared without a digest (body_gone): 1',
    expect.stringMatching(/^ {2}payload \d+: its body is gone, and has no digest$/),
  ]);
  expect(proofOf(examination)).toMatch(/; bars proved: 0 by payload, 0 by digest, [1-9]\d+ not; digest \d+ is /);
});

const corruptions = Object.entries({ ...OF_WHAT_WAS_PRUNED, ...OF_WHAT_CAME, ...OF_BARS }).filter(
  ([name]) => name !== A_BODY,
);
describe.each(corruptions)('a corruption is reported: %s', (_name, ofKind) => {
  it.each(partOf(ofKind, 4))('%s (%s)', async (_what, kind, change) => {
    expect(await corrupt(pool, change)).toBeGreaterThan(0);
    const { findings } = await examine();
    expect(findings.lines().join('\n')).toContain(`(${kind}): `);
  });
});
