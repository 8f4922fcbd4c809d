'use client';
import { useRef, type KeyboardEvent, type ReactNode, type Ref } from 'react';
import type { Run } from '../../lib/api/types';
import { nameOf } from '../../lib/run-filter';
import { useMedia } from '../../lib/use-media';
import { useVisibleRows } from '../../lib/visible-rows';
import { cx } from '../ui/cx';
import { SkeletonText } from '../ui/skeleton';
import { NUMBER, PHONE, RunRow, WIDE } from './run-row';

/** Stays below the page's header, which is one line from md on. A border would not stay with it. */
const HEAD = 'label h-7 bg-bg text-left shadow-[inset_0_-1px_var(--rule)] *:font-normal md:sticky md:top-12 md:z-10';

/** Heights of a row, px: a line, and on a phone two. */
const ROW = { wide: 32, phone: 52 };
const SKELETON_ROWS = 24;

/** Runs, a row each; only those near the viewport are in the page. Arrow keys go from run to run. */
export function RunsTable({ runs }: { runs: readonly Run[] }) {
  const body = useRef<HTMLTableSectionElement>(null);
  const height = useMedia('(width < 40rem)') ? ROW.phone : ROW.wide;
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
          <th scope="col" className="sm:w-32">
            Pipeline
          </th>
          <th scope="col" className={cx(WIDE, 'w-40')}>
            Last run
          </th>
          <th scope="col" className={cx(WIDE, 'w-26')}>
            Status
          </th>
          <th scope="col" className={cx(PHONE, NUMBER, 'w-24')}>
            Inserted
          </th>
          <th scope="col" className={cx(WIDE, NUMBER, 'w-20')}>
            Inserted
          </th>
          <th scope="col" className={cx(WIDE, NUMBER, 'w-18')}>
            Updated
          </th>
          <th scope="col" className={cx(WIDE, NUMBER, 'w-18')}>
            Rejected
          </th>
          <th scope="col" className={cx(NUMBER, 'w-20 sm:w-24')}>
            Duration
          </th>
          <th scope="col" className={cx(WIDE, NUMBER, 'w-18')}>
            Attempts
          </th>
          <th scope="col" className={cx(WIDE, 'w-28 pl-6')}>
            Trigger
          </th>
          <th scope="col" className="max-lg:hidden">
            Note
          </th>
        </tr>
      </thead>
      <tbody ref={body} onKeyDown={goFromRunToRun}>
        {children}
      </tbody>
    </table>
  );
}

function goFromRunToRun(event: KeyboardEvent<HTMLElement>): void {
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
          <td>
            <SkeletonText chars={12} />
          </td>
          <td className={cx(WIDE, 'text-xs')}>
            <SkeletonText chars={17} />
          </td>
          <td className={cx(WIDE, 'text-xs')}>
            <SkeletonText chars={10} />
          </td>
          <td className={NUMBER}>
            <SkeletonText chars={4} />
          </td>
        </tr>
      ))}
    </Table>
    <div className="h-14" />
  </>
);
