import { expect, it } from 'vitest';
import { ratesOf } from '../../config/rates.js';
import { readEnv } from '../../config/env.js';
import { abandonDelivery, hasNews, nextDelivery, recordEvaluation } from '../../db/repositories/alerts/alerts.js';
import { type Disk, diskSamples, keepDiskSample } from '../../db/repositories/upkeep/disk-samples.js';
import { inTransaction } from '../../db/transaction.js';
import { HOUR } from '../../domain/timeframe.js';
import { alertFacts } from '../../planning/alert-facts.js';
import { useStore } from '../environment/store.js';
import { RUN_ID } from '../factories.js';

const store = useStore();
/** A Tuesday, an hour into the session of New York. */
const NOON = Date.parse('2026-11-24T15:30:50Z');
const facts = async () =>
  alertFacts(store.pool, {
    ...{ rates: ratesOf(readEnv({})), clockOffsetMs: 0, wallNow: NOON, disk: [], backup: null, upMs: HOUR },
  });

it('a pipeline is failing, and not what a person starts once or what fetches the past again', async () => {
  const fail = async (trigger: string, pipelines: string[]) =>
    store.pool.query(
      `insert into pipeline_runs (workflow_id, run_id, pipeline, trigger, nominal_at, status, started_at, error_type)
      select $1 || p, $3, p, $1, now(), 'failed', now(), 'SchemaDrift' from unnest($2::text[]) p`,
      [trigger, pipelines, RUN_ID],
    );
  await fail('manual', ['backfill', 'import', 'release', 'adjust_splits']);
  await fail('backfill', ['stocks_1min']);
  expect((await facts()).pipelines).toEqual([]);
  await fail('schedule', ['stocks_1min', 'heal_gaps']);
  expect((await facts()).pipelines).toMatchObject([
    { pipeline: 'heal_gaps', failed: 1 },
    { pipeline: 'stocks_1min', failed: 1 },
  ]);
});

it('sources that are served disagree, and not one that only checks', async () => {
  const spy = store.assetId('SPY');
  const { rows } = await store.pool.query<{ id: number }>(
    `insert into assets (symbol, name, kind, exchange, currency, provider, provider_symbol, source_of, role, rank)
    select symbol, name, kind, exchange, currency, 'alpaca', symbol, id, 'check', 2 from assets where id = $1 returning id`,
    [spy],
  );
  await store.pool.query(
    `insert into source_agreement (asset_id, source_id, other_id, timeframe, session, bars, only_source, only_other, beyond_tick,
      beyond_10bp, finding, evidence, as_of, compared_at)
    values ($1, $1, $2, '1d', '2026-11-23', 1, 0, 0, 1, 1, 'level', '{"ratio": 1.01}', pg_current_snapshot(), now())`,
    [spy, rows[0]!.id],
  );
  expect((await facts()).disagreements).toEqual([]);
  await store.pool.query(`update assets set role = 'serve' where id = $1`, [rows[0]!.id]);
  expect((await facts()).disagreements).toMatchObject([{ symbol: 'SPY', source: 'yahoo', other: 'alpaca' }]);
});

it('the samples of a disk are the first ones of each day, and of no other disk', async () => {
  const [old, moved] = [10, 20].map((totalBytes) => ({ folder: '/data', totalBytes })) as [Disk, Disk];
  await keepDiskSample(store.pool, old, 9);
  await store.pool.query('update disk_samples set day = day - 1');
  await keepDiskSample(store.pool, old, 8);
  await keepDiskSample(store.pool, old, 7);
  expect(await diskSamples(store.pool, old)).toMatchObject([{ free: 9 }, { free: 8 }]);
  await keepDiskSample(store.pool, moved, 15);
  expect(await diskSamples(store.pool, moved)).toMatchObject([{ free: 15 }]);
});

it('a message that is given up goes into the next one, but for what has closed untold', async () => {
  const news = async () => {
    const { rows } = await store.pool.query<{ news: { opened: { id: number }[]; closed: { id: number }[] } }>(
      'select news from alert_deliveries where sent_at is null and abandoned_at is null',
    );
    return rows.map(({ news: { opened, closed } }) => [opened.map(({ id }) => id), closed.map(({ id }) => id)]);
  };
  const { rows: ids } = await store.pool.query<{ id: number }>(
    `insert into alerts (kind, subject, severity, message, advice, since, opened_at)
    select 'stale', n, 'critical', 'm', 'a', now(), now() from generate_series(1, 3) n returning id::float8 as id`,
  );
  const [told, lasting, brief] = ids.map(({ id }) => id);
  const next = async () => inTransaction(store.pool, (tx) => nextDelivery(tx, true));
  const close = async (id?: number) => store.pool.query('update alerts set closed_at = now() where id = $1', [id]);
  await store.pool.query('update alerts set closed_at = now() where id <> $1', [told]);
  await next();
  await store.pool.query('update alert_deliveries set sent_at = now()');
  await store.pool.query('update alerts set closed_at = null where id <> $1', [told]);
  await close(told);
  const given = await next();
  expect(await news()).toEqual([[[lasting, brief], [told]]]);
  await close(brief);
  await abandonDelivery(store.pool, given!, 'HTTP 500');
  expect(await hasNews(store.pool, true)).toBe(true);
  expect(await next()).not.toBe(given);
  expect(await news()).toEqual([[[lasting], [told]]]);
});

it('alerts know for how long they have been evaluated without an interruption', async () => {
  const upMs = async () => (await inTransaction(store.pool, recordEvaluation)).upMs;
  expect(await upMs()).toBe(0);
  await store.pool.query(
    `update alert_evaluations set last_at = now() - interval '2 minutes', resumed_at = now() - interval '1 day'`,
  );
  expect(await upMs()).toBeGreaterThan(23 * HOUR);
  await store.pool.query(`update alert_evaluations set last_at = now() - interval '4 minutes'`);
  expect(await upMs()).toBe(0);
});
