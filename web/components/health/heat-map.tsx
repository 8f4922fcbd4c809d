'use client';
import { memo, useLayoutEffect, useRef, useState } from 'react';
import type { FocusEvent, KeyboardEvent, MouseEvent, SyntheticEvent } from 'react';
import { closureName } from '../../lib/api/closures';
import type { CoverageMatrix } from '../../lib/api/types';
import {
  BAR_STATES,
  CELL_NAMES,
  completeness,
  countsAt,
  describeCounts,
  isBeforeFirstBar,
  kindOf,
  stepOf,
  sumOf,
  type CellKind,
  type Place,
} from '../../lib/coverage-view';
import { formatCompact, NONE } from '../../lib/format';
import { formatTime, nameOfDate } from '../../lib/time';
import { cx } from '../ui/cx';
import { Shares, stateClass, Swatch } from './swatch';

type Row = CoverageMatrix['assets'][number];
/** Opens of first bars by series; absent while unknown. */
export type FirstBars = ReadonlyMap<string, string | null>;
export const seriesName = (symbol: string, timeframe: string): string => `${symbol} ${timeframe}`;

/** What explains the cells without expected bars. */
export interface Known {
  firstBars: FirstBars;
  /** Why a market is closed, by `closureName`. */
  closures: ReadonlyMap<string, string>;
}

/** The cell of a date without expected bars is empty because the series begins later. */
const beginsAfter = (firstBars: FirstBars, { symbol, timeframe }: Row, date: string): boolean => {
  const firstBar = firstBars.get(seriesName(symbol, timeframe));
  return firstBar !== undefined && isBeforeFirstBar(date, firstBar);
};

/** A cell in words. */
function describeCell(row: Row, date: string, column: number, { firstBars, closures }: Known): string {
  const counts = countsAt(row, column);
  const closure = counts ? undefined : closures.get(closureName(row.exchange, date));
  return closure === undefined ? describeCounts(counts, beginsAfter(firstBars, row, date)) : `closed: ${closure}`;
}

/** Columns of a row: the asset, then one cell per session. Cells share the width and stay large enough to touch. */
const columnsOf = (sessions: number) => ({
  gridTemplateColumns: `var(--head) repeat(${sessions}, minmax(1.5rem, 1fr))`,
});
const HEAD = 'sticky left-0 z-10 flex items-center gap-2 bg-bg pr-3 font-normal';

const dateOf = (date: string): string => formatTime(`${date}T00:00:00Z`, 'date', 'UTC');

/** Assets by sessions: the state of the bars in each cell. One cell is focusable; arrow keys move, Enter opens it. */
export function HeatMap({
  matrix: { assets, sessions },
  known,
  onOpen,
}: {
  matrix: CoverageMatrix;
  known: Known;
  onOpen: (symbol: string, session: string) => void;
}) {
  const [pointed, setPointed] = useState<Place | null>(null);
  const { current, gridProps } = useGrid({ rows: assets.length, columns: sessions.length }, setPointed, (place) => {
    const [asset, session] = [assets[place.row], sessions[place.column]];
    if (asset && session && countsAt(asset, place.column)) onOpen(asset.symbol, session);
  });
  return (
    <>
      <div
        {...gridProps}
        role="grid"
        aria-label="Completeness by asset and session"
        aria-rowcount={assets.length + 1}
        aria-colcount={sessions.length + 1}
        className="scroll-pl-(--head) overflow-x-auto pb-1 [--head:5.25rem] sm:[--head:9.5rem]"
      >
        <div className="w-full min-w-max">
          <DatesRow sessions={sessions} />
          {assets.map((asset, row) => (
            <AssetRow
              key={asset.symbol}
              asset={asset}
              row={row}
              sessions={sessions}
              known={known}
              active={row === current.row ? current.column : null}
            />
          ))}
        </div>
      </div>
      <div className="flex min-h-10 flex-wrap items-center justify-between gap-x-8 gap-y-1 py-1.5 text-xs">
        <p className="min-w-0 text-ink-2 max-sm:min-h-8 max-sm:w-full">
          {pointed ? (
            <Pointed place={pointed} assets={assets} sessions={sessions} known={known} />
          ) : (
            <span className="print:hidden">Select a cell to open its session.</span>
          )}
        </p>
        <Legend />
      </div>
    </>
  );
}

