/**
 * PostgreSQL's archive_command: `node archive-wal.js STORE %p %f`. PostgreSQL repeats it until it succeeds. A process for
 * each segment takes a tenth of a second, about once a minute.
 */
import { openStore } from './open-store.js';
import { archiveWalFile } from './wal-files.js';

const [location, source, name] = process.argv.slice(2) as [string, string, string];
try {
  await archiveWalFile(source, name, await openStore(location));
} catch (error) {
  // in PostgreSQL's log
  process.stderr.write(`${name} cannot be archived: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
