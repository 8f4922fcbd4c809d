import { defineConfig } from '@playwright/test';

const folder = new URL('../../artifacts/e2e', import.meta.url).pathname;

/** The test of an empty database runs first, then all others; those that add assets when nobody counts them, and the one that kills the API last. */
const FIRST = 'first-start.spec.ts';
const ADDING = 'assets.spec.ts';
const LAST = 'api-restart.spec.ts';
/** These change the provider or stored data, which other tests would notice: they run one at a time. */
const ACTING = ['backfills', 'corrections', 'health', 'live', 'pipelines', 'provider-failure', 'temporal-ui'].map(
  (name) => `${name}.spec.ts`,
);

/** One stack, started by run.mjs, and two browsers: one changes data while the other only reads. */
export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: `${folder}/results`,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 15_000, toPass: { timeout: 15_000, intervals: [50, 100, 250] } },
  retries: process.env.CI ? 2 : 0,
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list']],
  use: {
    baseURL: process.env.E2E_API,
    timezoneId: 'Asia/Tokyo', // market times must not follow the browser's zone
    locale: 'en-US',
    launchOptions: { executablePath: process.env.E2E_BROWSER, args: ['--no-sandbox'] },
    screenshot: 'only-on-failure',
  },
  projects: [
    { name: 'first', testMatch: FIRST },
    { name: 'acting', testMatch: ACTING, workers: 1, dependencies: ['first'] },
    { name: 'looking', testIgnore: [FIRST, ADDING, LAST, ...ACTING], workers: 1, dependencies: ['first'] },
    { name: 'adding', testMatch: ADDING, workers: 1, dependencies: ['acting', 'looking'] },
    { name: 'last', testMatch: LAST, dependencies: ['adding'] },
  ],
});
