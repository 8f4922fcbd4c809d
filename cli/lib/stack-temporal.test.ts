import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/environment/temporary-folder.js';
import { type Runtime, RuntimeFile } from './runtime-file.js';
import { findStack, lookForStack } from './stack-temporal.js';

describe('the stack that the commands use', () => {
  const DATA_DIR = temporaryFolder();
  const own = 'postgres://me@127.0.0.1/own';
  const other = 'postgres://me@127.0.0.1/other';
  const runs = (databaseUrl: string) =>
    new RuntimeFile(DATA_DIR).write({
      databaseUrl,
      temporalAddress: '127.0.0.1:7233',
      namespace: 'default',
    } as Runtime);
  const temporal = { connectionOptions: { address: '127.0.0.1:7233' }, namespace: 'default' };

  it('is the running start, on its own database or on that of DATABASE_URL', () => {
    runs(own);
    for (const env of [{ DATA_DIR }, { DATA_DIR, DATABASE_URL: own }]) {
      expect(findStack(env)).toEqual({ databaseUrl: own, temporal });
      expect(lookForStack(env)).toMatchObject({ databaseUrl: own, temporal, running: { databaseUrl: own } });
    }
  });

  it('is that of DATABASE_URL, without Temporal or anything else of a start on another database', () => {
    runs(own);
    const env = { DATA_DIR, DATABASE_URL: other };
    expect(lookForStack(env)).toEqual({ databaseUrl: other, running: null, temporal: null });
    expect(() => findStack(env)).toThrow('is not running on ' + DATA_DIR + ' with the database of DATABASE_URL');
  });
});
