import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesIn, hashOf } from './build.mjs';
import { step } from './run-step.mjs';

const FOLDER = 'web';
const STAMP = 'web/out/.stamp';
/** Input of the build outside web/: the versions of its libraries. */
const SETTINGS = ['package-lock.json'];
/** Not input of the build: tests, documents, and what Next.js itself generates beside the sources. */
const NOT_BUILT = /(\.test\.tsx?|\.md|^web\/static-demo\/.*|\/next-env\.d\.ts|\.tsbuildinfo)$/;

function sourceHash(root) {
  const files = [...filesIn(root, FOLDER).filter((path) => !NOT_BUILT.test(path)), ...SETTINGS];
  // the variable is part of the build: the address of the API and the Content-Security-Policy
  return `${hashOf(
    files.map((path) => join(root, path)),
    root,
  )} ${process.env.NEXT_PUBLIC_API_URL ?? ''}`;
}

/** Whether web/out was built from the current sources, or there are none. */
export function isDashboardBuilt(root) {
  if (!existsSync(join(root, FOLDER, 'package.json'))) return true;
  try {
    return readFileSync(join(root, STAMP), 'utf8') === sourceHash(root);
  } catch {
    return false;
  }
}

/** Builds web/out: the static export with its policies and compressed files. A running API has its own copy in memory. */
export async function buildDashboard(root, node) {
  const hash = sourceHash(root);
  rmSync(join(root, STAMP), { force: true });
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' };
  const options = { cwd: join(root, FOLDER), env };
  const words = { doing: 'Building the dashboard', done: 'Dashboard built', expected: '15 s to a minute' };
  await step(words, async (run) => {
    await run(node, [join(root, 'node_modules/next/dist/bin/next'), 'build'], options);
    await run(node, ['scripts/finish.mjs', 'out'], options);
  });
  writeFileSync(join(root, STAMP), hash);
}
