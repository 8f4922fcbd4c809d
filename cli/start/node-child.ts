import { type ChildProcess, fork } from 'node:child_process';
import type { RunningProcess } from '../embedded/service.js';
import { running } from '../embedded/spawn-server.js';
import type { LogFile } from '../lib/log-file.js';
import { UserError } from '../lib/user-error.js';

export interface NodeChildOptions {
  name: string;
  /** Absolute path of the script. */
  script: string;
  args?: string[];
  env: NodeJS.ProcessEnv;
  logFile: LogFile;
  spawned: (pid: number) => void;
}

const READY_MS = 60_000;

/**
 * Starts one of our own programs and waits for its message `{type: 'ready'}`. It leads its own process group; the channel
 * between us closes when we die, which ends it too.
 * @throws UserError with its last words when it ends before, or takes over a minute
 */
export async function startNodeChild(options: NodeChildOptions): Promise<RunningProcess> {
  const child = forkScript(options);
  const process = running(child, { clean: 'SIGTERM', quick: 'SIGKILL' });
  let timer: NodeJS.Timeout | undefined;
  const ready = new Promise<null>((resolve) => {
    child.on('message', (message) => {
      if ((message as { type?: string } | null)?.type === 'ready') resolve(null);
    });
  });
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, READY_MS, `not ready within ${READY_MS / 1_000} s`);
  });
  const failure = await Promise.race([ready, process.exited, late]);
  clearTimeout(timer);
  if (failure === null) return process;
  await process.stop(0);
  throw new UserError(`${options.name} did not start: ${failure}\n${lastWords(options)}`);
}

/**
 * Runs a script to its end.
 * @throws UserError with what it said on stderr, and its exit code, when it fails
 */
export async function runNodeScript(options: NodeChildOptions): Promise<void> {
  const child = forkScript(options);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code === 0) return;
  const words = options.logFile.takeErrors();
  // 3: this database belongs to another market; the words say it all
  throw new UserError(
    code === 3 ? words : `${options.name} failed (exit code ${code}):\n${words}\nLog: ${options.logFile.path}`,
    code ?? 1,
  );
}

/**
 * A small young generation: a module of drizzle-orm costs as much garbage as the library's package.json is long (180 kB),
 * which with V8's defaults adds up to 150 MB a process before it is collected.
 */
const NODE_OPTIONS = ['--max-semi-space-size=4'];

function forkScript({ script, args = [], env, logFile, spawned }: NodeChildOptions): ChildProcess {
  const child = fork(script, args, {
    env,
    execArgv: NODE_OPTIONS,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  logFile.takeErrors();
  logFile.follow(child);
  if (child.pid) spawned(child.pid);
  return child;
}

const lastWords = ({ logFile }: NodeChildOptions): string => `${logFile.takeErrors()}\nLog: ${logFile.path}`;
