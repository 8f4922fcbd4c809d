import { setTimeout as delay } from 'node:timers/promises';
import type { RunningProcess } from '../embedded/service.js';
import { endProcess } from '../lib/processes.js';

/** Waits before the first, second … restart in a row; the last one repeats. */
const BACKOFF_MS = [250, 1_000, 2_000, 5_000, 10_000, 20_000, 30_000];
/** Running for so long, it counts as healthy: the next restart is quick again. */
const HEALTHY_MS = 60_000;

export interface SupervisedOptions {
  name: string;
  /** Starts it and resolves when it is ready; tells its pid as soon as it has one. Rejects with the reason. */
  launch(spawned: (pid: number) => void): Promise<RunningProcess>;
  /** Told the pid whenever it changes; null when it has ended. */
  onPid(pid: number | null): void;
  report(line: string): void;
  /** For tests. */
  backoffMs?: number[];
}

/** Keeps one process running: when it ends by itself it is started again, ever more slowly while that does not help. */
export class Supervised {
  readonly name: string;
  private readonly options: SupervisedOptions;
  private readonly stopping = new AbortController();
  private current: RunningProcess | null = null;
  private launching: Promise<RunningProcess> | null = null;
  private pid: number | null = null;
  private failures = 0;

  constructor(options: SupervisedOptions) {
    this.name = options.name;
    this.options = options;
  }

  /** The first start. @throws the reason when it does not become ready; then nothing of it runs */
  async start(): Promise<void> {
    await this.launch();
    void this.watch();
  }

  /** Ends it for good. */
  async stop(graceMs: number, hurry?: AbortSignal): Promise<void> {
    this.stopping.abort();
    if (this.current) await this.current.stop(graceMs, hurry);
    else if (this.launching && this.pid) {
      await endProcess(this.pid, [['SIGTERM', Math.min(graceMs, 2_000)]]);
      await Promise.race([this.launching.catch(() => {}), delay(1_000)]);
    }
  }

  private async launch(): Promise<void> {
    this.launching = this.options.launch((pid) => this.setPid(pid));
    try {
      this.current = await this.launching;
    } catch (error) {
      this.setPid(null);
      throw error;
    } finally {
      this.launching = null;
    }
  }

  private async watch(): Promise<void> {
    while (this.current) {
      const since = performance.now();
      const reason = await this.current.exited;
      this.current = null;
      this.setPid(null);
      if (this.stopping.signal.aborted) return;
      if (performance.now() - since > HEALTHY_MS) this.failures = 0;
      await this.restart(reason);
    }
  }

  private async restart(reason: string): Promise<void> {
    const backoff = this.options.backoffMs ?? BACKOFF_MS;
    for (;;) {
      const waitMs = backoff[Math.min(this.failures, backoff.length - 1)]!;
      this.failures += 1;
      this.options.report(`${this.name} is down (${reason}); starting it again in ${waitMs / 1_000} s`);
      await delay(waitMs, undefined, { signal: this.stopping.signal }).catch(() => {});
      if (this.stopping.signal.aborted) return;
      try {
        await this.launch();
        this.options.report(`${this.name} is up again (pid ${this.pid})`);
        return;
      } catch (error) {
        if (this.stopping.signal.aborted) return;
        reason = (error as Error).message;
      }
    }
  }

  private setPid(pid: number | null): void {
    this.pid = pid;
    this.options.onPid(pid);
  }
}
