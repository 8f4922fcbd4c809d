import { afterAll, beforeAll, expect, it } from 'vitest';
import { WORKFLOWS } from '../../contracts/workflows.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { MINUTE } from '../../domain/timeframe.js';
import { type Market, startMarket } from '../environment/market.js';

const session = calendarOf('XNYS').sessionOn('2026-11-24')!;
/** One page of 200, and three more. */
const STOCKS = 203;

let market: Market;
beforeAll(async () => {
  market = await startMarket(session.open + 20 * MINUTE, []);
  await market.pool.query(
    `with added as (
        insert into assets (symbol, name, asset_class, provider, provider_symbol, exchange, currency)
        select 'T' || i, 'T', 'stock', 'yahoo', 'T' || i, 'XNYS', 'USD' from generate_series(1, $1) i returning id)
      insert into series (asset_id, timeframe, begins_at) select id, t::timeframe, $2 from added, unnest(array['1m', '1d']) t`,
    [STOCKS, new Date(session.open)],
  );
});
afterAll(() => market.close());

const pagesOf = async (workflowId: string): Promise<string[]> => {
  const pages: string[] = [];
  for await (const page of market.temporal.client.workflow.list({ query: `WorkflowType = '${WORKFLOWS.page}'` }))
    if (page.workflowId.startsWith(`${workflowId}/`)) pages.push(`${page.workflowId} ${page.status.name}`);
  return pages.sort();
};

const stepsOf = async (workflowId: string) =>
  (
    await market.rows<{ step: string; assets: number; runs: number }>(
      `select step, count(distinct asset_id)::int as assets, count(distinct run_id)::int as runs from pipeline_run_steps
        where workflow_id = $1 and status = 'ok' group by step order by step`,
      [workflowId],
    )
  ).map(({ step, assets, runs }) => [step, assets, runs]);

const EACH_STEP = ['extract', 'load', 'transform'].map((step) => [step, STOCKS, 1]);

it('a live run of many assets is one run, whose steps its pages take', async () => {
  const workflowId = 'many-live';
  const result = await market.run(WORKFLOWS.stocks, { pipeline: 'stocks_1min' }, { workflowId });
  expect(result).toMatchObject({ status: 'succeeded', assetsOk: STOCKS, assetsFailed: 0 });
  expect(await market.rows('select workflow_id as id from pipeline_runs')).toEqual([{ id: workflowId }]);
  expect(await stepsOf(workflowId)).toEqual(EACH_STEP);
  expect(await pagesOf(workflowId)).toEqual([1, 2].map((n) => `${workflowId}/planLive-${n} COMPLETED`));
});

it('a heal of many assets loads stored payloads a page at a time, and requests the rest so', async () => {
  await market.pool.query(`delete from bars where time = $1`, [new Date(session.open)]);
  const workflowId = 'many-heal';
  const result = await market.run(WORKFLOWS.heal, { timeframes: ['1m'] }, { workflowId });
  expect(result).toMatchObject({ status: 'succeeded', rowsInserted: STOCKS, assetsOk: STOCKS });
  expect(await pagesOf(workflowId)).toEqual([`${workflowId}/planReplay-2 COMPLETED`]);
});

it('a verification of many assets requests them a page at a time', async () => {
  const workflowId = 'many-verify';
  const result = await market.run(WORKFLOWS.verify, { timeframes: ['1m'] }, { workflowId });
  expect(result).toMatchObject({ status: 'succeeded', assetsOk: STOCKS });
  expect(await pagesOf(workflowId)).toEqual([`${workflowId}/planVerify-2 COMPLETED`]);
  expect(await stepsOf(workflowId)).toEqual(EACH_STEP);
});
