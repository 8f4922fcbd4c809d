'use client';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { lineageQuery } from '../../lib/api/chart-queries';
import type { Asset, Lineage, Timeframe } from '../../lib/api/types';
import { ApiProblem } from '../../lib/api/errors';
import { reasonText } from '../../lib/coverage-view';
import { counted, formatCount, formatVolume, NONE } from '../../lib/format';
import { changesOf } from '../../lib/health-view';
import { nameOf } from '../../lib/run-filter';
import { formatTime } from '../../lib/time';
import { useProviderName } from '../../lib/use-provider-name';
import { Dialog } from '../ui/dialog';
import { PageLink } from '../ui/page-link';
import { QueryResult } from '../ui/panel';
import { SkeletonBlock } from '../ui/skeleton';
import { Empty } from '../ui/states';
import { BarParts, priceText } from './bar-parts';
import { SourceMark } from './sources-row';
import type { StoryBar } from './story-bar';
import { barTimeText, zoneOf } from './time-axis';

/** Where a bar came from: its value, the provider's own row, the payload, the rules, and every earlier version. */
export function BarStory({
  asset,
  bar,
  source,
  later,
  onClose,
}: {
  asset: Asset;
  bar: StoryBar;
  /** The source that the chart shows alone; null = as served. */
  source: string | null;
  /** Name of the source of the bar, if it is not the first one's. */
  later: string | null;
  onClose: () => void;
}) {
  const isStored = bar.base === bar.timeframe && !bar.isForming;
  // one of the stored bars of an aggregate bar
  const [part, setPart] = useState<string | null>(null);
  const shown = part ?? bar.time;
  const timeframe = part === null ? bar.timeframe : bar.base;
  const title = barTimeText(Date.parse(shown) / 1_000, timeframe, zoneOf(timeframe, asset.timezone));
  return (
    <Dialog kind="sheet" title={`${asset.symbol} ${timeframe} · ${title}`} onClose={onClose}>
      {bar.isForming && part === null && (
        <p className="text-ink-2">
          This bar is still forming: it is computed from the bars below and the live price, changes until it is final,
          and is not stored.
        </p>
      )}
      {later !== null && part === null && (
        <p className="flex items-center gap-2">
          <SourceMark /> From {later}: no source that ranks before it has this bar.
        </p>
      )}
      {isStored || part !== null ? (
        <>
          {part !== null && (
            <button type="button" className="link target self-start text-xs" onClick={() => setPart(null)}>
              Back to all bars in it
            </button>
          )}
          <Stored asset={asset} timeframe={timeframe} time={shown} source={source} />
        </>
      ) : (
        <BarParts asset={asset} bar={bar} source={source} onChoose={setPart} />
      )}
    </Dialog>
  );
}

function Stored({
  asset,
  timeframe,
  time,
  source,
}: {
  asset: Asset;
  timeframe: Timeframe;
  time: string;
  source: string | null;
}) {
  const query = useQuery(lineageQuery(asset, timeframe, time, source));
  if (query.error instanceof ApiProblem && query.error.status === 404)
    return <Empty title="No lineage">This bar is not stored.</Empty>;
  return (
    <QueryResult query={query} stateClassName="h-64" skeleton={<SkeletonBlock className="h-96" />}>
      {(lineage) => <Story asset={asset} lineage={lineage} />}
    </QueryResult>
  );
}

/** Its source, and which run stored it when. */
function Origin({ lineage: { source, slot }, bar }: { lineage: Lineage; bar: NonNullable<Lineage['bar']> }) {
  const providerName = useProviderName();
  return (
    <p className="label mt-1">
      from {providerName(source)}, stored {timeText(bar.recordedAt)}
      {bar.run && (
        <>
          {' '}
          by{' '}
          <a className="link" href={bar.run.temporalUrl} target="_blank" rel="noreferrer">
            {bar.run.pipeline}
          </a>
        </>
      )}
      {slot.verifiedAt && `; session verified ${timeText(slot.verifiedAt)}`}
    </p>
  );
}

function Story({ asset, lineage }: { asset: Asset; lineage: Lineage }) {
  const { slot, bar, answer, revisions, rejections, warnings, rescaledBy } = lineage;
  return (
    <div className="flex flex-col gap-5">
      <Part title={bar ? 'Value' : 'No bar is stored'}>
        {bar ? (
          <>
            <Values asset={asset} values={bar} />
            {bar.openFrom && (
              <p className="label mt-1">
                open from payload #{bar.openFrom.id}, fetched {timeText(bar.openFrom.fetchedAt)}: later ones lack it
              </p>
            )}
            <Origin lineage={lineage} bar={bar} />
          </>
        ) : (
          <p className="text-warn">
            {slot.state === 'empty' ? 'confirmed empty: the provider has no bar there' : reasonText(slot.state)}
            <span className="text-ink-3">
              {slot.attempts > 0 && `; ${counted(slot.attempts, 'attempt')}`}
              {slot.nextAttemptAt && `; next attempt ${timeText(slot.nextAttemptAt)}`}
            </span>
          </p>
        )}
      </Part>
      {answer && <Source answer={answer} />}
      {rescaledBy.length > 0 && (
        <Part title="Splits since">
          {rescaledBy.map(({ session, numerator, denominator }) => (
            <p key={session}>
              Prices divided for the {numerator}:{denominator} split of {session}
            </p>
          ))}
        </Part>
      )}
      <Part title="Rules">
        {rejections.length === 0 && warnings.length === 0 && <p className="text-ink-2">It breaks no rule.</p>}
        {rejections.map((rejection) => (
          <Rejection key={rejection.id} rejection={rejection} />
        ))}
        {warnings.map((warning) => (
          <p key={warning.rule}>
            <span className="text-warn">warning</span> {warning.rule}
            {warning.doc && <span className="text-ink-3">: {warning.doc}</span>}
          </p>
        ))}
      </Part>
      <Part title="Revisions">
        {revisions.length === 0 && <p className="text-ink-2">It has never been corrected.</p>}
        <ol className="divide-y divide-rule">
          {revisions.map((before, i) => (
            <Revised key={before.replacedAt} asset={asset} before={before} after={revisions[i + 1] ?? bar} />
          ))}
        </ol>
      </Part>
    </div>
  );
}

