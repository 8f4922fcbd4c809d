import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdDecompress } from 'node:zlib';
import tar from 'tar-stream';
import { z } from 'zod';
import { checkChecksums } from './checksums.js';
import { BackupError, DamagedError, isOfSystem } from './errors.js';
import { type BackupManifest, parseManifest } from './manifest.js';
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
  folder: string;
  /** Size of the copy, compressed. */
  copyBytes: number;
  manifest: BackupManifest;
  /** The segments of the write-ahead log without which the copy is not consistent: the first and the last. */
  firstSegment: string;
  lastSegment: string;
}

/** Such as "2026-11-30T02-30-00Z", without the colons that some file systems refuse: names sort by time. */
export const copyNameOf = (startedAt: Date): string => `${startedAt.toISOString().slice(0, 19).replaceAll(':', '-')}Z`;

/** When the copy in a folder was begun, by its name; epoch ms. */
export const takenAt = (folder: string): number =>
  Date.parse(basename(folder).replace(/T(\d\d)-(\d\d)-(\d\d)Z$/, 'T$1:$2:$3Z'));

export const aboutInJson = (about: AboutCopy): string => `${JSON.stringify({ format: FORMAT, ...about }, null, 2)}\n`;

/** The folders of the base copies that are complete, oldest first. */
export const copyFolders = (baseFolder: string): string[] =>
  readdirSync(baseFolder)
    .filter(isCopy)
    .sort()
    .map((name) => join(baseFolder, name));

/** The name of the newest base copy; undefined if there is none. Does not block the process while the disk is slow. */
export const newestCopy = async (baseFolder: string): Promise<string | undefined> =>
  (await readdir(baseFolder)).filter(isCopy).sort().at(-1);

const isCopy = (name: string): boolean => COPY_NAME.test(name);

/** What a base copy says about itself. @throws BackupError if it is of another format, or cannot be read */
export function readCopy(folder: string): BaseCopy {
  const path = join(folder, COPY_FILES.about);
  try {
    const json: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const { format } = Format.parse(json);
    if (format !== FORMAT)
      throw new BackupError(
        `${folder} has format ${format}, of another version of Barkeep: this one reads format ${FORMAT}`,
      );
    const about = About.parse(json);
    const manifestPath = join(folder, COPY_FILES.manifest);
    const manifest = parseManifest(readFileSync(manifestPath), manifestPath);
    const at = (lsn: string) => segmentAt(lsn, manifest.timeline, about.walSegmentBytes);
    return {
      ...about,
      name: basename(folder),
      folder,
      copyBytes: sizeOf(join(folder, COPY_FILES.tar)),
      manifest,
      firstSegment: at(manifest.startLsn),
      lastSegment: at(manifest.endLsn),
    };
  } catch (error) {
    if (error instanceof BackupError) throw error;
    throw new DamagedError(path, error instanceof z.ZodError ? error.issues[0]!.message : (error as Error).message);
  }
}

function sizeOf(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) throw new DamagedError(path, 'it is missing');
  return stat.size;
}

/**
 * Checks every byte of a base copy: each file against SHA256SUMS, and each file of the cluster against PostgreSQL's own
 * checksum of it.
 * @param options.into the folder to which the cluster is written meanwhile. If this throws, what is there is worth nothing
 * @throws DamagedError that names the file
 */
export async function checkCopy(
  copy: BaseCopy,
  { into, signal }: { into?: string; signal?: AbortSignal } = {},
): Promise<void> {
  await checkChecksums(copy.folder);
  const tarFile = join(copy.folder, COPY_FILES.tar);
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
  const reading = pipeline(createReadStream(tarFile), createZstdDecompress(), extract, { signal });
  // if one of them fails, so does the other, with less to say
  const [unpacked, read] = await Promise.allSettled([unpack(), reading]);
  const failed = [unpacked, read].flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : []));
  const error = failed.find((one) => one instanceof DamagedError) ?? failed[0];
  if (error)
    throw isOfSystem(error) || error instanceof DamagedError ? error : new DamagedError(tarFile, error.message);
  const [absent] = missing.keys();
  if (absent !== undefined) throw new DamagedError(tarFile, `${absent} is missing in it`);
}

/** @param path where to write what is read; null: nowhere @returns its SHA-256, in hexadecimal */
async function copyHashing(source: AsyncIterable<Buffer>, path: string | null): Promise<string> {
  const hash = createHash('sha256');
  const target =
    path === null ? new Writable({ write: (_, __, done) => done() }) : createWriteStream(path, { mode: 0o600 });
  await pipeline(async function* () {
    for await (const chunk of source) {
      hash.update(chunk);
      yield chunk;
    }
  }, target);
  return hash.digest('hex');
}
