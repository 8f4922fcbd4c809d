import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isOfSystem } from './errors.js';
import type { Entry, Store } from './store.js';

/** A folder that is there already: it is never created, so that nothing gets below the mount point of a disk that is away. */
export class FolderStore implements Store {
  readonly location: string;

  constructor(location: string) {
    this.location = location;
  }

  in(folder: string): FolderStore {
    return new FolderStore(this.path(folder));
  }

  async list(prefix = ''): Promise<Entry[]> {
    const entries = await readdir(this.location);
    const wanted = entries.filter((name) => name.startsWith(prefix));
    const found = await Promise.all(wanted.map(async (name) => this.entry(name)));
    return found.filter((entry) => entry !== null).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  private async entry(name: string): Promise<Entry | null> {
    try {
      const found = await stat(this.path(name)); // also of what a link leads to
      if (found.isDirectory()) return { name, isFolder: true, bytes: 0, modifiedAt: null };
      return { name, isFolder: false, bytes: found.size, modifiedAt: found.mtime };
    } catch (error) {
      if (isOfSystem(error) && error.code === 'ENOENT') return null; // removed meanwhile
      throw error;
    }
  }

  async read(name: string): Promise<Readable> {
    const file = await open(this.path(name));
    return file.createReadStream();
  }

  async write(name: string, content: Buffer | Readable): Promise<void> {
    await this.createFoldersOf(name);
    const path = this.path(name);
    const draft = `${path}.tmp`;
    const file = createWriteStream(draft, { mode: 0o600, flush: true });
    await pipeline(Buffer.isBuffer(content) ? Readable.from([content]) : content, file);
    await rename(draft, path);
    await syncFolder(dirname(path));
  }

  private async createFoldersOf(name: string): Promise<void> {
    const folders = name.split('/').slice(0, -1);
    for (let depth = 1; depth <= folders.length; depth++) {
      const path = this.path(folders.slice(0, depth).join('/'));
      try {
        await mkdir(path, { mode: 0o700 });
        await syncFolder(dirname(path));
      } catch (error) {
        if (!isOfSystem(error) || error.code !== 'EEXIST') throw error;
      }
    }
  }

  async remove(name: string): Promise<void> {
    await rm(this.path(name));
  }

  async removeFolder(name: string): Promise<void> {
    await rm(this.path(name), { recursive: true, force: true });
  }

  private path(name: string): string {
    return join(this.location, name);
  }
}

/** Makes sure that the names in a folder are on disk. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
