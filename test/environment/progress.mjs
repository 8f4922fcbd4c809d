import { relative } from 'node:path';

const INTERVAL_MS = 15_000;
const seconds = (since) => `${Math.round((Date.now() - since) / 1_000)} s`;

/**
 * A reporter of jest: where its own shows no live status, a line every 15 s says how far the tests are and which run for
 * how long, so that one that hangs can be told from a slow machine.
 */
export default class Progress {
  #since = Date.now();
  #done = 0;
  #total = 0;
  /** When each running file began, by path. */
  #running = new Map();
  #timer;

  onRunStart({ numTotalTestSuites }) {
    this.#total = numTotalTestSuites;
    if (!process.stdout.isTTY) this.#timer = setInterval(() => this.#report(), INTERVAL_MS);
  }

  onTestFileStart({ path }) {
    this.#running.set(path, Date.now());
  }

  onTestFileResult({ path }) {
    this.#running.delete(path);
    this.#done += 1;
  }

  onRunComplete() {
    clearInterval(this.#timer);
  }

  #report() {
    const running = [...this.#running].map(([path, since]) => `${relative(process.cwd(), path)} (${seconds(since)})`);
    process.stderr.write(
      `  … ${this.#done} of ${this.#total} files after ${seconds(this.#since)}; running: ${running.join(', ') || 'none'}\n`,
    );
  }
}
