'use client';
import { useState } from 'react';
import { formatVolume, formatPercent, formatPrice, NONE } from '../../lib/format';
import { visibleRows } from '../../lib/visible-rows';
import { cx } from '../ui/cx';
import { actionText } from './bar-text';
import type { Look } from './look';
import { closeBefore, laterSource, type ChartModel } from './model';
import { barTimeText } from './time-axis';

/** Row height, px. */
const ROW = 24;
/** Rows rendered before the table is scrolled. */
const INITIAL_ROWS = 40;
/** aria-rowindex counts from 1, and the header is row 1. */
const FIRST_ROW_INDEX = 2;
const CELL = 'px-2 text-right whitespace-nowrap';
const PRICES = ['open', 'high', 'low', 'close'] as const;

/** The bars of the chart as a table, newest first; only the rows in view are rendered. */
export function BarsTable({
  model,
  look,
  name,
  onOpen,
}: {
  model: ChartModel;
  look: Look;
  name: string;
  /** Opens the story of the bar at a position. */
  onOpen: (index: number) => void;
}) {
  const count = model.times.length;
  const [view, setView] = useState({ first: 0, end: INITIAL_ROWS });
  const { first, end } = { first: Math.min(view.first, count), end: Math.min(view.end, count) };
  const lines = look.studies.flatMap(({ label, unit, lines: all }) =>
    all.map(({ column, name: line }) => ({ column, unit, title: line ? `${label} ${line}` : label })),
  );
  const titles = ['Open', 'High', 'Low', 'Close', 'Change', 'Volume', ...lines.map(({ title }) => title)];
  const rows = Array.from({ length: end - first }, (_, i) => first + i);
  return (
    <div
      tabIndex={0}
      role="region"
      aria-label={`Bars of ${name}`}
      className="absolute inset-0 overflow-auto text-xs"
      onScroll={({ currentTarget: { scrollTop, clientHeight } }) => {
        const next = visibleRows(count, ROW, -scrollTop, clientHeight);
        if (next.first !== view.first || next.end !== view.end) setView(next);
      }}
    >
      <table aria-rowcount={count + 1} className="w-full border-collapse">
        <caption className="sr-only">Bars of {name}, newest first</caption>
        <thead className="sticky top-0 bg-bg">
          <tr aria-rowindex={1} style={{ height: ROW }}>
            <th scope="col" className="label px-2 text-left font-normal">
              Time
            </th>
            {titles.map((title) => (
              <th key={title} scope="col" className="label px-2 text-right font-normal whitespace-nowrap">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Space rows={first} />
          {rows.map((row) => (
            <BarRow
              key={model.times[count - 1 - row]}
              model={model}
              look={look}
              lines={lines}
              row={row}
              onOpen={onOpen}
            />
          ))}
          <Space rows={count - end} />
        </tbody>
      </table>
    </div>
  );
}

/** Takes the space of rows that are not rendered. */
const Space = ({ rows }: { rows: number }) => rows > 0 && <tr aria-hidden style={{ height: rows * ROW }} />;

function BarRow({
  model,
  look: { digits },
  lines,
  row,
  onOpen,
}: {
  model: ChartModel;
  look: Look;
  lines: readonly { column: string; unit: string }[];
  row: number;
  onOpen: (index: number) => void;
}) {
  const at = model.times.length - 1 - row;
  const bar = model.bars[at];
  const before = closeBefore(model, at);
  const change = bar && before !== null ? (bar.close / before - 1) * 100 : null;
  const actions = model.actions.get(at) ?? [];
  const source = laterSource(model, at);
  return (
    <tr aria-rowindex={row + FIRST_ROW_INDEX} style={{ height: ROW }} className="border-t border-rule">
      <th scope="row" className="px-2 text-left font-normal whitespace-nowrap text-ink-2">
        <button type="button" title="Story of this bar" onClick={() => onOpen(at)} className="h-6 hover:underline">
          {barTimeText(model.times[at]!, model.timeframe, model.zone)}
        </button>
        {actions.length > 0 && <span className="ml-2 text-ink">{actions.map(actionText).join(', ')}</span>}
        {model.pending[at] && <span className="ml-2 text-warn">pending</span>}
        {source !== null && <span className="ml-2 text-ink-3">{source}</span>}
        {model.revised.has(at) && <span className="ml-2 text-ink-3">revised</span>}
        {model.forming === at && <span className="ml-2 text-ink-3">forming</span>}
      </th>
      {PRICES.map((price) => (
        <td key={price} className={CELL}>
          {bar ? formatPrice(bar[price], digits) : NONE}
        </td>
      ))}
      <td className={cx(CELL, change === null || change === 0 ? 'text-ink-2' : change > 0 ? 'text-up' : 'text-down')}>
        {change === null ? NONE : formatPercent(change)}
      </td>
      <td className={CELL}>{bar?.volume == null ? NONE : formatVolume(bar.volume)}</td>
      {lines.map(({ column, unit }) => {
        const value = model.columns.get(column)?.[at];
        return (
          <td key={column} className={CELL}>
            {value == null ? NONE : unit === 'fraction' ? formatPercent(value * 100) : formatPrice(value, digits)}
          </td>
        );
      })}
    </tr>
  );
}
