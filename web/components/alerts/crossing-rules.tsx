'use client';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'next/navigation';
import { useState } from 'react';
import { alertRulesQuery, useRuleChanges } from '../../lib/api/alert-queries';
import { assetsQuery } from '../../lib/api/queries';
import type { AlertRule, Asset, NewAlertRule } from '../../lib/api/types';
import { Button } from '../ui/button';
import { Choice } from '../ui/choice';
import { Frame, QueryResult } from '../ui/panel';
import { SkeletonBlock } from '../ui/skeleton';
import { Problem } from '../ui/states';
import { TextField } from '../ui/text-field';

/** The crossings that are watched, and a form for another one: of the asset on the chart. */
export function CrossingRules() {
  const query = useQuery(alertRulesQuery);
  const { data: assets } = useQuery(assetsQuery);
  const wanted = useSearchParams().get('symbol');
  const followed = assets?.filter(({ status }) => status === 'active');
  const asset = followed?.find(({ symbol }) => symbol === wanted) ?? followed?.[0];
  return (
    <Frame title="Crossings" note="of final bars">
      <QueryResult
        query={query}
        skeleton={<SkeletonBlock className="h-12" />}
        isEmpty={(rules) => rules.length === 0}
        empty={<p className="py-2 text-ink-3">No crossings watched.</p>}
      >
        {(rules) => (
          <ul aria-label="Watched crossings" className="max-h-56 divide-y divide-rule overflow-y-auto">
            {rules.map((rule) => (
              <Rule key={rule.id} rule={rule} />
            ))}
          </ul>
        )}
      </QueryResult>
      {asset && <NewRule key={asset.symbol} asset={asset} />}
    </Frame>
  );
}

function Rule({ rule: { id, words } }: { rule: AlertRule }) {
  const { remove } = useRuleChanges();
  const work = useMutation({ mutationFn: remove, retry: false, networkMode: 'always' });
  return (
    <li className="flex min-h-9 flex-col justify-center gap-1 py-1">
      <div className="flex items-center justify-between gap-3">
        <span className="min-w-0 wrap-anywhere first-letter:uppercase">{words}</span>
        <Button aria-label={`Delete: ${words}`} disabled={work.isPending} onClick={() => work.mutate(id)}>
          Delete
        </Button>
      </div>
      {work.error && <Problem error={work.error} />}
    </li>
  );
}

const MEASURES = [
  { value: 'close', name: 'close' },
  { value: 'sma_20', name: '20-bar average' },
  { value: 'sma_50', name: '50-bar average' },
] as const satisfies readonly { value: NewAlertRule['measure']; name: string }[];
const DIRECTIONS = [
  { value: 'above', name: 'above' },
  { value: 'below', name: 'below' },
] as const;
const LEVEL = { value: 'level', name: 'a price' } as const;

function NewRule({ asset: { symbol, currency, timeframes } }: { asset: Asset }) {
  const { create } = useRuleChanges();
  const work = useMutation({ mutationFn: create, onSuccess: () => setLevel(''), retry: false, networkMode: 'always' });
  const [timeframe, setTimeframe] = useState(timeframes[0]!.timeframe);
  const [measure, setMeasure] = useState<NewAlertRule['measure']>('close');
  const [direction, setDirection] = useState<NewAlertRule['direction']>('above');
  const [than, setThan] = useState<'level' | 'sma_20' | 'sma_50'>('level');
  const [level, setLevel] = useState('');
  const price = Number(level);
  const isComplete = than === 'level' ? level.trim() !== '' && price > 0 && Number.isFinite(price) : than !== measure;
  const against = MEASURES.filter(({ value }) => value !== 'close' && value !== measure);
  return (
    <form
      className="flex flex-col gap-2 border-t border-rule pt-3"
      aria-label={`Watch ${symbol}`}
      onSubmit={(event) => {
        event.preventDefault();
        const compared = than === 'level' ? { level: price } : { against: than };
        if (isComplete && !work.isPending) work.mutate({ symbol, timeframe, measure, direction, ...compared });
      }}
    >
      <p className="text-ink-2">Tell me when {symbol} crosses:</p>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <Choice
          label="Bars"
          options={timeframes.map(({ timeframe: value }) => ({ value, name: value }))}
          value={timeframe}
          onChange={setTimeframe}
        />
        <Choice
          label="What is watched"
          options={MEASURES}
          value={measure}
          onChange={(value) => {
            setMeasure(value);
            if (value === than) setThan('level');
          }}
        />
        <Choice label="Which side it crosses to" options={DIRECTIONS} value={direction} onChange={setDirection} />
        <Choice
          label="What it is compared with"
          options={[LEVEL, ...(against as { value: 'sma_20' | 'sma_50'; name: string }[])]}
          value={than}
          onChange={setThan}
        />
      </div>
      <div className="flex items-end gap-2">
        {than === 'level' && (
          <TextField
            label={`Price in ${currency}`}
            inputMode="decimal"
            value={level}
            onChange={(event) => setLevel(event.target.value)}
            error={level.trim() !== '' && !isComplete ? 'Must be a price greater than 0.' : undefined}
            autoComplete="off"
            className="w-48"
          />
        )}
        <Button type="submit" kind="primary" className="h-8" disabled={!isComplete || work.isPending}>
          {work.isPending ? 'Working…' : 'Watch'}
        </Button>
      </div>
      {work.error && <Problem error={work.error} />}
    </form>
  );
}
