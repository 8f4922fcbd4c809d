import { expect, it } from 'vitest';
import { PROVIDERS } from '../config/catalog/providers.js';
import { lookUpStartOptions } from '../contracts/start-options.js';
import { SEARCHING } from '../planning/find-instruments.js';
import { MAX_FOLLOWED } from '../planning/follow.js';
import { lookUpOptions } from './timeouts-and-retries.js';

it.each(SEARCHING)('%s has the time to answer as many questions as a request may have symbols', (provider) => {
  const needed = (MAX_FOLLOWED / PROVIDERS[provider].requestsPerSecond) * 1_000;
  const questions = Array.from({ length: MAX_FOLLOWED }, () => ({ kind: 'search' as const, text: 'x' }));
  expect(lookUpOptions(MAX_FOLLOWED).scheduleToCloseTimeout).toBeGreaterThan(needed);
  expect(lookUpStartOptions('id', { provider, questions }).workflowExecutionTimeout).toBeGreaterThan(needed);
});
