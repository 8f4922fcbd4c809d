import { createHash, createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

const KEY_ID = 'AKIATEST';
const SECRET = 'the+secret/of the bucket';
const REGION = 'eu-central-1';

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');
const hmac = (key: Buffer | string, text: string): Buffer => createHmac('sha256', key).update(text).digest();
/** RFC 3986, as Signature Version 4 has it. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/**
 * A bucket named `backups` in memory, at the HTTP edge: objects, lists and uploads in parts, as S3 has them. Refuses what is not
 * signed with its key (Signature Version 4), and content whose hash is not the signed one.
 */
export class S3Server {
  /** By key. */
  readonly objects = new Map<string, { content: Buffer; modifiedAt: Date }>();
  /** Such as "PUT a/b". */
  readonly requests: string[] = [];
  /** Requests that fail first, with HTTP 503. */
  failing = 0;
  /** An object of which so many answers break off, after one half of what is left. */
  breaking: { key: string; times: number } | null = null;
  /** Requests that get no answer. */
  silent = 0;
  /** From so many parts of an upload on, they are refused. */
  takesParts = Infinity;
  /** Objects in one answer to a list. */
  pageSize = 1_000;
  /** In parts, not yet complete. */
  readonly uploads = new Map<string, Buffer[]>();
  private readonly server = createServer((request, response) => void this.answer(request, response));

  async start(): Promise<this> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    return this;
  }

  /** What opens the bucket. */
  get variables(): NodeJS.ProcessEnv {
    const endpoint = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return {
      ...{ AWS_ACCESS_KEY_ID: KEY_ID, AWS_SECRET_ACCESS_KEY: SECRET },
      ...{ AWS_REGION: REGION, AWS_ENDPOINT_URL_S3: endpoint },
    };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, 'http://bucket');
    const body = await buffer(request);
    const [, bucket, ...path] = url.pathname.split('/').map(decodeURIComponent);
    const key = path.join('/');
    this.requests.push(`${request.method} ${key}`);
    if (this.silent > 0) return void this.silent--;
    const refused = this.failing-- > 0 ? 'SlowDown' : refusal(request, url, body);
    this.failing = Math.max(0, this.failing);
    if (refused) return error(response, refused === 'SlowDown' ? 503 : 403, refused);
    if (bucket !== 'backups') return error(response, 404, 'NoSuchBucket');
    const upload = url.searchParams.get('uploadId');
    if (request.method === 'GET' && key === '') return this.list(response, url.searchParams);
    if (request.method === 'GET') return this.get(response, key, request.headers.range);
    const part = Number(url.searchParams.get('partNumber'));
    if (part > this.takesParts) return error(response, 403, 'QuotaExceeded');
    if (request.method === 'DELETE' && upload !== null) this.uploads.delete(upload);
    else if (request.method === 'DELETE') this.objects.delete(key);
    else if (url.searchParams.has('uploads')) return this.begin(response);
    else if (upload !== null && request.method === 'PUT') this.uploads.get(upload)![part - 1] = body;
    else if (upload !== null) return this.complete(response, key, upload);
    else this.store(key, body);
    response.writeHead(request.method === 'DELETE' ? 204 : 200, { etag: `"${sha256(body).slice(0, 32)}"` }).end();
  }

  private store(key: string, content: Buffer): void {
    this.objects.set(key, { content, modifiedAt: new Date() });
  }

  private get(response: ServerResponse, key: string, range?: string): void {
    const object = this.objects.get(key);
    if (!object) return error(response, 404, 'NoSuchKey');
    const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
    const content = object.content.subarray(from);
    response.writeHead(range === undefined ? 200 : 206, { 'content-length': content.length });
    if (this.breaking?.key !== key || this.breaking.times-- <= 0) return void response.end(content);
    response.write(content.subarray(0, content.length / 2), () => setImmediate(() => response.destroy()));
  }

  private begin(response: ServerResponse): void {
    const id = randomUUID();
    this.uploads.set(id, []);
    response.end(`<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`);
  }

  private complete(response: ServerResponse, key: string, upload: string): void {
    this.store(key, Buffer.concat(this.uploads.get(upload)!));
    this.uploads.delete(upload);
    const result = `<Bucket>backups</Bucket><Key>${escaped(key)}</Key><ETag>"parts"</ETag>`;
    response.end(`<CompleteMultipartUploadResult>${result}</CompleteMultipartUploadResult>`);
  }

  private list(response: ServerResponse, query: URLSearchParams): void {
    const prefix = query.get('prefix') ?? '';
    const delimiter = query.get('delimiter') ?? '';
    const rolledUp = [...this.objects.keys()]
      .filter((key) => key.startsWith(prefix))
      .map((key) => {
        const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
        return end < 0 ? key : key.slice(0, end + 1);
      });
    const after = query.get('continuation-token') ?? '';
    const names = [...new Set(rolledUp)].sort().filter((name) => name > after);
    const page = names.slice(0, this.pageSize);
    const isTruncated = names.length > page.length;
    const entries = page.map((name) => {
      const object = this.objects.get(name);
      if (!object || (name.endsWith('/') && name !== prefix))
        return `<CommonPrefixes><Prefix>${escaped(name)}</Prefix></CommonPrefixes>`;
      const { content, modifiedAt } = object;
      const about = `<Size>${content.length}</Size><LastModified>${modifiedAt.toISOString()}</LastModified>`;
      return `<Contents><Key>${escaped(name)}</Key>${about}<ETag>"e"</ETag></Contents>`;
    });
    const next = isTruncated ? `<NextContinuationToken>${escaped(page.at(-1)!)}</NextContinuationToken>` : '';
    response.end(
      `<ListBucketResult><IsTruncated>${isTruncated}</IsTruncated>${next}${entries.join('')}</ListBucketResult>`,
    );
  }
}

function error(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status).end(`<Error><Code>${code}</Code><Message>refused</Message></Error>`);
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html @returns a code; null: all is well */
function refusal({ method, headers }: IncomingMessage, url: URL, body: Buffer): string | null {
  const given = /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=(\w+)$/.exec(
    headers.authorization ?? '',
  );
  const [keyId, day, ...scope] = (given?.[1] ?? '').split('/');
  if (!given || keyId !== KEY_ID) return 'InvalidAccessKeyId';
  if (headers['x-amz-content-sha256'] !== sha256(body)) return 'XAmzContentSHA256Mismatch';
  const signed = given[2]!.split(';');
  const query = [...url.searchParams]
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort()
    .join('&');
  const canonical = [
    method,
    url.pathname
      .split('/')
      .map((part) => encoded(decodeURIComponent(part)))
      .join('/'),
    query,
    ...signed.map((name) => `${name}:${String(headers[name]).trim()}`),
    '',
    given[2],
    headers['x-amz-content-sha256'],
  ].join('\n');
  const at = headers['x-amz-date'] as string;
  const toSign = ['AWS4-HMAC-SHA256', at, [day, ...scope].join('/'), sha256(canonical)].join('\n');
  const key = [day!, REGION, 's3', 'aws4_request'].reduce<Buffer | string>(hmac, `AWS4${SECRET}`);
  return hmac(key, toSign).toString('hex') === given[3] ? null : 'SignatureDoesNotMatch';
}
