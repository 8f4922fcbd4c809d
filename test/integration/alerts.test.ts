import { createHmac } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bodyOf } from '../../activities/webhook.js';
import { readEnv } from '../../config/env.js';
import { DETAILS } from '../../contracts/workflow-details.js';
import { PIPELINE_QUEUE } from '../../contracts/queues.js';
import { ALERT_DELIVERY_ID } from '../../contracts/workflow-ids.js';
import { WORKFLOWS } from '../../contracts/workflows.js';
import {
  hasNews,
  nextDelivery,
  openAlerts,
  staleTimes,
  type StoredAlert,
  storeChanges,
} from '../../db/repositories/alerts/alerts.js';
import { renameAsset } from '../../db/repositories/upkeep/asset-changes.js';
import { inTransaction } from '../../db/transaction.js';
import { changeAlerts } from '../../domain/alerts/change-alerts.js';
import { judge } from '../../domain/alerts/judge.js';
import { HOUR, MINUTE } from '../../domain/timeframe.js';
import { alertFacts } from '../../planning/alert-facts.js';
import { ratesOf } from '../../config/rates.js';
import { insertRule, rememberBars } from '../../db/repositories/alerts/alert-rules.js';
import { eventually } from '../environment/eventually.js';
import { createTestNamespace, type TestNamespace } from '../environment/namespace.js';
import { useStore } from '../environment/store.js';
import { type Running, startWorkers } from '../environment/workers.js';
import { addSource, RUN_ID } from '../factories.js';
import { stubServer } from '../stub-server.js';
import { storeBars } from './api-fixture.js';

const store = useStore();
const KEY = Buffer.alloc(32, 7);
/** A Tuesday, an hour into the session of New York. */
const NOON = Date.parse('2026-11-24T15:30:50Z');

const failedRuns = (pipeline: string, minutesAgo: number[], status = 'failed') =>
  store.pool.query(
    `insert into pipeline_runs (workflow_id, run_id, pipeline, trigger, nominal_at, status, started_at, error_type)
    select $1 || '-' || $3 || ago, $4, $1, 'schedule', now(), $3, now() - ago * interval '1 minute', 'SchemaDrift'
    from unnest($2::int[]) ago`,
    [pipeline, minutesAgo, status, RUN_ID],
  );
const alerts = async () => (await store.pool.query<Record<string, unknown>>('select * from alerts order by id')).rows;

