import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type pg from 'pg';
import { plant, wednesday } from '../proof-fixture.js';
import { BTC, type Corruption, MINUTES, NOBODY, SPY, time, WEDNESDAY } from './corruption.js';

const NINTH = { open: 100.25, high: 101.25, low: 99.75, close: 100.25 };
/** Replaces the ninth row in the body of Wednesday's payload, with or without its hash and length. */
async function editBody(pool: pg.Pool, isHashed: boolean): Promise<number> {
  const { rows } = await pool.query<{ id: string; body: Buffer }>(
    `select id, body from raw_payloads where id = ${WEDNESDAY}`,
  );
  const json = JSON.parse(zstdDecompressSync(rows[0]!.body).toString()) as {
    chart: { result: [{ indicators: { quote: [Record<string, number[]>] } }] };
  };
  const [quote] = json.chart.result[0].indicators.quote;
  for (const [column, value] of Object.entries(NINTH)) quote[column]![9] = value;
  const body = Buffer.from(JSON.stringify(json));
  const hash = isHashed ? `, sha256 = sha256('\\x${body.toString('hex')}'), body_bytes = ${body.length}` : '';
  return plant(pool, `update raw_payloads set body = $2${hash} where id = $1`, [rows[0]!.id, zstdCompressSync(body)]);
}
const editBar = (pool: pg.Pool) =>
  plant(
    pool,
    `update bars set open = $1, high = $2, low = $3, close = $4 where ${MINUTES} and time = ${time(wednesday, 9)}`,
    Object.values(NINTH),
  );

/** One of Wednesday's: the bar has its close as the open. */
const STORED_ROW = `(select id from rejected_bars where payload_id = ${WEDNESDAY} and state = 'stored')`;

/** Only these need a body. */
export const A_BODY = 'the body of a payload';

