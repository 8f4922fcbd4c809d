import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  bundleWorkflowCode,
  DefaultLogger,
  Runtime,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';

/**
 * Histories of real runs, one file each: `temporal workflow show --workflow-id … --output json`, without identities and
 * stack traces. Those named *-before-children are of runs whose activities started workflows (workflows/patches.ts).
 */
const folder = fileURLToPath(new URL('./histories/', import.meta.url));
const workflowsPath = fileURLToPath(new URL('../../workflows/index.ts', import.meta.url));
const read = (file: string): unknown => JSON.parse(readFileSync(`${folder}${file}`, 'utf8'));

let workflowBundle: WorkflowBundleWithSourceMap;
beforeAll(async () => {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
  });
  workflowBundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
});

describe('runs in progress while a worker is updated', () => {
  it.each(readdirSync(folder))('replay with the current code: %s', async (file) => {
    await expect(Worker.runReplayHistory({ workflowBundle }, read(file))).resolves.toBeUndefined();
  });

  it('fail to replay if the code gives other commands', async () => {
    const other: unknown = JSON.parse(
      JSON.stringify(read('stocks-live.json')).replaceAll('"planLive"', '"planBackfill"'),
    );
    await expect(Worker.runReplayHistory({ workflowBundle }, other)).rejects.toThrow('planBackfill');
  });
});
