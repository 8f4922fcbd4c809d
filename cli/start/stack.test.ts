import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEnv } from '../../config/env.js';
import { eventually } from '../../test/environment/eventually.js';
import { temporaryFolder } from '../../test/environment/temporary-folder.js';
import { isAlive } from '../lib/processes.js';
import { readRuntime } from '../lib/runtime-file.js';
import { settlePorts } from './addresses.js';
import { claimDataFolder } from './data-folder.js';
import { ProcessLedger } from './process-ledger.js';
import { type Scripts, Stack } from './stack.js';
import { chooseTemporal } from './temporal.js';

const SERVER = `
  import { writeFileSync } from 'node:fs';
  import { createServer } from 'node:http';
  process.on('disconnect', () => process.exit(0));
  process.on('SIGTERM', () => {
    writeFileSync(process.env.DATA_DIR + '/ended-cleanly', '');
    process.exit(0);
  });
  const { MARKET_MODE, YAHOO_BASE_URL, TEMPORAL_NAMESPACE, ADMIN_TOKEN } = process.env;
  const settings = JSON.stringify({ MARKET_MODE, YAHOO_BASE_URL, TEMPORAL_NAMESPACE, hasToken: Boolean(ADMIN_TOKEN) });
  const server = createServer((_, response) => response.end(settings));
  server.listen(Number(process.env.PORT), '127.0.0.1', () => process.send({ type: 'ready' }));`;
const WORKER = `process.on('disconnect', () => process.exit(0)); process.send({ type: 'ready' }); setInterval(() => {}, 1000);`;
const SANDBOX = WORKER;
const OTHER_MARKET = `console.error('This database holds bars of another market'); process.exit(3);`;

interface Start {
  dataDir: string;
  stack: Stack;
  reports: string[];
}

/** The stack on the real servers, with stand-ins for our own programs. */
async function prepare(setup: string): Promise<Start> {
  const folder = temporaryFolder();
  const dataDir = join(folder, 'data');
  const script = (name: string, content: string) => {
    writeFileSync(join(folder, `${name}.mjs`), content);
    return join(folder, `${name}.mjs`);
  };
  const scripts: Scripts = {
    setup: script('setup', setup),
    sandbox: script('sandbox', SANDBOX),
    worker: script('worker', WORKER),
    api: script('api', SERVER),
  };
  const env = readEnv({
    ...{ PORT: '0', METRICS_PORT: '0', TEMPORAL_PORT: '0', TEMPORAL_UI_PORT: '0' },
    ...{ MARKET_MODE: 'sandbox', METRICS_HOST: 'localhost' },
  });
  claimDataFolder(dataDir);
  const ports = await settlePorts(env, dataDir);
  const reports: string[] = [];
  const report = (line: string) => void reports.push(line);
  const stack = new Stack({
    env,
    temporal: chooseTemporal({ ...process.env, ADMIN_TOKEN_FILE: '/nowhere' }, 'sandbox', ports),
    mode: 'sandbox',
    dataDir,
    ports,
    ledger: new ProcessLedger(dataDir),
    report,
    scripts,
  });
  return { dataDir, stack, reports };
}

describe('the stack', () => {
  let start: Start;
  let pids: number[] = [];
  beforeAll(async () => {
    // a program refuses a secret that is given twice
    start = await prepare('process.exit(process.env.DATABASE_URL && !process.env.ADMIN_TOKEN_FILE ? 0 : 1)');
    await start.stack.start();
    pids = Object.entries(start.stack.runtime.pids).flatMap(([name, pid]) => (name === 'start' ? [] : pid!));
  });
  afterAll(() => start.stack.stop(AbortSignal.abort()));

  it('publishes its addresses in a file that only its owner can read', () => {
    const runtime = readRuntime(start.dataDir)!;
    expect(runtime).toEqual(start.stack.runtime);
    expect(runtime.databaseUrl).toMatch(/^postgres:\/\/barkeep:\S+@127\.0\.0\.1:\d+\/barkeep_sandbox$/);
    expect(runtime.metrics).toMatch(/^http:\/\/localhost:\d+\/metrics$/);
    expect(pids).toHaveLength(5);
    expect(statSync(join(start.dataDir, 'runtime.json')).mode & 0o777).toBe(0o600);
  });

  it('passes its settings on to its programs', async () => {
    const settings = await (await fetch(start.stack.runtime.api)).json();
    expect(settings).toMatchObject({ MARKET_MODE: 'sandbox', TEMPORAL_NAMESPACE: 'sandbox', hasToken: true });
    const { YAHOO_BASE_URL } = settings as { YAHOO_BASE_URL: string };
    expect(YAHOO_BASE_URL).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(readRuntime(start.dataDir)!.providers.yahoo).toBe(YAHOO_BASE_URL);
  });

  it.each(['api', 'worker', 'postgres', 'temporal', 'sandbox'] as const)(
    'restarts %s when it is killed, and publishes its new pid',
    async (name) => {
      const before = readRuntime(start.dataDir)!.pids[name]!;
      process.kill(before, 'SIGKILL');
      await eventually(() => {
        const now = readRuntime(start.dataDir)!.pids[name];
        expect(now).toEqual(expect.any(Number));
        expect(now).not.toBe(before);
        expect(start.reports).toContain(`${name} is running again (pid ${now})`);
      });
    },
  );

  it('leaves no process and no runtime.json after it stops', async () => {
    const running = Object.entries(readRuntime(start.dataDir)!.pids).flatMap(([name, pid]) =>
      name === 'start' ? [] : pid!,
    );
    await start.stack.stop(new AbortController().signal);
    expect(existsSync(join(start.dataDir, 'ended-cleanly'))).toBe(true);
    expect([...pids, ...running].filter(isAlive)).toEqual([]);
    expect(readRuntime(start.dataDir)).toBeNull();
  });

  it('refuses a database of another market and leaves nothing running', async () => {
    const refused = await prepare(OTHER_MARKET);
    const attempt = refused.stack.start();
    await expect(attempt).rejects.toThrow('This database holds bars of another market');
    await expect(attempt).rejects.toMatchObject({ exitCode: 3 });
    const begun = Object.entries(refused.stack.runtime.pids).flatMap(([name, pid]) =>
      name === 'start' ? [] : (pid ?? []),
    );
    await refused.stack.stop(new AbortController().signal);
    expect(begun.length).toBeGreaterThan(0);
    expect(begun.filter(isAlive)).toEqual([]);
  });
});
