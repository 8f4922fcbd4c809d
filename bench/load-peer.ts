import type pg from 'pg';
import { perSecond, timed } from './measure.js';

/** Rows per second that the server itself can store. */
export interface Peer {
  fresh: number;
  known: number;
}

const COLUMNS = `asset_id, timeframe, time, session, open, high, low, close, volume, payload_id, run_id, fetched_at, recorded_at`;

/**
 * Measures the server's own limit with the rows of `bars`: one INSERT … SELECT into an empty table with the same columns,
 * checks and primary key, and the same again, when every row conflicts and none differs.
 */
export async function measurePeer(pool: pg.Pool): Promise<Peer> {
  await pool.query(`create unlogged table staging as select ${COLUMNS} from bars order by asset_id, timeframe, time`);
  await pool.query('create table peer (like bars including constraints including indexes)');
  await pool.query('vacuum analyze staging');
  const insert = `insert into peer (${COLUMNS}) select ${COLUMNS} from staging`;
  const fresh = await timed(() => pool.query(insert));
  await pool.query('vacuum analyze peer');
  const known = await timed(() =>
    pool.query(`${insert}
      on conflict (asset_id, timeframe, time) do update set open = excluded.open, high = excluded.high, low = excluded.low,
        close = excluded.close, volume = excluded.volume
      where (peer.open, peer.high, peer.low, peer.close, peer.volume) is distinct from
        (excluded.open, excluded.high, excluded.low, excluded.close, excluded.volume)`),
  );
  const rows = fresh.result.rowCount!;
  await pool.query('drop table staging, peer');
  return { fresh: perSecond(rows, fresh.ms), known: perSecond(rows, known.ms) };
}
