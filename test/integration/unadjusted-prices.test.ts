import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadActivities } from '../../activities/load.js';
import { transformActivities } from '../../activities/transform.js';
import { readEnv } from '../../config/env.js';
import { adjustWorkflowId } from '../../contracts/workflow-ids.js';
import { applySplits, bringFilesToLevel } from '../../db/repositories/load/apply-splits.js';
import { ensureFileSource, fileSourceOf } from '../../db/repositories/upkeep/imports.js';
import { insertPayload } from '../../db/repositories/load/payloads.js';
import { readHeldBack } from '../../db/repositories/read/held-back.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { HOUR, SECOND } from '../../domain/timeframe.js';
import { examineStore } from '../../cli/doctor/examine.js';
import { barsUrl } from '../../providers/alpaca/request-url.js';
import { createProviders } from '../../providers/index.js';
import { useStore } from '../environment/store.js';
import { RUN_ID } from '../factories.js';
import { around, ingestWirePayload, openTestRun, yahooBody } from '../wire-payloads.js';

const store = useStore();
const run = { workflowId: 'w', runId: RUN_ID };
const exDay = calendarOf('XNYS').sessionOn('2026-11-18')!;
const SPLIT = { symbol: 'NVDA', ex_date: '2026-11-18', new_rate: 2, old_rate: 1 };

/** Days as Alpaca sends them: unadjusted. */
const days = (closes: Record<string, number>) =>
  Object.entries(closes).map(([date, c]) => ({
    t: `${date}T05:00:00Z`,
    o: c,
    h: c + 1,
    l: c - 1,
    c,
    v: 1_000,
    n: 9,
    vw: c,
  }));

async function store1d(
  assetId: number,
  fetchedAt: string,
  to: string,
  closes: Record<string, number>,
  splits: object[],
) {
  const window = { from: Date.parse('2026-11-13T14:30Z'), to: Date.parse(to) };
  const pages = [
    { bars: { NVDA: days(closes) }, next_page_token: null },
    { corporate_actions: splits.length > 0 ? { forward_splits: splits } : {}, next_page_token: null },
  ];
  return insertPayload(store.pool, {
    ...{ provider: 'alpaca', kind: 'bars', assetId, timeframe: '1d', providerSymbol: 'NVDA', status: 200, rows: 5 },
    ...{ windowFrom: window.from, windowTo: window.to, contentType: null, durationMs: 5 },
    ...{
      url: barsUrl('http://alpaca', { providerSymbols: ['NVDA'], timeframe: '1d', window }, 'sip'),
      body: Buffer.from(JSON.stringify(pages)),
      fetchedAt,
      ...run,
    },
  });
}

let assetId: number;
beforeEach(() => openTestRun(store.pool));
beforeAll(async () => {
  const { rows: added } = await store.pool.query<{ id: number }>(
    `insert into assets (symbol, name, kind, provider, provider_symbol, exchange, currency, source_of, rank)
      values ('NVDA', 'NVIDIA', 'equity', 'alpaca', 'NVDA', 'XNYS', 'USD', $1, 2) returning id`,
    [store.assetId('NVDA')],
  );
  assetId = added[0]!.id;
});

const deps = () => ({ pool: store.pool, providers: createProviders(readEnv({})), clockOffsetMs: 0 });
const batchOf = async (payloadId: number) => {
  const [transformed] = await transformActivities(deps()).transform({ run, payloadIds: [payloadId] });
  if (!('batchId' in transformed!)) throw new Error('the payload was not transformed');
  return transformed.batchId!;
};
const load = async (batchId: number) => (await loadActivities(deps()).load({ run, batchIds: [batchId] }))[0]!;
const closes = async () => {
  const { rows } = await store.pool.query<{ close: number; volume: number }>(
    'select close, volume from bars where asset_id = $1 order by time',
    [assetId],
  );
  return rows.map(({ close, volume }) => [close, volume]);
};
const BEFORE = { '2026-11-13': 100, '2026-11-16': 102, '2026-11-17': 104 };
// from the ex-date on, the older days still come as they were traded
const AFTER = { ...BEFORE, '2026-11-18': 52.5, '2026-11-19': 53 };
const ADJUSTED = [
  [50, 2_000],
  [51, 2_000],
  [52, 2_000],
  [52.5, 1_000],
  [53, 1_000],
];

