import { setImmediate as laterTurn } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { Counter, Histogram, Registry } from 'prom-client';
import { gauge, setAll, textOf } from './figures.js';

const SERIES = 12_000;

it('the text of many values is that of prom-client, and others have their turn meanwhile', async () => {
  const registry = new Registry();
  new Counter({ name: 'requests_total', help: 'Requests.', registers: [registry] }).inc(3);
  new Histogram({ name: 'seconds', help: 'Seconds.', buckets: [1, 2], registers: [registry] }).observe(1.5);
  gauge(registry, 'empty', 'Nothing\nyet.', ['symbol']);
  const lag = gauge(registry, 'lag', 'Lag.', ['symbol']);
  const values = Array.from({ length: SERIES }, (_, i) => [{ symbol: `T"${i}` }, i] as const);
  let isDone = false;
  let others = 0;
  const text = setAll(lag, values)
    .then(async () => textOf(registry))
    .finally(() => (isDone = true));
  while (!isDone) {
    await laterTurn();
    others++;
  }
  expect(await text).toBe(await registry.metrics());
  expect(others).toBeGreaterThan(SERIES / 500);
});
