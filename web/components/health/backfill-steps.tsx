'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { backfillQuery, planBackfill, providersQuery, startBackfill } from '../../lib/api/health-queries';
import type { BackfillPlan, BackfillRequest } from '../../lib/api/types';
import { barsOf } from '../../lib/coverage-view';
import { counted, formatCount, formatDuration } from '../../lib/format';
import { viewRun } from '../../lib/pipeline-view';
import { randomKey } from '../../lib/random-key';
import { formatTime } from '../../lib/time';
import { Button } from '../ui/button';
import { Problem } from '../ui/states';
import { StatusMark } from '../ui/status-mark';
import { BackfillProgressBar } from '../ui/backfill-progress-bar';

/** A backfill in three steps: preview, start, progress. A changed request starts over. */
export function BackfillSteps({ request, disabled = false }: { request: BackfillRequest; disabled?: boolean }) {
  const [isAll, setAll] = useState(false);
  const fullRequest: BackfillRequest = isAll ? { ...request, reprocess: 'all' } : request;
  return (
    <div className="flex flex-col gap-3">
      <label className="flex items-center gap-2 text-ink-2">
        <input
          type="checkbox"
          className="size-3.5 accent-accent"
          checked={isAll}
          onChange={(event) => setAll(event.target.checked)}
        />
        Re-fetch stored bars too, to pick up late corrections
      </label>
      <Steps key={JSON.stringify(fullRequest)} request={fullRequest} disabled={disabled} />
    </div>
  );
}

const MUTATION = { retry: false, networkMode: 'always' } as const;

function Steps({ request, disabled }: { request: BackfillRequest; disabled: boolean }) {
  const [key] = useState(randomKey);
  const client = useQueryClient();
  const plan = useMutation({ ...MUTATION, mutationFn: () => planBackfill(request) });
  const start = useMutation({
    ...MUTATION,
    mutationFn: () => startBackfill(request, key),
    onSuccess: () => client.invalidateQueries({ queryKey: ['pipeline'] }),
  });
  const failure = start.error ?? plan.error;
  return (
    <>
      {plan.data && <Plan plan={plan.data} isAll={request.reprocess === 'all'} />}
      {failure && <Problem error={failure} />}
      {start.data === undefined ? (
        <div className="flex gap-2">
          <Button disabled={disabled || plan.isPending} onClick={() => plan.mutate()}>
            {plan.isPending ? 'Planning…' : plan.data ? 'Refresh preview' : 'Preview'}
          </Button>
          {plan.data && (
            <Button
              kind="primary"
              disabled={start.isPending || plan.data.requests === 0}
              onClick={() => start.mutate()}
            >
              {start.isPending ? 'Starting…' : 'Start backfill'}
            </Button>
          )}
        </div>
      ) : (
        <Started workflowId={start.data} />
      )}
    </>
  );
}

const MAX_WINDOWS = 100;

const MINUTE_SECONDS = 60;

/** An estimate, in whole seconds. */
const timeText = (seconds: number): string =>
  seconds < MINUTE_SECONDS ? `${seconds}\u00a0s` : formatDuration(seconds * 1_000);

/** @param isAll the request includes bars that the provider left empty */
function Plan({ plan, isAll }: { plan: BackfillPlan; isAll: boolean }) {
  const { requests, expectedBars, estimatedSeconds, waiting, windows, byProvider } = plan;
  const names = useQuery(providersQuery).data?.providers;
  return (
    <div role="status" className="border-l-2 border-rule-strong pl-3">
      {requests === 0 ? (
        <p>Nothing to request: every bar that is due is stored or confirmed empty.</p>
      ) : (
        <p>
          {counted(requests, 'request')} for up to {barsOf(expectedBars)}, about {timeText(estimatedSeconds)}
        </p>
      )}
      {waiting > 0 && !isAll && (
        <p className="text-xs text-ink-2">
          {barsOf(waiting)} left empty by the provider; not due for another request yet.
        </p>
      )}
      {byProvider.length > 1 && (
        <ul className="text-xs text-ink-2">
          {byProvider.map((one) => (
            <li key={one.provider}>
              {names?.find(({ provider }) => provider === one.provider)?.name ?? one.provider}:{' '}
              {counted(one.requests, 'request')}, {barsOf(one.expectedBars)}, about {timeText(one.estimatedSeconds)}
            </li>
          ))}
        </ul>
      )}
      {windows.length > 0 && (
        <details className="mt-1 text-xs">
          <summary className="cursor-pointer text-ink-2">
            {windows.length === 1
              ? 'Window'
              : `Windows (${Math.min(windows.length, MAX_WINDOWS)} of ${formatCount(requests)})`}
          </summary>
          <ul className="mt-1 max-h-40 overflow-y-auto text-ink-2" tabIndex={0} aria-label="Windows">
            {windows.slice(0, MAX_WINDOWS).map((window) => (
              <li
                key={`${window.symbol} ${window.timeframe} ${window.start}`}
                className="grid grid-cols-[5.5rem_minmax(0,1fr)_auto] gap-3"
              >
                <span>
                  {window.symbol} {window.timeframe}
                </span>
                <span>
                  {instantText(window.start)} to {instantText(window.end)}
                </span>
                <span>{formatCount(window.expectedBars)}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

/** In UTC, as the API states windows. */
const instantText = (instant: string): string =>
  `${formatTime(instant, 'day', 'UTC')} ${formatTime(instant, 'minute', 'UTC')}Z`;

function Started({ workflowId }: { workflowId: string }) {
  const { data } = useQuery(backfillQuery(workflowId));
  if (!data) return <p role="status">Started {workflowId}.</p>;
  const { mark, label } = viewRun(data);
  return (
    <div role="status" className="flex flex-col gap-1">
      <div className="flex items-center gap-3">
        <StatusMark kind={mark}>{label}</StatusMark>
        {data.status === 'running' ? (
          <BackfillProgressBar backfill={data} />
        ) : (
          <span>
            {barsOf(data.rowsInserted)} new, {formatCount(data.rowsUpdated)} corrected
          </span>
        )}
      </div>
      {data.errorMessage && <p className="text-xs text-ink-2">{data.errorMessage}</p>}
      <a className="link target self-start text-xs text-ink-2" href={data.temporalUrl} target="_blank" rel="noreferrer">
        Open {workflowId} in the Temporal Web UI
      </a>
    </div>
  );
}
