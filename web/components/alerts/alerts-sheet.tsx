'use client';
import { useQuery } from '@tanstack/react-query';
import { openAlertsQuery, recentAlertsQuery } from '../../lib/api/alert-queries';
import type { Alert } from '../../lib/api/types';
import { useMarketNow } from '../../lib/clock';
import { formatAge, NONE } from '../../lib/format';
import type { MarkKind } from '../../lib/pipeline-view';
import { Dialog } from '../ui/dialog';
import { Frame, QueryResult } from '../ui/panel';
import { SkeletonBlock } from '../ui/skeleton';
import { Empty } from '../ui/states';
import { StatusMark } from '../ui/status-mark';
import { CrossingRules } from './crossing-rules';

const MARKS = {
  critical: { kind: 'bad', name: 'Critical' },
  warning: { kind: 'warn', name: 'Warning' },
  notice: { kind: 'late', name: 'Notice' },
} as const satisfies Record<Alert['severity'], { kind: MarkKind; name: string }>;

/** What is wrong now, what was, and the crossings that are watched. */
export function AlertsSheet({ onClose }: { onClose: () => void }) {
  const open = useQuery(openAlertsQuery);
  const recent = useQuery(recentAlertsQuery);
  return (
    <Dialog kind="sheet" title="Alerts" onClose={onClose}>
      <Frame title="Open">
        <QueryResult
          query={open}
          skeleton={<SkeletonBlock className="h-24" />}
          isEmpty={(alerts) => alerts.length === 0}
          empty={<Empty title="No open alerts">Alerts are evaluated every minute.</Empty>}
        >
          {(alerts) => <AlertList alerts={alerts} name="Open alerts" />}
        </QueryResult>
      </Frame>
      <CrossingRules />
      <Frame title="Closed" note="the latest">
        <QueryResult
          query={recent}
          skeleton={<SkeletonBlock className="h-24" />}
          isEmpty={(alerts) => closedOf(alerts).length === 0}
          empty={<p className="py-2 text-ink-3">None yet.</p>}
        >
          {(alerts) => <AlertList alerts={closedOf(alerts)} name="Closed alerts" />}
        </QueryResult>
      </Frame>
    </Dialog>
  );
}

const closedOf = (alerts: readonly Alert[]) => alerts.filter(({ closedAt }) => closedAt !== null);

function AlertList({ alerts, name }: { alerts: readonly Alert[]; name: string }) {
  const now = useMarketNow(10_000);
  return (
    <ul aria-label={name} className="divide-y divide-rule">
      {alerts.map(({ id, severity, message, advice, because, since, closedAt }) => {
        const mark = MARKS[severity];
        const until = closedAt === null ? now : Date.parse(closedAt);
        return (
          <li key={id} className="flex flex-col gap-1 py-2">
            <div className="flex items-baseline justify-between gap-3">
              {closedAt === null ? <StatusMark kind={mark.kind}>{mark.name}</StatusMark> : <span>{mark.name}</span>}
              <span className="label whitespace-nowrap">
                {closedAt === null ? 'for ' : 'lasted '}
                <time dateTime={since}>{until === null ? NONE : formatAge(until - Date.parse(since))}</time>
              </span>
            </div>
            <p className="wrap-anywhere">{message}</p>
            {closedAt === null && (
              <p className="text-xs text-ink-2">{because === null ? advice : `Caused by: ${because}.`}</p>
            )}
          </li>
        );
      })}
    </ul>
  );
}
