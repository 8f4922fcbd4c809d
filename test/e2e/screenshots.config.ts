import { defineConfig } from '@playwright/test';
import base from './playwright.config.js';

/** `npm run screenshots`: recreates the pictures of the README. */
export default defineConfig({
  ...base,
  projects: [{ name: 'pictures', testMatch: 'screenshots.ts' }],
  timeout: 600_000,
  retries: 0,
});
