import { declareOutage, endOutage } from '../db/repositories/provider/outages.js';
import { type HealInput, WORKFLOWS } from '../contracts/workflows.js';
import { PIPELINE_QUEUE } from '../contracts/queues.js';
import type { Deps } from './deps.js';
import { startOnce } from './start-once.js';
import type { OutageInput, OutageVerdict } from '../contracts/activities.js';

export const outageActivities = ({ pool, client, logger }: Pick<Deps, 'pool' | 'client' | 'logger'>) => ({
  /** From now on runs ask the provider for one asset only, until that goes well. */
  async declareOutage({ provider, symptom, message }: OutageVerdict): Promise<void> {
    await declareOutage(pool, provider, symptom);
    logger.warn({ provider, symptom }, message);
  },

  /** The provider is back: what its outage has left out is healed at once. */
  async endOutage({ provider }: OutageInput): Promise<void> {
    if (!(await endOutage(pool, provider))) return;
    logger.info({ provider }, 'the provider is back');
    const input: HealInput = { pipeline: 'heal_gaps' };
    await startOnce(client, WORKFLOWS.heal, `heal_gaps-after-outage-${provider}`, PIPELINE_QUEUE, input);
  },
});
