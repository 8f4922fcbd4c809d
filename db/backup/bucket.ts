import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { setTimeout as delay } from 'node:timers/promises';
import { isNativeError } from 'node:util/types';
import { S3Client, S3Errors } from '@bradenmacdonald/s3-lite-client';
import { BUCKET_SECRETS } from '../../config/bucket-variables.js';
import { readSecretFiles } from '../../config/secret-files.js';
import { SECOND } from '../../domain/timeframe.js';
import { BackupError } from './errors.js';
import type { Entry, Store } from './store.js';

/** Waits before the second attempt at a request, and each further one. */
const WAITS_MS = [0.25 * SECOND, SECOND, 4 * SECOND];
/** Up to four parts of an upload are in memory; there are at most 10,000, so a file has at most 160 GB. */
const PART_BYTES = 16 * 1024 ** 2;
const HTTP = { tooManyRequests: 429, serverError: 500 } as const;

const DEFAULT_REGION = 'us-east-1';

type Request = Parameters<S3Client['makeRequest']>[0];

/** Repeats what failed on the way, or because of the server. Each request is signed with the SHA-256 of its content. */
class PatientClient extends S3Client {
  private readonly waitsMs: readonly number[];

  constructor(options: ConstructorParameters<typeof S3Client>[0], waitsMs: readonly number[]) {
    super(options);
    this.waitsMs = waitsMs;
  }

  override async makeRequest(request: Request): Promise<Response> {
    for (const waitMs of this.waitsMs) {
      try {
        return await super.makeRequest({ ...request, headers: new Headers(request.headers) });
      } catch (error) {
        if (!isPassing(error)) throw error;
        await delay(waitMs);
      }
    }
    return super.makeRequest(request);
  }
}

/** Whether the same request may succeed later: it did not get an answer, or the server was in trouble. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof S3Errors.ServerError)) return isOfNetwork(error);
  return error.statusCode >= HTTP.serverError || error.statusCode === HTTP.tooManyRequests;
}

/** What `fetch` throws if there is no answer. */
const isOfNetwork = (error: unknown): error is Error => isNativeError(error) && error.message === 'fetch failed';

/** Files in a bucket of an S3-compatible store, by the beginning of their keys. */
class Bucket implements Store {
  readonly location: string;
  private readonly client: S3Client;
  /** '', or ends with a slash. */
  private readonly prefix: string;

  constructor(client: S3Client, prefix: string) {
    this.client = client;
    this.prefix = prefix;
    this.location = `s3://${client.defaultBucket!}/${prefix}`.replace(/\/$/, '');
  }

  in(folder: string): Bucket {
    return new Bucket(this.client, `${this.prefix}${folder}/`);
  }

  async list(prefix = ''): Promise<Entry[]> {
    return this.explained(async () => {
      const found: Entry[] = [];
      for await (const one of this.client.listObjectsGrouped({ prefix: this.prefix + prefix, delimiter: '/' }))
        found.push(
          one.type === 'CommonPrefix'
            ? { name: this.nameOf(one.prefix.slice(0, -1)), isFolder: true, bytes: 0, modifiedAt: null }
            : { name: this.nameOf(one.key), isFolder: false, bytes: one.size, modifiedAt: one.lastModified },
        );
      return found.sort((a, b) => (a.name < b.name ? -1 : 1));
    });
  }

  async read(name: string): Promise<Readable> {
    const { body } = await this.explained(async () => this.client.getObject(this.prefix + name), name);
    return Readable.fromWeb(body as ReadableStream);
  }

  async write(name: string, content: Buffer | Readable): Promise<void> {
    const upload = Buffer.isBuffer(content)
      ? (content as Buffer<ArrayBuffer>)
      : (Readable.toWeb(content) as globalThis.ReadableStream<Uint8Array>);
    await this.explained(async () => this.client.putObject(this.prefix + name, upload, { partSize: PART_BYTES }), name);
  }

  async remove(name: string): Promise<void> {
    await this.explained(async () => this.client.deleteObject(this.prefix + name), name);
  }

  async removeFolder(name: string): Promise<void> {
    const folder = this.in(name);
    for (const { name: inside, isFolder } of await folder.list())
      await (isFolder ? folder.removeFolder(inside) : folder.remove(inside));
  }

  private nameOf(key: string): string {
    return key.slice(this.prefix.length);
  }

  /** @throws BackupError that names the place and says what the server, or the network, did */
  private async explained<T>(work: () => Promise<T>, name?: string): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const place = name === undefined ? this.location : `s3://${this.client.defaultBucket!}/${this.prefix}${name}`;
      if (error instanceof S3Errors.ServerError)
        throw new BackupError(`${place}: ${error.code} (HTTP ${error.statusCode}): ${error.message}`, { cause: error });
      if (!(isOfNetwork(error) || error instanceof S3Errors.S3Error)) throw error;
      const { message } = (error.cause ?? error) as Error;
      throw new BackupError(`${place} cannot be reached: ${message}`, { cause: error });
    }
  }
}

/**
 * Opens a bucket with the variables that AWS's own tools read.
 * @param location `s3://BUCKET/PREFIX`
 * @param waitsMs before each further attempt at a request, for tests
 * @throws BackupError if a variable is missing or wrong
 */
export function openBucket(location: string, source = process.env, waitsMs: readonly number[] = WAITS_MS): Store {
  const { variables, problems } = readSecretFiles(source, BUCKET_SECRETS);
  if (problems[0]) throw new BackupError(problems[0]);
  const { hostname: bucket, pathname } = new URL(location);
  const { AWS_ACCESS_KEY_ID: accessKey, AWS_SECRET_ACCESS_KEY: secretKey, AWS_SESSION_TOKEN: sessionToken } = variables;
  if (!accessKey || !secretKey)
    throw new BackupError(`To use ${location}, set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`);
  const region = variables.AWS_REGION || DEFAULT_REGION;
  const endPoint = variables.AWS_ENDPOINT_URL_S3 || variables.AWS_ENDPOINT_URL || `https://s3.${region}.amazonaws.com`;
  try {
    const client = new PatientClient(
      { endPoint, region, bucket, accessKey, secretKey, ...(sessionToken && { sessionToken }) },
      waitsMs,
    );
    const prefix = pathname.replace(/^\/+|\/+$/g, '');
    return new Bucket(client, prefix === '' ? '' : `${decodeURIComponent(prefix)}/`);
  } catch (error) {
    if (!(error instanceof S3Errors.S3Error)) throw error;
    throw new BackupError(`${location} cannot be used: ${error.message}`, { cause: error });
  }
}
