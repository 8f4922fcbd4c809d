import { execFileSync } from 'node:child_process';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { DEMO_PATH, FOLDER } from './folder';

const WEB = fileURLToPath(new URL('..', import.meta.url));
const EXPORT = join(WEB, '.next/demo');
const BACKFILL_MS = 1_200_000;

test('record the sandbox', async ({ request }) => {
  process.env.NEXT_PUBLIC_API_URL = process.env.E2E_API;
  await expect
    .poll(
      async () => {
        const response = await request.get('/api/pipeline/backfills?limit=1');
        return ((await response.json()) as { backfills: { status: string }[] }).backfills[0]?.status;
      },
      { message: 'the first backfill', timeout: BACKFILL_MS, intervals: [2_000] },
    )
    .toBe('succeeded');
  const { writeRecording } = await import('./capture');
  const { walk } = await import('./walk');
  await walk();
  rmSync(FOLDER, { recursive: true, force: true });
  const { requests, bytes } = writeRecording(join(FOLDER, 'recording'));
  process.stdout.write(`${requests} responses, ${(bytes / 1e6).toFixed(1)} MB\n`);
});

test('export the dashboard with the recording', () => {
  const env: NodeJS.ProcessEnv = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' };
  Reflect.deleteProperty(env, 'NEXT_PUBLIC_API_URL');
  env.NEXT_PUBLIC_DEMO_PATH = DEMO_PATH;
  const run = (...args: string[]) => execFileSync(process.execPath, args, { cwd: WEB, env, stdio: 'inherit' });
  run(createRequire(import.meta.url).resolve('next/dist/bin/next'), 'build');
  run('scripts/finish.mjs', EXPORT);
  // hosts compress by themselves
  cpSync(EXPORT, FOLDER, { recursive: true, filter: (path) => !/\.(br|gz)$/.test(path) });
  // GitHub Pages leaves out folders such as _next otherwise
  writeFileSync(join(FOLDER, '.nojekyll'), '');
});
