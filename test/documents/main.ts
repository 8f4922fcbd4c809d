import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommandLine } from '../../cli/lib/command-line.js';
import { EXIT } from '../../cli/lib/exit-codes.js';
import { runCommand } from '../../cli/lib/run-command.js';
import { freePort } from '../../cli/lib/ports.js';
import { Terminal } from '../../cli/lib/terminal.js';
import { temporalCli } from '../../cli/embedded/temporal-binary.js';
import { DAY, SECOND } from '../../domain/timeframe.js';
import { Product } from '../chaos/product.js';
import { until } from '../chaos/until.js';
import { allBlocks, type Block } from './blocks.js';
import { problemsOfDashboard, staticHost } from './static-dashboard.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const BLOCK_MS = 600 * SECOND;
/** Long enough for a machine that is busy with something else. */
const BACKFILL_MS = 1_800 * SECOND;
/** Mode of folders that every user may enter, PostgreSQL's too if we are root. */
const ENTERABLE = 0o755;
/** Where the dashboard is served from another origin than the API. */
const STATIC_DASHBOARD = 'docs/how-to/static-dashboard.md';

const terminal = new Terminal();
const { line } = terminal;

const command = new CommandLine({
  usage: 'npm run test:docs -- [options]',
  summary:
    'Runs every block of commands, SQL and Python of the documents that has no mark `<!-- not run: … -->`, in order, on\n' +
    'the sandbox with ports and a folder of its own. Then it serves the dashboard from another origin.',
  options: { only: { value: 'docs/api.md', help: 'the blocks of one document' } },
  exitCodes: [
    [EXIT.ok, 'every block works'],
    [EXIT.failed, 'one does not'],
    [EXIT.usage, 'invalid options'],
  ],
});

/** What every shell begins with: the addresses of this stack in place of the usual ones, and commands that fail audibly. */
const PRELUDE = `
set -a
curl() {
  case "$*" in
    */api/stream*) timeout 3 curl.real -sS "$@" || [ $? = 124 ] ;;
    *) command curl --silent --show-error --fail-with-body "$@" ;;
  esac
}
# the next session, which can be closed: no bar of it is stored
date() { if [ "$*" = +%F ]; then echo "$NEXT_SESSION"; else command date "$@"; fi; }
`;

/** What became of a block; the detail says why it was skipped or how it failed. */
interface Outcome {
  what: 'ok' | 'skipped' | 'failed';
  detail?: string;
}

/** Runs blocks, each in a shell that knows what the ones before it have set. */
class Reader {
  private readonly product: Product;
  private readonly folder: string;
  private readonly variables: NodeJS.ProcessEnv;

  constructor(product: Product, folder: string, variables: NodeJS.ProcessEnv) {
    this.product = product;
    this.folder = folder;
    this.variables = variables;
  }

  async run({ document, language, text }: Block): Promise<Outcome> {
    const here = this.here(text);
    if (language === 'sql')
      return this.product
        .withDatabase((client) => client.query(here))
        .then(
          () => ({ what: 'ok' }),
          ({ message }: Error) => ({ what: 'failed', detail: message }),
        );
    if (language === 'python') {
      if (spawnSync('python3', ['-c', 'import pandas']).status !== 0)
        return { what: 'skipped', detail: 'pandas is not installed' };
      return this.spawned('python3', ['-c', here]);
    }
    if (/^psql /m.test(text) && spawnSync('psql', ['--version']).status !== 0)
      return { what: 'skipped', detail: 'psql is not installed' };
    const state = join(this.folder, `${document.replaceAll('/', '-')}.state`);
    const load = existsSync(state) ? `. ${state}\n` : '';
    const save = `{ declare -px; declare -f; } > ${state}`;
    return this.spawned('bash', ['-euo', 'pipefail', '-c', `${PRELUDE}${load}${here}\n${save}`]);
  }

  /** A block with the addresses and folders of this stack. */
  private here(text: string): string {
    const { api } = this.product.runtime;
    return text
      .replaceAll('http://127.0.0.1:3000', api)
      .replaceAll('https://bars.example.com', api)
      .replaceAll('/mnt/other-disk/barkeep', process.env.BACKUP_DIR!)
      .replaceAll('.data-restored', join(this.folder, 'restored'))
      .replaceAll(/(\.\/)?\.data\//g, `${this.product.dataDir}/`);
  }

  private spawned(program: string, args: string[]): Promise<Outcome> {
    const child = spawn(program, args, {
      ...{ cwd: root, env: this.variables, detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
    });
    // with the programs that it has started
    const limit = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), BLOCK_MS);
    const said: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (part: string) => said.push(part));
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        clearTimeout(limit);
        const last = said.join('').trimEnd().split('\n').slice(-8).join('\n');
        resolve(
          code === 0
            ? { what: 'ok' }
            : { what: 'failed', detail: `${signal ?? `exit code ${String(code)}`}:\n${last}` },
        );
      });
    });
  }
}