/** Corruptions of payloads, and of what is stored of them besides bars. */
export const OF_WHAT_CAME: Record<string, Corruption[]> = {
  'a split or dividend': [
    ['a dividend is removed', 'action_gone', `delete from corporate_actions where kind = 'dividend' and amount = 0.29`],
    [
      'a dividend is a hundred times as large',
      'other_action',
      `update corporate_actions set amount = amount * 100 where amount = 0.31`,
    ],
    [
      'a dividend changes in its last bit',
      'other_action',
      `update corporate_actions set amount = amount * (1 + 2.3e-16::float8) where amount = 0.31`,
    ],
    [
      'a dividend moves to the day after',
      'action_gone',
      `update corporate_actions set session = session + 1 where amount = 0.29`,
    ],
    [
      'a dividend is made up',
      'other_action',
      `insert into corporate_actions (asset_id, kind, session, amount, payload_id)
      select asset_id, kind, session + 7, amount, payload_id from corporate_actions where amount = 0.29`,
    ],
    [
      'a dividend in another currency counts as one in dollars',
      'other_action',
      `update corporate_actions set currency = null where currency = 'EUR'`,
    ],
    [
      'a dividend says that it came with another payload',
      'other_action',
      `update corporate_actions set payload_id = ${WEDNESDAY} where amount = 0.29`,
    ],
    [
      'a dividend is known since before its payload',
      'other_action',
      `update corporate_actions set first_seen_at = '2026-01-01' where amount = 0.29`,
    ],
    ['a split is removed', 'action_gone', `delete from corporate_actions where kind = 'split'`],
    [
      'a split is turned round',
      'other_action',
      `update corporate_actions set numerator = denominator, denominator = numerator where kind = 'split'`,
    ],
    [
      'a split is made up',
      'other_action',
      `insert into corporate_actions (asset_id, kind, session, numerator, denominator, payload_id, applied_at, in_force_at)
      select asset_id, kind, session - 30, 5, 2, payload_id, applied_at, in_force_at - interval '30 days' from corporate_actions where kind = 'split'`,
    ],
    [
      'a split counts as refuted',
      'other_action',
      `update corporate_actions set refuted_at = now() where kind = 'split'`,
    ],
    [
      'a split counts as another one',
      'other_action',
      `update corporate_actions set same_as = session + 3 where kind = 'split'`,
    ],
    [
      'a split is in force too early',
      'other_action',
      `update corporate_actions set in_force_at = in_force_at - interval '2 days' where kind = 'split'`,
    ],
  ],
  'a payload': [
    ['has another hash', 'payload_changed', `update raw_payloads set sha256 = sha256('\\x00') where id = ${WEDNESDAY}`],
    [
      'has the URL of another symbol',
      'payload_url',
      `update raw_payloads set url = replace(url, '/SPY?', '/QQQ?') where id = ${WEDNESDAY}`,
    ],
    [
      'has the URL of another window',
      'payload_url',
      `update raw_payloads set url = replace(url, 'period1=17', 'period1=16') where id = ${WEDNESDAY}`,
    ],
    ['was an error', 'payload_changed', `update raw_payloads set status = 404 where id = ${WEDNESDAY}`],
    [
      'was requested for a longer window',
      'payload_changed',
      `update raw_payloads set window_to = window_to + interval '1 hour' where id = ${WEDNESDAY}`,
    ],
    [
      'was requested for no window',
      'payload_changed',
      `update raw_payloads set window_from = null, window_to = null where id = ${WEDNESDAY}`,
    ],
    [
      'was requested for a window beyond all calendars',
      'payload_changed',
      `update raw_payloads set window_to = '2200-01-01' where id = ${WEDNESDAY}`,
    ],
    ['had live prices', 'payload_changed', `update raw_payloads set kind = 'quotes' where id = ${WEDNESDAY}`],
    [
      'is of another provider',
      'payload_changed',
      `update raw_payloads set provider = 'coingecko' where id = ${WEDNESDAY}`,
    ],
    [
      'is of another asset',
      'payload_changed',
      `update raw_payloads set asset_id = (select id from assets where symbol = 'NVDA') where id = ${WEDNESDAY}`,
    ],
    ['is of another timeframe', 'payload_changed', `update raw_payloads set timeframe = '1d' where id = ${WEDNESDAY}`],
    ['is of another currency', 'payload_changed', `update raw_payloads set currency = 'EUR' where id = ${WEDNESDAY}`],
    [
      'is of an unknown exchange',
      'payload_changed',
      `update raw_payloads set exchange = 'XXXX' where id = ${WEDNESDAY}`,
    ],
    ['came with another run', 'payload_changed', `update raw_payloads set run_id = ${NOBODY} where id = ${WEDNESDAY}`],
    [
      'of live prices has another URL',
      'payload_changed',
      `update raw_payloads set url = url || '&page=2' where kind = 'quotes'`,
    ],
    [
      'was fetched earlier, and so were its bars and its batch',
      'payload_changed',
      [
        `update bars set fetched_at = fetched_at - interval '1 minute' where payload_id = ${WEDNESDAY}`,
        `update batches set fetched_at = fetched_at - interval '1 minute' where payload_id = ${WEDNESDAY}`,
        `update provider_calls set started_at = started_at - interval '1 minute' where payload_id = ${WEDNESDAY}`,
        `update raw_payloads set fetched_at = fetched_at - interval '1 minute' where id = ${WEDNESDAY}`,
      ],
    ],
    [
      'has another hash and a digest that fits',
      'other_batch',
      [
        `update raw_payloads set sha256 = sha256('\\x00') where id = ${WEDNESDAY}`,
        `update raw_payloads p set row_digest = payload_row_digest(p) where id = ${WEDNESDAY}`,
      ],
    ],
    [
      'has another status and a digest that fits',
      'request_record',
      [
        `update raw_payloads set status = 203 where id = ${WEDNESDAY}`,
        `update raw_payloads p set row_digest = payload_row_digest(p) where id = ${WEDNESDAY}`,
      ],
    ],
    [
      'is removed with all that came from it',
      'payload_gone',
      [
        `delete from bars where payload_id = ${WEDNESDAY}`,
        `delete from coverage where ${MINUTES} and session = '${wednesday.date}'`,
        `delete from rejected_bars where payload_id = ${WEDNESDAY}`,
        `delete from batches where payload_id = ${WEDNESDAY}`,
        `delete from raw_payloads where id = ${WEDNESDAY}`,
      ],
    ],
  ],
  [A_BODY]: [
    [
      'of live prices is another one',
      'payload_body',
      `update raw_payloads p set body = o.body from raw_payloads o where p.kind = 'quotes' and o.kind = 'quotes' and o.id < p.id`,
    ],
    [
      'has another value, and so has its bar',
      'payload_body',
      async (pool) => Math.min(await editBody(pool, false), await editBar(pool)),
    ],
    [
      'has another value and the hash of it, and so has its bar',
      'payload_changed',
      async (pool) => Math.min(await editBody(pool, true), await editBar(pool)),
    ],
    ['is damaged', 'payload_body', `update raw_payloads set body = substring(body for 40) where id = ${WEDNESDAY}`],
    ['is deleted before its retention', 'body_gone', `update raw_payloads set body = null where id = ${WEDNESDAY}`],
    [
      'of live prices is deleted before its retention',
      'body_gone',
      `update raw_payloads set body = null where kind = 'quotes'`,
    ],
  ],
  'a live price': [
    ['is another one', 'other_quote', `update quotes set price = price * 1.01 where ${SPY}`],
    ['is of another time', 'other_quote', `update quotes set time = time + interval '1 minute' where ${SPY}`],
    [
      'is that of an older payload',
      'other_quote',
      `update quotes q set price = b.quote_price, time = b.quote_time, fetched_at = b.fetched_at, payload_id = b.payload_id
      from batches b where b.quote_price = 102 and q.asset_id = b.asset_id`,
    ],
    ['of a coin is another one', 'other_quote', `update quotes set volume_24h = volume_24h + 1 where ${BTC}`],
    [
      'of a coin is that of an older payload',
      'other_quote',
      `update quotes q set price = 9100.5, time = p.fetched_at - interval '20 s', fetched_at = p.fetched_at, payload_id = p.id
      from (select * from raw_payloads where kind = 'quotes' order by id limit 1) p where q.${BTC}`,
    ],
  ],
  'a row that is stored with a stand-in': [
    ['is removed', 'rejected_gone', `delete from rejected_bars where id = ${STORED_ROW}`],
    ['counts as rejected', 'other_rejected', `update rejected_bars set state = 'open' where id = ${STORED_ROW}`],
    [
      'was sent with an open',
      'other_rejected',
      `update rejected_bars set raw = raw || '{"open": 100}' where id = ${STORED_ROW}`,
    ],
    [
      'is that of another bar',
      'other_rejected',
      `update rejected_bars set time = time + interval '1 minute' where id = ${STORED_ROW}`,
    ],
    [
      'is made up',
      'other_rejected',
      `insert into rejected_bars (payload_id, asset_id, timeframe, time, row, rule, raw, state)
      select payload_id, asset_id, timeframe, time + interval '1 minute', row + 1, rule, raw, state from rejected_bars
      where id = ${STORED_ROW}`,
    ],
  ],
  'a rejected row': [
    ['is removed', 'rejected_gone', `delete from rejected_bars where id = (select min(id) from rejected_bars)`],
    [
      'is made up',
      'other_rejected',
      `insert into rejected_bars (payload_id, asset_id, timeframe, time, row, rule, raw)
      select payload_id, asset_id, timeframe, time, 50, rule, raw from rejected_bars order by id limit 1`,
    ],
    [
      'has other values',
      'other_rejected',
      `update rejected_bars set raw = raw || '{"close": 1}' where id = (select min(id) from rejected_bars)`,
    ],
    [
      'is of another bar',
      'other_rejected',
      `update rejected_bars set time = time + interval '1 minute' where id = (select min(id) from rejected_bars)`,
    ],
    [
      'was dismissed by nobody',
      'other_rejected',
      `update rejected_bars set state = 'dismissed' where id = (select min(id) from rejected_bars)`,
    ],
  ],
};
