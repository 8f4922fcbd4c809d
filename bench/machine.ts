import { execFile } from 'node:child_process';
import { availableParallelism, cpus, totalmem, type } from 'node:os';
import { promisify } from 'node:util';
import { postgresBinaries } from '../cli/embedded/postgres-binaries.js';
import { temporalCli } from '../cli/embedded/temporal-binary.js';

/** The version number that `program --version` prints. */
async function versionOf(program: string): Promise<string> {
  const { stdout } = await promisify(execFile)(program, ['--version']);
  return /\d+(\.\d+)+/.exec(stdout)?.[0] ?? 'unknown';
}

/** The properties of the machine that the figures depend on, in one line; nothing that identifies it. */
export async function describeMachine(): Promise<string> {
  const [postgres, temporal] = await Promise.all([
    versionOf(postgresBinaries().postgres),
    versionOf(await temporalCli()),
  ]);
  const model = cpus()[0]?.model.trim() || 'unknown processor';
  const memory = Math.round(totalmem() / 2 ** 30);
  return [
    `${availableParallelism()} cores (${model})`,
    `${memory} GiB of memory`,
    type(),
    `Node ${process.versions.node}`,
    `PostgreSQL ${postgres}`,
    `Temporal CLI ${temporal}`,
  ].join(' · ');
}
