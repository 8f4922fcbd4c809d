import { tuesday, wednesday } from '../proof-fixture.js';
import { type Corruption, DAYS, MINUTES, time, WEDNESDAY } from './corruption.js';

const NEWEST = '(select max(seq) from payload_digests)';

/** Corruptions of what is kept of pruned payloads, and of what only a digest proves. */
export const OF_WHAT_WAS_PRUNED: Record<string, Corruption[]> = {
  'a digest': [
    ['is removed', 'digest_changed', 'delete from payload_digests where seq = 2'],
    ['is removed from the end', 'body_gone', `delete from payload_digests where seq = ${NEWEST}`],
    [
      'is removed with all that came from it',
      'digest_changed',
      [
        ...['bars', 'batches', 'rejected_bars', 'provider_calls'].map(
          (table) => `delete from ${table} where payload_id = ${WEDNESDAY}`,
        ),
        `delete from coverage where ${MINUTES} and session = '${wednesday.date}'`,
        `with digest as (delete from payload_digests where ${WEDNESDAY} = any(payload_ids) returning payload_ids)
        delete from raw_payloads p using digest d where p.id = any(d.payload_ids)`,
      ],
    ],
    [
      'holds the facts of another one',
      'digest_changed',
      `update payload_digests set facts = (select facts from payload_digests where seq = 1) where seq = ${NEWEST}`,
    ],
    ['says that it proves nothing', 'digest_changed', 'update payload_digests set facts = null where seq = 2'],
    [
      'lists another payload',
      'digest_changed',
      'update payload_digests set payload_ids = payload_ids || 1::bigint where seq = 2',
    ],
    ['is of another day', 'digest_changed', 'update payload_digests set day = day - 1 where seq = 2'],
    [
      'is of another day and has the hash of it',
      'digest_changed',
      `update payload_digests d set day = d.day - 1,
        hash = payload_digest_hash((d.seq, d.asset_id, d.timeframe, d.day - 1, d.payload_ids, d.facts, d.hash)::payload_digests, p.hash)
      from payload_digests p where d.seq = 2 and p.seq = 1`,
    ],
  ],
  'a pruned payload': [
    [
      'has another URL and a digest of its row that fits',
      'payload_changed',
      [
        `update raw_payloads set url = replace(url, 'http://provider.test/', 'http://another.test/') where id = ${WEDNESDAY}`,
        `update raw_payloads p set row_digest = payload_row_digest(p) where id = ${WEDNESDAY}`,
      ],
    ],
    ['has a body again', 'payload_body', `update raw_payloads set body = '\\x00' where id = ${WEDNESDAY}`],
    [
      'shows another beginning, and so does its series',
      'other_batch',
      [
        `update batches set begins_at = begins_at + interval '1 day' where ${DAYS} and begins_at is not null`,
        `update series set begins_at = begins_at + interval '1 day' where ${DAYS}`,
      ],
    ],
    [
      'replaced one bar less, and its earlier version is removed',
      'other_batch',
      [
        `update batches b set rows_updated = rows_updated - 1, rows_unchanged = rows_unchanged + 1
        from bar_revisions r where r.time = ${time(tuesday, 50)} and b.payload_id = r.replaced_by_payload`,
        `delete from bar_revisions where time = ${time(tuesday, 50)}`,
      ],
    ],
  ],
  'what only a digest proves': [
    [
      'a bar is gone, and so is its coverage',
      'bar_gone',
      [
        `delete from bars where ${MINUTES} and time = ${time(wednesday, 9)}`,
        `update coverage set filled_slots = set_bit(filled_slots, 9, 0) where ${MINUTES} and session = '${wednesday.date}'`,
      ],
    ],
    [
      'a bar is made up where nothing was traded',
      'other_values',
      `insert into bars (asset_id, timeframe, time, session, open, high, low, close, volume, payload_id, run_id, fetched_at, recorded_at)
      select asset_id, timeframe, ${time(wednesday, 7)}, session, open, high, low, close, volume, payload_id, run_id, fetched_at, recorded_at
      from bars where ${MINUTES} and time = ${time(wednesday, 6)}`,
    ],
    [
      'a correction is taken back',
      'later_values',
      [
        `update bars b set (open, high, low, close, volume, payload_id, fetched_at, recorded_at) = (
          select r.open, r.high, r.low, r.close, r.volume, r.payload_id, r.fetched_at, r.recorded_at from bar_revisions r where r.time = b.time)
        where ${MINUTES} and time = ${time(tuesday, 50)}`,
        `delete from bar_revisions where time = ${time(tuesday, 50)}`,
      ],
    ],
    [
      'an earlier version is another one',
      'other_values',
      `update bar_revisions set volume = volume * 2 where time = ${time(tuesday, 50)}`,
    ],
    [
      'a slot counts as empty that had a bar',
      'coverage_evidence',
      `update coverage set empty_slots = set_bit(empty_slots, 9, 1) where ${MINUTES} and session = '${tuesday.date}'`,
    ],
    [
      'a dividend was first seen a microsecond later',
      'other_action',
      `update corporate_actions set first_seen_at = first_seen_at + interval '1 microsecond' where amount = 0.31`,
    ],
    [
      'a split was applied a second later',
      'other_action',
      `update corporate_actions set applied_at = applied_at + interval '1 second' where kind = 'split'`,
    ],
  ],
};
