import { beforeEach, describe, expect, it } from 'vitest';
import { compareSourcesOf } from '../../activities/compare-sources.js';
import { checkAgreement } from '../../cli/doctor/check-agreement.js';
import { Findings } from '../../cli/doctor/findings.js';
import { AssetReader } from '../../db/repositories/read/asset-reader.js';
import { sessionsToCompare } from '../../db/repositories/upkeep/source-agreement.js';
import { closeExchange, reopenExchange } from '../../db/repositories/upkeep/closures.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { HOUR, MINUTE } from '../../domain/timeframe.js';
import { changeRole } from '../../planning/change-source.js';
import { addFurtherSources } from '../../planning/further-sources.js';
import { furtherSourcesOf, type SourcedAsset } from '../../providers/further-sources.js';
import { useStore } from '../environment/store.js';
import { addSource, loadPayload, type Minute } from '../factories.js';

const store = useStore();

const session = calendarOf('XNYS').sessionOn('2026-11-27')!; // a half day: 210 minutes
const SINCE = '2026-11-01';
const AFTER = session.close + HOUR;
const minutes: Minute[] = Array.from({ length: 210 }, (_, i) => ({
  time: session.open + i * MINUTE,
  close: Number((600 + 3 * Math.sin(i / 9) + ((i * 37) % 11) / 100).toFixed(2)),
}));
const higher = (factor: number) => minutes.map(({ time, close }) => ({ time, close: close * factor }));

let spy: number;
let second: number;

beforeEach(async () => {
  spy = store.assetId('SPY');
  second = await addSource(store.pool, spy, 'alpaca');
  // as before an earlier test has compared it
  await store.pool.query(`update assets set role = 'serve' where id = $1`, [second]);
  await store.pool.query(`delete from audit_log where action = 'asset.source'`);
});

async function stores(assetId: number, rows: Minute[], fetchedAt = AFTER): Promise<void> {
  await loadPayload(store.pool, assetId, {
    fetchedAt,
    window: { from: session.open, to: session.close },
    minutes: rows,
  });
}

const compare = () => compareSourcesOf(store.pool, { since: SINCE });
const stored = async () =>
  (
    await store.pool.query<Record<string, unknown>>(
      `select asset_id, source_id, other_id, timeframe, session::text, bars, only_source, only_other, beyond_tick, finding,
        finding_bars, evidence from source_agreement`,
    )
  ).rows;

