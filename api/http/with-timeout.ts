/** What was asked did not answer in time. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut';
}

/** The outcome of `work`, or TimedOut when it takes longer: the work itself goes on unheard. */
export async function withTimeout<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimedOut(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
