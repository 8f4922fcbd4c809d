import { signal } from '../../cli/lib/processes.js';
import type { Finding } from './compare-bars.js';
import type { Ledger } from './ledger.js';
import type { Product } from './product.js';

/** A defect that is planted, so that a check which cannot see it is found out. */
interface Plant {
  /** What the check must find. */
  kind: Finding['kind'];
  plant: (product: Product, ledger: Ledger) => Promise<unknown>;
  /** Repairs it. */
  repair: (product: Product) => Promise<unknown>;
}

/** Changes rows as a load would: our own triggers, which notice other changes, stay silent. */
const asLoad = (product: Product, ...statements: string[]): Promise<unknown> =>
  product.withDatabase((client) =>
    client.query(['begin', `set local barkeep.load = 'on'`, ...statements, 'commit'].join('; ')),
  );

/** A bar of yesterday's: no live run requests it again. */
const CHOSEN = `(select b.* from bars b join assets a on a.id = b.asset_id where a.symbol = 'MSFT' and timeframe = '1m'
  and time < (select max(session) from bars where timeframe = '1m' and asset_id = a.id) order by time desc limit 1)`;
const KEPT = 'chaos_plant';
const keep = `create table ${KEPT} as ${CHOSEN}`;
const sameBar = (table: string) =>
  `${table}.asset_id = k.asset_id and ${table}.timeframe = k.timeframe and ${table}.time = k.time`;
const putBack = [
  `delete from bars b using ${KEPT} k where ${sameBar('b')}`,
  `insert into bars select * from ${KEPT}`,
  `drop table ${KEPT}`,
];
const copies = (shift: string) => ({
  plant: (product: Product) =>
    asLoad(
      product,
      keep,
      `update ${KEPT} set time = ${shift}, fetched_at = fetched_at + interval '1 day'`,
      `insert into bars select * from ${KEPT}`,
    ),
  repair: (product: Product) =>
    asLoad(product, `delete from bars b using ${KEPT} k where ${sameBar('b')}`, `drop table ${KEPT}`),
});

export const PLANTS: Readonly<Record<string, Plant>> = {
  lost: {
    kind: 'lost',
    plant: (product) => asLoad(product, keep, `delete from bars b using ${KEPT} k where ${sameBar('b')}`),
    repair: (product) => asLoad(product, ...putBack),
  },
  double: { kind: 'doubled', ...copies(`time + interval '1 second'`) },
  corrupt: {
    kind: 'corrupt',
    plant: (product) =>
      asLoad(product, keep, `update bars b set low = b.low * 0.999 from ${KEPT} k where ${sameBar('b')}`),
    repair: (product) => asLoad(product, ...putBack),
  },
  stale: {
    kind: 'stale',
    async plant(product, ledger) {
      const [bar] = await product.rows<{ time: Date; close: number }>(`select time, close from ${CHOSEN} c`);
      const query = { symbol: 'MSFT', at: bar!.time.toISOString(), close: bar!.close * 1.02 };
      await ledger.correcting('MSFT', () => product.page('/__revise', query));
    },
    // cannot be taken back: the provider's correction is the truth from now on
    repair: () => Promise.resolve(),
  },
  forming: {
    kind: 'forming',
    plant: (product) =>
      asLoad(
        product,
        keep,
        `update ${KEPT} set time = date_trunc('minute', now() + interval '${product.clockOffsetMs} ms') + interval '1 minute', fetched_at = now()`,
        `insert into bars select * from ${KEPT}`,
      ),
    repair: copies('').repair,
  },
  'open-run': {
    kind: 'runs',
    plant: (product) =>
      product.rows(
        `create table ${KEPT} as select * from pipeline_runs where status <> 'running' order by started_at limit 1;
        update pipeline_runs r set status = 'running', finished_at = null, duration_ms = null from ${KEPT} k where r.run_id = k.run_id`,
      ),
    repair: (product) =>
      product.rows(
        `update pipeline_runs r set status = k.status, finished_at = k.finished_at, duration_ms = k.duration_ms
        from ${KEPT} k where r.run_id = k.run_id; drop table ${KEPT}`,
      ),
  },
  exit: {
    kind: 'exits',
    async plant(product) {
      const pid = product.pid('worker');
      signal(pid, 'SIGKILL');
      await product.replaced('worker', pid);
    },
    repair: (product) => Promise.resolve(product.excuse('worker')),
  },
};

/**
 * Plants every defect in turn and repairs it.
 * @returns those that the checks did not see
 */
export async function overlookedPlants(product: Product, ledger: Ledger): Promise<string[]> {
  const overlooked: string[] = [];
  for (const [name, { kind, plant, repair }] of Object.entries(PLANTS)) {
    await plant(product, ledger);
    const findings = await ledger.judge();
    if (!findings.some((finding) => finding.kind === kind)) overlooked.push(name);
    await repair(product);
  }
  return overlooked;
}
