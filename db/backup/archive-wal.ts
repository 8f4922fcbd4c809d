/**
 * PostgreSQL's archive_command: `node archive-wal.js FOLDER %p %f`. PostgreSQL repeats it until it succeeds. A process for
 * each segment takes a tenth of a second, about once a minute.
 */
import { archiveWalFile } from './wal-files.js';

const [folder, source, name] = process.argv.slice(2) as [string, string, string];
try {
  archiveWalFile(source, name, folder);
} catch (error) {
  // in PostgreSQL's log
  process.stderr.write(`${name} cannot be archived: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
