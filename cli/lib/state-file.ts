import { SECOND } from '../../domain/timeframe.js';
import { writeAtomically } from './write-atomically.js';

const RETRY_MS = 5 * SECOND;

export interface StateFileOptions {
  /** Called once when the file cannot be written, and once when it can again. */
  report?: (line: string) => void;
  /** For tests. */
  retryMs?: number;
}

/** A file that shows the state of a running process. If it cannot be written (the disk is full), that is tried until it can. */
export class StateFile {
  private pending: string | null = null;
  private retry: NodeJS.Timeout | undefined;

  constructor(
    readonly path: string,
    private readonly options: StateFileOptions = {},
  ) {}

  /** Never throws. */
  write(content: string): void {
    const wasPending = this.pending !== null;
    clearTimeout(this.retry);
    try {
      writeAtomically(this.path, content);
      this.pending = null;
      if (wasPending) this.options.report?.(`${this.path} is up to date again`);
    } catch (error) {
      this.pending = content;
      if (!wasPending)
        this.options.report?.(`${this.path} cannot be written (${(error as Error).message}). Trying again …`);
      this.retry = setTimeout(() => this.write(content), this.options.retryMs ?? RETRY_MS).unref();
    }
  }

  /** Gives up what could not be written. */
  close(): void {
    clearTimeout(this.retry);
    this.pending = null;
  }
}
