'use client';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import dynamic from 'next/dynamic';
import { useState } from 'react';
import type { Vocabulary } from '../../lib/address';
import { agreementQuery } from '../../lib/api/agreement-queries';
import { assetsQuery } from '../../lib/api/queries';
import type { Comparison } from '../../lib/api/types';
import { comparisonName, parseComparisonName } from '../../lib/comparison-name';
import { formatCount, NONE } from '../../lib/format';
import { nameOfDate } from '../../lib/time';
import { useUrlState } from '../../lib/url-state';
import { useProviderName } from '../../lib/use-provider-name';
import { Button } from '../ui/button';
import { cx } from '../ui/cx';
import { Frame, Panel } from '../ui/panel';
import { Select } from '../ui/select';
import { SkeletonBlock } from '../ui/skeleton';
import { Empty } from '../ui/states';
import { UnknownNote } from '../ui/unknown-note';
import { Finding } from './finding';
import { More } from './more';

// loaded when it is opened
const ComparisonSheet = dynamic(() => import('./comparison-sheet').then((module) => module.ComparisonSheet), {
  ssr: false,
});

const TITLE = 'Agreement of sources';
const FINDINGS_NOTE = 'sessions in which two sources disagree';
const ALL = 'Findings, all assets';
const PAGE = 5;
/** Height of a full page with its button, so that nothing below moves. */
const HEIGHT = 'min-h-[22rem]';

const VOCABULARY: Vocabulary = { comparison: (name) => parseComparisonName(name) !== null };

/** Where two sources of an asset disagree by more than sources usually do; for one asset, every session in figures. */
export function Agreement() {
  const [params, change] = useUrlState();
  const [symbol, setSymbol] = useState<string | null>(null);
  const { data: assets = [] } = useQuery(assetsQuery);
  const several = assets.filter(({ sources }) => sources.length > 1);
  const query = useInfiniteQuery(agreementQuery(symbol, PAGE));
  const open = parseComparisonName(params.get('comparison'));
  return (
    <div>
      <UnknownNote parameters={params} vocabulary={VOCABULARY} onRemove={(patch) => change(patch, 'replace')} />
      <Panel
        id="agreement"
        title={TITLE}
        note={symbol === null ? FINDINGS_NOTE : 'every session, newest first'}
        actions={
          <Select
            label="Asset"
            value={symbol}
            all={ALL}
            options={several.map((asset) => ({ value: asset.symbol, name: asset.symbol }))}
            onChange={setSymbol}
          />
        }
        query={query}
        stateClassName={cx(HEIGHT, 'grid')}
        skeleton={<SkeletonBlock className={HEIGHT} />}
        isEmpty={({ pages }) => pages.every(({ comparisons }) => comparisons.length === 0)}
        empty={
          symbol !== null ? (
            <Empty title="Nothing compared yet">Sessions are compared once both sources have all of their bars.</Empty>
          ) : several.length > 0 ? (
            <Empty title="No findings">No two sources of an asset disagree. Choose an asset to see its figures.</Empty>
          ) : (
            <Empty title="No asset has a second source">Sources are compared once an asset has two.</Empty>
          )
        }
      >
        {({ pages }) => (
          <div className={HEIGHT}>
            <Comparisons
              comparisons={pages.flatMap(({ comparisons }) => comparisons)}
              onOpen={(one) => change({ comparison: comparisonName(one) })}
            />
            <More pages={query} />
          </div>
        )}
      </Panel>
      {open && <ComparisonSheet wanted={open} onClose={() => change({ comparison: null })} />}
    </div>
  );
}

export const AgreementSkeleton = () => (
  <Frame
    title={TITLE}
    note={FINDINGS_NOTE}
    actions={<Select label="Asset" value={null} all={ALL} options={[]} onChange={() => undefined} />}
  >
    <div aria-busy="true">
      <SkeletonBlock className={HEIGHT} />
    </div>
  </Frame>
);

const CELL = 'py-2 pr-4 align-top max-lg:block max-lg:py-0.5 max-lg:pr-0';

function Comparisons({
  comparisons,
  onOpen,
}: {
  comparisons: readonly Comparison[];
  onOpen: (comparison: Comparison) => void;
}) {
  return (
    <table className="w-full table-fixed max-lg:block">
      <thead className="max-lg:sr-only">
        <tr className="label h-7 border-b border-rule text-left *:font-normal">
          <th scope="col" className="w-52">
            Session
          </th>
          <th scope="col">Finding</th>
          <th scope="col" className="w-80">
            Figures
          </th>
          <th scope="col" className="w-24">
            <span className="sr-only">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody className="divide-y divide-rule max-lg:block">
        {comparisons.map((one) => (
          <Row key={comparisonName(one)} comparison={one} onOpen={() => onOpen(one)} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ comparison, onOpen }: { comparison: Comparison; onOpen: () => void }) {
  const { symbol, timeframe, session, source, other } = comparison;
  const nameOf = useProviderName();
  return (
    <tr className="max-lg:block max-lg:py-2">
      <td className={CELL}>
        <span className="font-semibold">{symbol}</span> <span className="label">{timeframe}</span>
        <span className="block text-xs text-ink-2">{nameOfDate(session)}</span>
        <span className="block text-xs text-ink-3">
          {nameOf(source)} and {nameOf(other)}
        </span>
      </td>
      <td className={CELL}>
        <Finding comparison={comparison} />
      </td>
      <td className={cx(CELL, 'text-xs text-ink-2')}>{figuresText(comparison)}</td>
      <td className={cx(CELL, 'text-right max-lg:text-left')}>
        <Button aria-label={`Compare ${symbol} on ${nameOfDate(session)}`} onClick={onOpen}>
          Compare
        </Button>
      </td>
    </tr>
  );
}

/** "389 bars compared, 3 beyond a tick, 0 beyond 10 bp, 1 only at one; volume × 0.998". */
function figuresText({ bars, beyondTick, beyond10bp, onlySource, onlyOther, volumeRatio }: Comparison): string {
  const parts = [
    `${formatCount(bars)} compared`,
    `${formatCount(beyondTick)} beyond a tick`,
    `${formatCount(beyond10bp)} beyond 10 bp`,
    `${formatCount(onlySource + onlyOther)} only at one`,
  ];
  return `${parts.join(', ')}; volume ${volumeRatio === null ? NONE : `× ${volumeRatio.toFixed(3)}`}`;
}
