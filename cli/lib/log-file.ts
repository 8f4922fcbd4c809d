import { closeSync, existsSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';

const MAX_BYTES = 10 * 1024 * 1024;
const KEPT_LINES = 20;

/**
 * The log of a child process: a file, rotated at 10 MB (to one older file, `.1`), and the last lines of stderr, which show
 * why the child died. What cannot be written (the disk is full) is dropped, and a line in the file says how much was lost.
 */
export class LogFile {
  readonly path: string;
  private fd: number;
  private bytes: number;
  private errorLines: string[] = [];
  private partialLine = '';
  private lost = 0;

  constructor(path: string) {
    this.path = path;
    mkdirSync(dirname(path), { recursive: true });
    this.fd = openSync(path, 'a', 0o600);
    this.bytes = fstatSync(this.fd).size;
  }

  /** Records a child's output for as long as it lives. */
  follow(child: { stdout: Readable | null; stderr: Readable | null }): void {
    child.stdout?.on('data', (chunk: Buffer) => this.write(chunk));
    child.stderr?.on('data', (chunk: Buffer) => {
      this.write(chunk);
      this.keep(chunk.toString());
    });
  }

  /** The last lines of stderr since the last call. */
  takeErrors(): string {
    const lines = [...this.errorLines, this.partialLine].filter((line) => line.trim() !== '');
    this.errorLines = [];
    this.partialLine = '';
    return lines.slice(-KEPT_LINES).join('\n');
  }

  close(): void {
    closeSync(this.fd);
  }

  private keep(text: string): void {
    const lines = (this.partialLine + text).split('\n');
    this.partialLine = lines.pop() ?? '';
    this.errorLines = [...this.errorLines, ...lines].slice(-KEPT_LINES);
  }

  private write(chunk: Buffer): void {
    try {
      if (this.bytes > MAX_BYTES) this.rotate();
      if (this.lost > 0)
        this.append(Buffer.from(`\n[${this.lost} bytes of output were lost: the log could not be written]\n`));
      this.lost = 0;
      this.append(chunk);
    } catch {
      this.lost += chunk.length;
    }
  }

  /** @throws the system's error */
  private append(bytes: Buffer): void {
    for (let written = 0; written < bytes.length;) written += writeSync(this.fd, bytes, written);
    this.bytes += bytes.length;
  }

  private rotate(): void {
    // it is gone if an earlier attempt could not open the new file
    if (existsSync(this.path)) renameSync(this.path, `${this.path}.1`);
    const full = this.fd;
    this.fd = openSync(this.path, 'a', 0o600);
    closeSync(full);
    this.bytes = 0;
  }
}
