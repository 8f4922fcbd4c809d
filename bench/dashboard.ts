import { chromium, type Browser, type Page } from '@playwright/test';
import { demoOffset } from '../cli/start/options.js';
import type { Benchmark, Figure, Run } from './benchmark.js';
import { browserOnPath } from './browser.js';
import { lighthouse } from './lighthouse.js';
import { withStack } from './running-stack.js';

const VIEWPORT = { width: 1440, height: 900 };
const PAN_MS = 3_000;
/** Indicators and what else follows the bars is there. */
const SETTLES_MS = 2_000;
const PATIENCE_MS = 30_000;
/** As many bars as an answer holds: minutes of Frankfurt, whose sessions are the longest. */
const MANY_BARS = '/?symbol=SIE.DE&range=Max&timeframe=1m';

/** Notes when the chart has drawn something and its legend says of which bar; the page's policy forbids to ask it in text. */
const NOTE_WHEN_USABLE = `
  const look = () => {
    const chart = document.querySelector('#chart [role="application"]');
    if (chart?.querySelector('canvas') && /O\\s*\\d/.test(chart.textContent)) globalThis.usableAt = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);`;

/** A page of its own with nothing cached, and how long it took, from the navigation on, until its chart could be read. ms */
async function opened(browser: Browser, url: string): Promise<{ page: Page; ms: number }> {
  const page = await (await browser.newContext({ viewport: VIEWPORT })).newPage();
  await page.addInitScript(NOTE_WHEN_USABLE);
  await page.goto(url, { waitUntil: 'commit' });
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    const ms = await page.evaluate<number | null>('globalThis.usableAt ?? null').catch(() => null);
    if (ms !== null) return { page, ms };
    await page.waitForTimeout(50);
  }
  throw new Error(`${url}: no chart within ${PATIENCE_MS / 1_000} s`);
}

async function measureOpening(browser: Browser, api: string): Promise<Figure> {
  const { page, ms } = await opened(browser, api);
  await page.context().close();
  return { name: 'chart is usable', value: ms, unit: 'ms' };
}

/** The mouse draws the chart to and fro as a hand would, a step a frame. */
async function measurePan(browser: Browser, api: string): Promise<Figure[]> {
  const { page } = await opened(browser, `${api}${MANY_BARS}`);
  await page.waitForTimeout(SETTLES_MS);
  const bars = await page.locator('#chart canvas').first().boundingBox();
  if (!bars) throw new Error('the chart has no place');
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
    `new Promise((done) => setTimeout(() => { isPanning = false; done({ longest: Math.max(0, ...tasks), frames }); }, 300))`,
  );
  await page.context().close();
  return [
    { name: 'pan of 10,000 bars, longest task over 50 ms', value: longest, unit: 'ms', note: '0: there was none' },
    { name: 'pan of 10,000 bars', value: (frames / (ms + 300)) * 1_000, unit: 'frames/s' },
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
    'The overview of `npm start` in sandbox mode, an hour into a session of New York, in headless chromium 1440 × 900 on the same machine: ' +
    'Lighthouse with its desktop preset; from the navigation, with nothing cached, until the chart can be read; and 10,000 bars drawn to and ' +
    `fro with the mouse for ${PAN_MS / 1_000} s. Needs chromium on PATH, and npm to fetch Lighthouse; left out where there is no browser.`,
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
