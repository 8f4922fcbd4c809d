import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { examineStore } from '../../cli/doctor/examine.js';
import { reportOf } from '../../cli/doctor/report.js';
import { importFile } from '../../cli/import/import-file.js';
import { importReport } from '../../cli/import/report.js';
import { rebuildSeries } from '../../cli/rebuild/rebuild-series.js';
import { AssetReader } from '../../db/repositories/read/asset-reader.js';
import { type FileSource, fileSourceOf } from '../../db/repositories/upkeep/imports.js';
import type { StoredTimeframe } from '../../domain/timeframe.js';
import { findInstruments } from '../../planning/find-instruments.js';
import { planHeal, planReplay } from '../../planning/heal.js';
import { planBackfill } from '../../planning/backfill.js';
import { rename } from '../../planning/rename.js';
import { planVerify } from '../../planning/verify.js';
import { csvOfParquet } from '../../providers/file/parquet.js';
import { eventually } from '../environment/eventually.js';
import { startApi, type ApiUnderTest } from './api-fixture.js';

const NEW: FileSource = {
  ...{ id: null, symbol: 'MINE', name: 'My fund', kind: 'fund', exchange: 'XNYS', currency: 'USD', sourceOf: null },
};
const DAYS = `Date,Open,High,Low,Close,Adj Close,Volume
2026-11-16,10,11,9,10.5,9.9,1000
2026-11-17,10.5,11.5,10,11,10.4,1100
2026-11-18,11,12,10.5,11.5,10.9,
2026-11-19,11.5,12.5,11,12,11.4,1300
`;

let api: ApiUnderTest;
beforeAll(async () => (api = await startApi()));
afterAll(() => api.close());
beforeEach(async () => {
  await api.pool.query(
    `set barkeep.load = 'on'; truncate bars, bar_revisions, batches, raw_payloads, coverage, series, rejected_bars, bar_warnings;
     delete from former_symbols; delete from assets where provider = 'file'; reset barkeep.load`,
  );
});

