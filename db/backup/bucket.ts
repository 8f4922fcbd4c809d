import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { setTimeout as delay } from 'node:timers/promises';
import { isNativeError } from 'node:util/types';
import { S3Client, S3Errors } from '@bradenmacdonald/s3-lite-client';
import pTimeout, { TimeoutError } from 'p-timeout';
import { BUCKET_SECRETS } from '../../config/bucket-variables.js';
import { readSecretFiles } from '../../config/secret-files.js';
import { SECOND } from '../../domain/timeframe.js';
import { BackupError } from './errors.js';
import type { Entry, Store } from './store.js';

/** What passes by itself, in ms; for tests, shorter ones. */
export interface Patience {
  /** Waits before the second attempt at a request, and each further one. */
  waits: readonly number[];
  /** For an answer, and for each further piece of it. */
  silence: number;
}
const PATIENCE: Patience = { waits: [0.25 * SECOND, SECOND, 4 * SECOND], silence: 30 * SECOND };
/** The slowest connection over which an upload gets more time. */
const BYTES_PER_MS = 32;
/** Up to four parts of an upload are in memory; there are at most 10,000, so a file has at most 160 GB. */
const PART_BYTES = 16 * 1024 ** 2;
const HTTP = { tooManyRequests: 429, serverError: 500, noContent: 204 } as const;

const DEFAULT_REGION = 'us-east-1';

type Request = Parameters<S3Client['makeRequest']>[0];

/** An upload in parts that has begun. */
interface Upload {
  id: string | null;
  parts: Set<Promise<unknown>>;
  /** Told that a part could not be uploaded; without it, the client reads the rest of the file first. */
  onFailure: (error: Error) => void;
}

/**
 * Repeats what failed on the way, or because of the server, and leaves no parts of an upload that fails. Each request is signed
 * with the SHA-256 of its content.
 */
class PatientClient extends S3Client {
  readonly patience: Patience;
  /** By key. */
  private readonly uploads = new Map<string, Upload>();

  constructor(options: ConstructorParameters<typeof S3Client>[0], patience: Patience) {
    super(options);
    this.patience = patience;
  }

  override async makeRequest(request: Request): Promise<Response> {
    const upload = this.uploads.get(request.objectName);
    const answer = this.persist(request);
    if (request.method !== 'PUT' || !upload?.id) return answer;
    upload.parts.add(answer);
    return answer.catch((error: Error) => {
      upload.onFailure(error);
      throw error;
    });
  }

  private async persist(request: Request): Promise<Response> {
    for (const waitMs of this.patience.waits) {
      try {
        return await this.attempt(request);
      } catch (error) {
        if (!isPassing(error)) throw error;
        await delay(waitMs);
      }
    }
    return this.attempt(request);
  }

  private async attempt(request: Request): Promise<Response> {
    const { method, objectName, query, payload } = request;
    const answer = super.makeRequest({ ...request, headers: new Headers(request.headers) }).then(async (response) => {
      // all but an object is short, and read within the attempt
      if (!request.returnBody || (method === 'GET' && objectName !== '')) return response;
      const text = await response.text();
      const upload = query === 'uploads' && this.uploads.get(objectName);
      if (upload) upload.id = /<UploadId>([^<]+)</.exec(text)?.[1] ?? null;
      return new Response(text, { headers: response.headers });
    });
    return this.withinLimit(answer, (payload?.length ?? 0) / BYTES_PER_MS);
  }

  /** @param furtherMs beside that for an answer */
  async withinLimit<T>(answer: Promise<T>, furtherMs = 0): Promise<T> {
    return pTimeout(answer, { milliseconds: this.patience.silence + furtherMs, message: 'no answer' });
  }

  async upload(key: string, content: Readable): Promise<void> {
    const upload: Upload = { id: null, parts: new Set(), onFailure: (error) => content.destroy(error) };
    this.uploads.set(key, upload);
    try {
      await this.putObject(key, Readable.toWeb(content) as globalThis.ReadableStream, { partSize: PART_BYTES });
    } catch (error) {
      await this.abort(key, upload).catch(() => undefined); // the first error says more
      throw error;
    } finally {
      this.uploads.delete(key);
    }
  }

