import { Inject, Injectable } from '@nestjs/common';
import { staleTimes } from '../../db/repositories/alerts/alerts.js';
import { AlertReader } from '../../db/repositories/alerts/alert-reader.js';
import { pendingSlots } from '../../db/repositories/coverage/pending-slots.js';
import { AgreementReader } from '../../db/repositories/read/agreement-reader.js';
import { RejectedBars } from '../../db/repositories/read/rejected-bars.js';
import { BUDGET_DAYS, spentBudget } from '../../domain/alerts/error-budget.js';
import { utcDate } from '../../domain/calendars/dates.js';
import { DAY } from '../../domain/timeframe.js';
import { AssetCatalog } from '../assets/asset-catalog.js';
import { DEPS, type ApiDeps, marketNow } from '../deps.js';
import { type Figure, type Figures, figure } from './figures.js';

/** What is older is not counted. */
const COUNTED_DAYS = 30;

/** What is missing, rejected or doubtful, and what a person is told of. */
@Injectable()
export class QualityFigures implements Figures {
  constructor(
    @Inject(DEPS) private readonly deps: ApiDeps,
    private readonly rejectedBars: RejectedBars,
    private readonly agreement: AgreementReader,
    private readonly alertReader: AlertReader,
    private readonly assets: AssetCatalog,
  ) {}

  async read(): Promise<Figure[]> {
    const now = marketNow(this.deps);
    const since = utcDate(now - COUNTED_DAYS * DAY);
    const { pool } = this.deps.database;
    const [pending, rejected, disagreements, alerts, stale, assets] = await Promise.all([
      pendingSlots(pool, since),
      this.rejectedBars.openByRule(),
      this.agreement.findingCounts(since),
      this.alertReader.openCounts(),
      staleTimes(pool, now - BUDGET_DAYS * DAY),
      this.assets.active(),
    ]);
    return [
      figure(
        'pending_slots',
        `Bars of the last ${COUNTED_DAYS} days that were requested, are not stored, and will be requested again.`,
        ['symbol', 'source', 'timeframe'],
        pending.map(({ slots, ...labels }) => [labels, slots]),
      ),
      figure(
        'rejected_rows',
        'Rows that broke a rule, and that nobody has decided on.',
        ['rule'],
        rejected.map(({ rule, rows }) => [{ rule }, rows]),
      ),
      figure(
        'source_disagreements',
        `Sessions of the last ${COUNTED_DAYS} days in which two sources of an asset disagree, by kind.`,
        ['symbol', 'source', 'other', 'kind'],
        disagreements.map(({ sessions, ...labels }) => [labels, sessions]),
      ),
      figure(
        'alerts_open',
        'Open alerts.',
        ['kind', 'severity'],
        alerts.map(({ alerts: count, ...labels }) => [labels, count]),
      ),
      figure(
        'error_budget_spent_ratio',
        `Share of the time for which bars of an asset may be overdue, in ${BUDGET_DAYS} days, that is used up; 1 if the objective is missed.`,
        ['symbol'],
        assets.map(({ symbol, exchange }) => [
          { symbol },
          spentBudget({ symbol, exchange, times: stale.get(symbol) ?? [] }, now),
        ]),
      ),
    ];
  }
}
