import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { S3Server } from '../../test/environment/s3-server.js';
import { temporaryFolder } from '../../test/environment/temporary-folder.js';
import { openBucket } from './bucket.js';
import { filesIn, readAll } from './store.js';

const server = new S3Server();
beforeAll(() => server.start());
afterAll(() => server.stop());
beforeEach(() => {
  server.objects.clear();
  server.requests.length = 0;
  Object.assign(server, { failing: 0, breaking: null, silent: 0, takesParts: Infinity });
  server.uploads.clear();
});
const open = (location = 's3://backups/my/server', variables = {}, silence = 30_000) =>
  openBucket(location, { ...server.variables, ...variables }, { waits: [1, 1], silence });

describe('a bucket', () => {
  it('keeps files below its prefix, and lists what is right in a folder', async () => {
    const store = open();
    await store.write('base/2026/a+b.txt', Buffer.from('content'));
    await store.in('base').write('b', Buffer.from(''));
    expect([...server.objects.keys()]).toEqual(['my/server/base/2026/a+b.txt', 'my/server/base/b']);
    expect(await store.in('base').list()).toEqual([
      { name: '2026', isFolder: true, bytes: 0, modifiedAt: null },
      { name: 'b', isFolder: false, bytes: 0, modifiedAt: expect.any(Date) },
    ]);
    expect(await store.in('base').list('2')).toHaveLength(1);
    expect((await readAll(store, 'base/2026/a+b.txt')).toString()).toBe('content');
    await store.removeFolder('base');
    expect([...server.objects]).toEqual([]);
  });

  it('lists all files, however many there are in one answer', async () => {
    const store = open('s3://backups');
    const names = Array.from({ length: 7 }, (_, i) => `folder/${i}`);
    for (const name of names) await store.write(name, Buffer.from(name));
    server.pageSize = 3;
    expect(await filesIn(store)).toEqual(names);
    server.pageSize = 1_000;
  });

  it('takes a file of any size in parts, from a stream', async () => {
    const part = Buffer.alloc(1024 ** 2, 'abc');
    const content = Array.from({ length: 20 }, () => part);
    await open().write('large', Readable.from(content));
    expect(server.objects.get('my/server/large')!.content.equals(Buffer.concat(content))).toBe(true);
    expect(server.requests.length).toBeGreaterThan(3);
  });

  it('is asked again after a failure of the server, and not for ever', async () => {
    server.failing = 2;
    await open().write('file', Buffer.from('content'));
    expect(server.requests).toEqual(Array(3).fill('PUT my/server/file'));
    server.failing = 3;
    await expect(open().list()).rejects.toThrow('s3://backups/my/server: SlowDown (HTTP 503): refused');
  });

  it('is asked again where it gives no answer, and not for ever', async () => {
    await open().write('file', Buffer.from('content'));
    server.silent = 1;
    expect(await open(undefined, {}, 300).list()).toHaveLength(1);
    server.silent = 3;
    await expect(open(undefined, {}, 30).list()).rejects.toMatchObject({
      name: 'BackupError',
      message: /cannot be reached: no answer$/,
    });
  });

  it('gives a file whole, though its connection breaks, and says so where it breaks for ever', async () => {
    const content = Buffer.from('0123456789'.repeat(50_000));
    await open().write('file', content);
    server.breaking = { key: 'my/server/file', times: 5 };
    expect((await readAll(open(), 'file')).equals(content)).toBe(true);
    server.breaking.times = Infinity;
    await expect(readAll(open(), 'file')).rejects.toMatchObject({
      ...{ name: 'BackupError', message: expect.stringMatching(/my\/server\/file cannot be reached: /) },
    });
  });

  /** Parts of 1 MB. */
  const broken = (megabytes: number, onMegabyte: () => void = () => undefined) =>
    Readable.from(
      (function* () {
        for (let i = 0; i < megabytes; i++) {
          onMegabyte();
          yield Buffer.alloc(1024 ** 2);
        }
        throw new Error('gone');
      })(),
    );

  it.each([1, 40])('keeps nothing of a file whose stream breaks off after %i MB', async (megabytes) => {
    await expect(open().write('file', broken(megabytes))).rejects.toThrow('gone');
    expect([...server.objects, ...server.uploads]).toEqual([]);
  });

  it('does not read the rest of a file of which it refuses a part', async () => {
    server.takesParts = 1;
    let read = 0;
    await expect(
      open().write(
        'file',
        broken(200, () => read++),
      ),
    ).rejects.toThrow('QuotaExceeded (HTTP 403)');
    expect(read).toBeLessThan(150);
    expect([...server.uploads]).toEqual([]);
  });

  it('has no file without a name where a console has made a folder', async () => {
    server.objects.set('my/server/base/', { content: Buffer.alloc(0), modifiedAt: new Date() });
    await open().write('base/file', Buffer.from('content'));
    expect(await filesIn(open())).toEqual(['base/file']);
  });

  it.each([
    ['a wrong key', { AWS_SECRET_ACCESS_KEY: 'other' }, 'SignatureDoesNotMatch (HTTP 403)'],
    ['no server', { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' }, 'cannot be reached: '],
    ['no key', { AWS_ACCESS_KEY_ID: '' }, 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY'],
    [
      'a key file that is not there',
      { AWS_ACCESS_KEY_ID: '', AWS_ACCESS_KEY_ID_FILE: '/none' },
      '/none cannot be read',
    ],
    ['no URL', { AWS_ENDPOINT_URL_S3: 'http://' }, 'cannot be used: Invalid endPoint URL'],
  ])('says what is wrong with %s', async (_, variables, message) => {
    await expect((async () => open(undefined, variables).list())()).rejects.toThrow(message);
  });

  it('is opened with secrets from files', async () => {
    const { AWS_SECRET_ACCESS_KEY: secret } = server.variables;
    const file = join(temporaryFolder(), 'secret');
    writeFileSync(file, `${secret}\n`);
    const store = open(undefined, { AWS_SECRET_ACCESS_KEY: '', AWS_SECRET_ACCESS_KEY_FILE: file });
    expect(await store.list()).toEqual([]);
  });
});
