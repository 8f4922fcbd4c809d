import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { step } from './run-step.mjs';

/** Folders that are compiled. */
const SOURCES = [
  'activities',
  'api',
  'bench',
  'cli',
  'config',
  'contracts',
  'db',
  'domain',
  'planning',
  'providers',
  'sandbox',
  'test/chaos',
  'test/cluster',
  'test/documents',
  'test/environment',
  'tracing',
  'worker',
  'workflows',
];
const SETTINGS = ['.swcrc', 'package.json', 'package-lock.json'];
const STAMP = 'dist/.stamp';
/** Folders created by npm and builds. */
const GENERATED = new Set(['node_modules', 'out', '.next']);

/** SHA-256 over the names and contents of files. */
export function hashOf(files, root) {
  const hash = createHash('sha256');
  for (const file of files)
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  return hash.digest('hex');
}

function sourceHash(root) {
  const files = [...sourceFiles(root), ...SETTINGS].map((path) => join(root, path));
  return hashOf(files, root);
}

/** The files that dist/ is built from: those of the source folders, without tests; paths from the root, sorted. */
function sourceFiles(root) {
  const folders = SOURCES.filter((folder) => existsSync(join(root, folder)));
  return folders.flatMap((folder) => filesIn(root, folder)).filter((path) => !/(\.test\.ts|\.md)$/.test(path));
}

/** All files of a folder, except those that npm and builds create; paths from the root, sorted. */
export function filesIn(root, folder) {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return GENERATED.has(entry.name) ? [] : filesIn(root, path);
      return entry.isFile() ? [path] : [];
    })
    .sort();
}

/** Whether dist/ was built from the current sources. */
export function isBuilt(root) {
  try {
    return readFileSync(join(root, STAMP), 'utf8') === sourceHash(root);
  } catch {
    return false;
  }
}

/**
 * Builds dist/: compiles the sources, copies the data files, and bundles the workflows. It builds in a temporary folder and
 * then replaces dist/, so that a build that fails or is interrupted leaves the last good one.
 */
export async function build(root, node) {
  const hash = sourceHash(root);
  const aside = join(root, '.cache', `build-${process.pid}`);
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { recursive: true });
  try {
    const folders = SOURCES.filter((path) => existsSync(join(root, path)));
    const swc = ['node_modules/@swc/cli/bin/swc.js', ...folders, '-d', aside, '--config-file', '.swcrc', '--quiet'];
    await step({ doing: 'Building', done: 'Built' }, async (run) => {
      await run(node, [...swc, '--extensions', '.ts'], { cwd: root });
      // migrations and other files that are read at run time
      for (const path of sourceFiles(root).filter((file) => !/\.m?[tj]s$/.test(file)))
        cpSync(join(root, path), join(aside, path));
      // the workflows
      const bundle = join(aside, 'worker/bundle.js');
      if (existsSync(bundle)) await run(node, [bundle], { cwd: root });
    });
    writeFileSync(join(aside, '.stamp'), hash);
    replace(aside, join(root, 'dist'), join(root, '.cache', `replaced-${process.pid}`));
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

function replace(aside, dist, replaced) {
  if (existsSync(dist)) renameSync(dist, replaced);
  renameSync(aside, dist);
  rmSync(replaced, { recursive: true, force: true });
}