describe('alerts over a webhook', () => {
  const receiver = stubServer();
  let temporal: TestNamespace;
  let workers: Running;
  let received: { headers: IncomingMessage['headers']; body: string }[];
  let statuses: number[];
  beforeAll(async () => {
    temporal = await createTestNamespace();
    const env = readEnv({
      ALERT_WEBHOOK_URL: `${receiver.base}/hook`,
      ALERT_WEBHOOK_SECRET: `whsec_${KEY.toString('base64')}`,
    });
    workers = await startWorkers({ temporal, pool: store.pool, env, clockOffsetMs: 0, queues: [PIPELINE_QUEUE] });
    receiver.respond = (request: IncomingMessage, response: ServerResponse) => {
      void text(request).then((body) => {
        received.push({ headers: request.headers, body });
        response.writeHead(statuses.shift() ?? 204, { 'retry-after': '1' }).end();
      });
    };
  });
  beforeEach(() => {
    received = [];
    statuses = [];
  });
  afterAll(async () => {
    await workers.stop();
    await temporal.close();
  });

  let evaluations = 0;
  const evaluate = async () => {
    const { client } = temporal;
    const judged: unknown = await client.workflow.execute(WORKFLOWS.alerts, {
      workflowId: `alerts-${++evaluations}`,
      taskQueue: PIPELINE_QUEUE,
      staticDetails: DETAILS[WORKFLOWS.alerts],
    });
    return judged;
  };
  const delivered = async () => {
    await temporal.client.workflow.getHandle(ALERT_DELIVERY_ID).result();
    return received.map(({ body }) => JSON.parse(body) as { data: { opened: object[]; closed: object[] } });
  };

  it('are signed, tried again with the same id after a 500, told once, and told when they are over', async () => {
    await failedRuns('crypto_20min', [5, 25, 45]);
    statuses = [500];
    expect(await evaluate()).toEqual({ opened: 1, closed: 0, hasNews: true });
    const [first, second, ...more] = await delivered();
    expect(more).toEqual([]);
    expect(second).toEqual(first);
    expect(first).toMatchObject({
      type: 'alerts.changed',
      data: {
        opened: [{ kind: 'failing', subject: 'crypto_20min', severity: 'critical', closedAt: null }],
        closed: [],
      },
    });
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    for (const { headers, body } of received) {
      const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
      expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', KEY).update(signed).digest('base64')}`);
      expect(Math.abs(Number(headers['webhook-timestamp']) * 1_000 - Date.now())).toBeLessThan(5 * MINUTE);
    }

    expect(await evaluate()).toEqual({ opened: 0, closed: 0, hasNews: false });
    await failedRuns('crypto_20min', [1], 'succeeded');
    expect(await evaluate()).toEqual({ opened: 0, closed: 1, hasNews: true });
    expect((await delivered()).slice(2)).toMatchObject([
      { data: { opened: [], closed: [{ kind: 'failing', subject: 'crypto_20min' }] } },
    ]);
    expect(received).toHaveLength(3);
    const samples = await store.pool.query('select free_bytes > 0 as "isFree" from disk_samples');
    expect(samples.rows).toEqual([{ isFree: true }]);
  });

  it('are judged from what was stored at one instant', async () => {
    const asset = store.assetId('SPY');
    await storeBars(store.pool, {
      ...{ asset, timeframe: '1m', step: '1 minute' },
      ...{ from: '2026-11-24T15:00:00Z', to: '2026-11-24T15:01:00Z' }, // closes of 100.25 and 101.25
    });
    const first = await inTransaction(store.pool, async (tx) => {
      await tx.query('lock table alert_rules in access exclusive mode');
      const evaluation = evaluate();
      await eventually(async () => {
        const { rows } = await store.pool.query(
          `select 1 from pg_locks where relation = 'alert_rules'::regclass and not granted`,
        );
        expect(rows).toHaveLength(1);
      });
      const rule = { assetId: asset, timeframe: '1m', measure: 'close', direction: 'above', against: null } as const;
      const stored = await insertRule(tx, { ...rule, level: 101 });
      const bar = { time: Date.parse('2026-11-24T15:00:00Z'), close: 100.25, sma_20: null, sma_50: null };
      await rememberBars(tx, [{ rule: stored, checked: null, bars: [bar] }]);
      return { evaluation };
    });
    expect(await first.evaluation).toMatchObject({ opened: 0 });
    expect(await evaluate()).toMatchObject({ opened: 1 });
  });

  it('go into one message, however many there are, and what an earlier attempt has sent is not sent again', async () => {
    await failedRuns('crypto_20min', [5, 25, 45]);
    await failedRuns('heal_gaps', [5, 35, 65]);
    await Promise.all([evaluate(), evaluate()]);
    const [message, ...more] = await delivered();
    expect(more).toEqual([]);
    expect(message!.data.opened).toHaveLength(2);
    await eventually(async () => {
      const { rows } = await store.pool.query('select 1 from alert_deliveries where sent_at is not null');
      expect(rows).toHaveLength(1);
    });
    expect(await alerts()).toHaveLength(2);
  });
});

