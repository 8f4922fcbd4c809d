import { Context, log } from '@temporalio/activity';
import type { SourcesCompared } from '../contracts/activities.js';
import type { AdjustInput, UpkeepScope } from '../contracts/workflows.js';
import { classifyCorrupt, classifyUsuallyEmpty } from '../db/repositories/coverage/classify-gaps.js';
import { summariseCoverage } from '../db/repositories/coverage/coverage-states.js';
import { recountDirty } from '../db/repositories/coverage/recount.js';
import { assetsToAdjust, bringFilesToLevel } from '../db/repositories/load/apply-splits.js';
import { compareDays } from '../db/repositories/upkeep/daily-differences.js';
import { utcDate } from '../domain/calendars/dates.js';
import { DAY } from '../domain/timeframe.js';
import { assetsDueForAdjustment } from '../planning/adjust.js';
import { findAssets, idsOf } from '../planning/series-input.js';
import { compareSourcesOf } from './compare-sources.js';
import type { Deps } from './deps.js';
import { gapsInWords } from './gaps-in-words.js';

/** How far back daily bars are compared with their minutes, and sources with each other. */
const COMPARED_DAYS = 30;
const comparedSince = (clockOffsetMs: number) => utcDate(Date.now() + clockOffsetMs - COMPARED_DAYS * DAY);

export const gapActivities = ({ pool, clockOffsetMs }: Pick<Deps, 'pool' | 'clockOffsetMs'>) => ({
  /**
   * Recounts what SQL has changed, classifies the gaps that no single load can (corrupt at the provider, or as empty as
   * usual), and brings files from before a split to the level after it.
   * @returns assets with a split that is not applied and should be tried again
   */
  async classifyGaps(): Promise<AdjustInput[]> {
    await recountDirty(pool);
    await classifyCorrupt(pool, clockOffsetMs);
    await classifyUsuallyEmpty(pool);
    await bringFilesToLevel(pool, () => Context.current().info.workflowExecution!.runId);
    return assetsDueForAdjustment(pool, await assetsToAdjust(pool));
  },

  /** What is missing after a heal, in words; null if nothing is. */
  async describeGaps({ symbols, timeframes }: UpkeepScope): Promise<string | null> {
    const assets = await findAssets(pool, { symbols });
    const now = Date.now() + clockOffsetMs;
    return gapsInWords(await summariseCoverage(pool, now, { assetIds: idsOf(assets), timeframes }));
  },

  /** Records where a provider's daily bars differ from its minutes. @returns how many differences are new */
  async compareWithDays(): Promise<number> {
    return compareDays(pool, { since: comparedSince(clockOffsetMs) });
  },

  /** Records how far the sources of each asset agree, session by session. */
  async compareSources(): Promise<SourcesCompared> {
    const compared = await compareSourcesOf(pool, { since: comparedSince(clockOffsetMs) });
    if (compared.findings > 0) log.warn('sources of an asset disagree; see /api/agreement', { ...compared });
    return compared;
  },
});
