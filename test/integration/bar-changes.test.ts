import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import type pg from 'pg';
import {
  BarChangeReader,
  CHANGES_CHANNEL,
  pruneChanges,
  isBefore,
  type LogPage,
  type LogPlace,
} from '../../db/repositories/read/bar-change-log.js';
import { inTransaction } from '../../db/transaction.js';
import { MINUTE } from '../../domain/timeframe.js';
import { useStore } from '../environment/store.js';
import { eventually } from '../environment/eventually.js';
import { loadPayload } from '../factories.js';

const store = useStore({ max: 16 });

const OPEN = Date.parse('2026-11-24T14:30:00Z');
const BEGINNING: LogPlace = { xid: 0n, id: 0n };

let log: BarChangeReader;

beforeAll(() => {
  log = new BarChangeReader(store.pool);
});

/** A change as a load logs it; `inserted` tells them apart. */
const logChange = (db: pg.Pool | pg.PoolClient, inserted: number, recordedAt = new Date()) =>
  db.query(
    `insert into bar_changes (asset_id, timeframe, first_time, last_time, inserted, updated, recorded_at)
     values ($1, '1m', $2, $2, $3, 0, $4)`,
    [store.assetId('SPY'), new Date(OPEN), inserted, recordedAt],
  );
/** Once no transaction of another test file, in another database of the same server, is waited for. */
async function read(from: LogPlace, limit = 1_000): Promise<LogPage> {
  let page!: LogPage;
  await eventually(async () => {
    page = await log.after(from, limit, 100);
    expect(page.waiting).toBe(false);
  });
  return page;
}
const told = async (from: LogPlace) => (await read(from)).changes.map((change) => change.inserted);

describe('the log of changes', () => {
  it('tells no transaction before an older one has ended, and then tells both in order', async () => {
    const [older, younger] = await Promise.all([store.pool.connect(), store.pool.connect()]);
    try {
      await older.query('begin');
      await logChange(older, 1);
      await younger.query('begin');
      await logChange(younger, 2);
      await younger.query('commit');
      const early = await log.after(BEGINNING, 10, 100);
      expect(early).toMatchObject({ changes: [], more: false, waiting: true });
      await older.query('commit');
      const late = await read(early.next);
      expect(late.changes.map((change) => change.inserted)).toEqual([1, 2]);
      expect(await told(late.next)).toEqual([]);
    } finally {
      older.release();
      younger.release();
    }
  });

  it('loses and repeats nothing while many write at once, commit out of order and roll back', async () => {
    const committed = new Set<number>();
    let writing = true;
    const write = async (writer: number) => {
      for (let i = 0; i < 40; i++) {
        const change = writer * 1_000 + i;
        await inTransaction(store.pool, async (tx) => {
          await logChange(tx, change);
          await delay(randomInt(0, 12));
          if (randomInt(0, 10) === 0) throw new Error('rolled back');
        }).then(
          () => committed.add(change),
          () => undefined,
        );
      }
    };
    const { place } = await log.begin(null);
    const seen: number[] = [];
    const places: LogPlace[] = [];
    const byId: number[] = [];
    const follow = async () => {
      let next = place;
      let lastId = 0;
      for (let last = false; ;) {
        const page = await log.after(next, 7, 100);
        for (const change of page.changes) {
          seen.push(change.inserted);
          places.push(change.place);
        }
        next = page.next;
        // what a reader would see that goes by the row's number alone
        const naive = await store.pool.query<{ id: number; inserted: number }>(
          'select id::int, inserted from bar_changes where id > $1 order by id',
          [lastId],
        );
        lastId = naive.rows.at(-1)?.id ?? lastId;
        byId.push(...naive.rows.map((row) => row.inserted));
        if (page.more || page.waiting) continue;
        if (last) return;
        last = !writing;
      }
    };
    const following = follow();
    await Promise.all(Array.from({ length: 10 }, (_, writer) => write(writer)));
    writing = false;
    await following;
    expect(committed.size).toBeGreaterThan(300);
    expect(seen.length).toBe(committed.size);
    expect(new Set(seen)).toEqual(committed);
    expect(places.every((each, i) => i === 0 || isBefore(places[i - 1]!, each))).toBe(true);
    // the test would notice: going by numbers loses some of these
    expect(byId.length).toBeLessThan(committed.size);
  });

  it('tells which series have changed since a snapshot, in whatever order they were committed', async () => {
    const since = async (snapshot: string) => (await log.since(snapshot)).changed;
    const older = await store.pool.connect();
    try {
      const changed = [{ assetId: store.assetId('SPY'), timeframe: '1m' }];
      await older.query('begin');
      await logChange(older, 1);
      const first = (await log.since(null)).snapshot;
      expect(await since(first)).toEqual([]);
      await logChange(store.pool, 2);
      const second = await log.since(first);
      expect(second.changed).toEqual(changed);
      expect(await since(second.snapshot)).toEqual([]);
      await older.query('commit');
      expect(await since(second.snapshot)).toEqual(changed);
    } finally {
      older.release(true);
    }
  });

  it('has nothing new in what came with a dump of a server that was further on', async () => {
    await logChange(store.pool, 1);
    await store.pool.query(`update bar_changes set xid = '18446744073709551000'`);
    const { snapshot } = await log.since(null);
    await logChange(store.pool, 2);
    const next = await log.since(snapshot);
    expect(next.changed).toHaveLength(1);
    expect((await log.since(next.snapshot)).changed).toEqual([]);
  });

  it('goes on from any place that it has told', async () => {
    for (const change of [1, 2, 3, 4]) await logChange(store.pool, change);
    const { changes } = await read(BEGINNING);
    expect(await told(changes[1]!.place)).toEqual([3, 4]);
    const page = await read(BEGINNING, 3);
    expect(page).toMatchObject({ more: true, next: changes[2]!.place });
    expect((await log.begin(changes[1]!.place)).kept).toBe(true);
    const now = await log.begin(null);
    expect(await told(now.place)).toEqual([]);
    await logChange(store.pool, 5);
    expect(await told(now.place)).toEqual([5]);
  });

  it('forgets what is older than a day, and knows whose place is too old', async () => {
    const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
    const { place: before } = await log.begin(null);
    for (const [change, hours] of [
      [1, 30],
      [2, 26],
      [3, 25],
      [4, 23],
      [5, 0],
    ] as const)
      // prettier-ignore
      await logChange(store.pool, change, hoursAgo(hours));
    const places = (await read(BEGINNING)).changes.map((change) => change.place);
    await pruneChanges(store.pool);
    await pruneChanges(store.pool);
    expect(await told(BEGINNING)).toEqual([3, 4, 5]);
    const kept = async (place: LogPlace) => (await log.begin(place)).kept;
    expect(await kept(before)).toBe(false);
    expect(await kept(places[1]!)).toBe(false);
    expect(await kept(places[2]!)).toBe(true);
    expect(await kept(places[4]!)).toBe(true);
    expect(await kept({ xid: places[4]!.xid + 1_000_000n, id: 0n })).toBe(false);
  });

  it('keeps a place from before the first change, while nothing was forgotten', async () => {
    const { place } = await log.begin(null);
    await logChange(store.pool, 1);
    await pruneChanges(store.pool);
    expect(await log.begin(place)).toEqual({ place, kept: true });
  });
});

