'use client';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { decideRejected, quarantineQuery, type Decision } from '../../lib/api/health-queries';
import type { RejectedBar } from '../../lib/api/types';
import { cellText } from '../../lib/health-view';
import type { StateView } from '../../lib/pipeline-view';
import { useProviderName } from '../../lib/use-provider-name';
import { Ago } from '../ui/ago';
import { Button } from '../ui/button';
import { Choice } from '../ui/choice';
import { cx } from '../ui/cx';
import { Panel } from '../ui/panel';
import { ReasonDialog } from '../ui/reason-dialog';
import { SkeletonBlock } from '../ui/skeleton';
import { Empty } from '../ui/states';
import { StatusMark } from '../ui/status-mark';
import { BarName } from './bar-name';
import { More } from './more';

const PAGE = 5;
/** Height of a full page with its button, so that nothing below moves. */
const HEIGHT = 'min-h-[22rem] lg:max-xl:min-h-[32rem]';
const FILTERS = [
  { value: 'open', name: 'Open' },
  { value: 'released', name: 'Released' },
  { value: 'dismissed', name: 'Dismissed' },
  { value: 'stored', name: 'Stored' },
  { value: 'all', name: 'All' },
] as const;
type Filter = (typeof FILTERS)[number]['value'];

const STATES = {
  open: { mark: 'warn', label: 'open' },
  released: { mark: 'good', label: 'released' },
  dismissed: { mark: 'idle', label: 'dismissed' },
  stored: { mark: 'good', label: 'stored' },
} as const satisfies Record<RejectedBar['state'], StateView>;

/** Rows that broke a rule: what was wrong, and the operator's decision. */
export function Quarantine() {
  const [filter, setFilter] = useState<Filter>('open');
  const query = useInfiniteQuery(quarantineQuery(filter === 'all' ? {} : { state: filter }, PAGE));
  return (
    <Panel
      id="quarantine"
      title="Quarantine"
      note="rows that broke a rule, kept out of the bars"
      query={query}
      actions={<Choice label="State" options={FILTERS} value={filter} onChange={setFilter} />}
      stateClassName={cx(HEIGHT, 'grid')}
      skeleton={<SkeletonBlock className={HEIGHT} />}
      isEmpty={({ pages }) => pages.every(({ rejected }) => rejected.length === 0)}
      empty={
        filter === 'open' ? (
          <Empty title="No open rows">Rows that break a rule are kept out of the bars and listed here.</Empty>
        ) : (
          <Empty title={filter === 'all' ? 'No rows in quarantine yet' : `No ${filter} rows`} />
        )
      }
    >
      {({ pages }) => (
        <div className={HEIGHT}>
          <table className="w-full table-fixed max-lg:block">
            <thead className="max-lg:sr-only">
              <tr className="label h-7 border-b border-rule text-left *:font-normal">
                <th scope="col" className="w-44">
                  Bar
                </th>
                <th scope="col">Broken rule</th>
                <th scope="col" className="w-72 xl:w-88">
                  Values received
                </th>
                <th scope="col" className="w-40 xl:w-52">
                  State
                </th>
                <th scope="col" className="w-44">
                  <span className="sr-only">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody className="divide-y divide-rule max-lg:block">
              {pages
                .flatMap(({ rejected }) => rejected)
                .map((row) => (
                  <Row key={row.id} row={row} />
                ))}
            </tbody>
          </table>
          <More pages={query} />
        </div>
      )}
    </Panel>
  );
}

const CELL = 'py-2 pr-4 align-top max-lg:py-1 max-lg:pr-0';
/** On a phone a row is a small grid, with its state and its buttons side by side. */
const LINE = cx(CELL, 'max-lg:col-span-2');

function Row({ row }: { row: RejectedBar }) {
  const { mark, label } = STATES[row.state];
  return (
    <tr className="max-lg:grid max-lg:grid-cols-[minmax(0,1fr)_auto] max-lg:py-2">
      <td className={LINE}>
        <BarName symbol={row.symbol} source={row.source} timeframe={row.timeframe} time={row.time} />
      </td>
      <td className={LINE}>
        {row.doc ?? 'This rule no longer exists.'}
        <span className="label block">
          {row.rule}
          {row.state === 'open' && !mayRelease(row) && <>, {whyNot(row)}</>}
        </span>
      </td>
      <td className={LINE}>
        <Values raw={row.raw} />
      </td>
      <td className={cx(CELL, 'text-xs')}>
        <StatusMark kind={mark}>{label}</StatusMark>
        <span className="block text-ink-3">
          {row.decision ? (
            <>
              by {row.decision.actor}, <Ago instant={row.decision.at} />: “{row.decision.reason}”
            </>
          ) : (
            <>
              rejected <Ago instant={row.createdAt} />
              {row.timesSent > 1 && (
                <>
                  , sent {row.timesSent} times, last <Ago instant={row.payload.fetchedAt} />
                </>
              )}
            </>
          )}
        </span>
      </td>
      <td className="py-2 align-top max-lg:py-1">
        <Decide row={row} />
      </td>
    </tr>
  );
}

const CELLS = ['open', 'high', 'low', 'close', 'volume'] as const;

function Values({ raw }: { raw: RejectedBar['raw'] }) {
  return (
    <dl className="grid grid-cols-[repeat(4,minmax(0,1fr))_minmax(0,1.3fr)] gap-x-2 text-xs">
      {CELLS.filter((cell) => cell in raw).map((cell) => (
        <div key={cell} className="min-w-0">
          <dt className="label">{cell}</dt>
          <dd className="wrap-anywhere">{cellText(raw[cell])}</dd>
        </div>
      ))}
    </dl>
  );
}

const mayRelease = ({ releasable, payload, state }: RejectedBar): boolean =>
  releasable && payload.isKept && state !== 'released';

const whyNot = ({ releasable }: RejectedBar): string =>
  releasable ? 'cannot be released: its payload has passed its retention' : 'cannot be released: no usable values';

const TEXTS = {
  dismiss: {
    title: 'Dismiss this row',
    action: 'Dismiss',
    example: 'compared with the exchange: the row is wrong',
    text: 'The row stays out of the bars. The next run requests its bar from the provider again.',
  },
  release: {
    title: 'Release this row',
    action: 'Release',
    example: 'compared with the exchange: prices are right, only the volume is wrong',
    text: 'The bar is stored as received, without its invalid values. A later payload with the bar still replaces it.',
  },
} as const satisfies Record<Decision, object>;

function Decide({ row }: { row: RejectedBar }) {
  const nameOf = useProviderName();
  const [decision, setDecision] = useState<Decision | null>(null);
  const client = useQueryClient();
  return (
    <div className="flex flex-wrap items-center justify-end gap-2 max-lg:justify-start">
      {mayRelease(row) && <Button onClick={() => setDecision('release')}>Release</Button>}
      {row.state === 'open' && <Button onClick={() => setDecision('dismiss')}>Dismiss</Button>}
      {decision && (
        <ReasonDialog
          title={TEXTS[decision].title}
          action={TEXTS[decision].action}
          example={TEXTS[decision].example}
          act={async (reason) => {
            await decideRejected(row.id, decision, reason);
            await client.invalidateQueries({ queryKey: ['quarantine'] });
          }}
          onClose={() => setDecision(null)}
        >
          <p>{TEXTS[decision].text}</p>
          <p className="mt-2 text-xs">
            {row.symbol} {row.timeframe} ({nameOf(row.source)}): {row.doc}
          </p>
        </ReasonDialog>
      )}
    </div>
  );
}
