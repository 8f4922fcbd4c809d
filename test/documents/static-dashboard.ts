import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { chromium } from '@playwright/test';
import { browserOnPath } from '../../bench/browser.js';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
};

/** Serves a folder as static hosts do: `/runs` is runs.html. */
export function staticHost(folder: string, port: number): Promise<Server> {
  const server = createServer(({ url = '/' }, response) => {
    const path = normalize(decodeURIComponent(new URL(url, 'http://host').pathname));
    const file = [path, `${path}.html`, join(path, 'index.html')]
      .map((name) => join(folder, name))
      .find((name) => existsSync(name) && statSync(name).isFile());
    response.writeHead(file ? 200 : 404, { 'Content-Type': TYPES[extname(file ?? '')] ?? 'application/octet-stream' });
    response.end(file && readFileSync(file));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

/**
 * Opens a dashboard that another origin serves than its API: it shows prices, and may write.
 * @param api the API that it was built for
 * @returns null if there is no browser, else what is wrong
 */
export async function problemsOfDashboard(origin: string, api: string): Promise<string[] | null> {
  const executablePath = browserOnPath();
  if (!executablePath) return null;
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    await page.goto(`${origin}/runs`);
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await page.goto(origin);
    // the card of an asset, with its price
    await page.locator('a[href^="/?symbol=SPY&"]').filter({ hasText: 'USD' }).waitFor();
    if (await page.getByText('API unreachable').isVisible()) problems.push('it says: API unreachable');
    // refused for its missing token, and not by the browser
    const status = await page.evaluate(
      async (url) =>
        (await fetch(url, { method: 'PATCH', headers: { 'Content-Type': 'application/json' }, body: '{}' })).status,
      `${api}/api/assets/SPY`,
    );
    if (status !== 401) problems.push(`a write without a token is answered ${status}`);
    return problems.filter((problem) => !problem.includes('401'));
  } finally {
    await browser.close();
  }
}
