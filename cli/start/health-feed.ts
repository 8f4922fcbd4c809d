import { setTimeout as delay } from 'node:timers/promises';
import { SECOND } from '../../domain/timeframe.js';
import { readiness, type ReadinessCheck } from '../lib/readiness.js';
import type { Runtime } from '../lib/runtime-file.js';
import type { Terminal } from '../lib/terminal.js';

const POLL_INTERVAL_MS = 5 * SECOND;
const TIMEOUT_MS = 4 * SECOND;
/** Checks may fail for a moment while everything starts or a process is restarted. */
const POLLS_UNTIL_SHOWN = 2;

/** Prints a line when something that Barkeep needs fails or needs attention for ten seconds, and when it has recovered, until `signal` is aborted. */
export async function followHealth(
  runtime: Pick<Runtime, 'api' | 'readToken'>,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const lines = new HealthLines(terminal);
  while (!signal.aborted) {
    await delay(POLL_INTERVAL_MS, undefined, { signal }).catch(() => {});
    const checks = await readiness(runtime, AbortSignal.timeout(TIMEOUT_MS)).catch(() => null); // the API itself is supervised
    if (checks && !signal.aborted) for (const line of lines.of(checks)) terminal.line(line);
  }
}

/** The lines for what changed between two looks. */
export class HealthLines {
  private readonly failures = new Map<string, number>();

  constructor(private readonly terminal: Pick<Terminal, 'colour'>) {}

  of(checks: readonly ReadinessCheck[]): string[] {
    return checks.flatMap(({ name, status, detail }) => {
      const before = this.failures.get(name) ?? 0;
      this.failures.set(name, status === 'ok' ? 0 : before + 1);
      if (status !== 'ok' && before + 1 === POLLS_UNTIL_SHOWN)
        return [
          status === 'failed'
            ? this.terminal.colour('red', `Not ready: ${name}: ${detail}`)
            : this.terminal.colour('yellow', `Warning: ${name}: ${detail}`),
        ];
      if (status === 'ok' && before >= POLLS_UNTIL_SHOWN) return [this.terminal.colour('green', `Recovered: ${name}`)];
      return [];
    });
  }
}
