interface Log {
  error(details: { err: unknown }, message: string): void;
  fatal(details: { err: unknown }, message: string): void;
}

/** The counter of these rejections in the metrics of a worker. */
export const UNHANDLED_REJECTIONS = 'barkeep_unhandled_rejections';

/**
 * The last resort for mistakes of ours. A rejection that nothing handles is logged and counted, and the process goes on.
 * An exception that nothing catches may have left anything half done: it is logged, and the process ends.
 * @param onRejection counts it
 */
export function surviveRejections(log: Log, onRejection: () => void): void {
  process.on('unhandledRejection', (reason) => {
    log.error({ err: reason }, 'a promise was rejected and nothing handled it; this is a bug, please report it');
    onRejection();
  });
  process.on('uncaughtException', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') {
      // perhaps whoever reads our log is gone: it would try for ever to write this
      process.stderr.write(`${error.stack}\n`);
      process.exit(1);
    }
    log.fatal({ err: error }, 'an exception was thrown and nothing caught it; the process ends');
    process.exit(1);
  });
}
