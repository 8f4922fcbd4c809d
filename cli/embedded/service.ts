/** A server process that we started. */
export interface RunningProcess {
  pid: number;
  /** Resolves when it has ended, for any reason, with a text such as "exit code 1". */
  exited: Promise<string>;
  /** Stops it cleanly, or by force after `graceMs` or once `hurry` is aborted; resolves when it is gone. */
  stop(graceMs: number, hurry?: AbortSignal): Promise<void>;
}