it('unadjusted prices are stored at the level of the splits in force, as those of any other source', async () => {
  const first = await store1d(assetId, '2026-11-18 02:00+00', '2026-11-17T21:00Z', BEFORE, []);
  expect(await load(await batchOf(first))).toMatchObject({ inserted: 3 });
  const second = await store1d(assetId, '2026-11-20 02:00+00', '2026-11-19T21:00Z', AFTER, [SPLIT]);
  const held = await load(await batchOf(second));
  expect(held).toMatchObject({ held: 'split', adjust: { assetId, symbol: 'NVDA', source: 'alpaca' } });
  expect(adjustWorkflowId(held.adjust!)).not.toBe(adjustWorkflowId({ symbol: 'NVDA' }));
  const again = await store1d(assetId, '2026-11-20 02:05+00', '2026-11-19T21:00Z', AFTER, [SPLIT]);
  await applySplits(store.pool, assetId, [await batchOf(again)], RUN_ID);
  expect(await closes()).toEqual(ADJUSTED);
});

describe('a file that was imported before a split', () => {
  let file: number;
  beforeEach(async () => {
    file = await ensureFileSource(store.pool, (await fileSourceOf(store.pool, 'NVDA'))!);
    const csv = `date,open,high,low,close,volume\n2026-11-12,98,99,97,98,1000\n2026-11-13,100,101,99,100,1000\n`;
    const calendar = calendarOf('XNYS');
    const payloadId = await insertPayload(store.pool, {
      ...{
        provider: 'file',
        kind: 'bars',
        assetId: file,
        timeframe: '1d',
        providerSymbol: 'NVDA',
        status: 200,
        rows: 2,
      },
      ...{ windowFrom: calendar.sessionOn('2026-11-12')!.open, windowTo: calendar.sessionOn('2026-11-13')!.close },
      ...{ contentType: 'text/csv', durationMs: 0, url: 'file:bars.csv', body: Buffer.from(csv) },
      ...{ fetchedAt: '2026-11-17 12:00+00', ...run },
    });
    await load(await batchOf(payloadId));
  });
  const closesOfFile = async () =>
    (
      await store.pool.query<{ close: number; volume: number }>(
        'select close, volume from bars where asset_id = $1 order by time',
        [file],
      )
    ).rows.map(({ close, volume }) => [close, volume]);
  const OLD = [
    [98, 1_000],
    [100, 1_000],
  ];
  const NEW = [
    [49, 2_000],
    [50, 2_000],
  ];
  const isSound = async () => {
    const { findings } = await examineStore(store.pool, { clockOffsetMs: 0, now: Date.parse('2026-11-21T03:00Z') });
    expect(findings.lines()).toEqual([]);
  };

  it('is brought to the new level together with the source whose prices show the split', async () => {
    await load(await batchOf(await store1d(assetId, '2026-11-18 02:00+00', '2026-11-17T21:00Z', BEFORE, [])));
    const told = await store1d(assetId, '2026-11-20 02:00+00', '2026-11-19T21:00Z', AFTER, [SPLIT]);
    await load(await batchOf(told));
    expect(await closesOfFile()).toEqual(OLD);
    await applySplits(
      store.pool,
      assetId,
      [await batchOf(await store1d(assetId, '2026-11-20 02:05+00', '2026-11-19T21:00Z', AFTER, [SPLIT]))],
      RUN_ID,
    );
    expect([await closes(), await closesOfFile()]).toEqual([ADJUSTED, NEW]);
    expect((await store.pool.query('select 1 from bar_revisions where asset_id = $1', [file])).rowCount).toBe(2);
    await bringFilesToLevel(store.pool, () => RUN_ID);
    expect(await closesOfFile()).toEqual(NEW);
    await isSound();
  });

  it('is brought to it by heal if that source has no bars from before the split', async () => {
    const told = await store1d(assetId, '2026-11-20 02:00+00', '2026-11-19T21:00Z', AFTER, [SPLIT]);
    await load(await batchOf(told));
    expect(await closesOfFile()).toEqual(OLD);
    await bringFilesToLevel(store.pool, () => RUN_ID);
    expect(await closesOfFile()).toEqual(NEW);
    await isSound();
  });
});

