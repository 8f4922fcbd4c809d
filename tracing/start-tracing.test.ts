import { afterEach, expect, it } from 'vitest';
import { context, diag, propagation, trace } from '@opentelemetry/api';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { startTracing } from './start-tracing.js';

afterEach(() => {
  for (const one of [context, diag, propagation, trace]) one.disable();
});

const processor = (shutdown: () => Promise<void>): SpanProcessor => ({
  ...{ onStart: () => undefined, onEnd: () => undefined, forceFlush: async () => Promise.resolve() },
  shutdown,
});

it.each([
  ['is away', async () => Promise.reject(new Error('ECONNREFUSED')), 'ECONNREFUSED'],
  ['does not answer', async () => new Promise<void>(() => undefined), 'the collector does not answer'],
])('a process stops well where the collector %s, and says so', async (_, shutdown, problem) => {
  const problems: string[] = [];
  const tracing = startTracing('test', (message) => problems.push(message), processor(shutdown), 10);
  await tracing.stop();
  expect(problems).toEqual([problem]);
});
