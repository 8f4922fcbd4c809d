import { type ChildProcess, fork } from 'node:child_process';
import type { RunningProcess } from '../embedded/service.js';
import { MINUTE, SECOND } from '../../domain/timeframe.js';
import { running } from '../embedded/spawn-server.js';
import { EXIT } from '../lib/exit-codes.js';
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

const READY_MS = MINUTE;

/**
 * Starts one of our own programs and waits for its message `{type: 'ready'}`. The program leads its own process group; if we
 * die, the IPC channel closes and the program ends too.
 * @throws UserError with the end of its output if it exits first or takes over a minute
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
    timer = setTimeout(resolve, READY_MS, `not ready within ${READY_MS / SECOND} s`);
  });
  const failure = await Promise.race([ready, process.exited, late]);
  clearTimeout(timer);
  if (failure === null) return process;
  await process.stop(0);
  throw new UserError(`${options.name} did not start: ${failure}\n${endOfOutput(options)}`);
}

/**
 * Runs a script to its end.
 * @param onNotice called with what the script wants to be read at once: its messages `{type: 'notice', line}`
 * @throws UserError with its output on stderr and its exit code if it fails
 */
export async function runNodeScript(options: NodeChildOptions, onNotice: (line: string) => void): Promise<void> {
  const child = forkScript(options);
  child.on('message', (message) => {
    const { type, line } = (message ?? {}) as { type?: string; line?: string };
    if (type === 'notice' && line !== undefined) onNotice(line);
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code === 0) return;
  const output = options.logFile.takeErrors();
  throw new UserError(
    code === EXIT.otherMarket
      ? output
      : `${options.name} failed (exit code ${code}):\n${output}\nLog: ${options.logFile.path}`,
    code ?? EXIT.failed,
  );
}

/**
 * Keeps the young generation small: each module of drizzle-orm leaves garbage of the size of the library's package.json
 * (180 kB), which with V8's defaults adds up to 150 MB per process before it is collected.
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

const endOfOutput = ({ logFile }: NodeChildOptions): string => `${logFile.takeErrors()}\nLog: ${logFile.path}`;
