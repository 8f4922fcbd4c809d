import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import tar from 'tar-stream';
import { HOUR } from '../../domain/timeframe.js';
import { S3Server } from '../../test/environment/s3-server.js';
import { temporaryFolder } from '../../test/environment/temporary-folder.js';
import { baseOf, checkArchive, newestCopyOf, pruneArchive, segmentBeyond, walAfter, walOf } from './archive.js';
import { aboutInJson, checkCopy, COPY_FILES, readCopy, takenAt } from './base-copy.js';
import { openBucket } from './bucket.js';
import { CHECKSUMS, checksumsOf } from './checksums.js';
import { BackupError } from './errors.js';
import { FolderStore } from './folder-store.js';

describe('a base copy that says of itself', () => {
  const archive = temporaryFolder();
  const name = '2026-11-30T02-30-00Z';
  const folder = join(archive, 'base', name);
  for (const path of [folder, join(archive, 'wal')]) mkdirSync(path, { recursive: true });
  for (const file of [CHECKSUMS, COPY_FILES.manifest, COPY_FILES.tar]) writeFileSync(join(folder, file), '');
  const store = new FolderStore(archive);
  const read = async () => readCopy(baseOf(store), name);
  const say = (about: string) => writeFileSync(join(folder, COPY_FILES.about), about);

  it('another format is not taken for a damaged one', async () => {
    say('{"format": 2, "more": true}');
    const words = `${folder} has format 2, of another version of Barkeep: this one reads format 1`;
    await expect(read()).rejects.toThrow(new BackupError(words));
    expect(await checkArchive(store, () => undefined)).toEqual([words]);
  });

  it.each(['', '{', '[]', '{"format": 1}'])('%j is damaged', async (about) => {
    say(about);
    await expect(read()).rejects.toThrow(`${COPY_FILES.about} is damaged: `);
  });
});

describe('a base copy in a bucket', () => {
  const server = new S3Server();
  const [name, wal] = ['2026-11-30T02-30-00Z', '000000010000000000000002'];
  const folder = `one/base/${name}`;
  const tarKey = `${folder}/${COPY_FILES.tar}`;
  const store = () => openBucket('s3://backups/one', server.variables, { waits: [1], silence: 30_000 });
  const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex');
  const check = async () => checkCopy(await readCopy(baseOf(store()), name));

  beforeAll(async () => {
    await server.start();
    const content = Buffer.from('18\n');
    const pack = tar.pack();
    pack.entry({ name: 'PG_VERSION' }, content);
    pack.finalize();
    const about = { startedAt: instantOf(name), finishedAt: instantOf(name), majorVersion: 18, platform: 'linux-x64' };
    const files = {
      [COPY_FILES.tar]: zstdCompressSync(await buffer(pack)),
      [COPY_FILES.manifest]: Buffer.from(
        JSON.stringify({
          'PostgreSQL-Backup-Manifest-Version': 2,
          Files: [{ Path: 'PG_VERSION', Checksum: sha256(content) }],
          'WAL-Ranges': [{ Timeline: 1, 'Start-LSN': '0/2000028', 'End-LSN': '0/2000120' }],
        }),
      ),
      [COPY_FILES.about]: Buffer.from(aboutInJson({ ...about, bytes: 3, walSegmentBytes: 2 ** 24 })),
    };
    for (const [file, bytes] of Object.entries(files)) await baseOf(store()).write(`${name}/${file}`, bytes);
    const sums = checksumsOf(new Map(Object.entries(files).map(([file, bytes]) => [file, sha256(bytes)])));
    await baseOf(store()).write(`${name}/${CHECKSUMS}`, sums);
  });
  afterAll(() => server.stop());
  beforeEach(() => void (server.requests.length = 0));

  it('is downloaded once to check it', async () => {
    await check();
    expect(server.requests.filter((request) => request === `GET ${tarKey}`)).toHaveLength(1);
  });

  it('is damaged if it is not what SHA256SUMS says, although all that is in it is', async () => {
    const object = server.objects.get(tarKey)!;
    server.objects.set(tarKey, { ...object, content: Buffer.concat([object.content, zstdCompressSync('')]) });
    await expect(check()).rejects.toThrow(`${COPY_FILES.tar} is damaged: its checksum is not that of ${CHECKSUMS}`);
    server.objects.set(tarKey, object);
  });

  it('is not called damaged where its connection breaks for ever', async () => {
    const copy = await readCopy(baseOf(store()), name);
    server.breaking = { key: tarKey, times: Infinity };
    await expect(checkCopy(copy)).rejects.toMatchObject({ name: 'BackupError' });
    server.breaking = null;
  });

  it('is waited for as long as a start can wait', async () => {
    Object.assign(process.env, server.variables);
    await expect(newestCopyOf('s3://backups/one', 0.001)).rejects.toMatchObject({
      ...{ name: 'BackupError', message: 's3://backups/one does not answer' },
    });
    expect(await newestCopyOf('s3://backups/one')).toBe(name);
  });

  it('outlives drafts of the write-ahead log before it', async () => {
    const drafts = [`${wal.slice(0, -1)}1.tmp`, `${wal}.tmp`];
    for (const draft of drafts) await walOf(store()).write(draft, Buffer.from(''));
    await pruneArchive(store(), 1);
    expect((await walOf(store()).list()).map((entry) => entry.name)).toEqual(drafts.slice(1));
  });

  it('ends what is fetched of the write-ahead log for an earlier instant', async () => {
    const from = Date.parse(instantOf(name));
    expect(await segmentBeyond(store(), from - 2 * HOUR)).toBe(wal);
    expect(await segmentBeyond(store(), from)).toBeUndefined();
    const isWhole = vi.fn(async () => Promise.resolve(true));
    const copy = await readCopy(baseOf(store()), name);
    for (const segment of [wal, `${wal.slice(0, -1)}3`])
      await walOf(store()).write(`${segment}.${'0'.repeat(16)}.zst`, Buffer.from(''));
    await walAfter(store(), copy, isWhole, wal);
    expect(isWhole).toHaveBeenCalledTimes(1);
    await walAfter(store(), copy, isWhole);
    expect(isWhole).toHaveBeenCalledTimes(3);
  });
});

const instantOf = (name: string): string => new Date(takenAt(name)).toISOString();
