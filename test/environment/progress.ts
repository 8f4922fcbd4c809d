import { relative } from 'node:path';
import type { Reporter, TestModule, TestSpecification } from 'vitest/node';

const INTERVAL_MS = 15_000;
const seconds = (since: number) => `${Math.round((Date.now() - since) / 1_000)} s`;

/**
 * Where the default reporter shows no live status, a line every 15 s says how far the tests are and which run for how long,
 * so that one that hangs can be told from a slow machine.
 */
export class Progress implements Reporter {
  #since = Date.now();
  #done = 0;
  #total = 0;
  /** When each running file began, by path. */
  readonly #running = new Map<string, number>();
  #timer?: NodeJS.Timeout;

  onTestRunStart(files: readonly TestSpecification[]): void {
    this.#since = Date.now();
    this.#total = files.length;
    if (!process.stdout.isTTY) this.#timer = setInterval(() => this.#report(), INTERVAL_MS);
  }

  onTestModuleQueued({ moduleId }: TestModule): void {
    this.#running.set(moduleId, Date.now());
  }

  onTestModuleEnd({ moduleId }: TestModule): void {
    this.#running.delete(moduleId);
    this.#done += 1;
  }

  onTestRunEnd(): void {
    clearInterval(this.#timer);
  }

  #report(): void {
    const running = [...this.#running].map(([path, since]) => `${relative(process.cwd(), path)} (${seconds(since)})`);
    process.stderr.write(
      `  … ${this.#done} of ${this.#total} files after ${seconds(this.#since)}; running: ${running.join(', ') || 'none'}\n`,
    );
  }
}
