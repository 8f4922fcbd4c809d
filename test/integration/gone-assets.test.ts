import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changeStatus, renameAsset } from '../../db/repositories/upkeep/asset-changes.js';
import { pauseGone } from '../../planning/pause-gone.js';
import { activeAssets } from '../../db/repositories/read/active-assets.js';
import { requestedNow } from '../../planning/stand-in.js';
import { MINUTE } from '../../domain/timeframe.js';
import { useStore } from '../environment/store.js';
import { addSource, RUN_ID } from '../factories.js';

const store = useStore();
beforeEach(async () => {
  await answered('SPY', 1);
});
afterEach(() =>
  store.pool.query(
    `update assets set active = true, inactive_because = null, symbol = replace(symbol, 'PLTX', 'PLTR'),
      provider_symbol = replace(provider_symbol, 'PLTX', 'PLTR')`,
  ),
);

const BY = { actor: 'admin', reason: '' } as const;

const ago = (minutes: number) => new Date(Date.now() - minutes * MINUTE);

/** Requests that the provider refused, so many minutes ago. */
async function refused(symbol: string, minutes: number[]): Promise<void> {
  await store.pool.query(
    `insert into pipeline_run_steps (workflow_id, run_id, activity_id, item, step, asset_id, timeframe, status, attempts,
       started_at, duration_ms, rows, error_type, error_message)
     select 'test', $1::uuid, $2 || n::text, 0, 'extract', $3, '1m', 'failed', 1, at, 1, 0, 'UnknownSymbol', 'Yahoo: HTTP 404: Not Found'
     from unnest($4::timestamptz[]) with ordinality given(at, n)`,
    [RUN_ID, symbol, store.assetId(symbol), minutes.map(ago)],
  );
}
/** A response with rows. */
async function answered(symbol: string, minutes: number): Promise<void> {
  await store.pool.query(
    `insert into raw_payloads (provider, kind, asset_id, timeframe, url, status, sha256, body, body_bytes, rows, fetched_at,
       duration_ms, workflow_id, run_id)
     values ('yahoo', 'bars', $1, '1m', 'http://x/', 200, '', '', 0, 5, $2, 1, 'test', $3)`,
    [store.assetId(symbol), ago(minutes), RUN_ID],
  );
}
const HALF_AN_HOUR = [40, 33, 25, 15, 5, 2];

describe('a symbol that its provider no longer has', () => {
  it('pauses itself, with the evidence, and no other one', async () => {
    await answered('PLTR', 60);
    await refused('PLTR', HALF_AN_HOUR);
    const paused = await pauseGone(store.pool, 'yahoo');
    expect(paused).toEqual([
      expect.stringMatching(/^PLTR is paused: Yahoo Finance no longer has PLTR: it refused 6 requests in a row from /),
    ]);
    const { rows } = await store.pool.query('select symbol, inactive_because from assets where not active');
    expect(rows).toEqual([{ symbol: 'PLTR', inactive_because: expect.stringContaining('HTTP 404') }]);
    const audit = await store.pool.query('select actor, action, subject, details from audit_log');
    expect(audit.rows).toMatchObject([
      { actor: 'worker', action: 'asset.pause', subject: 'PLTR', details: { refusals: 6 } },
    ]);
    expect(await pauseGone(store.pool, 'yahoo')).toEqual([]);
  });

  it('pauses its source alone while another source of the asset is served and requested', async () => {
    const { pool } = store;
    const further = await addSource(pool, store.assetId('PLTR'), 'alpaca');
    const sources = async () =>
      (
        await pool.query<object>(
          `select provider, active, paused_because is not null as paused from assets where symbol = 'PLTR' order by rank`,
        )
      ).rows;
    const yahoo = { provider: 'yahoo', active: true, paused: true };
    await refused('PLTR', HALF_AN_HOUR);
    try {
      expect(await pauseGone(pool, 'yahoo')).toEqual([
        expect.stringMatching(/^the source yahoo of PLTR is paused: .* Alpaca stands in\. If it has another symbol/),
      ]);
      expect(await sources()).toEqual([yahoo, { provider: 'alpaca', active: true, paused: false }]);
      const standsIn = (await activeAssets(pool, { symbols: ['PLTR'] })).map(({ id }) => id);
      expect(standsIn).toEqual([further]);
      expect([...(await requestedNow(pool, await activeAssets(pool, { ids: [further] }), '1m', Date.now()))]).toEqual([
        further,
      ]);
      await pool.query(`update pipeline_run_steps set asset_id = $1`, [further]);
      expect(await pauseGone(pool, 'alpaca')).toEqual([
        expect.stringMatching(/^PLTR is paused: Alpaca no longer has PLTR/),
      ]);
      expect(await sources()).toEqual([
        { ...yahoo, active: false },
        { provider: 'alpaca', active: false, paused: false },
      ]);
    } finally {
      await pool.query(`update assets set paused_because = null`);
      await pool.query('delete from assets where id = $1', [further]);
    }
  });

  it('pauses the asset if its other sources are only compared', async () => {
    const further = await addSource(store.pool, store.assetId('PLTR'), 'alpaca');
    await store.pool.query(`update assets set role = 'check' where id = $1`, [further]);
    await refused('PLTR', HALF_AN_HOUR);
    expect(await pauseGone(store.pool, 'yahoo')).toEqual([expect.stringMatching(/^PLTR is paused: /)]);
    await store.pool.query('delete from assets where id = $1', [further]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['was refused only a few times', () => refused('PLTR', HALF_AN_HOUR.slice(0, 4))],
    ['was refused only for a short time', () => refused('PLTR', [9, 8, 7, 6, 5, 4, 3, 2, 1])],
    [
      'was answered in between',
      async () => {
        await refused('PLTR', HALF_AN_HOUR);
        await answered('PLTR', 10);
      },
    ],
    [
      'was refused while nothing else was answered',
      async () => {
        await store.pool.query('delete from raw_payloads');
        await answered('SPY', 50);
        await refused('PLTR', HALF_AN_HOUR);
      },
    ],
    [
      'was resumed since',
      async () => {
        await refused('PLTR', HALF_AN_HOUR);
        await pauseGone(store.pool, 'yahoo');
        await changeStatus(store.pool, { id: store.assetId('PLTR'), symbol: 'PLTR' }, 'active', BY);
      },
    ],
    [
      'was renamed since',
      async () => {
        await refused('PLTR', HALF_AN_HOUR);
        await pauseGone(store.pool, 'yahoo');
        const asset = { id: store.assetId('PLTR'), symbol: 'PLTR' };
        const renamed = { symbol: 'PLTX', name: 'PLTX', providerSymbol: 'PLTX', quotedIn: null };
        await renameAsset(store.pool, asset, renamed, ({ providerSymbol }) => providerSymbol, BY);
      },
    ],
  ])('goes on if it %s', async (_, given) => {
    await given();
    expect(await pauseGone(store.pool, 'yahoo')).toEqual([]);
  });
});
