import { MINUTE } from '../../../domain/timeframe.js';
import type { Product } from '../product.js';
import type { Scenario } from '../scenario.js';
import { until } from '../until.js';
import { holdingLoads } from './holding-loads.js';

const RECOVERY_S = 15;
const STEP_MS = 3 * MINUTE;
const COPIES = 5;
const DELETED = 'stocks_1min';

const trigger = (product: Product, ids: string[]): Promise<unknown> =>
  product.withTemporal((client) => Promise.all(ids.map((id) => client.schedule.getHandle(id).trigger())));

async function startBackfill({ runtime, now }: Product, key: string): Promise<string> {
  const response = await fetch(`${runtime.api}/api/pipeline/backfills`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${runtime.adminToken}`,
      'content-type': 'application/json',
      'idempotency-key': key,
    },
    body: JSON.stringify({
      symbols: ['GOOGL'],
      from: new Date(now - 3 * 24 * 60 * MINUTE).toISOString().slice(0, 10),
      reprocess: 'all',
    }),
  });
  if (response.status !== 202) throw new Error(`POST backfills: ${response.status} ${await response.text()}`);
  return ((await response.json()) as { workflowId: string }).workflowId;
}

export const OPERATION_SCENARIOS: readonly Scenario[] = [
  {
    name: 'schedules-overlap',
    fault: 'live runs, heal_gaps and verify_bars are triggered at once, beside a backfill',
    recoveryS: 30,
    async inject({ product, probe }) {
      await probe.start();
      await trigger(product, ['stocks_1min', 'stocks_1min', 'heal_gaps', 'verify_bars']);
    },
  },
  {
    name: 'same-backfill-five-times',
    fault: 'five POSTs of the same backfill at once; all must get the same workflow',
    recoveryS: RECOVERY_S,
    quick: true,
    async inject({ product, probe, random }) {
      await probe.start();
      const key = `chaos-${random()}`;
      const ids = await Promise.all(Array.from({ length: COPIES }, () => startBackfill(product, key)));
      if (new Set(ids).size !== 1) throw new Error(`five POSTs started ${new Set(ids).size} backfills`);
    },
  },
  {
    name: 'backfill-cancelled',
    fault: 'a backfill is cancelled while its load is halfway; it must be cancelled in Temporal and in its row',
    recoveryS: RECOVERY_S,
    quick: true,
    async inject({ product, probe }) {
      await probe.start();
      await holdingLoads(product, () =>
        product.withTemporal(async (client) => {
          await client.workflow.getHandle(probe.workflowId).cancel();
        }),
      );
      await until('its end', STEP_MS, async () => (await probe.state()).status !== 'running');
      const { status } = await probe.state();
      if (status !== 'cancelled') throw new Error(`the cancelled backfill is ${status}`);
    },
  },
  {
    name: 'schedule-deleted',
    fault: `the schedule ${DELETED} is deleted during a backfill; it must be back within a minute`,
    recoveryS: 75,
    async inject({ product, probe }) {
      await probe.start();
      await product.withTemporal((client) => client.schedule.getHandle(DELETED).delete());
    },
    repair: ({ product }) =>
      product.withTemporal(({ schedule }) =>
        until('the schedule to be back', STEP_MS, async () => Boolean(await schedule.getHandle(DELETED).describe())),
      ),
  },
  {
    name: 'late-corrections',
    fault: 'the provider corrects minutes that are stored; a backfill then fetches them again',
    recoveryS: RECOVERY_S,
    async inject({ product, ledger, probe, random }) {
      const bars = await product.rows<{ at: Date; close: number }>(
        `select time as at, close from bars b join assets a on a.id = b.asset_id
        where symbol = 'SPY' and timeframe = '1m' order by time desc limit 60`,
      );
      const { at, close } = bars[Math.floor(random() * bars.length)]!;
      await ledger.correcting('SPY', () =>
        product.page('/__revise', { symbol: 'SPY', at: at.toISOString(), close: close * 1.01 }),
      );
      await probe.start();
    },
  },
];