interface Import {
  timeframe?: StoredTimeframe;
  dryRun?: boolean;
  source?: FileSource;
}
const importText = async (body: string | Buffer, { timeframe = '1d', dryRun = false, source }: Import = {}) => {
  const known = source ?? (await fileSourceOf(api.pool, NEW.symbol)) ?? NEW;
  const file = { url: 'file:bars.csv', body: Buffer.from(body) };
  return importFile(api.pool, known, { file, timeframe, dryRun, clockOffsetMs: 0 }, () => undefined);
};
const rows = async (sql: string) => (await api.pool.query<Record<string, unknown>>(sql)).rows;
const bars = () => rows(`select session::text, close, volume from bars order by time`);
const findings = async () => {
  const examination = await examineStore(api.pool, { clockOffsetMs: 0 });
  return reportOf(examination, { all: true, now: Date.now() }).filter((line) =>
    /\(\w+_\w+\): \d|\(indicators|\(warnings/.test(line),
  );
};

describe('npm run import', () => {
  it('stores the bars of a new asset, served and proved like any others', async () => {
    const { loaded, batch } = await importText(DAYS);
    expect([loaded, batch.rejected]).toMatchObject([{ inserted: 4, updated: 0, held: null }, []]);
    expect(await bars()).toEqual([
      { session: '2026-11-16', close: 10.5, volume: 1_000 },
      { session: '2026-11-17', close: 11, volume: 1_100 },
      { session: '2026-11-18', close: 11.5, volume: null },
      { session: '2026-11-19', close: 12, volume: 1_300 },
    ]);
    expect(
      await rows(
        `select pipeline, status, rows_inserted from pipeline_runs where pipeline = 'import' order by started_at desc limit 1`,
      ),
    ).toEqual([{ pipeline: 'import', status: 'succeeded', rows_inserted: 4 }]);
    expect(await findings()).toEqual([]);
    const series = { assetId: (await fileSourceOf(api.pool, 'MINE'))!.id!, timeframe: '1d' as const };
    const ever = { from: 0, to: Date.now() };
    expect(await rebuildSeries(api.pool, series, ever, 0, () => undefined)).toMatchObject({
      differences: [],
      unreadable: [],
    });
  });

  it('is found out by the doctor and by rebuild if a bar is not what the file says', async () => {
    await importText(DAYS);
    await api.pool.query(`update bars set close = close + 0.01 where session = '2026-11-17'`);
    expect(await findings()).not.toEqual([]);
  });

  it('is asked of nobody: no plan has a request for it', async () => {
    await importText(DAYS);
    const page = { limit: 10_000, offset: 0 };
    const plans = await Promise.all([
      planHeal(api.pool, 0, { ...page, impatient: true }),
      planVerify(api.pool, 0, { ...page, everything: true }),
      planBackfill(api.pool, 0, page),
    ]);
    const asked = plans.flatMap(({ requests }) => requests.map(({ provider }) => provider));
    expect([asked.includes('yahoo'), asked.includes('file')]).toEqual([true, false]);
    await expect(planReplay(api.pool, 0, {})).resolves.toBeDefined();
  });

  it('ends with the last bar of its files: none is expected after it, until a later file', async () => {
    await importText(DAYS);
    const covered = async () => {
      const { json } = await api.get('/api/coverage/MINE?timeframe=1d&start=2026-11-01');
      return (json.sessions as { session: string; expected: number; filled: number }[])
        .map(({ session, expected, filled }) => `${session.slice(8)} ${filled}/${expected}`)
        .sort();
    };
    expect(await covered()).toEqual(['16 1/1', '17 1/1', '18 1/1', '19 1/1']);
    const { json } = await api.get('/api/lineage/MINE/1d/2026-11-20');
    expect(json.slot).toMatchObject({ state: 'not_expected' });
    const { json: summary } = await api.get('/api/coverage');
    expect(summary.series).toContainEqual(
      expect.objectContaining({ symbol: 'MINE', timeframe: '1d', expected: 4, filled: 4, pending: 0, unobtainable: 0 }),
    );
    await importText(`${DAYS}2026-11-23,12,12.5,11,12,11.4,1300\n`);
    expect(await covered()).toEqual(['16 1/1', '17 1/1', '18 1/1', '19 1/1', '20 0/1', '23 1/1']);
    expect(await findings()).toEqual([]);
  });

  it('is paused or retired with the asset that it is a further source of', async () => {
    await api.pool.query(
      `update assets set active = false, retired = true, inactive_because = 'merged' where symbol = 'SPY'`,
    );
    await importText(DAYS, { source: (await fileSourceOf(api.pool, 'SPY'))! });
    expect(await rows(`select active, retired, inactive_because from assets where provider = 'file'`)).toEqual([
      { active: false, retired: true, inactive_because: 'merged' },
    ]);
    await api.pool.query(
      `update assets set active = true, retired = false, inactive_because = null where symbol = 'SPY'`,
    );
  });

  it('is served by every endpoint, and leads from a bar to the file and the row', async () => {
    await importText(DAYS);
    // the API looks for new assets every two seconds, and this one was deleted and made anew since the last test
    await eventually(async () => {
      const { status, json } = await api.get('/api/lineage/MINE/1d/2026-11-17');
      expect(status).toBe(200);
      expect(JSON.stringify(json)).toContain('file:bars.csv');
      expect(JSON.stringify(json)).toContain('"Adj Close":"10.4"');
    });
    for (const url of [
      '/api/assets/list',
      '/api/assets/latest',
      '/api/assets/MINE/forming?timeframe=1d',
      '/api/stocks/MINE/ohlcv?timeframe=1d&range=max',
      '/api/stocks/MINE/ohlcv?timeframe=1w&range=max',
      '/api/stocks/MINE/indicators?timeframe=1d',
      '/api/stocks/MINE/latest',
      '/api/coverage',
      '/api/coverage/MINE',
      '/api/coverage/matrix',
      '/api/pipeline/status',
      '/api/pipeline/runs?pipeline=import',
      '/api/providers',
    ])
      expect([url, (await api.get(url)).status]).toEqual([url, 200]);
  });

  it('changes nothing the second time, and keeps what a corrected file replaces', async () => {
    await importText(DAYS);
    const again = await importText(DAYS);
    expect([again.loaded, again.before]).toEqual([null, expect.any(Date)]);
    expect(importReport('MINE 1d', again, '1d', 2).at(-1)).toMatch(/^This file was imported at .*: nothing changes\.$/);
    expect(await rows('select count(*)::int as n from raw_payloads')).toEqual([{ n: 1 }]);
    const corrected = await importText(DAYS.replace('10,11,10.4', '10,11.2,10.4'));
    expect(corrected.loaded).toMatchObject({ inserted: 0, updated: 1, unchanged: 3 });
    expect(await rows('select close from bar_revisions')).toEqual([{ close: 11 }]);
    expect((await importText(DAYS)).loaded).toMatchObject({ updated: 1 });
    expect(await findings()).toEqual([]);
  });

  it('is renamed without asking anybody, and its bars stay proved', async () => {
    await importText(DAYS);
    const asset = (await new AssetReader(api.pool).all()).find(({ symbol }) => symbol === 'MINE')!;
    const nobody = () => Promise.reject(new Error('asked'));
    const renamed = await rename(api.pool, nobody, asset, 'ours', { actor: 'cli', reason: 'a test' });
    expect(renamed).toMatchObject({ symbol: 'OURS', name: 'My fund', provider: 'file', providerSymbol: 'OURS' });
    expect(await importText(DAYS.replace('12,11.4', '12.1,11.4'))).toMatchObject({
      loaded: { updated: 1, unchanged: 3 },
    });
    expect(await findings()).toEqual([]);
  });

  it('is found as a series that no provider is asked for', async () => {
    await importText(DAYS);
    const { found } = await findInstruments(api.pool, () => Promise.reject(new Error('away')), 'mine');
    expect(found).toMatchObject([{ symbol: 'MINE', askedProvider: null, followedAs: { symbol: 'MINE' } }]);
  });

  it('takes the former symbol of a renamed asset for the asset, unless another one has it now', async () => {
    await api.pool.query(
      `insert into former_symbols (symbol, asset_id) select old, id from assets, unnest(array['SPYX', 'NVDA']) old where symbol = 'SPY'`,
    );
    const symbolOf = async (symbol: string) => (await fileSourceOf(api.pool, symbol))?.symbol;
    expect([await symbolOf('SPYX'), await symbolOf('NVDA'), await symbolOf('NONE')]).toEqual([
      'SPY',
      'NVDA',
      undefined,
    ]);
  });

  it('shows with --dry-run what it would do, and stores nothing', async () => {
    const imported = await importText(DAYS, { dryRun: true });
    expect(importReport('MINE 1d', imported, '1d', 2)).toEqual([
      'MINE 1d: 4 rows, 4 bars from 2026-11-16 to 2026-11-19',
      'Nothing was stored (dry run).',
    ]);
    expect([await bars(), await fileSourceOf(api.pool, 'MINE')]).toEqual([[], null]);
  });

  it('stores nothing of a file that leaves open what it means', async () => {
    const index = 'Datum;Open;High;Low;Close\n16.11.2026;23.456;23.500;23.400;23.480\n';
    await expect(importText(index)).rejects.toThrow('the point in its numbers, such as 23.480, may be a decimal mark');
    expect([await rows('select id from raw_payloads'), await fileSourceOf(api.pool, 'MINE')]).toEqual([[], null]);
  });

  it('makes no asset of a file without a single bar', async () => {
    const imported = await importText('Date,Open,High,Low,Close\n2026-11-20,12,11,13,12\n');
    expect(importReport('MINE 1d', imported, '1d', 2).at(-1)).toBe('There is nothing to store.');
    expect([imported.batch.rejected.length, await fileSourceOf(api.pool, 'MINE')]).toEqual([1, null]);
  });

  it('names rejected rows by their lines, quarantines them, and stores the others', async () => {
    const bad = `${DAYS}2026-11-20,12,11,13,12,12,1\n2026-11-22,1,1,1,1,1,1\nsome day,1,1,1,1,1,1\n2026-11-23,x,1,1,1,1,1\n`;
    const imported = await importText(bad);
    expect(importReport('MINE 1d', imported, '1d', 2).map((line) => line.slice(0, 45))).toEqual([
      'MINE 1d: 8 rows, 4 bars from 2026-11-16 to 20',
      ...['6 is rejected (ohlc_order): No price is', '7 is rejected (no_session): A daily bar'].map((text) =>
        `  line ${text}`.slice(0, 45),
      ),
      '  line 8 is rejected (bad_time): A row has a t'.slice(0, 45),
      '  line 9 is rejected (not_positive): Every pri'.slice(0, 45),
      '4 new bars, 0 corrected, 0 unchanged.',
    ]);
    expect(await rows('select row, rule from rejected_bars order by row')).toEqual([
      { row: 4, rule: 'ohlc_order' },
      { row: 5, rule: 'no_session' },
      { row: 6, rule: 'bad_time' },
      { row: 7, rule: 'not_positive' },
    ]);
    expect(await findings()).toEqual([]);
  });

  it('is a further source of an asset that another provider has', async () => {
    const spy = (await fileSourceOf(api.pool, 'SPY'))!;
    expect(spy).toMatchObject({ id: null, sourceOf: api.assets.get('SPY'), exchange: 'XNYS', currency: 'USD' });
    await importText(DAYS, { source: spy });
    expect(await rows(`select symbol, rank, role, source_of from assets where provider = 'file'`)).toEqual([
      { symbol: 'SPY', rank: 2, role: 'serve', source_of: api.assets.get('SPY') },
    ]);
    expect(await findings()).toEqual([]);
  });

  it('reads minutes in the time of the exchange, and the same bars of a Parquet file', async () => {
    // New York changed its clocks between the two days
    const local = 'time,open,high,low,close\n2026-10-30 09:30,1,1,1,1\n2026-11-02 09:30,2,2,2,2\n';
    const stamps = ['2026-10-30T13:30:00Z', '2026-11-02T14:30:00Z'];
    const { batch } = await importText(local, { timeframe: '1m', dryRun: true });
    expect(batch.bars.time.map((time) => new Date(time).toISOString().replace('.000', ''))).toEqual(stamps);
    const data = (name: string, of: unknown[], type: 'TIMESTAMP' | 'DOUBLE') => ({ name, data: of, type });
    const parquet = parquetWriteBuffer({
      columnData: [
        data(
          'timestamp',
          stamps.map((stamp) => new Date(stamp)),
          'TIMESTAMP',
        ),
        ...['open', 'high', 'low', 'close'].map((name) => data(name, [1, 2], 'DOUBLE')),
      ],
    });
    const converted = await importText(await csvOfParquet(Buffer.from(parquet)), { timeframe: '1m', dryRun: true });
    expect(converted.batch.bars).toEqual(batch.bars);
  });

  it('names the columns that are missing, and what is accepted', async () => {
    const wrong = importText('when,open,high,low,worth\n2026-11-16,1,1,1,1\n');
    await expect(wrong).rejects.toThrow(
      /^the file has no column for time \(time, timestamp, .*\); close \(close, c, .*\)\. Its columns: when, open, high, low, worth$/,
    );
  });
});
