import { Context } from '@temporalio/activity';
import type { DeclareOutageInput, EndOutageInput } from '../contracts/activities.js';
import { declareOutage, endOutage } from '../db/repositories/provider/outages.js';
import type { Deps } from './deps.js';

export const outageActivities = ({ pool, logger }: Pick<Deps, 'pool' | 'logger'>) => ({
  /** From now on, runs send the provider one request, a probe, until a probe succeeds. */
  async declareOutage({ provider, symptom, message }: DeclareOutageInput): Promise<void> {
    await declareOutage(pool, provider, symptom);
    logger.warn({ provider, symptom }, message);
  },

  /**
   * Lifts the provider's outage verdict.
   * @returns whether the provider was out, so that what the outage has left out should be healed. A retry says yes in any
   * case: the attempt before it may have lifted the verdict and died before it could report that.
   */
  async endOutage({ provider }: EndOutageInput): Promise<boolean> {
    const wasOut = await endOutage(pool, provider);
    if (wasOut) logger.info({ provider }, 'the provider has recovered');
    return wasOut || Context.current().info.attempt > 1;
  },
});
