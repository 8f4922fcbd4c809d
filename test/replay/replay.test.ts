import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  bundleWorkflowCode,
  DefaultLogger,
  Runtime,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import { WORKFLOWS } from '../../contracts/workflows.js';
import { WORKFLOW_MODULES } from '../../tracing/workflow-modules.js';
import { SCENARIOS } from './scenarios.js';

/**
 * One file for each recorded execution: those of scenarios.ts, and some of the running product (`temporal workflow show
 * --output json`). Those named *-before-children are of runs whose activities started workflows, and those
 * named *-searchable of runs that upsert their search attributes (workflows/patches.ts).
 */
const folder = fileURLToPath(new URL('./histories/', import.meta.url));
const files = readdirSync(folder);

interface Recording {
  events: {
    eventType: string;
    workflowExecutionStartedEventAttributes?: { workflowType: { name: string }; workflowId?: string };
  }[];
}
const read = (file: string) => JSON.parse(readFileSync(`${folder}${file}`, 'utf8')) as Recording;
const startOf = ({ events }: Recording) => events[0]!.workflowExecutionStartedEventAttributes!;
const typeOf = (recording: Recording) => startOf(recording).workflowType.name;
const endOf = ({ events }: Recording) => events.at(-1)!.eventType.replace('EVENT_TYPE_WORKFLOW_EXECUTION_', '');

type Bundle = WorkflowBundleWithSourceMap;
const bundle = (path: string, workflowInterceptorModules: string[] = []): Promise<Bundle> =>
  bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL(path, import.meta.url)),
    workflowInterceptorModules,
    logger: new DefaultLogger('ERROR'),
  });
/** Takes the spans of those that are traced. */
const sinks = { exporter: { export: { fn: () => undefined } } };
/** What came of the recordings, by file: undefined if they replay. One worker replays one after the other. */
async function replayAll(workflowBundle: Bundle): Promise<Map<string, Error | undefined>> {
  // the ids of children begin with that of their run
  const histories = files
    .map(read)
    .map((history) => ({ history, workflowId: startOf(history).workflowId ?? 'unknown' }));
  const outcomes = new Map<string, Error | undefined>();
  for await (const { error } of Worker.runReplayHistories({ workflowBundle, sinks }, histories))
    outcomes.set(files[outcomes.size]!, error);
  return outcomes;
}
let current: Map<string, Error | undefined>;
let traced: Map<string, Error | undefined>;
let changed: Map<string, Error | undefined>;
beforeAll(async () => {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
  });
  current = await replayAll(await bundle('../../workflows/index.ts'));
  traced = await replayAll(await bundle('../../workflows/index.ts', WORKFLOW_MODULES));
  changed = await replayAll(await bundle('./planted-change.ts'));
});

describe('runs in progress while a worker is updated', () => {
  it.each(files)('replay with the current code: %s', (file) => {
    expect([current.has(file), current.get(file)]).toEqual([true, undefined]);
  });

  it.each(files)('replay while they are traced: %s', (file) => {
    expect([traced.has(file), traced.get(file)]).toEqual([true, undefined]);
  });

  it.each(files)('get stuck if the code gives one more command: %s', (file) => {
    expect(changed.get(file)?.message).toMatch(/nondeterminism/i);
  });
});

describe('the recordings', () => {
  const recordings = files.map(read);

  it('include every type of workflow, and every way in which one ends', () => {
    expect(new Set(recordings.map(typeOf))).toEqual(new Set(Object.values(WORKFLOWS)));
    expect([...new Set(recordings.map(endOf))].sort()).toEqual(
      ['CANCELED', 'COMPLETED', 'CONTINUED_AS_NEW', 'FAILED', 'TERMINATED', 'TIMED_OUT'].sort(),
    );
  });

  it('include every scenario', () => {
    expect(Object.keys(SCENARIOS).filter((name) => !files.includes(`${name}.json`))).toEqual([]);
  });
});
