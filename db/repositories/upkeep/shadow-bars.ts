import type pg from 'pg';
import type { SeriesKey, Window } from '../../../domain/bar.js';
import { encodeArray } from '../../binary-array.js';
import { epochMs } from '../../columns.js';
import { dividedBy, scaledPrice, scaledVolume } from '../load/price-level.sql.js';
import type { NewBatch } from '../load/write-batch.js';

/**
 * Bars of a part of a series, rebuilt from stored payloads in a temporary table. It lives as long as its transaction, which
 * must read a snapshot because loads continue in the meantime.
 */

/** Loaded payloads that overlap the window and whose body is stored, in the order in which they were fetched. */
export async function findReplayable(
  tx: pg.PoolClient,
  { assetId, timeframe }: SeriesKey,
  window: Window,
): Promise<number[]> {
  const { rows } = await tx.query<{ id: string }>(
    `select p.id from raw_payloads p
    where p.asset_id = $1 and p.timeframe = $2 and p.kind = 'bars' and p.body is not null
      -- a daily bar is labelled by its date, but requested by its session
      and p.window_to > $3::timestamptz - interval '1 day' and p.window_from < $4::timestamptz + interval '1 day'
      and exists (select 1 from batches b where b.payload_id = p.id and b.state = 'loaded')
    order by p.fetched_at, p.sha256`,
    [assetId, timeframe, new Date(window.from), new Date(window.to)],
  );
  return rows.map(({ id }) => Number(id));
}

export async function createShadow(tx: pg.PoolClient): Promise<void> {
  await tx.query(`
    create temporary table shadow_bars on commit drop as
    select time, session, open, high, low, close, volume, true as knows_open from bars with no data`);
  await tx.query('create unique index on shadow_bars (time)');
}

const LATER_KEEPS_OPEN = 's.knows_open and s.open between excluded.low and excluded.high';

/** Like a load (findChanges), but of payloads in their order; one fetched before an applied split is rescaled to its level. */
const ADD = `
  insert into shadow_bars as s (time, session, open, high, low, close, volume, knows_open)
  select i.time, i.session, ${['i.open', 'i.high', 'i.low', 'i.close']
    .map((price) => `case when f.factor is null then ${price} else ${scaledPrice(price, 'f.factor')} end`)
    .join(', ')},
    case when f.factor is null then i.volume else ${scaledVolume('i.volume', 'f.factor')} end, i.time <> all ($11::timestamptz[])
  from raw_payloads p
  cross join unnest($2::timestamptz[], $3::date[], $4::float8[], $5::float8[], $6::float8[], $7::float8[], $8::float8[])
    as i(time, session, open, high, low, close, volume)
  cross join lateral ${dividedBy('p.asset_id', 'i.session', 'p.fetched_at')} f(factor)
  where p.id = $1 and i.time >= $9 and i.time < $10
  on conflict (time) do update set session = excluded.session, high = excluded.high, low = excluded.low, close = excluded.close,
    volume = excluded.volume, open = case when not excluded.knows_open and ${LATER_KEEPS_OPEN} then s.open else excluded.open end,
    knows_open = excluded.knows_open or (${LATER_KEEPS_OPEN})`;

/** Adds the bars of a payload that lie in the window. Payloads must be added in the order of `findReplayable`. */
export async function addToShadow(
  tx: pg.PoolClient,
  { payloadId, bars, repaired }: Pick<NewBatch, 'payloadId' | 'bars' | 'repaired'>,
  window: Window,
): Promise<void> {
  await tx.query({
    name: 'add-to-shadow',
    text: ADD,
    values: [
      payloadId,
      encodeArray('timestamptz', bars.time),
      encodeArray('date', bars.session),
      encodeArray('float8', bars.open),
      encodeArray('float8', bars.high),
      encodeArray('float8', bars.low),
      encodeArray('float8', bars.close),
      encodeArray('float8', bars.volume),
      new Date(window.from),
      new Date(window.to),
      encodeArray(
        'timestamptz',
        repaired.map(({ time }) => time),
      ),
    ],
  });
}

/** Session, prices and volume of a bar. */
export type ShadowValues = [
  session: string,
  open: number,
  high: number,
  low: number,
  close: number,
  volume: number | null,
];

export interface Difference {
  /** Epoch ms. */
  time: number;
  /** Null if there is no such bar. */
  stored: ShadowValues | null;
  rebuilt: ShadowValues | null;
}

const COLUMNS = ['session', 'open', 'high', 'low', 'close', 'volume'];
const WITHOUT_OPEN = COLUMNS.filter((column) => column !== 'open');
const of = (row: string, columns = COLUMNS) => columns.map((column) => `${row}.${column}`).join(', ');

/** $1 asset, $2 timeframe, $3 from, $4 to. */
const COMPARED = `
  with stored as (
    select b.*, p.body is not null as kept, o.body is not null as open_kept
    from bars b left join raw_payloads p on p.id = b.payload_id
    left join raw_payloads o on o.id = coalesce(b.open_payload_id, b.payload_id)
    where b.asset_id = $1 and b.timeframe = $2 and b.time >= $3 and b.time < $4)`;

/** Stored bars that differ from the rebuilt ones, oldest first, without those that cannot be rebuilt. */
export async function findDifferences(
  tx: pg.PoolClient,
  { assetId, timeframe }: SeriesKey,
  window: Window,
): Promise<Difference[]> {
  const { rows } = await tx.query<Difference>(
    `${COMPARED}
    select ${epochMs('time')} as time,
      case when b.session is not null then json_build_array(${of('b')}) end as stored,
      case when s.session is not null then json_build_array(${of('s')}) end as rebuilt
    from stored b full join shadow_bars s using (time)
    where (${of('b')}) is distinct from (${of('s')})
      and not (b.open_kept is not true and s.knows_open is false and (${of('b', WITHOUT_OPEN)}) is not distinct from (${of('s', WITHOUT_OPEN)}))
      and not (s.session is null and b.kept is not true)
    order by time`,
    [assetId, timeframe, new Date(window.from), new Date(window.to)],
  );
  return rows;
}

/** Stored bars that cannot be rebuilt because the body of their payload was deleted, by session. */
export async function findPruned(
  tx: pg.PoolClient,
  { assetId, timeframe }: SeriesKey,
  window: Window,
): Promise<{ session: string; bars: number }[]> {
  const { rows } = await tx.query<{ session: string; bars: number }>(
    `${COMPARED}
    select b.session::text, count(*)::int as bars from stored b
    where b.kept is not true and not exists (select 1 from shadow_bars s where s.time = b.time)
    group by b.session order by b.session`,
    [assetId, timeframe, new Date(window.from), new Date(window.to)],
  );
  return rows;
}

/** How many bars were rebuilt. */
export async function countShadow(tx: pg.PoolClient): Promise<number> {
  const { rows } = await tx.query<{ n: number }>('select count(*)::int as n from shadow_bars');
  return rows[0]!.n;
}