/** A row that broke a rule; it may be stored all the same, with a stand-in for one cell. */
function Rejection({ rejection: { rule, doc, state } }: { rejection: Lineage['rejections'][number] }) {
  const isStored = state === 'stored';
  return (
    <p>
      <span className={isStored ? 'text-warn' : 'text-down'}>{isStored ? 'stored with a stand-in' : 'rejected'}</span>{' '}
      {rule}
      {doc && <span className="text-ink-3">: {doc}</span>}
    </p>
  );
}

/** A version that was replaced, with what changed. */
function Revised({
  asset,
  before,
  after,
}: {
  asset: Asset;
  before: Lineage['revisions'][number];
  after: Lineage['revisions'][number] | NonNullable<Lineage['bar']> | null;
}) {
  const changes = after ? changesOf(before, after) : [];
  return (
    <li className="py-1.5">
      <p className="label">replaced {timeText(before.replacedAt)}</p>
      {changes.length === 0 && (
        <p className="text-ink-2">{after ? 'same values from another payload' : 'the bar was removed'}</p>
      )}
      {changes.map(({ field, before: old, after: next }) => (
        <p key={field}>
          <span className="label">{field}</span> <span className="text-ink-3">{fieldText(asset, field, old)}</span> →{' '}
          {fieldText(asset, field, next)}
        </p>
      ))}
    </li>
  );
}

function Source({ answer: { payload, quotedIn, rows } }: { answer: NonNullable<Lineage['answer']> }) {
  return (
    <>
      <Part title="The provider’s own row">
        {rows === null && <p className="text-ink-2">The body of the payload is past its retention.</p>}
        {rows?.length === 0 && <p className="text-ink-2">The payload has no row for this bar.</p>}
        {quotedIn && (
          <p className="text-ink-2">
            The provider sends its prices in {quotedIn}; they are divided by 100 before they are stored.
          </p>
        )}
        {rows?.map(({ row, asSent }) => (
          <pre key={row} className="overflow-x-auto font-mono text-2xs whitespace-pre-wrap" tabIndex={0}>
            {JSON.stringify(asSent, null, 1)}
          </pre>
        ))}
      </Part>
      <Part title="Payload">
        <dl className="grid grid-cols-[5rem_minmax(0,1fr)] gap-x-3 gap-y-1 text-xs">
          <Fact name="fetched">{timeText(payload.fetchedAt)}</Fact>
          <Fact name="request">
            <code className="font-mono text-2xs break-all">{payload.url}</code>
          </Fact>
          <Fact name="response">
            HTTP {payload.status}, {formatCount(payload.bytes)} bytes, #{payload.id}
          </Fact>
          <Fact name="SHA-256">
            <code className="font-mono text-2xs break-all">{payload.sha256}</code>
          </Fact>
          <Fact name="run">
            <PageLink className="link" href={`/runs?run=${encodeURIComponent(nameOf(payload))}`}>
              {payload.workflowId}
            </PageLink>
          </Fact>
        </dl>
      </Part>
    </>
  );
}

const FIELDS = ['open', 'high', 'low', 'close', 'volume'] as const;
type Field = (typeof FIELDS)[number];

function Values({ asset, values }: { asset: Asset; values: Record<Field, number | null> }) {
  return (
    <dl className="grid grid-cols-3 gap-x-6 gap-y-1 sm:grid-cols-5">
      {FIELDS.map((field) => (
        <div key={field}>
          <dt className="label">{field}</dt>
          <dd>{fieldText(asset, field, values[field])}</dd>
        </div>
      ))}
    </dl>
  );
}

const fieldText = (asset: Asset, field: string, value: number | null): string =>
  value === null ? NONE : field === 'volume' ? formatVolume(value) : priceText(asset, value);

/** By the wall clock. */
const timeText = (instant: string): string =>
  `${formatTime(instant, 'date', 'UTC')} ${formatTime(instant, 'clock', 'UTC')} UTC`;

const Part = ({ title, children }: { title: string; children: ReactNode }) => (
  <section className="border-t border-rule pt-3">
    <h3 className="mb-1 font-semibold">{title}</h3>
    {children}
  </section>
);

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <>
    <dt className="text-ink-3">{name}</dt>
    <dd className="min-w-0">{children}</dd>
  </>
);
