import type pg from 'pg';
import { inTransaction } from '../../db/transaction.js';

/** The functions by which PostgreSQL sends a type in binary, by its name. */
const SEND: Record<string, string> = {
  ...{ int4: 'int4send', int8: 'int8send', float8: 'float8send', text: 'textsend', uuid: 'uuid_send' },
  ...{ timestamptz: 'timestamptz_send', date: 'date_send', bytea: 'byteasend', _int8: 'array_send' },
};

interface Column {
  table: string;
  column: string;
  type: string;
}

export interface Flip {
  what: string;
  undo(): Promise<void>;
}

/** Flips single bits of stored values, as a disk or memory would: no trigger, check or key prevents it. */
export class BitFlips {
  #columns: Column[] = [];
  #state: number;

  constructor(
    private readonly pool: pg.Pool,
    private readonly tables: string[],
    seed: number,
  ) {
    this.#state = seed;
  }

  /** Removes the checks of the tables, which the file of a table knows nothing of. */
  async prepare(): Promise<void> {
    const { rows: checks } = await this.pool.query<{ table: string; name: string }>(
      `select conrelid::regclass::text as table, conname as name from pg_constraint where contype = 'c' and conrelid::regclass::text = any($1)`,
      [this.tables],
    );
    for (const { table, name } of checks) await this.pool.query(`alter table ${table} drop constraint ${name}`);
    const { rows } = await this.pool.query<Column>(
      `select table_name as table, column_name as column, udt_name as type from information_schema.columns
      where table_name = any($1) and is_identity = 'NO' and udt_name = any($2) order by table_name, ordinal_position`,
      [this.tables, Object.keys(SEND)],
    );
    this.#columns = rows;
  }

  /** Flips one bit of a random value that is not null. What no value of the type can be is not tried. */
  async flip(): Promise<Flip> {
    for (;;) {
      const table = this.#pick(this.tables);
      const { column, type } = this.#pick(this.#columns.filter((each) => each.table === table));
      const { rows } = await this.pool.query<{ place: string; bytes: Buffer; key: string }>(
        `select ctid as place, ${SEND[type]}(${column}) as bytes, to_jsonb(t) - 'facts' - 'payload_ids' as key from ${table} t
        where ${column} is not null order by ctid offset floor($1::float8 * (select count(*) from ${table} where ${column} is not null)) limit 1`,
        [this.#random()],
      );
      const row = rows[0];
      if (!row || row.bytes.length === 0) continue;
      const bit = Math.floor(this.#random() * row.bytes.length * 8);
      const bytes = Buffer.from(row.bytes);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      const place = await this.#write({ table, column, type }, row.place, bytes);
      if (place === null || (await this.#isUnchanged({ table, column, type }, place, row.bytes))) continue;
      return {
        what: `bit ${bit} of ${table}.${column} in ${JSON.stringify(row.key)}`,
        undo: async () => {
          if ((await this.#write({ table, column, type }, place, row.bytes)) === null) throw new Error('not undone');
        },
      };
    }
  }

  /** @returns the place of the changed row; null if there can be no such value or key */
  async #write({ table, column, type }: Column, place: string, bytes: Buffer): Promise<string | null> {
    try {
      return await inTransaction(this.pool, async (tx) => {
        await tx.query(`set local session_replication_role = 'replica'`); // no triggers
        const { rows } = await tx.query<{ place: string }>(
          `update ${table} set ${column} = $2::${type} where ctid = $1::tid returning ctid as place`,
          [place, bytes],
        );
        return rows[0]?.place ?? null;
      });
    } catch {
      return null;
    }
  }

  /** The flipped bit was one of the form in which the value is sent, not of the value. */
  async #isUnchanged({ table, column, type }: Column, place: string, bytes: Buffer): Promise<boolean> {
    const { rows } = await this.pool.query<{ bytes: Buffer }>(
      `select ${SEND[type]}(${column}) as bytes from ${table} where ctid = $1::tid`,
      [place],
    );
    return bytes.equals(rows[0]!.bytes);
  }

  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#random() * from.length)]!;
  }

  /** Mulberry32: the same flips in every run. */
  #random(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }
}