/** The variables of every block, and commands that a machine may lack. */
async function variablesFor(product: Product, folder: string): Promise<NodeJS.ProcessEnv> {
  const { api, adminToken, namespace, temporalAddress } = product.runtime;
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const program = (name: string, path: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\nexec ${path} "$@"\n`);
    chmodSync(join(bin, name), ENTERABLE);
  };
  program('temporal', await temporalCli());
  program('curl.real', 'curl');
  return {
    ...process.env,
    PATH: `${bin}:${process.env.PATH}`,
    DATA_DIR: product.dataDir,
    API: api,
    ADMIN_TOKEN: adminToken!,
    ...{ TEMPORAL_ADDRESS: temporalAddress, TEMPORAL_NAMESPACE: namespace },
    ID: await firstBackfill(api),
    NEXT_SESSION: await nextSession(product, api),
  };
}

const json = async <T>(url: string): Promise<T> => (await (await fetch(url)).json()) as T;

/** Waits for the first backfill. @returns its workflow id */
async function firstBackfill(api: string): Promise<string> {
  let id: string | undefined;
  await until('the first backfill', BACKFILL_MS, async () => {
    const { runs } = await json<{ runs: { workflowId: string; status: string }[] }>(
      `${api}/api/pipeline/runs?pipeline=backfill`,
    );
    id = runs.find(({ status }) => status !== 'running')?.workflowId;
    return id !== undefined;
  });
  return id!;
}

async function nextSession(product: Product, api: string): Promise<string> {
  const day = (at: number) => new Date(at).toISOString().slice(0, 10);
  const { sessions } = await json<{ sessions: { session: string }[] }>(
    `${api}/api/markets/XNYS/sessions?start=${day(product.now + DAY)}&end=${day(product.now + 14 * DAY)}`,
  );
  return sessions[0]!.session;
}

async function main(): Promise<number> {
  const options = command.parse(process.argv.slice(2));
  if (!options) {
    line(command.help);
    return EXIT.ok;
  }
  const blocks = allBlocks(root).filter(({ document }) => !options.only || document === options.only);
  if (blocks.length === 0) throw command.wrong(`${options.only} has no block of commands.`);
  const folder = mkdtempSync(join(tmpdir(), 'barkeep-docs-'));
  chmodSync(folder, ENTERABLE);
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  Object.assign(process.env, { BACKUP_DIR: join(folder, 'backups'), CORS_ORIGINS: origin });
  const product = new Product(folder);
  const dashboard = join(root, 'web/out');
  let ending: Promise<void> | null = null;
  const end = () => (ending ??= restore(product, folder, dashboard));
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(name, () => {
      line(`Stopping (${name}) …`);
      void end().finally(() => process.exit(EXIT.failed));
    });
  try {
    line('Starting the sandbox …');
    await product.start();
    const variables = await variablesFor(product, folder);
    // the one that `npm start` has built, for its own origin
    cpSync(dashboard, join(folder, 'dashboard'), { recursive: true, preserveTimestamps: true });
    let failed = await read(blocks, new Reader(product, folder, variables));
    if (blocks.some(({ document }) => document === STATIC_DASHBOARD)) failed += await open(dashboard, port, product);
    return failed === 0 ? EXIT.ok : EXIT.failed;
  } finally {
    await end();
  }
}

/** Stops the stack, and puts the dashboard back that was there. */
async function restore(product: Product, folder: string, dashboard: string): Promise<void> {
  await product.stop();
  product.close();
  const kept = join(folder, 'dashboard');
  if (existsSync(kept)) {
    rmSync(dashboard, { recursive: true, force: true });
    cpSync(kept, dashboard, { recursive: true, preserveTimestamps: true });
  }
  rmSync(folder, { recursive: true, force: true });
}

/** Opens the dashboard that a block has built, from another origin. @returns how many checks failed */
async function open(dashboard: string, port: number, product: Product): Promise<number> {
  const server = await staticHost(dashboard, port);
  try {
    const problems = await problemsOfDashboard(`http://127.0.0.1:${port}`, product.runtime.api);
    if (problems === null) line('skipped the dashboard on another origin: there is no browser');
    else line(`${problems.length === 0 ? 'ok' : 'FAILED'} the dashboard on another origin ${problems.join('\n')}`);
    return problems?.length ? 1 : 0;
  } finally {
    server.close();
  }
}

/** @returns how many blocks failed */
async function read(blocks: readonly Block[], reader: Reader): Promise<number> {
  const counts = { ok: 0, skipped: 0, failed: 0 };
  const due = blocks.filter(({ reason }) => reason === null);
  for (const block of due) {
    const since = performance.now();
    const { what, detail } = await reader.run(block);
    counts[what]++;
    const seconds = ((performance.now() - since) / SECOND).toFixed(1);
    const word = what === 'failed' ? 'FAILED' : what;
    line(`${word} ${block.document}:${block.line} (${seconds} s)${detail ? ` ${detail}` : ''}`);
  }
  const marked = blocks.length - due.length;
  line(`${counts.ok} blocks work, ${counts.failed} fail, ${counts.skipped} cannot run here, ${marked} are marked.`);
  return counts.failed;
}

await runCommand(terminal, main);
