'use client';
import type { ReactNode } from 'react';
import type { Asset, Timeframe } from '../../lib/api/types';
import { useWallNow } from '../../lib/clock';
import { timeframeOf, timeframesOf, timeframeText } from '../../lib/timeframes';
import { AssetMenu } from '../assets/asset-menu';
import { cx } from '../ui/cx';
import { Select } from '../ui/select';
import { latestOf, MINUTE_MS } from './as-of';
import { Menu, MenuCheck } from '../ui/menu';
import { Segments } from './segments';
import { MAX_COMPARED, toggled, type ChartState, type ChartType, type Scale } from './state';
import { fits, type Study } from './studies';

const icon = (path: ReactNode) => (
  <svg aria-hidden viewBox="0 0 16 16" className="size-4" fill="none" stroke="currentColor" strokeWidth="1.3">
    {path}
  </svg>
);

const TYPES = [
  {
    value: 'candles',
    label: 'Candles',
    content: icon(<path d="M3.5 5h3v6h-3zM5 2v3M5 11v3M9.5 4h3v5h-3zM11 1.5V4M11 9v4.5" />),
  },
  { value: 'line', label: 'Line', content: icon(<path d="m1.5 12 4-5 3 3 6-7" />) },
  {
    value: 'area',
    label: 'Area',
    content: icon(
      <>
        <path d="m1.5 10 4-4 3 2.5 6-6" />
        <path d="m1.5 10 4-4 3 2.5 6-6V14h-13z" fill="currentColor" stroke="none" opacity=".35" />
      </>,
    ),
  },
] as const satisfies readonly { value: ChartType; label: string; content: ReactNode }[];

const SCALES = [
  { value: 'linear', label: 'Linear scale', content: 'Lin' },
  { value: 'log', label: 'Logarithmic scale', content: 'Log' },
  { value: 'percent', label: 'Percent scale', content: '%' },
] as const satisfies readonly { value: Scale; label: string; content: ReactNode }[];

interface Props {
  asset: Asset;
  /** All tracked assets. */
  assets: readonly Asset[];
  state: ChartState;
  studies: readonly Study[];
  /** Of the bars shown; undefined until they are loaded. */
  timeframe: Timeframe | undefined;
  /** Actions on the bars, at the right end. */
  actions: ReactNode;
  onChange: (change: Partial<ChartState>) => void;
  /** @param symbol the asset's new one */
  onRenamed: (symbol: string) => void;
}

/** The settings of the chart. */
export function Toolbar({ asset, assets, state, studies, timeframe, actions, onChange, onRenamed }: Props) {
  const isCompared = state.compare.some((symbol) => assets.some((other) => other.symbol === symbol));
  return (
    <Row>
      <Segments label="Type" choices={TYPES} value={state.type} onChange={(type) => onChange({ type })} />
      <Segments
        label="Scale"
        choices={isCompared ? SCALES.slice(-1) : SCALES}
        value={isCompared ? 'percent' : state.scale}
        onChange={(scale) => onChange({ scale })}
      />
      <Select
        label="Timeframe"
        value={timeframeOf(asset, state.timeframe) ?? null}
        all={timeframe && !state.timeframe ? timeframeText(timeframe) : 'Auto'}
        options={timeframesOf(asset).map((value) => ({ value, name: timeframeText(value) }))}
        onChange={(value) => onChange({ timeframe: value })}
        className="w-32"
      />
      <Menu label="Indicators">
        {studies.map((study) => {
          const { id, label, name } = study;
          const isFit = !timeframe || fits(study, timeframe);
          return (
            <MenuCheck
              key={id}
              label={label}
              note={isFit ? name : `${name}: only on bars shorter than a day`}
              checked={isFit && state.studies.includes(id)}
              disabled={!isFit}
              onChange={() => onChange({ studies: toggled(state.studies, id) })}
            />
          );
        })}
      </Menu>
      <Menu label="Compare">
        <p className="label px-3 py-1">Up to {MAX_COMPARED}, in percent from the left edge</p>
        {assets
          .filter(({ symbol }) => symbol !== asset.symbol)
          .map(({ symbol, name }) => (
            <MenuCheck
              key={symbol}
              label={symbol}
              note={name}
              checked={state.compare.includes(symbol)}
              disabled={!state.compare.includes(symbol) && state.compare.length >= MAX_COMPARED}
              onChange={() => onChange({ compare: toggled(state.compare, symbol) })}
            />
          ))}
      </Menu>
      <AssetMenu asset={asset} onRenamed={onRenamed} />
      <span className="ml-auto" />
      <button
        type="button"
        aria-pressed={state.view === 'table'}
        onClick={() => onChange({ view: state.view === 'table' ? 'chart' : 'table' })}
        className={cx(
          'flex h-8 items-center px-1.5 text-xs sm:h-7',
          state.view === 'table'
            ? 'text-ink underline decoration-accent decoration-2 underline-offset-8'
            : 'text-ink-2 hover:text-ink',
        )}
      >
        Table
      </button>
      <AsOfButton asOf={state.asOf} onChange={onChange} />
      {actions}
    </Row>
  );
}

/** Shows the chart as the store knew it at an earlier instant: first, a minute ago. */
function AsOfButton({ asOf, onChange }: { asOf: string | null; onChange: Props['onChange'] }) {
  const now = useWallNow(MINUTE_MS);
  return (
    <button
      type="button"
      aria-pressed={asOf !== null}
      title="The chart as the store knew it at an earlier instant"
      onClick={() => onChange({ asOf: asOf !== null || now === null ? null : new Date(latestOf(now)).toISOString() })}
      className={cx(
        'flex h-8 items-center px-1.5 text-xs whitespace-nowrap sm:h-7',
        asOf === null
          ? 'text-ink-2 hover:text-ink'
          : 'text-ink underline decoration-accent decoration-2 underline-offset-8',
      )}
    >
      As of
    </button>
  );
}

/** As high as the toolbar that replaces it. */
export const ToolbarSkeleton = () => <Row />;

const Row = ({ children }: { children?: ReactNode }) => (
  <div role="toolbar" aria-label="Chart" className={'flex min-h-9 flex-wrap items-center gap-x-2 print:hidden'}>
    {children}
  </div>
);
