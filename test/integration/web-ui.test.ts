import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type WorkflowExecutionDescription } from '@temporalio/client';
import { workflowMetadataQuery } from '@temporalio/workflow';
import { GRIDS } from '../../config/catalog/schedules.js';
import { PIPELINE_QUEUE } from '../../contracts/queues.js';
import { SEARCH_KEYS } from '../../contracts/search-attributes.js';
import { adjustStartOptions, backfillStartOptions, releaseStartOptions } from '../../contracts/start-options.js';
import { DETAILS } from '../../contracts/workflow-details.js';
import { type BackfillInput, WORKFLOWS } from '../../contracts/workflows.js';
import { HOUR, SECOND } from '../../domain/timeframe.js';
import { wantedSchedules } from '../../worker/schedules.js';
import { eventually } from '../environment/eventually.js';
import { type Market, SESSION, startMarket } from '../environment/market.js';
import { temporal } from '../environment/temporal-command.js';

/** What an operator sees of runs in Temporal, without the dashboard. */

let market: Market;
beforeAll(async () => {
  market = await startMarket(SESSION.close - HOUR, ['NVDA', 'SPY']);
});
afterEach(() => market?.settle());
afterAll(() => market?.close());

/** Waits out the second of a fire, in which Temporal gives a trigger the time of that fire. */
async function betweenFires(pipeline: keyof typeof GRIDS): Promise<void> {
  const { gridMs, offsetMs } = GRIDS[pipeline];
  while ((Date.now() - offsetMs + SECOND) % gridMs < 2 * SECOND) await delay(SECOND / 10);
}

const workflow = () => market.temporal.client.workflow;
const describeRun = (workflowId: string) => workflow().getHandle(workflowId).describe();

const attributesOf = ({ typedSearchAttributes: of }: WorkflowExecutionDescription) => ({
  pipeline: of.get(SEARCH_KEYS.pipeline),
  trigger: of.get(SEARCH_KEYS.trigger),
  symbols: of.get(SEARCH_KEYS.symbols),
  status: of.get(SEARCH_KEYS.status),
});

const decoded = (payload?: { data?: Uint8Array | null } | null): unknown =>
  payload?.data ? JSON.parse(new TextDecoder().decode(payload.data)) : undefined;

/** The summaries of a run's activities, each after the name of its activity. */
async function summariesOf(workflowId: string): Promise<string[]> {
  const { events } = await workflow().getHandle(workflowId).fetchHistory();
  return events!.flatMap(({ activityTaskScheduledEventAttributes: activity, userMetadata }) =>
    activity ? [`${activity.activityType!.name}: ${String(decoded(userMetadata?.summary))}`] : [],
  );
}

async function detailsOf(workflowId: string): Promise<string> {
  const { currentDetails } = await workflow().getHandle(workflowId).query(workflowMetadataQuery);
  return currentDetails!;
}

async function rowOf(workflowId: string): Promise<object | undefined> {
  const [row] = await market.rows('select pipeline, trigger, status from pipeline_runs where workflow_id = $1', [
    workflowId,
  ]);
  return row;
}

describe('a run that a person starts with no more than a type and an input', () => {
  it('has the attributes of its row, a summary on each activity, and says how it ended', async () => {
    const input = JSON.stringify({ pipeline: 'stocks_1min', symbols: ['NVDA'] });
    const start = ['--type', 'StocksWorkflow', '--task-queue', PIPELINE_QUEUE, '--workflow-id', 'nvda-now'];
    await temporal(market.temporal, 'workflow', 'execute', ...start, '--input', input);
    const run = await describeRun('nvda-now');
    expect(attributesOf(run)).toEqual({
      ...{ pipeline: 'stocks_1min', trigger: 'manual', symbols: ['NVDA'], status: 'succeeded' },
    });
    expect(await rowOf('nvda-now')).toEqual({ pipeline: 'stocks_1min', trigger: 'manual', status: 'succeeded' });
    const summaries = await summariesOf('nvda-now');
    expect(summaries).toEqual([
      'openRun: stocks_1min: manual',
      expect.stringMatching(/^planLive: stocks_1min \d+ \w{3} \d\d:\d\d: NVDA$/),
      expect.stringMatching(/^extract: NVDA 1m \d+ \w{3} \d\d:\d\d – \d+ \w{3} \d\d:\d\d$/),
      'transform: 1 payload',
      'load: 1 batch',
      expect.stringMatching(/^closeRun: succeeded, [\d,]+ new bars$/),
    ]);
    expect(await detailsOf('nvda-now')).toMatch(
      /^\*\*stocks_1min\*\*, trigger: manual, for \d+ \w{3} \d\d:\d\d UTC\. \*\*succeeded\*\*$/,
    );
  });

  it.each([
    [WORKFLOWS.reconcile, 'reconcile_runs'],
    [WORKFLOWS.alerts, 'alerts'],
    [WORKFLOWS.housekeeping, 'housekeeping'],
  ])('has them even if it has no row: %s', async (type, pipeline) => {
    await workflow().execute(type, { workflowId: `by-hand-${pipeline}`, taskQueue: PIPELINE_QUEUE });
    expect(attributesOf(await describeRun(`by-hand-${pipeline}`))).toMatchObject({ pipeline, trigger: 'manual' });
  });
});

