/** PostgreSQL's restore_command: `node fetch-wal.js FOLDER %p %f`. It fails for what is not archived: the end of the WAL. */
import { writeFileSync } from 'node:fs';
import { archivedWal, readArchivedWal } from './wal-files.js';

const [folder, target, name] = process.argv.slice(2) as [string, string, string];
const archived = archivedWal(folder).get(name);
if (archived === undefined) process.exitCode = 1;
else writeFileSync(target, readArchivedWal(archived), { mode: 0o600 });
