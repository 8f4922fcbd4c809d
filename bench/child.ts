import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunningProcess } from '../cli/embedded/service.js';
import { LogFile } from '../cli/lib/log-file.js';
import { startNodeChild } from '../cli/start/node-child.js';
import { guard, unguard } from './spawned.js';

const GRACE_MS = 5_000;
const script = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Runs one of our programs, as `npm start` does, while `work` runs. @param path relative to this folder */
export async function withChild<T>(
  folder: string,
  name: string,
  path: string,
  options: { args?: string[]; env?: Record<string, string> },
  work: (child: RunningProcess) => Promise<T>,
): Promise<T> {
  const logFile = new LogFile(join(folder, `${name}.log`));
  const env = { ...process.env, ...options.env };
  const child = await startNodeChild({
    name,
    script: script(path),
    args: options.args,
    env,
    logFile,
    spawned: guard,
  });
  try {
    return await work(child);
  } finally {
    await child.stop(GRACE_MS);
    unguard(child.pid);
    logFile.close();
  }
}
