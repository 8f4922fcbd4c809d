import { readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { chartOf, expectWholeDay } from './chart.js';
import { PAGES, settled, watch } from './pages.js';

const apiPid = async (): Promise<number | null> =>
  (JSON.parse(await readFile(process.env.E2E_RUNTIME!, 'utf8')) as { pids: { api: number | null } }).pids.api;

/** Queries that failed meanwhile recover with their own interval, at most a minute. */
const LONGEST_INTERVAL_MS = 70_000;

/** Runs last: no other test can use the API while it is down. */
test('a killed API comes back by itself, and its stream resumes', async ({ page }) => {
  test.slow();
  const { problems } = watch(page);
  await page.goto(PAGES.overview);
  await settled(page);
  await expect(chartOf(page).getByText('streaming')).toBeVisible();
  const killed = (await apiPid())!;
  const again = page.waitForResponse((response) => response.url().includes('/api/stream') && response.ok(), {
    timeout: 60_000,
  });
  process.kill(killed, 'SIGKILL');
  await expect.poll(apiPid, { timeout: 30_000 }).not.toBe(killed);
  await again;
  await expect(chartOf(page).getByText('streaming')).toBeVisible();
  await expect(page.getByText('API unreachable')).toBeHidden();
  await expect(page.getByText(/^not updated for/)).toHaveCount(0, { timeout: LONGEST_INTERVAL_MS });
  await expectWholeDay(page, 'SPY');
  // the browser logs the failed requests; nothing else may go wrong
  expect(problems.filter((problem) => !/Failed to load resource|ERR_/.test(problem))).toEqual([]);
});
