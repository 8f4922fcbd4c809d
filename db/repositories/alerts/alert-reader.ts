import type { AlertKind, Severity } from '../../../domain/alerts/alert.js';
import type { Queryable } from '../../client.js';
import type { alerts } from '../../schema/index.js';

export type AlertRow = Omit<typeof alerts.$inferSelect, 'openingDelivery' | 'closingDelivery'> & {
  /** When the message that it has opened was sent; null if none was. */
  toldAt: Date | null;
};

export interface AlertFilter {
  /** Only those that are open. */
  isOpen: boolean;
  kind?: AlertKind | undefined;
  severity?: Severity | undefined;
  /** The last alert of the page before. */
  after?: { openedAt: Date; id: number } | undefined;
  limit: number;
}

/** Alerts, open and closed. */
export class AlertReader {
  constructor(private readonly db: Queryable) {}

  /** Newest first. */
  async page({ isOpen, kind, severity, after, limit }: AlertFilter): Promise<AlertRow[]> {
    const { rows } = await this.db.query<AlertRow>(
      `select a.id::float8 as id, a.kind, a.subject, a.severity, a.message, a.advice, a.because, a.since, a.opened_at as "openedAt",
        a.closed_at as "closedAt", d.sent_at as "toldAt"
      from alerts a left join alert_deliveries d on d.id = a.opening_delivery
      where (not $1 or a.closed_at is null) and ($2::text is null or a.kind = $2) and ($3::text is null or a.severity = $3)
        and ($4::timestamptz is null or (a.opened_at, a.id) < ($4, $5::bigint))
      order by a.opened_at desc, a.id desc limit $6`,
      [isOpen, kind, severity, after?.openedAt, after?.id, limit],
    );
    return rows;
  }

  /** How many are open, by kind and severity. */
  async openCounts(): Promise<{ kind: AlertKind; severity: Severity; alerts: number }[]> {
    const { rows } = await this.db.query<{ kind: AlertKind; severity: Severity; alerts: number }>(
      'select kind, severity, count(*)::int as alerts from alerts where closed_at is null group by 1, 2 order by 1, 2',
    );
    return rows;
  }
}
