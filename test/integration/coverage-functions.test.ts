import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { type Database } from '../../db/client.js';
import {
  type CoverageBits,
  countStates,
  isEmptyConfirmed,
  type SlotState,
  slotState,
} from '../../domain/coverage/slot-state.js';
import { connectPatiently, createTestDatabase } from '../environment/database.js';

const RUNS = 200;
const MAX_SLOTS = 400;

let database: Database;
let drop: () => Promise<void>;

beforeAll(async () => {
  const test = await createTestDatabase();
  database = connectPatiently(test.url);
  drop = test.drop;
});
afterAll(async () => {
  await database.close();
  await drop();
});
beforeEach(() => database.pool.query('truncate coverage'));

/** Any row, consistent or not; thin and full sessions are as likely as those around one half. */
const rows: fc.Arbitrary<CoverageBits> = fc
  .record({
    slots: fc.integer({ min: 1, max: MAX_SLOTS }),
    share: fc.constantFrom(0.05, 0.5, 0.95),
    asUsual: fc.boolean(),
  })
  .chain(({ slots, share, asUsual }) => {
    const bitmap = (of: number) =>
      fc
        .array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: slots, maxLength: slots })
        .map((all) => all.map((each) => (each < of ? '1' : '0')).join(''));
    return fc.record({
      filled: bitmap(share),
      answered: bitmap(0.7),
      empty: bitmap(0.5),
      lost: bitmap(0.2),
      corrupt: bitmap(0.2),
      asUsual: fc.constant(asUsual),
    });
  });

const statesOf = (row: CoverageBits): SlotState[] => {
  const confirmed = isEmptyConfirmed(row);
  return [...row.filled].map((_, i) => slotState(row, i, { confirmed, isBeyond: false, isRejected: false }));
};
const bitsOf = (states: SlotState[], ...wanted: SlotState[]): string =>
  states.map((state) => (wanted.includes(state) ? '1' : '0')).join('');

const PARAMETERS = ({ filled, answered, empty, lost, corrupt, asUsual }: CoverageBits) => [
  ...[filled, answered, empty, lost, corrupt],
  asUsual,
];
const ROW = `(select $1::varbit as filled, $2::varbit as answered, $3::varbit as empty, $4::varbit as lost, $5::varbit as corrupt, $6::boolean as as_usual) r`;

describe('the coverage functions of the database', () => {
  it('derive the same state of each slot as the domain', async () => {
    await fc.assert(
      fc.asyncProperty(rows, async (row) => {
        const { rows: found } = await database.pool.query<Record<'empty' | 'open' | 'pending' | 'none', string>>(
          `select coverage_confirmed_empty(filled, empty, lost, corrupt, as_usual) as empty, coverage_open(filled, empty, lost, corrupt, as_usual) as open,
            coverage_pending(filled, answered, empty, lost, corrupt, as_usual) as pending, coverage_no_slots(filled) as none
          from ${ROW}`,
          PARAMETERS(row),
        );
        const states = statesOf(row);
        expect(found[0]).toEqual({
          empty: bitsOf(states, 'empty'),
          open: bitsOf(states, 'lost', 'null_at_provider', 'not_asked'),
          pending: bitsOf(states, 'lost', 'null_at_provider'),
          none: bitsOf(states),
        });
      }),
      { numRuns: RUNS },
    );
  });

  it('count the slots of a part of a session as the domain does', async () => {
    const parts = fc.tuple(rows, fc.nat(MAX_SLOTS), fc.nat(MAX_SLOTS));
    await fc.assert(
      fc.asyncProperty(parts, async ([row, a, b]) => {
        const [first, due] = [a, b].map((each) => Math.min(each, row.filled.length)).sort((x, y) => x - y) as [
          number,
          number,
        ];
        const { rows: found } = await database.pool.query<{ empty: number; open: number }>(
          `select bit_count(coverage_between(coverage_confirmed_empty(filled, empty, lost, corrupt, as_usual), $7, $8))::int as empty,
            bit_count(coverage_between(coverage_open(filled, empty, lost, corrupt, as_usual), $7, $8))::int as open
          from ${ROW}`,
          [...PARAMETERS(row), first, due],
        );
        const counts = countStates(row, { first, due, beyond: 0 }, new Set());
        const of = (...states: SlotState[]) => states.reduce((sum, state) => sum + (counts.get(state) ?? 0), 0);
        expect(found[0]).toEqual({ empty: of('empty'), open: of('lost', 'null_at_provider', 'not_asked') });
      }),
      { numRuns: RUNS },
    );
  });

  it('fold the slots of a shorter timeframe into those of a longer one', async () => {
    const folded = async (slots: string | null, parts: number[] | null) => {
      const { rows: found } = await database.pool.query<{ any: string | null }>(
        'select coverage_any($1::varbit, $2::int[])::text as any',
        [slots, parts],
      );
      return found[0]!.any;
    };
    expect(await folded('0001000110', [0, 3, 6, 9])).toBe('0110');
    expect(await folded('0000000000', [0, 3, 6, 9])).toBe('0000');
    expect(await folded('1111111111', [0, 3, 6, 9])).toBe('1111');
    expect(await folded('0101', null)).toBe('0101');
    expect(await folded(null, [0, 3])).toBeNull();
  });

  it('give the stored counts of a row', async () => {
    const all = fc.sample(rows, RUNS);
    const { rows: stored } = await database.pool.query<Record<'filled' | 'empty' | 'corrupt' | 'pending', number>>(
      `with inserted as (
        insert into coverage (asset_id, timeframe, session, expected, filled_slots, answered_slots, empty_slots, lost_slots, corrupt_slots, as_usual, updated_at)
        select n, '1m', '2026-11-20', length(filled::varbit), filled::varbit, answered::varbit, empty::varbit, lost::varbit, corrupt::varbit, as_usual, now()
        from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::boolean[]) with ordinality
          r(filled, answered, empty, lost, corrupt, as_usual, n)
        returning *)
      select filled, empty, corrupt, pending from inserted order by asset_id`,
      (['filled', 'answered', 'empty', 'lost', 'corrupt', 'asUsual'] as const).map((column) =>
        all.map((row) => row[column]),
      ),
    );
    const count = (states: SlotState[], ...wanted: SlotState[]) =>
      states.filter((state) => wanted.includes(state)).length;
    expect(stored).toEqual(
      all.map(statesOf).map((states) => ({
        filled: count(states, 'filled'),
        empty: count(states, 'empty'),
        corrupt: count(states, 'corrupt'),
        pending: count(states, 'lost', 'null_at_provider'),
      })),
    );
  });

  it('cost no call: the planner inlines each of them', async () => {
    const { rows: plan } = await database.pool.query<Record<'QUERY PLAN', string>>(
      `explain (verbose) select coverage_between(coverage_pending(filled_slots, answered_slots, empty_slots, lost_slots, corrupt_slots, as_usual), 0, 5),
        coverage_open(filled_slots | answered_slots, empty_slots, lost_slots, coverage_no_slots(filled_slots), as_usual)
      from coverage where not coverage_is_half_filled(filled, expected)`,
    );
    const text = plan.map((line) => line['QUERY PLAN']).join('\n');
    expect(text).toContain('bit_count');
    expect(text).not.toMatch(/coverage_(between|pending|open|confirmed_empty|no_slots|is_)/);
  });
});
