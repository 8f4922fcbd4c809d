import { condition } from '@temporalio/workflow';

/** Lets at most `limit` tasks run at a time. The limit may change while they run; those that run already end. */
export class Slots {
  private taken = 0;

  constructor(public limit: number) {}

  /** Runs a task once there is a free slot. */
  readonly run = async <T>(task: () => Promise<T>): Promise<T> => {
    while (this.taken >= this.limit) await condition(() => this.taken < this.limit);
    this.taken++;
    try {
      return await task();
    } finally {
      this.taken--;
    }
  };
}
