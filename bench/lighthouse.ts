import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Figure } from './benchmark.js';

/** Fetched by npm on demand: too large for every installation. */
const LIGHTHOUSE = 'lighthouse@13.5.0';
const CATEGORIES = {
  performance: 'performance',
  accessibility: 'accessibility',
  'best-practices': 'best practices',
  seo: 'SEO',
};
const TIMEOUT_MS = 180_000;
/** Sometimes it loses its trace and prints that it should be run again. */
const ATTEMPTS = 3;

interface Report {
  categories: Record<keyof typeof CATEGORIES, { score: number }>;
  audits: Record<string, { numericValue?: number }>;
}

/**
 * Runs Lighthouse in its own browser.
 * @param folder for its report
 * @throws Error if npm cannot fetch it or the page cannot be loaded
 */
export async function lighthouse(url: string, browser: string, folder: string): Promise<Figure[]> {
  const report = join(folder, 'lighthouse.json');
  const flags = ['--preset=desktop', '--quiet', '--output=json', `--output-path=${report}`];
  await run([LIGHTHOUSE, url, ...flags, '--chrome-flags=--headless=new --no-sandbox'], browser);
  const { categories, audits } = JSON.parse(readFileSync(report, 'utf8')) as Report;
  const names = Object.entries(CATEGORIES) as [keyof typeof CATEGORIES, string][];
  return [
    ...names.map(([id, name]) => ({ name: `Lighthouse, ${name}`, value: categories[id].score, unit: 'of 1' })),
    { name: 'total blocking time', value: audits['total-blocking-time']?.numericValue ?? Number.NaN, unit: 'ms' },
  ];
}

async function run(args: string[], browser: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await promisify(execFile)('npm', ['exec', '--yes', '--', ...args], {
        // on our own Node, not that of the machine
        env: { ...process.env, CHROME_PATH: browser, PATH: `${dirname(process.execPath)}:${process.env.PATH}` },
        timeout: TIMEOUT_MS,
      });
      return;
    } catch (error) {
      if (attempt === ATTEMPTS || !/run Lighthouse again/.test(String((error as { stderr?: string }).stderr)))
        throw error;
    }
  }
}
