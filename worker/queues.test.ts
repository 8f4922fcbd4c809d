import { describe, expect, it } from 'vitest';
import { readEnv } from '../config/env.js';
import { QUEUES, servedQueues } from './queues.js';

const served = (WORKER_QUEUES: string) => servedQueues(readEnv({ WORKER_QUEUES }));

describe('the queues of a worker', () => {
  it('are all of them by default', () => {
    expect(served('')).toEqual(QUEUES);
    expect(QUEUES.slice(0, 3)).toEqual(['pipeline', 'yahoo', 'yahoo-bulk']);
  });
  it('are not those of a provider that is off', () => {
    const off = new Map([['alpaca', 'no key']] as const);
    expect(servedQueues(readEnv({}), off)).toEqual(QUEUES.filter((name) => !name.startsWith('alpaca')));
  });
  it('are those that it is told to serve', () => {
    expect(served('yahoo-bulk, pipeline')).toEqual(['pipeline', 'yahoo-bulk']);
  });
  it('must exist', () => {
    expect(() => served('pipeline,yaho')).toThrow(
      `WORKER_QUEUES: unknown queue yaho. The queues are ${QUEUES.join(', ')}.`,
    );
  });
});
