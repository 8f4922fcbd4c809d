import type pg from 'pg';
import { inTransaction } from '../../transaction.js';
import { ActionReader } from './action-reader.js';
import { BarHistory } from './bar-history.js';
import { BarReader } from './bar-reader.js';

/** Readers that see one state of the database. */
export interface BarSnapshot {
  bars: BarReader;
  history: BarHistory;
  actions: ActionReader;
}

/** For responses that take several reads: a load or a split between two of them would mix two states. */
export class BarSnapshots {
  constructor(private readonly pool: pg.Pool) {}

  read<T>(work: (snapshot: BarSnapshot) => Promise<T>): Promise<T> {
    return inTransaction(this.pool, async (tx) => {
      await tx.query('set transaction isolation level repeatable read, read only');
      return work({ bars: new BarReader(tx), history: new BarHistory(tx), actions: new ActionReader(tx) });
    });
  }
}