describe('a split that only the other source tells of', () => {
  const tell = (numerator = 2) =>
    ingestWirePayload(store.pool, {
      ...{ assetId: store.assetId('NVDA'), timeframe: '1d' },
      ...{ window: { from: exDay.open, to: exDay.close }, fetchedAt: exDay.close + HOUR },
      body: yahooBody('NVDA', [[exDay.open, around(52.5)]], {
        splits: { told: { date: exDay.open / SECOND, numerator, denominator: 1 } },
      }),
    });
  const daysUntil = (to: string, at: string, prices: Record<string, number>) => store1d(assetId, at, to, prices, []);

  it('counts for the unadjusted prices, too: they are held back until they show it, and then divided', async () => {
    await load(await batchOf(await daysUntil('2026-11-17T21:00Z', '2026-11-18 02:00+00', BEFORE)));
    await tell();
    expect(await load(await batchOf(await daysUntil('2026-11-19T21:00Z', '2026-11-20 02:00+00', AFTER)))).toMatchObject(
      {
        ...{ held: 'split', adjust: { assetId, source: 'alpaca' } },
      },
    );
    const [waiting] = await readHeldBack(store.pool, Date.now());
    expect(waiting).toMatchObject({
      symbol: 'NVDA',
      provider: 'alpaca',
      split: { session: '2026-11-18', numerator: 2 },
    });
    const again = await daysUntil('2026-11-19T21:00Z', '2026-11-20 02:05+00', AFTER);
    await applySplits(store.pool, assetId, [await batchOf(again)], RUN_ID);
    expect(await closes()).toEqual(ADJUSTED);
    expect(await readHeldBack(store.pool, Date.now())).toEqual([]);
    // what comes later as it was traded is divided, too
    const later = { ...AFTER, '2026-11-17': 104.5 };
    expect(await load(await batchOf(await daysUntil('2026-11-19T21:00Z', '2026-11-21 02:00+00', later)))).toMatchObject(
      {
        ...{ held: null, updated: 1 },
      },
    );
    expect((await closes())[2]).toEqual([52.25, 2_000]);
    const { findings } = await examineStore(store.pool, { clockOffsetMs: 0, now: Date.parse('2026-11-21T03:00Z') });
    expect(findings.lines()).toEqual([]);
  });

  it('does not hold them back once they show that nothing happened', async () => {
    await load(await batchOf(await daysUntil('2026-11-17T21:00Z', '2026-11-18 02:00+00', BEFORE)));
    await tell();
    const same = { ...BEFORE, '2026-11-18': 105, '2026-11-19': 106 };
    expect(await load(await batchOf(await daysUntil('2026-11-19T21:00Z', '2026-11-20 02:00+00', same)))).toMatchObject({
      ...{ held: null, inserted: 2 },
    });
    expect(await readHeldBack(store.pool, Date.now())).toEqual([]);
  });

  it('does not count if it is so small that the prices of a day cannot show it', async () => {
    await load(await batchOf(await daysUntil('2026-11-17T21:00Z', '2026-11-18 02:00+00', BEFORE)));
    await tell(1.05);
    const { rows } = await store.pool.query('select 1 from corporate_actions where asset_id = $1', [assetId]);
    expect(rows).toEqual([]);
  });
});
