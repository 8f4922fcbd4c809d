import { defineConfig } from '@playwright/test';
import base from '../../test/e2e/playwright.config';

/** `npm run demo:static`: records the sandbox, exports the dashboard with the recording, and opens it in a browser. */
export default defineConfig({
  ...base,
  testDir: '.',
  projects: [
    { name: 'record', testMatch: 'record.ts' },
    { name: 'look', testMatch: 'look.ts', dependencies: ['record'] },
  ],
  workers: 1,
  timeout: 1_800_000,
  retries: 0,
});