  private async abort(key: string, { id, parts }: Upload): Promise<void> {
    if (id === null) return;
    await Promise.allSettled(parts); // a part that arrives later would stay
    const query = { uploadId: id };
    await this.makeRequest({ method: 'DELETE', objectName: key, query, statusCode: HTTP.noContent });
  }
}

/** Whether the same request may succeed later: it did not get an answer, or the server was in trouble. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof S3Errors.ServerError)) return isOfNetwork(error);
  return error.statusCode >= HTTP.serverError || error.statusCode === HTTP.tooManyRequests;
}

/** What `fetch` throws if there is no answer, or if it breaks off. */
const isOfNetwork = (error: unknown): error is Error =>
  error instanceof TimeoutError || (isNativeError(error) && ['fetch failed', 'terminated'].includes(error.message));

type Body = ReadableStream<Uint8Array>;

/** Files in a bucket of an S3-compatible store, by the beginning of their keys. */
class Bucket implements Store {
  readonly location: string;
  private readonly client: PatientClient;
  /** '', or ends with a slash. */
  private readonly prefix: string;

  constructor(client: PatientClient, prefix: string) {
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
      // a console that makes a "folder" leaves an empty file without a name in it
      return found.filter(({ name }) => name !== '').sort((a, b) => (a.name < b.name ? -1 : 1));
    });
  }

  async read(name: string): Promise<Readable> {
    return Readable.from(this.pieces(name, await this.bodyOf(name, 0)), { objectMode: false });
  }

  /** A connection that breaks does not end it: it goes on from there, as long as each one brings something. */
  private async *pieces(name: string, body: Body): AsyncGenerator<Uint8Array> {
    const { waits } = this.client.patience;
    let [offset, breaks] = [0, 0];
    for (let reader = body.getReader(); ; reader = (await this.bodyOf(name, offset)).getReader()) {
      try {
        for (;;) {
          const { value, done } = await this.client.withinLimit(reader.read());
          if (done) return;
          [offset, breaks] = [offset + value.length, 0];
          yield value;
        }
      } catch (error) {
        const waitMs = isOfNetwork(error) ? waits[breaks++] : undefined;
        if (waitMs === undefined) throw this.explain(error, name);
        await delay(waitMs);
      } finally {
        void reader.cancel().catch(() => undefined);
      }
    }
  }

  private async bodyOf(name: string, offset: number): Promise<Body> {
    const length = 0; // the rest
    const { body } = await this.explained(
      async () => this.client.getPartialObject(this.prefix + name, { offset, length }),
      name,
    );
    return body as Body;
  }

  async write(name: string, content: Buffer | Readable): Promise<void> {
    const source = Buffer.isBuffer(content) ? Readable.from([content]) : content;
    await this.explained(async () => this.client.upload(this.prefix + name, source), name);
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
      throw this.explain(error, name);
    }
  }

  private explain(error: unknown, name?: string): unknown {
    const place = name === undefined ? this.location : `s3://${this.client.defaultBucket!}/${this.prefix}${name}`;
    if (error instanceof S3Errors.ServerError)
      return new BackupError(`${place}: ${error.code} (HTTP ${error.statusCode}): ${error.message}`, { cause: error });
    if (!(isOfNetwork(error) || error instanceof S3Errors.S3Error)) return error;
    const { message } = (error.cause ?? error) as Error;
    return new BackupError(`${place} cannot be reached: ${message}`, { cause: error });
  }
}

/**
 * Opens a bucket with the variables that AWS's own tools read.
 * @param location `s3://BUCKET/PREFIX`
 * @throws BackupError if a variable is missing or wrong
 */
export function openBucket(location: string, source = process.env, patience = PATIENCE): Store {
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
      patience,
    );
    const prefix = pathname.replace(/^\/+|\/+$/g, '');
    return new Bucket(client, prefix === '' ? '' : `${decodeURIComponent(prefix)}/`);
  } catch (error) {
    if (!(error instanceof S3Errors.S3Error)) throw error;
    throw new BackupError(`${location} cannot be used: ${error.message}`, { cause: error });
  }
}
