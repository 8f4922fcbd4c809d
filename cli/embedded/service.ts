/** A server process that we started. */
export interface RunningProcess {
  pid: number;
  /** Resolves when it has ended, whatever the reason, with words such as "exit code 1". */
  exited: Promise<string>;
  /** Ends it cleanly, by force once `graceMs` have passed or `hurry` is aborted; resolves when it is gone. */
  stop(graceMs: number, hurry?: AbortSignal): Promise<void>;
}
