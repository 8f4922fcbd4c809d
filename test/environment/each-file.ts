import { afterAll, vi } from 'vitest';
import { applyFeeds } from '../../config/catalog/provider-delays.js';
import { setClosures } from '../../domain/calendars/index.js';
import { removeTemporaryFolders } from './temporary-folder.js';

/** A process runs several test files one after the other: what a file has changed in it is undone after the file. */
const environment = { ...process.env };

afterAll(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  for (const name of Object.keys(process.env)) if (!Object.hasOwn(environment, name)) delete process.env[name];
  Object.assign(process.env, environment);
  applyFeeds({});
  for (const list of ['file', 'database'] as const) setClosures(list, []);
  removeTemporaryFolders();
});
