import { defineConfig } from '@playwright/test';

const folder = new URL('../../artifacts/e2e', import.meta.url).pathname;

/** One stack, one browser at a time: tests that stop something must not meet others. Set up by run.mjs. */
export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: `${folder}/results`,
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 15_000, toPass: { timeout: 15_000, intervals: [50, 100, 250] } },
  retries: process.env.CI ? 2 : 0,
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list']],
  use: {
    baseURL: process.env.E2E_API,
    timezoneId: 'Asia/Tokyo', // market times must not be the browser's
    locale: 'en-US',
    launchOptions: { executablePath: process.env.E2E_BROWSER, args: ['--no-sandbox'] },
    screenshot: 'only-on-failure',
  },
});
