import { Readable } from 'node:stream';
import type pg from 'pg';
import { BackupError } from './errors.js';

/** A flushed checkpoint first, and at the end the segments that the copy needs are archived. SHA-256 of each file. */
const COMMAND =
  "BASE_BACKUP (LABEL 'barkeep', CHECKPOINT 'fast', WAIT true, PROGRESS true, MANIFEST 'yes', MANIFEST_CHECKSUMS 'SHA256')";

/** The kinds of messages in the copy stream of BASE_BACKUP: the first byte of each. */
const MESSAGE = { archive: 0x6e, manifest: 0x6d, data: 0x64, progress: 0x70 } as const;
const KIB = 1024;

/** Data row 2 of 3 results: where the copy begins; one row for each tablespace with its size; where the copy ends. */
const TABLESPACES = 2;

/** Told the bytes sent so far and the estimated total, both uncompressed. */
export type CopyProgress = (bytes: number, totalBytes: number) => void;

/** Of the private parts of node-postgres that a query of one's own is given. */
interface Connection {
  query(text: string): void;
  stream: { pause(): void; resume(): void };
}

/**
 * A base copy: all files of a running server as one tar, as PostgreSQL's own pg_basebackup receives it. The server reads the
 * files, so that nobody else needs access to them, and checks the checksum of each page.
 * https://www.postgresql.org/docs/18/protocol-replication.html#PROTOCOL-REPLICATION-BASE-BACKUP
 */
export class BaseCopyStream implements pg.Submittable {
  /** The files. Read it to its end, and await `manifest`. */
  readonly tar: Readable;
  /** The server's list of the files with their checksums, once it has finished the copy. */
  readonly manifest: Promise<Buffer>;
  private connection: Connection | undefined;
  private results = 0;
  private totalBytes = 0;
  private readonly manifestChunks: Buffer[] = [];
  private inManifest = false;
  private failure: Error | undefined;
  private readonly settle: { resolve: (manifest: Buffer) => void; reject: (error: Error) => void };
  private readonly onProgress: CopyProgress;

  constructor(onProgress: CopyProgress) {
    this.onProgress = onProgress;
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    this.manifest = promise;
    this.settle = { resolve, reject };
    promise.catch(() => undefined); // whoever reads the tar gets the error too
    this.tar = new Readable({ read: () => this.connection?.stream.resume() });
  }

  submit(connection: pg.Connection): void {
    this.connection = connection;
    this.connection.query(COMMAND);
  }

  handleRowDescription(): void {
    this.results++;
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    if (this.results === TABLESPACES) this.totalBytes += Number(fields[2]) * KIB;
  }

  handleCopyData({ chunk }: { chunk: Buffer }): void {
    const [kind] = chunk;
    if (kind === MESSAGE.archive && !chunk.subarray(1).toString().startsWith('base.tar\0'))
      this.failure ??= new BackupError('The server has tablespaces of its own, which a backup does not hold');
    if (kind === MESSAGE.manifest) {
      this.inManifest = true;
      this.tar.push(null);
    }
    if (kind === MESSAGE.progress) this.onProgress(Number(chunk.readBigInt64BE(1)), this.totalBytes);
    if (kind !== MESSAGE.data) return;
    const data = Buffer.from(chunk.subarray(1)); // the parser reuses its buffer
    if (this.inManifest) this.manifestChunks.push(data);
    else if (!this.tar.push(data)) this.connection!.stream.pause();
  }

  handleCommandComplete(): void {}
  handlePortalSuspended(): void {}
  handleEmptyQuery(): void {}
  handleCopyInResponse(): void {}

  handleReadyForQuery(): void {
    if (this.failure) this.fail(this.failure);
    else this.settle.resolve(Buffer.concat(this.manifestChunks));
  }

  handleError(error: Error): void {
    this.fail(error);
  }

  /** Gives the copy up. The connection is of no further use then. */
  fail(error: Error): void {
    this.settle.reject(error);
    this.tar.destroy(error);
  }
}