describe('a load', () => {
  const spyMinutes = (closes: number[]) => ({
    fetchedAt: OPEN + 600 * MINUTE,
    window: { from: OPEN, to: OPEN + closes.length * MINUTE },
    minutes: closes.map((close, i) => ({ time: OPEN + i * MINUTE, close })),
  });

  it('logs what it changed and wakes those who listen, once it is committed', async () => {
    const listener = await store.pool.connect();
    const heard: string[] = [];
    listener.on('notification', ({ channel, payload }) => heard.push(`${channel}:${payload}`));
    await listener.query(`listen ${CHANGES_CHANNEL}`);
    await loadPayload(store.pool, store.assetId('SPY'), spyMinutes([100, 101, 102]));
    await eventually(() => expect(heard).toEqual([`${CHANGES_CHANNEL}:`]));
    listener.release(true);
    const [change] = (await read(BEGINNING)).changes;
    expect(change).toMatchObject({
      symbol: 'SPY',
      timeframe: '1m',
      firstTime: OPEN,
      lastTime: OPEN + 2 * MINUTE,
      inserted: 3,
      updated: 0,
      bars: { time: [OPEN, OPEN + MINUTE, OPEN + 2 * MINUTE], close: [100, 101, 102], volume: [100, 100, 100] },
    });
  });

  it('of too many bars brings none along', async () => {
    await loadPayload(store.pool, store.assetId('SPY'), spyMinutes([100, 101, 102]));
    await read(BEGINNING);
    const bars = async (most: number) => (await log.after(BEGINNING, 10, most)).changes[0]!.bars?.time.length ?? null;
    expect([await bars(2), await bars(3)]).toEqual([null, 3]);
  });
});
