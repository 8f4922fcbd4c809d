/** PostgreSQL's restore_command: `node fetch-wal.js FOLDER %p %f`. It fails for what is not archived: the end of the WAL. */
import { writeFileSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import { FolderStore } from './folder-store.js';
import { archivedWal, readArchivedWal } from './wal-files.js';

const [folder, target, name] = process.argv.slice(2) as [string, string, string];
const wal = new FolderStore(folder);
const archived = (await archivedWal(wal, `${name}.`)).get(name);
if (archived === undefined) process.exitCode = 1;
else writeFileSync(target, zstdDecompressSync(await readArchivedWal(wal, archived.name)), { mode: 0o600 });