/** Roving focus and events of a grid, handled once for all its cells. */
function useGrid(
  size: { rows: number; columns: number },
  onPoint: (place: Place | null) => void,
  onOpen: (place: Place) => void,
) {
  const grid = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<Place>({ row: 0, column: size.columns - 1 });
  const current = { row: Math.min(active.row, size.rows - 1), column: Math.min(active.column, size.columns - 1) };

  // the latest sessions matter most
  useLayoutEffect(() => {
    if (grid.current) grid.current.scrollLeft = grid.current.scrollWidth;
  }, [size.columns]);

  const onKeyDown = (event: KeyboardEvent) => {
    const isOpening = event.key === 'Enter' || event.key === ' ';
    const next = isOpening ? current : stepOf(event.key, current, size, event.ctrlKey);
    if (!next) return;
    event.preventDefault();
    if (isOpening) return onOpen(current);
    setActive(next);
    grid.current?.querySelector<HTMLElement>(`[data-cell="${next.row}:${next.column}"]`)?.focus();
  };
  const onFocus = (event: FocusEvent) => {
    const place = placeOf(event.target);
    if (place) setActive(place);
    onPoint(place);
  };
  const onClick = (event: MouseEvent) => {
    const place = placeOf(event.target);
    if (!place) return;
    setActive(place);
    onOpen(place);
  };
  const leave = () => onPoint(null);
  const gridProps = {
    ref: grid,
    onKeyDown,
    onClick,
    onFocus,
    onBlur: leave,
    onPointerOver: (event: SyntheticEvent) => onPoint(placeOf(event.target)),
    onPointerLeave: leave,
  };
  return { current, gridProps };
}

function placeOf(target: EventTarget): Place | null {
  const cell = target instanceof Element ? target.closest<HTMLElement>('[data-cell]') : null;
  const [row, column] = cell?.dataset.cell?.split(':').map(Number) ?? [];
  return row === undefined || column === undefined ? null : { row, column };
}

const DatesRow = memo(function DatesRow({ sessions }: { sessions: string[] }) {
  return (
    <div role="row" className="grid h-9 gap-0.5" style={columnsOf(sessions.length)}>
      <span role="columnheader" className={cx(HEAD, 'label items-end pb-1')}>
        Asset
      </span>
      {sessions.map((date, i) => {
        const isNewMonth = date.slice(0, 7) !== sessions[i - 1]?.slice(0, 7);
        const [day, month] = dateOf(date).split(' ');
        return (
          <span
            key={date}
            role="columnheader"
            aria-label={nameOfDate(date)}
            className="label flex flex-col items-center justify-end pb-1"
          >
            {isNewMonth && <span className="text-ink">{month}</span>}
            <span>{day}</span>
          </span>
        );
      })}
    </div>
  );
});

const AssetRow = memo(function AssetRow({
  asset,
  row,
  sessions,
  known,
  active,
}: {
  asset: Row;
  row: number;
  sessions: string[];
  known: Known;
  active: number | null;
}) {
  const share = completeness(sumOf(asset));
  return (
    <div
      role="row"
      className="mt-0.5 grid h-6 gap-0.5 [content-visibility:auto] [contain-intrinsic-height:1.5rem]"
      style={columnsOf(sessions.length)}
    >
      <span role="rowheader" className={HEAD}>
        <span className="font-semibold">{asset.symbol}</span>
        <span className="label">{asset.timeframe}</span>
        <span className={cx('ml-auto text-xs max-sm:hidden', share === '100%' ? 'text-ink-3' : 'text-ink')}>
          {share ?? NONE}
        </span>
      </span>
      {sessions.map((date, column) => {
        const counts = countsAt(asset, column);
        const kind = kindOf(counts, beginsAfter(known.firstBars, asset, date));
        const missing = counts && counts.pending + counts.unobtainable;
        return (
          <span
            key={date}
            role="gridcell"
            data-cell={`${row}:${column}`}
            data-kind={kind}
            tabIndex={active === column ? 0 : -1}
            aria-label={`${asset.symbol}, ${nameOfDate(date)}: ${describeCell(asset, date, column, known)}`}
            className={cx(
              'relative flex rounded-sm focus-visible:outline-offset-1',
              counts && 'cursor-pointer hover:outline-1 hover:outline-ink',
            )}
          >
            {counts && counts.expected > 0 ? (
              <Shares counts={counts} />
            ) : (
              <span aria-hidden className={cx('grow', stateClass(kind))} />
            )}
            {missing ? (
              <span aria-hidden className="absolute inset-0 flex items-center justify-center text-2xs leading-none">
                <span className="rounded-sm bg-bg px-0.5">{formatCompact(missing)}</span>
              </span>
            ) : null}
          </span>
        );
      })}
    </div>
  );
});

function Pointed({
  place,
  assets,
  sessions,
  known,
}: {
  place: Place;
  assets: Row[];
  sessions: string[];
  known: Known;
}) {
  const [asset, date] = [assets[place.row], sessions[place.column]];
  if (!asset || !date) return null;
  const kind = kindOf(countsAt(asset, place.column), beginsAfter(known.firstBars, asset, date));
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2">
      <Swatch kind={kind} />
      <span>
        <span className="font-semibold text-ink">{asset.symbol}</span> {asset.timeframe}, {nameOfDate(date)}
      </span>
      <span>{describeCell(asset, date, place.column, known)}</span>
    </span>
  );
}

const LEGEND: readonly CellKind[] = [...BAR_STATES, 'not_due', 'before', 'none'];

/** The legend of the patterns. */
const Legend = () => (
  <ul aria-label="States" className="label flex flex-wrap gap-x-4 gap-y-1">
    {LEGEND.map((kind) => (
      <li key={kind} className="flex items-center gap-1.5">
        <Swatch kind={kind} />
        {CELL_NAMES[kind]}
      </li>
    ))}
  </ul>
);
