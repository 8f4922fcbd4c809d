'use client';
import { useRef, type KeyboardEvent, type ReactNode, type Ref } from 'react';
import type { Run } from '../../lib/api/types';
import { nameOf } from '../../lib/run-filter';
import { useMedia } from '../../lib/use-media';
import { useVisibleRows } from '../../lib/visible-rows';
import { RunCellsSkeleton, RunHeaders } from './run-columns';
import { RunRow } from './run-row';

/** Sticks below the page's header, which is one line from md on. A shadow in place of a border, which would not stick. */
const HEAD = 'label h-7 bg-bg text-left shadow-[inset_0_-1px_var(--rule)] *:font-normal md:sticky md:top-12 md:z-10';

/** Row heights, px: one line, or two on a phone. */
const ROW_HEIGHT = { wide: 32, phone: 52 };
const SKELETON_ROWS = 24;

/** One row per run; only the rows near the viewport are rendered. The arrow keys move from run to run. */
export function RunsTable({ runs }: { runs: readonly Run[] }) {
  const body = useRef<HTMLTableSectionElement>(null);
  const height = useMedia('(width < 40rem)') ? ROW_HEIGHT.phone : ROW_HEIGHT.wide;
  const { first, end } = useVisibleRows(body, runs.length, height);
  return (
    <Table rows={runs.length} body={body}>
      <Spacer height={first * height} />
      {runs.slice(first, end).map((run, index) => (
        <RunRow key={nameOf(run)} run={run} index={first + index} height={height} />
      ))}
      <Spacer height={(runs.length - end) * height} />
    </Table>
  );
}

const Spacer = ({ height }: { height: number }) =>
  height > 0 && (
    <tr aria-hidden style={{ height }}>
      <td />
    </tr>
  );

function Table({ rows, body, children }: { rows?: number; body?: Ref<HTMLTableSectionElement>; children: ReactNode }) {
  return (
    <table aria-rowcount={rows === undefined ? undefined : rows + 1} className="w-full table-fixed">
      <thead>
        <tr aria-rowindex={1} className={HEAD}>
          <RunHeaders table="runs" />
        </tr>
      </thead>
      <tbody ref={body} onKeyDown={moveFocus}>
        {children}
      </tbody>
    </table>
  );
}

function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('a')];
  const next = links[links.indexOf(document.activeElement as HTMLElement) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

export const RunsTableSkeleton = () => (
  <>
    <Table>
      {Array.from({ length: SKELETON_ROWS }, (_, i) => (
        <tr key={i} aria-hidden className="h-13 border-b border-rule sm:h-8">
          <RunCellsSkeleton table="runs" />
        </tr>
      ))}
    </Table>
    <div className="h-14" />
  </>
);
