import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/environment/temporary-folder.js';
import { isAlive } from '../lib/processes.js';
import { ProcessLedger } from './process-ledger.js';

const children: ChildProcess[] = [];
async function idleProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  children.push(child);
  await once(child, 'spawn');
  return child.pid!;
}
afterAll(() => children.forEach((child) => child.kill('SIGKILL')));

describe('the ledger of processes', () => {
  it('lets the next start end the processes of a killed one', async () => {
    const folder = temporaryFolder();
    const pid = await idleProcess();
    new ProcessLedger(folder).record('worker', pid);
    const found: string[] = [];
    await new ProcessLedger(folder).reap((name) => found.push(name));
    expect([found, isAlive(pid)]).toEqual([['worker'], false]);
    await new ProcessLedger(folder).reap((name) => found.push(name));
    expect(found).toHaveLength(1);
  });

  it('never touches a later process with the same pid', async () => {
    const folder = temporaryFolder();
    const pid = await idleProcess();
    writeFileSync(
      join(folder, 'processes.json'),
      JSON.stringify([{ name: 'worker', pid, identity: 'an earlier one' }]),
    );
    await new ProcessLedger(folder).reap();
    expect(isAlive(pid)).toBe(true);
  });
});
