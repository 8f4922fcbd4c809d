import { createHash, type Hash } from 'node:crypto';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdDecompress } from 'node:zlib';
import tar from 'tar-stream';
import { z } from 'zod';
import { checkChecksums, CHECKSUMS, otherChecksum } from './checksums.js';
import { BackupError, DamagedError, isOfSystem } from './errors.js';
import { type BackupManifest, parseManifest } from './manifest.js';
import { locationOf, readAll, type Store } from './store.js';
import { segmentAt } from './wal-segments.js';

/** The files of a base copy, in a folder that is named by the time at which it was begun. */
export const COPY_FILES = {
  /** The cluster, as a tar. */
  tar: 'base.tar.zst',
  /** PostgreSQL's list of its files. */
  manifest: 'backup_manifest',
  about: 'backup.json',
  /** Files of the data folder beside the cluster. */
  dataFolder: 'data-folder',
} as const;

const COPY_NAME = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ$/;
/** How earlier versions named a base copy that is not complete. */
const FORMER_DRAFT = /^unfinished-/;
const FORMAT = 1;

const Format = z.object({ format: z.int() });
const About = z.object({
  format: z.literal(FORMAT),
  /** By the database's clock, as the times of its commits are. */
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  /** Of PostgreSQL, such as 18. */
  majorVersion: z.number(),
  /** Such as linux-x64: the files fit no other. */
  platform: z.string(),
  /** Size of the cluster, uncompressed. */
  bytes: z.number(),
  walSegmentBytes: z.number(),
});
export type AboutCopy = Omit<z.infer<typeof About>, 'format'>;

/** A base copy that is complete. */
export interface BaseCopy extends AboutCopy {
  name: string;
  store: Store;
  /** Size of the copy, compressed. */
  copyBytes: number;
  manifest: BackupManifest;
  /** The segments of the write-ahead log without which the copy is not consistent: the first and the last. */
  firstSegment: string;
  lastSegment: string;
}

/** Such as "2026-11-30T02-30-00Z", without the colons that some file systems refuse: names sort by time. */
export const copyNameOf = (startedAt: Date): string => `${startedAt.toISOString().slice(0, 19).replaceAll(':', '-')}Z`;

/** When a copy was begun, by its name; epoch ms. */
export const takenAt = (name: string): number => Date.parse(name.replace(/T(\d\d)-(\d\d)-(\d\d)Z$/, 'T$1:$2:$3Z'));

export const aboutInJson = (about: AboutCopy): string => `${JSON.stringify({ format: FORMAT, ...about }, null, 2)}\n`;

/** The base copies in a store, oldest first, and those that a process left unfinished when it was killed. */
export async function copiesIn(base: Store): Promise<{ names: string[]; unfinished: string[] }> {
  const folders = (await base.list()).filter(({ isFolder }) => isFolder).map(({ name }) => name);
  const names = folders.filter((name) => COPY_NAME.test(name));
  const complete = await Promise.all(names.map(async (name) => isComplete(base, name)));
  const unfinished = [...names.filter((_, i) => !complete[i]), ...folders.filter((name) => FORMER_DRAFT.test(name))];
  return { names: names.filter((_, i) => complete[i]), unfinished };
}

/** The name of the newest base copy; undefined if there is none. */
export async function newestCopy(base: Store): Promise<string | undefined> {
  const found = (await base.list()).filter(({ name, isFolder }) => isFolder && COPY_NAME.test(name));
  for (const { name } of found.toReversed()) if (await isComplete(base, name)) return name;
  return undefined;
}

/** The checksums are written last. */
const isComplete = async (base: Store, name: string): Promise<boolean> =>
  (await base.in(name).list(CHECKSUMS)).length > 0;