describe('what is told', () => {
  const open = async (severity: string, because: string | null = null, closed = false) =>
    store.pool.query(
      `insert into alerts (kind, subject, severity, message, advice, because, since, opened_at, closed_at)
      values ('stale', gen_random_uuid(), $1, 'm', 'a', $2, now(), now(), case when $3 then now() end)`,
      [severity, because, closed],
    );
  const next = (everything: boolean) => inTransaction(store.pool, (tx) => nextDelivery(tx, everything));

  it('is only what is critical in quiet hours; the rest is told after them, if it is still open', async () => {
    await open('warning');
    expect(await hasNews(store.pool, false)).toBe(false);
    expect(await next(false)).toBeNull();
    await open('critical');
    const id = await next(false);
    expect(await next(false)).toBe(id); // until it is sent
    await store.pool.query('update alert_deliveries set sent_at = now()');
    await store.pool.query(`update alerts set closed_at = now() where severity = 'critical'`);
    expect(await hasNews(store.pool, false)).toBe(false);
    await next(true);
    const { rows } = await store.pool.query<{ news: { opened: object[]; closed: object[] } }>(
      'select news from alert_deliveries where sent_at is null',
    );
    expect(rows).toMatchObject([{ news: { opened: [{ severity: 'warning' }], closed: [{ severity: 'critical' }] } }]);
  });

  it('is neither the consequence of another alert nor what came and went untold', async () => {
    await open('critical', 'outage yahoo');
    await open('critical', null, true);
    expect(await hasNews(store.pool, true)).toBe(false);
    expect(await next(true)).toBeNull();
  });

  it('is told again when it becomes worse, and once', async () => {
    await open('warning');
    await next(true);
    await store.pool.query('update alert_deliveries set sent_at = now()');
    const become = async (change: Partial<StoredAlert>, isWorse: boolean) => {
      const [alert] = await openAlerts(store.pool);
      const changed = [{ alert: alert!, now: { ...alert!, ...change }, isWorse }];
      await storeChanges(store.pool, { opened: [], changed, closed: [] }, NOON);
    };
    await become({ message: 'other words' }, false);
    expect(await hasNews(store.pool, true)).toBe(false);
    await become({ severity: 'critical' }, true);
    expect(await hasNews(store.pool, false)).toBe(true);
    const { rows } = await store.pool.query('select news from alert_deliveries where id = $1', [await next(false)]);
    expect(rows).toMatchObject([{ news: { opened: [{ severity: 'critical', message: 'other words' }], closed: [] } }]);
    await store.pool.query('update alert_deliveries set sent_at = now()');
    expect(await hasNews(store.pool, true)).toBe(false);
  });

  it('has the shapes of Slack and Discord', () => {
    const alert = {
      ...{
        id: 1,
        kind: 'stale' as const,
        subject: 'A&B',
        severity: 'critical' as const,
        since: 0,
        openedAt: 0,
        closedAt: null,
      },
      ...{ message: 'Bars of A&B <1m> are overdue.', advice: 'Look.' },
    };
    const news = { opened: [alert], closed: [{ ...alert, closedAt: 1 }] };
    expect(bodyOf('slack', { createdAt: new Date(), news })).toEqual({
      text: '*Critical:* Bars of A&amp;B &lt;1m&gt; are overdue.\nLook.\n*Over:* Bars of A&amp;B &lt;1m&gt; are overdue.',
    });
    expect(bodyOf('discord', { createdAt: new Date(), news })).toEqual({
      content: '**Critical:** Bars of A&B <1m> are overdue.\nLook.\n**Over:** Bars of A&B <1m> are overdue.',
      allowed_mentions: { parse: [] },
    });
    const many = { opened: Array.from({ length: 90 }, () => alert), closed: [] };
    expect((bodyOf('discord', { createdAt: new Date(), news: many }) as { content: string }).content).toHaveLength(
      2_000,
    );
  });
});