describe('a run of a schedule', () => {
  it('says from its start what it is, and corrects the trigger if a person has triggered it', async () => {
    const { schedule } = market.temporal.client;
    const wanted = wantedSchedules().map((options) => ({ ...options, state: { paused: true } }));
    for (const options of wanted) await schedule.create(options);
    await betweenFires('stocks_1min');
    await schedule.getHandle('stocks_1min').trigger();
    let workflowId!: string;
    await eventually(async () => {
      const { info } = await schedule.getHandle('stocks_1min').describe();
      workflowId = info.recentActions.at(-1)!.action.workflow.workflowId;
    });
    await workflow().getHandle(workflowId).result();
    const run = await describeRun(workflowId);
    expect(await run.staticSummary()).toBe('stocks_1min: every minute, in a session');
    expect(await run.staticDetails()).toBe(DETAILS[WORKFLOWS.stocks]);
    expect(attributesOf(run)).toMatchObject({ pipeline: 'stocks_1min', trigger: 'manual' });
    expect(await rowOf(workflowId)).toMatchObject({ pipeline: 'stocks_1min', trigger: 'manual' });
    for (const { scheduleId } of wanted) {
      const { action } = await schedule.getHandle(scheduleId).describe();
      expect(action).toMatchObject({ staticSummary: expect.stringContaining(scheduleId) });
      expect(action.staticDetails).toBe(DETAILS[action.workflowType as keyof typeof DETAILS]);
      await schedule.getHandle(scheduleId).delete();
    }
  });
});

describe('a run that the product starts', () => {
  it('says from its start what it is', async () => {
    const input: BackfillInput = { symbols: ['SPY'], timeframes: ['1d'], from: '2015-01-01', to: '2026-01-01' };
    const starts = [
      [
        WORKFLOWS.backfill,
        backfillStartOptions('told', input, ['SPY']),
        'backfill: SPY · 1d · 2015-01-01 to 2026-01-01',
      ],
      [WORKFLOWS.adjust, adjustStartOptions({ assetId: market.assetId('SPY'), symbol: 'SPY' }), 'adjust_splits: SPY'],
      [
        WORKFLOWS.release,
        releaseStartOptions(7, 'SPY', { payloadId: 1, assetId: market.assetId('SPY'), timeframe: '1m' }),
        'release: row 7 of SPY 1m',
      ],
    ] as const;
    for (const [type, options, summary] of starts) {
      await workflow().start(type, { ...options, args: [...options.args] });
      const run = await describeRun(options.workflowId);
      expect(await run.staticSummary()).toBe(summary);
      expect(await run.staticDetails()).toBe(DETAILS[type]);
      expect(run.typedSearchAttributes.get(SEARCH_KEYS.symbols)).toEqual(['SPY']);
      await workflow().getHandle(options.workflowId).terminate('told enough');
    }
  });

  it('starts with as many symbols as an attribute holds', async () => {
    const symbols = Array.from({ length: 1_000 }, (_, i) => `SYMBOL-${i}`);
    const options = backfillStartOptions('many', { symbols: ['SPY'], timeframes: ['1d'] }, symbols);
    // as it is before its first task, which names the symbols that it finds in its input
    await workflow().start(WORKFLOWS.backfill, { ...options, startDelay: '10 minutes' });
    const found = (await describeRun('many')).typedSearchAttributes.get(SEARCH_KEYS.symbols)!;
    expect(found).toEqual(symbols.slice(0, found.length));
    expect(found.length).toBeGreaterThan(100);
    await workflow().getHandle('many').terminate('told enough');
  });
});

describe('a run in which an asset fails', () => {
  it('is found by the asset and by how it ended, although Temporal calls it completed', async () => {
    await market.pool.query(
      `insert into assets (symbol, name, asset_class, provider, provider_symbol, exchange, currency)
        values ('NOPE', 'Nope', 'stock', 'yahoo', 'NOSUCH', 'XNYS', 'USD')`,
    );
    await market.run(WORKFLOWS.stocks, { pipeline: 'stocks_1min', symbols: ['NOPE', 'SPY'] }, { workflowId: 'partly' });
    await eventually(async () => {
      const query = `BarkeepFailedSymbols = 'NOPE' AND BarkeepStatus = 'partial' AND ExecutionStatus = 'Completed'`;
      expect(await temporal(market.temporal, 'workflow', 'list', '--query', query, '--output', 'json')).toContain(
        '"partly"',
      );
    });
    expect(await detailsOf('partly')).toContain('**partial**: UnknownSymbol');
  });
});

describe('a backfill', () => {
  it('shows how far it is and what it waits for', async () => {
    await market.pool.query(
      `update provider_state set blocked_until = now() + interval '1 hour', blocked_reason = 'Yahoo: status 429', blocked_type = 'RateLimited'
        where provider = 'yahoo'`,
    );
    const input: BackfillInput = { symbols: ['NVDA', 'SPY'], timeframes: ['1d'] };
    const handle = await workflow().start(WORKFLOWS.backfill, backfillStartOptions('blocked', input, input.symbols!));
    await eventually(async () => {
      const details = await detailsOf('blocked');
      expect(details).toMatch(/^\*\*backfill\*\*, trigger: manual/);
      expect(details).toMatch(/0 of \d+ requests done, 0 failed, 0 new bars/);
      expect(details).toMatch(/- extract: NVDA 1d \d+ \w{3} \d{4}/);
      const { raw } = await handle.describe();
      expect(raw.pendingActivities![0]!.lastFailure!.message).toMatch(/^Yahoo Finance: status 429\. No requests until/);
    });
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow();
    expect(await detailsOf('blocked')).toContain('**cancelled**');
    expect(attributesOf(await handle.describe())).toMatchObject({ status: 'cancelled' });
  });
});
