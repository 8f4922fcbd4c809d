import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { artifact, PAGES, settled, THEMES, watch, WIDTHS } from './pages.js';

for (const [name, path] of Object.entries(PAGES)) {
  for (const colorScheme of THEMES) {
    for (const [width, viewport] of Object.entries(WIDTHS)) {
      test(`${name}, ${colorScheme}, ${width}: no accessibility violation, error, third-party request or horizontal overflow`, async ({
        browser,
      }) => {
        // axe needs its own context
        const context = await browser.newContext({ baseURL: process.env.E2E_API, colorScheme, viewport });
        const page = await context.newPage();
        const { problems } = watch(page);
        await page.goto(path);
        await settled(page);
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
        await page.screenshot({ path: artifact(`${name}-${colorScheme}-${width}`), fullPage: true });
        expect(problems).toEqual([]);
        await context.close();
      });
    }
  }
}
