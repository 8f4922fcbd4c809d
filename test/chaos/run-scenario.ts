import { MINUTE, SECOND } from '../../domain/timeframe.js';
import type { Finding } from './compare-bars.js';
import type { Ledger } from './ledger.js';
import { Probe } from './probe.js';
import type { Product } from './product.js';
import { randomOf } from './random.js';
import type { Scenario } from './scenario.js';
import { stalenessDuring } from './staleness.js';
import { until } from './until.js';

/** How much longer than promised a busy machine may take. */
const SLACK = 4;
/** reconcile_runs comes every 5 minutes. */
const SETTLE_MS = 6.5 * MINUTE;
const JUDGE_INTERVAL_MS = 3 * SECOND;

export interface Outcome {
  name: string;
  /** Seconds from the end of the fault until the probe's run was finished and its row closed; null if it was not. */
  recoveryS: number | null;
  promiseS: number;
  /** Seconds from then until nothing was wrong any more. */
  settledS: number | null;
  /** Live data at its stalest, seconds. */
  stalestS: number;
  /** What is still wrong. */
  findings: Finding[];
  /** Why the scenario itself failed, or was skipped. */
  error: string | null;
  skipped: boolean;
}

export const isGood = (outcome: Outcome): boolean =>
  outcome.skipped || (outcome.error === null && outcome.findings.length === 0);

/** Injects a fault, and waits until nothing is wrong any more. */
export async function runScenario(
  scenario: Scenario,
  product: Product,
  ledger: Ledger,
  seed: number,
): Promise<Outcome> {
  const { name, recoveryS: promiseS } = scenario;
  const outcome: Outcome = {
    ...{ name, promiseS, recoveryS: null, settledS: null, stalestS: 0, findings: [], error: null, skipped: false },
  };
  const obstacle = scenario.obstacle?.() ?? null;
  if (obstacle !== null) return { ...outcome, skipped: true, error: obstacle };
  const probe = new Probe(product);
  const stage = { product, ledger, probe, random: randomOf(seed, name) };
  try {
    outcome.stalestS = await stalenessDuring(product, async () => {
      await scenario.inject(stage);
      const healedAt = performance.now();
      try {
        await scenario.repair?.(stage);
        await probe.ended(promiseS * SLACK * SECOND);
        outcome.recoveryS = (performance.now() - healedAt) / SECOND;
      } finally {
        await scenario.conclude?.(stage);
      }
      await settle(ledger, outcome);
      outcome.settledS = (performance.now() - healedAt) / SECOND;
    });
  } catch (error) {
    outcome.error = reasonOf(error);
    outcome.findings = await ledger.judge().catch(() => []);
  }
  return outcome;
}

async function settle(ledger: Ledger, outcome: Outcome): Promise<void> {
  await until(
    'everything to be right',
    SETTLE_MS,
    async () => {
      outcome.findings = await ledger.judge();
      return outcome.findings.length === 0;
    },
    JUDGE_INTERVAL_MS,
  );
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message} (${cause.message})` : message;
}