describe('two sources of a session', () => {
  it('are compared once, and again after a bar of either has changed', async () => {
    await stores(spy, minutes);
    await stores(second, minutes.slice(1));
    expect(await compare()).toEqual({ compared: 1, findings: 0, rolesChanged: 0 });
    expect(await stored()).toEqual([
      {
        ...{ asset_id: spy, source_id: spy, other_id: second, timeframe: '1m', session: '2026-11-27' },
        ...{
          bars: 209,
          only_source: 1,
          only_other: 0,
          beyond_tick: 0,
          finding: null,
          finding_bars: null,
          evidence: null,
        },
      },
    ]);
    expect(await compare()).toEqual({ compared: 0, findings: 0, rolesChanged: 0 });
    await stores(second, higher(1.01), AFTER + HOUR);
    expect(await compare()).toEqual({ compared: 1, findings: 1, rolesChanged: 1 });
    expect(await stored()).toMatchObject([
      { bars: 210, finding: 'level', finding_bars: 210, evidence: { ratio: 1.01 } },
    ]);
    await stores(second, minutes, AFTER + 2 * HOUR);
    expect(await compare()).toEqual({ compared: 1, findings: 0, rolesChanged: 1 });
    expect(await stored()).toMatchObject([{ finding: null, beyond_tick: 0 }]);
  });

  it('are not compared on a day that an operator has closed, until it is reopened', async () => {
    await stores(spy, []);
    await stores(second, []);
    expect(await compare()).toEqual({ compared: 1, findings: 0, rolesChanged: 0 });
    const day = { exchange: 'XNYS', date: '2026-11-27', closed: 'day of mourning' };
    await closeExchange(store.pool, day, 'cli');
    try {
      expect(await compare()).toEqual({ compared: 0, findings: 0, rolesChanged: 0 });
      expect(await stored()).toEqual([]);
      expect(await sessionsToCompare(store.pool, { since: SINCE, limit: 10 })).toEqual([]);
    } finally {
      await reopenExchange(store.pool, day, 'it traded', 'cli');
    }
    expect(await compare()).toEqual({ compared: 1, findings: 0, rolesChanged: 0 });
  });

  it('are compared once, also while other transactions are open', async () => {
    const other = await store.pool.connect();
    try {
      await other.query('begin');
      await other.query('select pg_current_xact_id()');
      await stores(spy, minutes);
      await stores(second, minutes);
      expect(await compare()).toMatchObject({ compared: 1 });
      expect(await compare()).toMatchObject({ compared: 0 });
    } finally {
      await other.query('rollback');
      other.release();
    }
  });

  it('are compared whichever came first', async () => {
    await stores(second, minutes);
    expect(await compare()).toEqual({ compared: 0, findings: 0, rolesChanged: 0 });
    await stores(spy, higher(0.01));
    await compare();
    expect(await stored()).toMatchObject([{ source_id: spy, other_id: second, finding: 'unit' }]);
    const { rows } = await store.pool.query('select role from assets where id = any($1) order by id', [[spy, second]]);
    expect(rows).toEqual([{ role: 'serve' }, { role: 'check' }]);
  });

  it('are compared only when payloads cover the session as a whole, and no split is being applied', async () => {
    await stores(spy, minutes);
    await stores(second, minutes.slice(0, 100), session.open + 2 * HOUR);
    expect(await compare()).toMatchObject({ compared: 0 });
    await stores(second, minutes);
    await store.pool.query(
      `insert into corporate_actions (asset_id, kind, session, numerator, denominator, payload_id, level_since)
        values ($1, 'split', '2026-11-27', 10, 1, 1, now())`,
      [second],
    );
    expect(await compare()).toMatchObject({ compared: 0 });
    await store.pool.query('update corporate_actions set applied_at = now()');
    expect(await compare()).toMatchObject({ compared: 1 });
  });

  it('are compared a part at a time if there are many, newest first', async () => {
    const before = calendarOf('XNYS').sessionOn('2026-11-25')!;
    for (const id of [spy, second]) {
      await stores(id, minutes);
      await loadPayload(store.pool, id, {
        ...{ fetchedAt: AFTER, window: { from: before.open, to: before.close } },
        minutes: Array.from({ length: 390 }, (_, i) => ({ time: before.open + i * MINUTE, close: 600 + (i % 5) })),
      });
    }
    const one = () => compareSourcesOf(store.pool, { since: SINCE, atMost: 1 });
    expect(await one()).toMatchObject({ compared: 1 });
    expect((await stored()).map((row) => row.session)).toEqual(['2026-11-27']);
    expect(await one()).toMatchObject({ compared: 1 });
    expect(await one()).toMatchObject({ compared: 0 });
  });

  it('are forgotten if the session turns out to be none', async () => {
    await stores(spy, minutes);
    await stores(second, minutes);
    await compare();
    await store.pool.query('delete from coverage where asset_id = $1', [second]);
    await compare();
    expect(await stored()).toEqual([]);
  });
});

