import { setImmediate as laterTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Gauge, Registry } from 'prom-client';
import { type Figure, figure, textOf } from './figures.js';

const SERIES = 12_000;

/** The text of figures, and how many turns of the event loop others had until it was there. */
async function rendered(figures: readonly Figure[]): Promise<{ text: string; others: number }> {
  let isDone = false;
  let others = 0;
  const rendering = textOf(figures).finally(() => (isDone = true));
  while (!isDone) {
    await laterTurn();
    others++;
  }
  return { text: await rendering, others };
}

describe('the text of figures', () => {
  it('of many values is that of prom-client, and others have their turn meanwhile', async () => {
    const values = Array.from({ length: SERIES }, (_, i) => [{ symbol: `T"${i}` }, i] as const);
    const registry = new Registry();
    const lag = new Gauge({ name: 'barkeep_lag', help: 'Lag.', labelNames: ['symbol'], registers: [registry] });
    for (const [labels, value] of values) lag.set(labels, value);
    const { text, others } = await rendered([figure('lag', 'Lag.', ['symbol'], values)]);
    expect(text).toBe(await registry.metrics());
    expect(others).toBeGreaterThan(3);
  });

  it('of many figures with few values waits for nobody', async () => {
    const figures = Array.from({ length: 100 }, (_, i) => figure(`f${i}`, 'Of one.', ['of'], [[{ of: 'a' }, i]]));
    const { text, others } = await rendered([figure('empty', 'Nothing\nyet.', ['symbol'], []), ...figures]);
    expect(text).toMatch(/^# HELP barkeep_empty Nothing\\nyet\.\n# TYPE barkeep_empty gauge\n# HELP barkeep_f0 /);
    expect(text).toMatch(/\nbarkeep_f99\{of="a"\} 99\n$/);
    expect(others).toBe(1);
  });
});
