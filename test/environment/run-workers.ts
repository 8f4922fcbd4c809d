import type { Worker } from '@temporalio/worker';

/** Runs workers. @returns stops them, and waits until they have stopped */
export function runWorkers(workers: readonly Worker[]): () => Promise<void> {
  const running = Promise.all(workers.map((worker) => worker.run()));
  return async () => {
    for (const worker of workers) worker.shutdown();
    await running;
  };
}
