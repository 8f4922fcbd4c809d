import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/environment/temporary-folder.js';
import { eventually } from '../../test/environment/eventually.js';
import { LogFile } from '../lib/log-file.js';
import { isAlive } from '../lib/processes.js';
import { startNodeChild } from './node-child.js';
import { Supervised } from './supervised.js';

const READY = `process.send({ type: 'ready' }); setInterval(() => {}, 1000);`;
const DRAINS = `process.on('SIGTERM', () => process.exit(0)); ${READY}`;
const STUBBORN = `process.on('SIGTERM', () => {}); ${READY}`;
const BROKEN = `console.error('the port is taken'); process.exit(1);`;
const ORPHAN = `process.on('disconnect', () => process.exit(0)); ${READY}`;

function supervise(content: string, onPid: () => void = () => {}, times = { backoffMs: [10, 20] }) {
  const folder = temporaryFolder();
  const script = join(folder, 'child.mjs');
  writeFileSync(script, content);
  const logFile = new LogFile(join(folder, 'child.log'));
  const pids: (number | null)[] = [];
  const reports: string[] = [];
  const supervised = new Supervised({
    name: 'child',
    launch: (spawned) => startNodeChild({ name: 'child', script, env: process.env, logFile, spawned }),
    onPid: (pid) => {
      pids.push(pid);
      onPid();
    },
    report: (line) => reports.push(line),
    ...times,
  });
  return { supervised, pids, reports, rewrite: (next: string) => writeFileSync(script, next) };
}
const kill = (pid: number | null | undefined) => process.kill(pid!, 'SIGKILL');

describe('a supervised child', () => {
  it('is restarted when it dies, as often as necessary', async () => {
    const { supervised, pids, reports, rewrite } = supervise(DRAINS);
    await supervised.start();
    rewrite(BROKEN);
    kill(pids[0]);
    await eventually(() => expect(reports.join('\n')).toContain('child stopped (child did not start: exit code 1'));
    expect(reports.join('\n')).toContain('the port is taken');
    rewrite(DRAINS);
    await eventually(() => expect(reports.at(-1)).toMatch(/child is running again/));
    await supervised.stop(5_000);
    expect(pids.filter((pid) => pid !== null).map(isAlive)).not.toContain(true);
  });

  it('is restarted at once, however often that was necessary, if it was healthy before', async () => {
    const times = { backoffMs: [0, 600_000], healthyMs: 0 };
    const { supervised, pids, reports } = supervise(DRAINS, undefined, times);
    await supervised.start();
    for (let restarts = 1; restarts <= 3; restarts++) {
      kill(pids.at(-1));
      await eventually(() => expect(reports.filter((line) => /is running again/.test(line))).toHaveLength(restarts));
    }
    await supervised.stop(5_000);
  });

  it('is restarted even if its pid cannot be recorded', async () => {
    const { supervised, pids, reports } = supervise(DRAINS, () => {
      throw new Error('the disk is full');
    });
    await supervised.start();
    kill(pids[0]);
    await eventually(() => expect(reports.at(-1)).toMatch(/child is running again/));
    expect(reports.join('\n')).toContain('the disk is full');
    await supervised.stop(5_000);
  });

  it('reports why its first start failed, and is not restarted', async () => {
    const { supervised, reports } = supervise(BROKEN);
    await expect(supervised.start()).rejects.toThrow(/child did not start: exit code 1\nthe port is taken/);
    expect(reports).toEqual([]);
  });

  it('stays down once it is stopped', async () => {
    const { supervised, pids, reports } = supervise(DRAINS);
    await supervised.start();
    await supervised.stop(5_000);
    expect([isAlive(pids[0]!), reports]).toEqual([false, []]);
  });

  it('is killed if it does not end in time', async () => {
    const { supervised, pids } = supervise(STUBBORN);
    await supervised.start();
    await supervised.stop(100);
    expect(isAlive(pids[0]!)).toBe(false);
  });

  it('is killed at once in a hurry', async () => {
    const { supervised, pids } = supervise(STUBBORN);
    await supervised.start();
    const hurry = new AbortController();
    const stopped = supervised.stop(60_000, hurry.signal);
    hurry.abort();
    await stopped;
    expect(isAlive(pids[0]!)).toBe(false);
  });

  it('can be stopped while it starts', async () => {
    const { supervised, pids } = supervise('setInterval(() => {}, 1000);');
    const started = expect(supervised.start()).rejects.toThrow('did not start');
    await eventually(() => expect(pids[0]).toEqual(expect.any(Number)));
    await supervised.stop(1_000);
    await started;
    expect(isAlive(pids[0]!)).toBe(false);
  });

  it('can be stopped while it waits for its next restart', async () => {
    const { supervised, pids, reports, rewrite } = supervise(ORPHAN);
    await supervised.start();
    rewrite(BROKEN);
    kill(pids[0]);
    await eventually(() => expect(reports.length).toBeGreaterThan(1));
    await supervised.stop(1_000);
    const tries = pids.length;
    rewrite(READY);
    await eventually(() => expect(pids.filter((pid) => pid !== null).map(isAlive)).not.toContain(true));
    expect(pids.length - tries).toBeLessThanOrEqual(1);
  });
});
