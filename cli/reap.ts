import { join } from 'node:path';
import { takeLock } from './lib/lock-file.js';
import { RuntimeFile } from './lib/runtime-file.js';
import { ProcessLedger } from './start/process-ledger.js';

/** Ends the processes that a killed `npm start` left running; bootstrap.mjs runs it. Argument: the data folder. */
const dataDir = process.argv[2]!;
const lock = await takeLock(join(dataDir, 'start.lock'));
if (lock.held) {
  await new ProcessLedger(dataDir).reap((name, pid) => console.log(`Stopping ${name} (pid ${pid}) …`));
  new RuntimeFile(dataDir).remove();
  lock.release();
}
