import { Inject, Injectable } from '@nestjs/common';
import { rulesOf } from '../../config/catalog/series-rules.js';
import { BarReader } from '../../db/repositories/read/bar-reader.js';
import { RejectedBars } from '../../db/repositories/read/rejected-bars.js';
import { readSeriesAtProvider } from '../../db/repositories/read/series-at-provider.js';
import { gapReason, slotsOfWindow, type GapReason } from '../../domain/series/gap-reason.js';
import { DEPS, type ApiDeps } from '../deps.js';
import { storingSources, type SeriesSpec } from './series-spec.js';

/** The source will not have a bar there. */
const FINAL: readonly GapReason[] = ['unobtainable', 'corrupt', 'nothing_at_provider'];

/** Why windows have no bars, from what is stored. */
@Injectable()
export class GapReasons {
  constructor(
    @Inject(DEPS) private readonly deps: ApiDeps,
    private readonly bars: BarReader,
    private readonly rejected: RejectedBars,
  ) {}

  /** Why the window of a request has no bars, as of now: at the first source that can still have one, else at the first. */
  async of(spec: SeriesSpec): Promise<GapReason> {
    const reasons: GapReason[] = [];
    for (const source of storingSources(spec)) {
      const { timeframe } = spec.rules;
      const reason = await this.at({ ...spec, rules: rulesOf({ ...source, timeframe }) }, source.id);
      if (!FINAL.includes(reason)) return reason;
      reasons.push(reason);
    }
    return reasons[0]!;
  }

  /** @param spec with the rules of that source */
  private async at(spec: SeriesSpec, assetId: number): Promise<GapReason> {
    const slots = slotsOfWindow(spec);
    const series = { assetId, timeframe: spec.rules.timeframe };
    const [first, last] = [slots.due[0], slots.due.at(-1)];
    const [coverage, isRejected, [at]] = await Promise.all([
      first && last ? this.bars.coverage(series, first.session.date, last.session.date) : [],
      first && last ? this.rejected.hasOpen(series, first.firstTime, last.lastTime) : false,
      readSeriesAtProvider(this.deps.database.pool, [series], spec.window.asOf),
    ]);
    const { hasNothing = false, isUnknown = false } = at ?? {};
    return gapReason(spec, slots, { coverage, isRejected, hasNothing: hasNothing && !spec.bounds, isUnknown });
  }
}