describe('a later source', () => {
  const roleOf = async () =>
    (await store.pool.query<{ role: string }>('select role from assets where id = $1', [second])).rows[0]!.role;
  /** How many bars are served while the first source lacks ten. */
  const servedWithHoles = async () => {
    const client = await store.pool.connect();
    try {
      await client.query('begin');
      await client.query('delete from bars where asset_id = $1 and time >= $2', [spy, new Date(minutes[200]!.time)]);
      return (await client.query(`select 1 from stock_prices where symbol = 'SPY'`)).rowCount;
    } finally {
      await client.query('rollback');
      client.release();
    }
  };
  const reasons = async () =>
    (
      await store.pool.query<{ reason: string }>(
        `select reason from audit_log where action = 'asset.source' and subject = 'SPY' order by id`,
      )
    ).rows.map(({ reason }) => reason);

  it('that is at another level fills no holes until it agrees again, and its role says why', async () => {
    await stores(spy, minutes);
    await stores(second, higher(1.01));
    expect(await compare()).toMatchObject({ rolesChanged: 1 });
    expect([await roleOf(), await servedWithHoles()]).toEqual(['check', 200]);
    expect(await compare()).toMatchObject({ rolesChanged: 0 });
    await stores(second, minutes, AFTER + HOUR);
    expect(await compare()).toMatchObject({ findings: 0, rolesChanged: 1 });
    expect([await roleOf(), await servedWithHoles()]).toEqual(['serve', 210]);
    expect(await reasons()).toEqual([
      'its prices are at another level than those of Yahoo Finance on 2026-11-27',
      'it agrees with Yahoo Finance on 2026-11-27',
    ]);
  });

  it('that may be another asset is not served until its prices have been compared', async () => {
    const { pool } = store;
    await pool.query(`delete from assets where source_of = $1`, [spy]);
    await pool.query(`update assets set provider = 'file' where id = $1`, [spy]); // a symbol that a person has given
    try {
      expect(await addFurtherSources(pool)).toContainEqual(expect.any(Number));
      second = (await pool.query<{ id: number }>('select id from assets where source_of = $1', [spy])).rows[0]!.id;
      expect(await roleOf()).toBe('check');
      await stores(spy, minutes);
      await stores(second, []);
      expect([await compare(), await roleOf()]).toMatchObject([{ compared: 1, rolesChanged: 0 }, 'check']);
      await stores(second, minutes, AFTER + HOUR);
      expect([await compare(), await roleOf()]).toMatchObject([{ compared: 1, rolesChanged: 1 }, 'serve']);
      expect(await reasons()).toEqual([
        'SPY may not be the SPY of Own files: it is not served until a comparison shows the same prices',
        'it agrees with Own files on 2026-11-27',
      ]);
    } finally {
      await pool.query(`update assets set provider = 'yahoo' where id = $1`, [spy]);
    }
  });

  it('is sure to be the same asset by a symbol that is unique, and of the first coins', () => {
    const coin = { ...({ kind: 'coin', provider: 'coingecko', exchange: '24/7', currency: 'USD' } as const) };
    const sure = (asset: SourcedAsset) =>
      furtherSourcesOf(asset).map(({ providerSymbol, isSure }) => [providerSymbol, isSure]);
    expect(sure({ ...coin, symbol: 'BTC', providerSymbol: 'bitcoin' })).toEqual([['BTC-USD', true]]);
    expect(sure({ ...coin, symbol: 'BTC', providerSymbol: 'batcat' })).toEqual([['BTC-USD', false]]);
    const stock = { kind: 'equity', provider: 'yahoo', exchange: 'XNYS', currency: 'USD' } as const;
    expect(sure({ ...stock, symbol: 'BRK-B', providerSymbol: 'BRK-B' })).toEqual([['BRK.B', true]]);
  });

  it('agrees again also after its asset was renamed', async () => {
    await stores(spy, minutes);
    await stores(second, higher(1.01));
    expect(await compare()).toMatchObject({ rolesChanged: 1 });
    await store.pool.query(`update assets set symbol = 'SPYX' where id = $1`, [spy]);
    await store.pool.query(`insert into former_symbols (symbol, asset_id) values ('SPY', $1)`, [spy]);
    try {
      await stores(second, minutes, AFTER + HOUR);
      expect([await compare(), await roleOf()]).toMatchObject([{ rolesChanged: 1 }, 'serve']);
    } finally {
      await store.pool.query(`delete from former_symbols where asset_id = $1`, [spy]);
      await store.pool.query(`update assets set symbol = 'SPY' where id = $1`, [spy]);
    }
  });

  it('keeps the role that a person has given it', async () => {
    const change = async (role: 'serve' | 'check') => {
      const asset = (await new AssetReader(store.pool).all()).find(({ id }) => id === spy)!;
      await changeRole(store.pool, asset, { provider: 'alpaca', role, rank: null }, { actor: 'cli', reason: 'a test' });
    };
    await change('check');
    await stores(spy, minutes);
    await stores(second, minutes);
    expect([await compare(), await roleOf()]).toMatchObject([{ rolesChanged: 0 }, 'check']);
    await change('serve');
    await stores(second, higher(1.01), AFTER + HOUR);
    expect([await compare(), await roleOf()]).toMatchObject([{ findings: 1, rolesChanged: 0 }, 'serve']);
  });
});

describe('the doctor', () => {
  const examine = async () => {
    const findings = new Findings();
    return { lines: await checkAgreement(store.pool, findings), found: findings.lines() };
  };

  it('lists the sessions in which sources disagree, and finds figures that the bars contradict', async () => {
    await stores(spy, minutes);
    await stores(second, higher(1.01));
    await compare();
    expect(await examine()).toEqual({
      lines: ['SPY 1m 2026-11-27 level: Alpaca is 1 % above Yahoo Finance.'],
      found: [],
    });
    await store.pool.query('update source_agreement set bars = bars - 1');
    expect((await examine()).found[0]).toContain('(source_agreement): 1');
  });

  it('says nothing of a comparison that is older than its bars', async () => {
    await stores(spy, minutes);
    await stores(second, minutes);
    await compare();
    await stores(second, higher(1.01), AFTER + HOUR);
    expect(await examine()).toEqual({ lines: [], found: [] });
  });
});
