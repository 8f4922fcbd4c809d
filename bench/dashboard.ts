import { chromium, type Browser, type Page } from '@playwright/test';
import { demoOffset } from '../cli/start/options.js';
import type { Benchmark, Figure, Run } from './benchmark.js';
import { browserOnPath } from './browser.js';
import { lighthouse } from './lighthouse.js';
import { withStack } from './running-stack.js';

const VIEWPORT = { width: 1440, height: 900 };
const PAN_MS = 3_000;
/** Time for indicators and everything else that loads after the bars. */
const SETTLE_MS = 2_000;
const OPEN_TIMEOUT_MS = 30_000;
const POLL_INTERVAL_MS = 50;
/** Time for the last long task to be reported. */
const OBSERVER_DELAY_MS = 300;
/** As many bars as a response can hold: minutes of Frankfurt, whose sessions are the longest. */
const MANY_BARS = '/?symbol=SIE.DE&range=Max&timeframe=1m';

/** Records when the chart has been drawn and its legend shows a bar. It runs in the page, whose policy forbids evaluating text. */
const NOTE_WHEN_USABLE = `
  const look = () => {
    const chart = document.querySelector('#chart [role="application"]');
    if (chart?.querySelector('canvas') && /O\\s*\\d/.test(chart.textContent)) globalThis.usableAt = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);`;

/** Opens a page with an empty cache. @returns the page, and the time from navigation until its chart was readable, ms */
async function open(browser: Browser, url: string): Promise<{ page: Page; ms: number }> {
  const page = await (await browser.newContext({ viewport: VIEWPORT })).newPage();
  await page.addInitScript(NOTE_WHEN_USABLE);
  await page.goto(url, { waitUntil: 'commit' });
  const deadline = performance.now() + OPEN_TIMEOUT_MS;
  while (performance.now() < deadline) {
    const ms = await page.evaluate<number | null>('globalThis.usableAt ?? null').catch(() => null);
    if (ms !== null) return { page, ms };
    await page.waitForTimeout(POLL_INTERVAL_MS);
  }
  throw new Error(`${url}: no chart within ${OPEN_TIMEOUT_MS / 1_000} s`);
}

async function measureOpening(browser: Browser, api: string): Promise<Figure> {
  const { page, ms } = await open(browser, api);
  await page.context().close();
  return { name: 'chart is usable', value: ms, unit: 'ms' };
}

/** Drags the chart back and forth with the mouse, one step per frame. */
async function measurePan(browser: Browser, api: string): Promise<Figure[]> {
  const { page } = await open(browser, `${api}${MANY_BARS}`);
  await page.waitForTimeout(SETTLE_MS);
  const bars = await page.locator('#chart canvas').first().boundingBox();
  if (!bars) throw new Error('the chart has no size');
  const [x, y] = [bars.x + bars.width / 2, bars.y + bars.height / 2];
  await page.mouse.move(x, y);
  await page.evaluate(`
    globalThis.tasks = []; globalThis.frames = 0; globalThis.isPanning = true;
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });
    const count = () => { frames++; if (isPanning) requestAnimationFrame(count); };
    requestAnimationFrame(count);`);
  await page.mouse.down();
  const begun = performance.now();
  for (let i = 0; performance.now() - begun < PAN_MS; i++)
    await page.mouse.move(x + Math.sin(i / 20) * (bars.width / 3), y);
  await page.mouse.up();
  const ms = performance.now() - begun;
  const { longest, frames } = await page.evaluate<{ longest: number; frames: number }>(
    `new Promise((done) => setTimeout(() => { isPanning = false; done({ longest: Math.max(0, ...tasks), frames }); }, ${OBSERVER_DELAY_MS}))`,
  );
  await page.context().close();
  return [
    { name: 'pan of 10,000 bars, longest task over 50 ms', value: longest, unit: 'ms', note: '0: no long task' },
    { name: 'pan of 10,000 bars', value: (frames / (ms + OBSERVER_DELAY_MS)) * 1_000, unit: 'frames/s' },
  ];
}

async function measureRun(browser: string, api: string, folder: string): Promise<Run> {
  const scores = await lighthouse(api, browser, folder);
  const driven = await chromium.launch({ executablePath: browser, args: ['--no-sandbox'] });
  try {
    return [...scores, await measureOpening(driven, api), ...(await measurePan(driven, api))];
  } finally {
    await driven.close();
  }
}

export const dashboardBenchmark: Benchmark = {
  name: 'dashboard',
  description:
    'The overview page of `npm start` in sandbox mode, one hour into a New York session, in headless Chromium (1440 × 900) on the same ' +
    'machine: Lighthouse with its desktop preset; the time from navigation until the chart is readable, with an empty cache; and a chart ' +
    `of 10,000 bars, dragged back and forth with the mouse for ${PAN_MS / 1_000} s. Needs chromium on PATH, and npm to fetch Lighthouse; ` +
    'skipped if there is no browser.',
  measure: ({ runs, folder }) => {
    const browser = browserOnPath();
    if (!browser) return Promise.resolve([]);
    return withStack(folder, { clockOffset: demoOffset(Date.now()) }, async ({ api }) => {
      const results: Run[] = [];
      for (let run = 0; run < runs; run++) results.push(await measureRun(browser, api, folder));
      return results;
    });
  },
};
