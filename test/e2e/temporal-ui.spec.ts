import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@playwright/test';
import { get, post, type Schemas } from './api.js';

/** Temporal's own Web UI, behind the gate of `npm start`. */
const { temporalUi, namespace } = JSON.parse(readFileSync(process.env.E2E_RUNTIME!, 'utf8')) as {
  temporalUi: string;
  namespace: string;
};
const ID = 'verify_bars';
const SCHEDULE = `/namespaces/${namespace}/schedules/${ID}`;
/** A name that its owner makes resolve to this machine. */
const REBOUND = 'evil.example';

test.use({
  launchOptions: {
    executablePath: process.env.E2E_BROWSER,
    args: ['--no-sandbox', `--host-resolver-rules=MAP ${REBOUND} 127.0.0.1`],
  },
});

const isPaused = async (): Promise<boolean> =>
  (await get<Schemas['ScheduleList']>('/api/pipeline/schedules')).schedules.find(({ id }) => id === ID)!.paused;

test.afterEach(async () => {
  if (await isPaused()) await post(`/api/pipeline/schedules/${ID}/resume`, { reason: 'end of the test' });
});

test('a schedule is paused and resumed in the Web UI of Temporal', async ({ page }) => {
  await page.goto(temporalUi + SCHEDULE);
  for (const [action, next] of [
    ['Pause', 'Unpause'],
    ['Unpause', 'Pause'],
  ] as const) {
    await page.getByRole('button', { name: action, exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox').fill('inspected by the browser tests');
    await dialog.getByRole('button', { name: action, exact: true }).click();
    await expect(page.getByRole('button', { name: next, exact: true })).toBeVisible();
    await expect.poll(isPaused).toBe(action === 'Pause');
  }
});

test('the Web UI of Temporal shows the runs', async ({ page }) => {
  const refused: string[] = [];
  page.on('response', (response) => {
    if (response.url().startsWith(temporalUi) && response.status() >= 400) refused.push(response.url());
  });
  await page.goto(`${temporalUi}/namespaces/${namespace}/workflows`);
  await expect(page.getByRole('link', { name: 'backfill-initial' }).first()).toBeVisible();
  await page.getByRole('link', { name: 'backfill-initial' }).first().click();
  await expect(page.getByText('BackfillWorkflow').first()).toBeVisible();
  expect(refused).toEqual([]);
});

test('pages of others cannot use it: neither from another origin nor by a name of their own', async ({ page }) => {
  const foreign = createServer((_, response) => response.setHeader('content-type', 'text/html').end('a page'));
  foreign.listen(0, '127.0.0.1');
  await once(foreign, 'listening');
  try {
    await page.goto(`http://127.0.0.1:${(foreign.address() as AddressInfo).port}/`);
    const answered = page.waitForResponse((response) => response.url().startsWith(temporalUi));
    // as far as a page may go without being asked: no headers of its own, and it cannot read the response
    await page.evaluate(
      (url) => fetch(url, { method: 'POST', mode: 'no-cors', body: '{"patch":{"pause":"by a page"}}' }),
      `${temporalUi}/api/v1/namespaces/${namespace}/schedules/${ID}/patch`,
    );
    expect((await answered).status()).toBe(403);
  } finally {
    foreign.close();
  }
  const rebound = new URL(SCHEDULE, temporalUi);
  rebound.hostname = REBOUND;
  expect((await page.goto(rebound.href))?.status()).toBe(421);
  expect(await isPaused()).toBe(false);
});