/** What a base copy says about itself. @throws BackupError if it is of another format, or cannot be read */
export async function readCopy(base: Store, name: string): Promise<BaseCopy> {
  const store = base.in(name);
  const path = locationOf(store, COPY_FILES.about);
  try {
    const sizes = new Map((await store.list()).map((entry) => [entry.name, entry.bytes]));
    for (const file of [COPY_FILES.about, COPY_FILES.manifest, COPY_FILES.tar])
      if (!sizes.has(file)) throw new DamagedError(locationOf(store, file), 'it is missing');
    const json: unknown = JSON.parse((await readAll(store, COPY_FILES.about)).toString());
    const { format } = Format.parse(json);
    if (format !== FORMAT)
      throw new BackupError(
        `${store.location} has format ${format}, of another version of Barkeep: this one reads format ${FORMAT}`,
      );
    const about = About.parse(json);
    const manifest = parseManifest(await readAll(store, COPY_FILES.manifest), locationOf(store, COPY_FILES.manifest));
    const at = (lsn: string) => segmentAt(lsn, manifest.timeline, about.walSegmentBytes);
    return {
      ...about,
      ...{ name, store, copyBytes: sizes.get(COPY_FILES.tar)!, manifest },
      firstSegment: at(manifest.startLsn),
      lastSegment: at(manifest.endLsn),
    };
  } catch (error) {
    if (error instanceof BackupError) throw error;
    throw new DamagedError(path, error instanceof z.ZodError ? error.issues[0]!.message : (error as Error).message);
  }
}

/**
 * Checks every byte of a base copy: each file against SHA256SUMS, and each file of the cluster against PostgreSQL's own
 * checksum of it.
 * @param options.into the folder to which the cluster is written meanwhile. If this throws, what is there is worth nothing
 * @param options.sums the content of SHA256SUMS, if that is yet to be written
 * @throws DamagedError that names the file
 */
export async function checkCopy(
  copy: BaseCopy,
  { into, sums, signal }: { into?: string; sums?: Buffer; signal?: AbortSignal } = {},
): Promise<void> {
  const { store } = copy;
  // a base copy may be large, and each byte of a bucket costs: it is read once
  const checksum = await checkChecksums(store, { sums, except: COPY_FILES.tar });
  const tarFile = locationOf(store, COPY_FILES.tar);
  const missing = new Map(copy.manifest.files);
  const extract = tar.extract();
  const unpack = async () => {
    for await (const entry of extract) {
      const { name, type } = entry.header;
      const path = into === undefined ? null : join(into, name);
      if (path !== null && !path.startsWith(`${into}${sep}`))
        throw new DamagedError(tarFile, `the path ${name} in it leads out of it`);
      if (type === 'directory') {
        if (path) mkdirSync(path, { recursive: true, mode: 0o700 });
        entry.resume();
        continue;
      }
      const sha256 = missing.get(name);
      if (sha256 === undefined)
        throw new DamagedError(tarFile, `${COPY_FILES.manifest} does not list ${name}, which is in it`);
      if ((await copyHashing(entry, path)) !== sha256)
        throw new DamagedError(tarFile, `${name} in it is not what PostgreSQL sent`);
      missing.delete(name);
    }
  };
  const hash = createHash('sha256');
  const reading = pipeline(hashing(await store.read(COPY_FILES.tar), hash), createZstdDecompress(), extract, {
    signal,
  });
  // if one of them fails, so does the other, with less to say
  const [unpacked, read] = await Promise.allSettled([unpack(), reading]);
  const failed = [unpacked, read].flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : []));
  signal?.throwIfAborted();
  const ofKind = (kind: typeof DamagedError | typeof BackupError) => failed.find((one) => one instanceof kind);
  const error = ofKind(DamagedError) ?? ofKind(BackupError) ?? failed[0];
  if (error) throw isOfSystem(error) || error instanceof BackupError ? error : new DamagedError(tarFile, error.message);
  if (hash.digest('hex') !== checksum) throw otherChecksum(store, COPY_FILES.tar);
  const [absent] = missing.keys();
  if (absent !== undefined) throw new DamagedError(tarFile, `${absent} is missing in it`);
}

/** @param path where to write what is read; null: nowhere @returns its SHA-256, in hexadecimal */
async function copyHashing(source: AsyncIterable<Buffer>, path: string | null): Promise<string> {
  const hash = createHash('sha256');
  const target =
    path === null ? new Writable({ write: (_, __, done) => done() }) : createWriteStream(path, { mode: 0o600 });
  await pipeline(hashing(source, hash), target);
  return hash.digest('hex');
}

async function* hashing(source: AsyncIterable<Buffer>, hash: Hash): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    hash.update(chunk);
    yield chunk;
  }
}
