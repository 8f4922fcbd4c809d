import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const JOURNAL = 'db/migrations/meta/_journal.json';
/** The program of the worker in a build. */
const WORKER = 'dist/worker/main.js';
const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim();

/** The oldest version whose worker this database accepts: that which came with the newest migration. */
function earliest(): string | null {
  const commit = git('log', '--format=%H', '--max-count=1', '--', JOURNAL);
  const isOther = commit !== '' && git('diff', '--name-only', commit, '--', 'activities', 'workflows', 'worker') !== '';
  return isOther ? commit : null;
}

/** Why no earlier version can be built here; null if it can. */
export function earlierBuildObstacle(): string | null {
  try {
    return earliest() === null ? 'no earlier version runs on this schema' : null;
  } catch {
    return 'needs the history of the Git repository';
  }
}

/** What to do with the program of another build's worker. */
type Work = (worker: string) => Promise<void>;

/** Builds the earliest version that runs on this schema in a temporary folder while `work` runs. */
export const withEarlierBuild = async (work: Work): Promise<void> =>
  withBuildOf(earliest()!, (folder) => work(join(folder, WORKER)));

/**
 * Builds a version, without the dashboard, in a temporary folder while `work` runs.
 * @param change is called with the folder before the build
 */
export const withBuildOf = (
  commit: string,
  work: (folder: string) => Promise<void>,
  change: (folder: string) => void = () => {},
): Promise<void> =>
  inFolder(async (folder) => {
    const archive = join(folder, 'sources.tar');
    git('archive', '--output', archive, commit);
    execFileSync('tar', ['-xf', archive, '-C', folder]);
    change(folder);
    // the second is where versions before 28 November 2026 have it
    const builder = ['cli/prepare/build.mjs', 'cli/build.mjs'].map((path) => join(folder, path)).find(existsSync)!;
    const { build } = (await import(pathToFileURL(builder).href)) as {
      build: (root: string, node: string) => Promise<void>;
    };
    await build(folder, process.execPath);
    await work(folder);
  });

/** Builds a version whose workflows have one more step: neither version can continue a run of the other. */
export const withIncompatibleBuild = (work: Work): Promise<void> =>
  inFolder(async (folder) => {
    cpSync('dist', join(folder, 'dist'), { recursive: true });
    cpSync('package.json', join(folder, 'package.json'));
    const workflowsPath = resolve('test/replay/planted-change.ts');
    const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
    writeFileSync(join(folder, 'dist/workflow-bundle.js'), code);
    await work(join(folder, WORKER));
  });

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'barkeep-build-'));
  try {
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
