import { execFile } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { temporalCli } from '../../cli/embedded/temporal-binary.js';
import { backfillStartOptions } from '../../contracts/start-options.js';
import { type BackfillInput, WORKFLOWS } from '../../contracts/workflows.js';
import { HOUR } from '../../domain/timeframe.js';
import { wantedSchedules } from '../../worker/schedules.js';
import { eventually } from '../environment/eventually.js';
import { type Market, SESSION, startMarket } from '../environment/market.js';
import { temporaryFolder } from '../environment/temporary-folder.js';

/** The ten questions of docs/runbook.md: each command is run as it stands there. */

const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
const AGO = /^ago\(\).*$/m.exec(runbook)![0];
const answers = /## Ask Temporal\n(.*?)\n## /s
  .exec(runbook)![1]!
  .split(/^\*\*\d+\. /m)
  .slice(1);

let market: Market;
let path: string;
let activityId: string;
beforeAll(async () => {
  path = temporaryFolder();
  symlinkSync(resolve(await temporalCli({ log: () => undefined })), `${path}/temporal`);
  market = await startMarket(SESSION.close - HOUR, ['NVDA', 'SPY']);
  const { client } = market.temporal;
  for (const options of wantedSchedules())
    await client.schedule.create({ ...options, state: { paused: true, note: 'provider maintenance' } });
  await market.pool.query(`update assets set provider_symbol = 'NOSUCH' where symbol = 'NVDA'`);
  await market.run(WORKFLOWS.stocks, { pipeline: 'stocks_1min' }, { workflowId: 'partly' });
  await market.run(WORKFLOWS.stocks, { pipeline: 'stocks_1min', symbols: ['NVDA'] }, { workflowId: 'failed' });
  await market.pool.query(
    `update provider_state set blocked_until = now() + interval '1 hour', blocked_type = 'RateLimited',
      blocked_reason = 'Yahoo: status 429' where provider = 'yahoo'`,
  );
  const input: BackfillInput = { symbols: ['SPY'], timeframes: ['1d'] };
  const handle = await client.workflow.start(WORKFLOWS.backfill, backfillStartOptions('blocked', input, ['SPY']));
  await eventually(async () => {
    const { raw } = await handle.describe();
    const extract = raw.pendingActivities!.find(({ lastFailure }) => lastFailure?.message);
    expect(extract).toBeDefined();
    activityId = extract!.activityId!;
  });
});
afterAll(async () => {
  for (const { scheduleId } of wantedSchedules()) await market.temporal.client.schedule.getHandle(scheduleId).delete();
  await market.close();
});

/** Runs the commands of an answer. @returns what they print @throws Error if one fails */
async function ask(question: number, ID: string): Promise<string> {
  const { address, namespace } = market.temporal;
  const [, commands] = /```sh\n(.*?)```/s.exec(answers[question - 1]!)!;
  const { stdout } = await promisify(execFile)('bash', ['-ec', `${AGO}\n${commands}`], {
    env: {
      ...process.env,
      ...{ PATH: `${path}:${process.env.PATH}`, TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace },
      ...{ ID, ACTIVITY: activityId },
    },
  });
  return stdout;
}

it('there are ten', () => {
  expect(answers).toHaveLength(10);
});

it.each([
  [1, '', ['blocked']],
  [2, '', ['failed']],
  [3, 'blocked', ['backfill', '0 of 1 request done', 'extract: SPY 1d']],
  [4, 'blocked', ['Pending Activities', 'Yahoo Finance: status 429. No requests until']],
  [5, 'failed', ['partly', 'UnknownSymbol']],
  [6, '', ['partly', 'failed']],
  [7, '', ['stocks_1min', 'crypto_20min']],
  [8, '', ['"paused": true', 'provider maintenance']],
  [9, '', ['Pollers', `${process.pid}@`]],
  [10, 'blocked', ['"requestsTotal":1']],
])('the commands of question %i answer it', async (question, id, expected) => {
  await eventually(async () => {
    const answer = await ask(question, id);
    for (const part of expected) expect(answer).toContain(part);
  });
});
