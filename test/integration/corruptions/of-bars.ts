import { plant, thursday, tuesday, wednesday } from '../proof-fixture.js';
import { BTC, COPIED, type Corruption, DAYS, MINUTES, NOBODY, time, WEDNESDAY } from './corruption.js';

/** Corruptions of series, bars and versions, and of what is recorded about them. */
export const OF_BARS: Record<string, Corruption[]> = {
  'the extent of a series': [
    [
      'its beginning is cut off',
      'bar_gone',
      [
        `delete from bars where ${DAYS} and session < '2026-10-01'`,
        `delete from coverage where ${DAYS} and session < '2026-10-01'`,
        `update series set first_bar = '2026-10-01', begins_at = '2026-10-01' where ${DAYS}`,
      ],
    ],
    [
      'its beginning is cut off, from its batches too',
      'series_begin',
      [
        `delete from bars where ${DAYS} and session < '2026-10-01'`,
        `delete from coverage where ${DAYS} and session < '2026-10-01'`,
        `update batches set times = array(select t from unnest(times) t where t >= '2026-10-01') where ${DAYS}`,
        `update series set first_bar = '2026-10-01', begins_at = '2026-10-01' where ${DAYS}`,
      ],
    ],
    ['it begins too early', 'series_begin', `update series set first_bar = first_bar - interval '1 day' where ${DAYS}`],
    [
      'it is said to begin with a later bar',
      'series_begin',
      `update series set begins_at = '2026-10-01' where ${DAYS}`,
    ],
    [
      'its end is cut off',
      'bar_gone',
      [
        `delete from bars where ${MINUTES} and session = '${thursday.date}'`,
        `delete from coverage where ${MINUTES} and session = '${thursday.date}'`,
      ],
    ],
    [
      'it was never fetched lately',
      'series_row',
      `update series set newest_fetch = newest_fetch - interval '1 day' where ${MINUTES}`,
    ],
  ],
  coverage: [
    [
      'a pending slot counts as empty',
      'coverage_evidence',
      `update coverage set empty_slots = set_bit(empty_slots, 30, 1) where ${MINUTES} and session = '${wednesday.date}'`,
    ],
    [
      'a pending slot counts as corrupt',
      'coverage_evidence',
      `update coverage set corrupt_slots = set_bit(corrupt_slots, 7, 1) where ${MINUTES} and session = '${wednesday.date}'`,
    ],
    [
      'a slot counts as lost that never had a bar',
      'coverage_evidence',
      `update coverage set lost_slots = set_bit(lost_slots, 7, 1) where ${MINUTES} and session = '${wednesday.date}'`,
    ],
    [
      'a session counts as requested',
      'coverage_evidence',
      `insert into coverage (asset_id, timeframe, session, expected, filled_slots, answered_slots, empty_slots, lost_slots, corrupt_slots, updated_at)
      select asset_id, timeframe, '2026-11-20', 390, n, ~n, n, n, n, now() from series cross join (select repeat('0', 390)::varbit as n) z where ${MINUTES}`,
    ],
    [
      'a session counts as empty as usual',
      'coverage_evidence',
      `update coverage set as_usual = true where ${MINUTES} and session = '${wednesday.date}'`,
    ],
    [
      'a session counts as verified',
      'coverage_evidence',
      `update coverage set verified_at = now() where ${MINUTES} and session = '${wednesday.date}'`,
    ],
    [
      'a session waits for ever',
      'coverage_wait',
      `update coverage set next_attempt_at = '2099-01-01' where ${MINUTES} and session = '${wednesday.date}'`,
    ],
    [
      'a lost bar is forgotten',
      'bar_gone',
      `update coverage set lost_slots = ~(lost_slots | ~lost_slots) where ${MINUTES} and session = '${wednesday.date}'`,
    ],
  ],
  'the time of a version': [
    [
      'a bar was visible before it was fetched',
      'version_times',
      `update bars set recorded_at = fetched_at - interval '1 hour' where ${MINUTES} and time = ${time(wednesday, 9)}`,
    ],
    [
      'a bar was not visible when it was loaded',
      'version_times',
      `update bars set recorded_at = recorded_at + interval '1 second' where ${MINUTES} and time = ${time(wednesday, 9)}`,
    ],
    [
      'an earlier version ended too early',
      'version_times',
      `update bar_revisions set replaced_at = replaced_at - interval '1 ms' where time = ${time(tuesday, 50)}`,
    ],
    [
      'a version was replaced earlier, and the next one recorded then',
      'version_times',
      [
        `update bar_revisions set replaced_at = replaced_at - interval '1 ms' where time = ${time(tuesday, 50)}`,
        `update bars set recorded_at = recorded_at - interval '1 ms' where ${MINUTES} and time = ${time(tuesday, 50)}`,
      ],
    ],
    [
      'an earlier version is there twice',
      'version_times',
      `insert into bar_revisions (asset_id, timeframe, time, open, high, low, close, volume, payload_id, run_id, fetched_at, recorded_at, replaced_at, replaced_by_payload)
      select asset_id, timeframe, time, open, high, low, close, volume, payload_id, run_id, fetched_at, recorded_at, replaced_at, replaced_by_payload from bar_revisions where time = ${time(tuesday, 50)}`,
    ],
    [
      'a bar was fetched at another time',
      'version_times',
      `update bars set fetched_at = fetched_at + interval '1 ms' where ${DAYS} and session = '${tuesday.date}'`,
    ],
  ],
  'a run does not exist': [
    ['of a bar', 'unknown_run', `update bars set run_id = ${NOBODY} where ${MINUTES} and time = ${time(wednesday, 9)}`],
    [
      'of an earlier version',
      'unknown_run',
      `update bar_revisions set run_id = ${NOBODY} where time = ${time(tuesday, 50)}`,
    ],
    ['of a step', 'unknown_run', `update pipeline_run_steps set run_id = ${NOBODY}`],
    ['of a request', 'unknown_run', `update provider_calls set run_id = ${NOBODY} where payload_id = ${WEDNESDAY}`],
    ['of all', 'unknown_run', 'delete from pipeline_runs'],
  ],
  'a batch': [
    [
      'counts more bars than it has',
      'other_batch',
      `update batches set rows_inserted = rows_inserted + 1 where payload_id = ${WEDNESDAY}`,
    ],
    [
      'counts more rows than its payload has',
      'other_batch',
      `update batches set rows_extracted = rows_extracted + 1 where payload_id = ${WEDNESDAY}`,
    ],
    [
      'counts fewer rejected rows',
      'other_batch',
      `update batches set rows_rejected = 0 where payload_id = ${WEDNESDAY}`,
    ],
    [
      'lacks the time of a bar',
      'other_batch',
      `update batches set times = times[2:], rows_inserted = rows_inserted - 1, rows_extracted = rows_extracted - 1 where payload_id = ${WEDNESDAY}`,
    ],
    ['is removed', 'no_payload', `delete from batches where payload_id = ${WEDNESDAY}`],
    [
      'shows another beginning',
      'other_batch',
      `update batches set begins_at = begins_at + interval '1 day' where begins_at is not null`,
    ],
  ],
  'a value': [
    [
      'changes in its last bit',
      'other_values',
      async (pool) => {
        const { rows } = await pool.query<{ close: number }>(
          `select close from bars where ${MINUTES} and time = ${time(wednesday, 9)}`,
        );
        const bits = new BigUint64Array(new Float64Array([rows[0]!.close]).buffer);
        bits[0]! ^= 1n;
        return plant(pool, `update bars set close = $1 where ${MINUTES} and time = ${time(wednesday, 9)}`, [
          new Float64Array(bits.buffer)[0],
        ]);
      },
    ],
    ['is unknown', 'other_values', `update bars set volume = null where ${MINUTES} and time = ${time(wednesday, 9)}`],
    [
      'of all bars of a session is doubled',
      'other_values',
      `update bars set volume = volume * 2 where ${MINUTES} and session = '${wednesday.date}'`,
    ],
    [
      'of two bars is exchanged',
      'other_values',
      `update bars b set open = o.open, high = o.high, low = o.low, close = o.close, volume = o.volume
      from bars o where b.asset_id = o.asset_id and b.timeframe = '1m' and o.timeframe = '1m'
        and (b.time, o.time) in ((${time(wednesday, 9)}, ${time(wednesday, 10)}), (${time(wednesday, 10)}, ${time(wednesday, 9)}))`,
    ],
    [
      'of a coin is another one',
      'other_values',
      `update bars set high = high + 1 where ${BTC} and time = (select max(time) from bars where ${BTC})`,
    ],
    [
      'is that of a bar in another series',
      'no_payload',
      `insert into bars (asset_id, timeframe, time, ${COPIED})
      select (select id from assets where symbol = 'NVDA'), timeframe, time, ${COPIED} from bars where ${MINUTES} and time = ${time(wednesday, 9)}`,
    ],
    [
      'computed from the bar is another one',
      'indicators',
      `update bars set daily_return = 0 where ${MINUTES} and time = ${time(wednesday, 9)}`,
    ],
  ],
  'what is computed': [
    [
      'a warning is made up',
      'warnings',
      `insert into bar_warnings (asset_id, timeframe, time, session, rule, details)
      select asset_id, timeframe, time, session, 'ratio_100', '{}' from bars where ${DAYS} and session = '${tuesday.date}'`,
    ],
    [
      'a difference between day and minutes is another one',
      'daily_difference',
      `update daily_differences set close = close + 0.01`,
    ],
    [
      'a difference between day and minutes is made up',
      'daily_difference',
      `insert into daily_differences select asset_id, '2026-10-01', open, high, low, close, volume, minutes, expected, checked_at from daily_differences limit 1`,
    ],
  ],
};
