import { cpSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/environment/temporary-folder.js';
import { LogFile } from '../lib/log-file.js';
import { startPostgres } from './postgres.js';
import { postgresBinaries } from './postgres-binaries.js';

/** A folder that only root may enter, such as /root. */
function closedFolder(): string {
  const folder = join(temporaryFolder(), 'closed');
  mkdirSync(folder, { mode: 0o700 });
  return folder;
}

async function startIn(dataDir: string, binaries = postgresBinaries()): Promise<void> {
  mkdirSync(dataDir, { recursive: true, mode: 0o711 });
  const server = await startPostgres({ dataDir, binaries, logFile: new LogFile(join(dataDir, 'postgres.log')) });
  await server.stop(5_000);
}

const isRoot = process.getuid?.() === 0;
const describeAsRoot = isRoot ? describe : describe.skip;
if (!isRoot) console.log('Skipped: only root can try a folder that only root may enter.');

describeAsRoot('PostgreSQL below a folder that only root may enter', () => {
  it('starts if its programs are there, and its data', async () => {
    const closed = closedFolder();
    const native = dirname(dirname(postgresBinaries().initdb));
    cpSync(native, join(closed, 'native'), { recursive: true, verbatimSymlinks: true });
    const program = (name: string) => join(closed, 'native/bin', name);
    await startIn(join(closed, 'data'), { initdb: program('initdb'), postgres: program('postgres') });
    // and again, on the cluster that exists
    await startIn(join(closed, 'data'), { initdb: program('initdb'), postgres: program('postgres') });
  });

  it('starts if only its data is there', async () => {
    await expect(startIn(join(closedFolder(), 'data'))).resolves.toBeUndefined();
  });
});
