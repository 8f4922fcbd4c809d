import { randomUUID } from 'node:crypto';
import { backfillStartOptions } from '../../contracts/start-options.js';
import { type BackfillInput, WORKFLOWS } from '../../contracts/workflows.js';
import type { RunStatus } from '../../domain/run.js';
import { DAY, MINUTE, type StoredTimeframe } from '../../domain/timeframe.js';
import type { Product } from './product.js';
import { until } from './until.js';

const SYMBOLS = ['SPY', 'NVDA', 'MSFT'];
/** Covers a weekend and a holiday, so that there is always a session in it. */
const DAYS = 5;
const STEP_MS = 3 * MINUTE;

interface State {
  status: RunStatus | null;
  /** Payloads that it has extracted, and loaded. */
  extracted: number;
  loaded: number;
}

/** A backfill that fetches the latest sessions again: a run whose progress can be watched from outside. */
export class Probe {
  readonly workflowId = `chaos-${randomUUID()}`;
  private readonly product: Product;

  constructor(product: Product) {
    this.product = product;
  }

  async start(symbols = SYMBOLS, timeframes: StoredTimeframe[] = ['1m']): Promise<void> {
    const from = new Date(this.product.now - DAYS * DAY).toISOString();
    const input: BackfillInput = { symbols, timeframes, from, reprocess: 'all' };
    await this.product.withTemporal((client) =>
      client.workflow.start(WORKFLOWS.backfill, backfillStartOptions(this.workflowId, input, symbols)),
    );
  }

  /** What the database knows of it. */
  async state(): Promise<State> {
    const [state] = await this.product.rows<State>(
      `select (select status from pipeline_runs where workflow_id = $1) as status,
        (select count(*)::int from raw_payloads p join pipeline_runs r using (run_id) where r.workflow_id = $1) as extracted,
        (select count(*)::int from batches b join raw_payloads p on p.id = b.payload_id
          join pipeline_runs r using (run_id) where r.workflow_id = $1 and b.state = 'loaded') as loaded`,
      [this.workflowId],
    );
    return state!;
  }

  /** Waits until it has got somewhere. */
  reaches(what: string, isThere: (state: State) => boolean): Promise<void> {
    return until(`the probe: ${what}`, STEP_MS, async () => isThere(await this.state()));
  }

  /** Waits until its row is closed. @returns its status */
  async ended(timeoutMs: number): Promise<RunStatus> {
    let status: RunStatus | null = null;
    await until('the end of the probe', timeoutMs, async () => {
      ({ status } = await this.state());
      return status !== null && status !== 'running';
    });
    return status!;
  }
}
