import type { Env } from './env.js';

/** How long a worker that is told to stop continues its tasks before it returns them to Temporal, ms. */
export const drainMsOf = ({ NODE_ENV }: Pick<Env, 'NODE_ENV'>): number => (NODE_ENV === 'production' ? 30_000 : 10_000);
