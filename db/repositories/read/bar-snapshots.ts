import type pg from 'pg';
import { inSnapshot } from '../../transaction.js';
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

  async read<T>(work: (snapshot: BarSnapshot) => Promise<T>): Promise<T> {
    return inSnapshot(this.pool, (tx) =>
      work({ bars: new BarReader(tx), history: new BarHistory(tx), actions: new ActionReader(tx) }),
    );
  }
}
