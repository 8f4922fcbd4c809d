import { setTimeout as delay } from 'node:timers/promises';
import { SECOND } from '../../domain/timeframe.js';
import type { RunningProcess } from '../embedded/service.js';
import { endProcess } from '../lib/processes.js';

/**
 * Delays before the first, second … restart in a row; the last one repeats. Live data is a minute old before the next run
 * fetches it, and should never be staler than 90 s: that leaves seconds.
 */
const BACKOFF_MS = [0, 1_000, 2_000, 5_000];
/** A process that ran for this long once it was ready does not fail by itself: its next restart is immediate again. */
const HEALTHY_MS = 10 * SECOND;
/** The graces of a process that is stopped while it starts. */
const STARTING_GRACE_MS = 2 * SECOND;
const LAUNCH_GRACE_MS = SECOND;

export interface SupervisedOptions {
  name: string;
  /** Starts it and resolves when it is ready; calls `spawned` as soon as it has a pid. Rejects with the reason. */
  launch(spawned: (pid: number) => void): Promise<RunningProcess>;
  /** Called with the pid whenever it changes; null when the process has ended. */
  onPid(pid: number | null): void;
  report(line: string): void;
  /** For tests. */
  backoffMs?: number[];
  healthyMs?: number;
}

/** Keeps one process running: when it ends by itself it is restarted, after longer and longer delays while that fails. */
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

  /** Starts it for the first time. @throws the reason if it does not become ready; it is not running then */
  async start(): Promise<void> {
    await this.launch();
    void this.watch();
  }

  /** Stops it and does not restart it. */
  async stop(graceMs: number, hurry?: AbortSignal): Promise<void> {
    this.stopping.abort();
    const { launching, pid } = this;
    if (this.current) await this.current.stop(graceMs, hurry);
    else if (launching && pid) {
      await endProcess(pid, [['SIGTERM', Math.min(graceMs, STARTING_GRACE_MS)]]);
      await Promise.race([launching.catch(() => {}), delay(LAUNCH_GRACE_MS)]);
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
      if (performance.now() - since > (this.options.healthyMs ?? HEALTHY_MS)) this.failures = 0;
      await this.restart(reason);
    }
  }

  private async restart(reason: string): Promise<void> {
    const backoff = this.options.backoffMs ?? BACKOFF_MS;
    for (;;) {
      const waitMs = backoff[Math.min(this.failures, backoff.length - 1)]!;
      this.failures += 1;
      this.options.report(
        `${this.name} stopped (${reason}). Restarting ${waitMs === 0 ? 'now' : `in ${waitMs / SECOND} s`} …`,
      );
      await delay(waitMs, undefined, { signal: this.stopping.signal }).catch(() => {});
      if (this.stopping.signal.aborted) return;
      try {
        await this.launch();
        this.options.report(`${this.name} is running again (pid ${this.pid})`);
        return;
      } catch (error) {
        if (this.stopping.signal.aborted) return;
        reason = (error as Error).message;
      }
    }
  }

  private setPid(pid: number | null): void {
    this.pid = pid;
    try {
      this.options.onPid(pid);
    } catch (error) {
      this.options.report(`${this.name}: its pid could not be recorded: ${(error as Error).message}`);
    }
  }
}