describe('alerts from the database', () => {
  const evaluate = async (now: number) =>
    inTransaction(store.pool, async (tx) => {
      const facts = await alertFacts(tx, {
        rates: ratesOf(readEnv({})),
        ...{ clockOffsetMs: 0, wallNow: now, disk: [], backup: null, upMs: HOUR },
      });
      const changes = changeAlerts(await openAlerts(tx), judge(facts), now);
      await storeChanges(tx, changes, now);
      await rememberBars(tx, facts.rules);
      return { opened: changes.opened.map(({ kind, subject }) => `${kind} ${subject}`), closed: changes.closed.length };
    });
  const minutes = (from: string, to: string, asset = store.assetId('SPY')) =>
    storeBars(store.pool, { asset, timeframe: '1m', from, to, step: '1 minute' });

  it('name an asset whose bars are overdue, and close when they are there', async () => {
    await minutes('2026-11-24T14:30:00Z', '2026-11-24T15:24:00Z');
    expect(await evaluate(NOON - 3 * MINUTE)).toEqual({ opened: [], closed: 0 });
    expect(await evaluate(NOON)).toEqual({ opened: ['stale SPY'], closed: 0 });
    expect(await alerts()).toMatchObject([{ since: new Date('2026-11-24T15:27:38.875Z'), closed_at: null }]);
    await minutes('2026-11-24T15:25:00Z', '2026-11-24T15:30:00Z');
    expect(await evaluate(NOON + MINUTE)).toEqual({ opened: [], closed: 1 });
  });

  it('stay those of an asset that is renamed', async () => {
    const rename = async (from: string, to: string) =>
      renameAsset(
        store.pool,
        { id: store.assetId('SPY'), symbol: from },
        { symbol: to, name: to, providerSymbol: to, quotedIn: null },
        ({ providerSymbol }) => providerSymbol,
        { actor: 'admin', reason: '' },
      );
    await minutes('2026-11-24T14:30:00Z', '2026-11-24T15:24:00Z');
    expect(await evaluate(NOON)).toEqual({ opened: ['stale SPY'], closed: 0 });
    await rename('SPY', 'SPYX');
    try {
      expect(await evaluate(NOON + MINUTE)).toEqual({ opened: [], closed: 0 });
      expect([...(await staleTimes(store.pool, 0)).keys()]).toEqual(['SPYX']);
    } finally {
      await rename('SPYX', 'SPY');
    }
    expect(await evaluate(NOON + MINUTE)).toEqual({ opened: [], closed: 0 });
  });

  it('do not name an asset while another of its sources stands in, unless that one is not served', async () => {
    const other = await addSource(store.pool, store.assetId('SPY'), 'alpaca');
    await minutes('2026-11-24T14:30:00Z', '2026-11-24T15:24:00Z');
    await minutes('2026-11-24T15:25:00Z', '2026-11-24T15:29:00Z', other);
    expect(await evaluate(NOON)).toEqual({ opened: [], closed: 0 });
    await store.pool.query(`update assets set role = 'check' where id = $1`, [other]);
    expect(await evaluate(NOON)).toEqual({ opened: ['stale SPY'], closed: 0 });
  });

  it('name a provider, what disagrees, and a quota', async () => {
    await store.pool.query(
      `update provider_state set outage_since = now(), outage_symptom = 'SchemaDrift' where provider = 'yahoo'`,
    );
    await store.pool.query(
      `insert into source_agreement (asset_id, source_id, other_id, timeframe, session, bars, only_source, only_other, beyond_tick,
        beyond_10bp, finding, evidence, as_of, compared_at)
      select $1, $1, $1, '1d', session, 1, 0, 0, 1, 1, finding, '{"ratio": 1.01}', pg_current_snapshot(), now()
      from (values (date '2026-11-20', 'unit'), ('2026-11-23', 'level')) c (session, finding)`,
      [store.assetId('SPY')],
    );
    await store.pool.query(
      `update provider_state set quota_used = 10000, quota_month = date_trunc('month', now() at time zone 'utc') where provider = 'coingecko'`,
    );
    expect((await evaluate(NOON)).opened).toEqual(['outage yahoo', 'quota coingecko', 'disagreement SPY yahoo yahoo']);
    await store.pool.query(`update provider_state set outage_since = null, quota_used = 0`);
    await store.pool.query(`update source_agreement set finding = null where session = '2026-11-23'`);
    expect(await evaluate(NOON + HOUR)).toEqual({ opened: [], closed: 3 });
  });
});
