import type { Readable } from 'node:stream';

/** A file in a store, or a folder. */
export interface Entry {
  /** Without the path of the store. */
  name: string;
  isFolder: boolean;
  /** 0 for a folder. */
  bytes: number;
  /** By the clock of the machine, or of the service, that keeps it; null for a folder. */
  modifiedAt: Date | null;
}

/** Where archives are kept. The names of files have slashes; a file is there only when it is complete. */
export interface Store {
  /** For people: an absolute path, or `s3://BUCKET/PREFIX`. */
  readonly location: string;
  /** What is in a folder of it. */
  in(folder: string): Store;
  /** What is right in it, in the order of the names. @param prefix with which the names begin */
  list(prefix?: string): Promise<Entry[]>;
  /** @throws BackupError, or an error of the system, if it cannot be read; the stream may fail, too */
  read(name: string): Promise<Readable>;
  /** Resolves when all of it is safe. */
  write(name: string, content: Buffer | Readable): Promise<void>;
  /** Removes a file. */
  remove(name: string): Promise<void>;
  /** Removes a folder with all that is in it, if it is there. */
  removeFolder(name: string): Promise<void>;
}

/** Whether BACKUP_DIR, or an archive in it, is in a bucket. */
export const isBucket = (location: string): boolean => location.startsWith('s3://');

/** All of a file of moderate size. */
export async function readAll(store: Store, name: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of await store.read(name)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The files in a store and in the folders in it, by their path in it. */
export async function filesIn(store: Store): Promise<string[]> {
  const found: string[] = [];
  for (const { name, isFolder } of await store.list())
    if (isFolder) found.push(...(await filesIn(store.in(name))).map((inside) => `${name}/${inside}`));
    else found.push(name);
  return found.sort();
}

/** What people find a file of a store by. */
export const locationOf = (store: Store, name: string): string => `${store.location}/${name}`;
