'use client';
import type { MouseEvent } from 'react';
import type { Run } from '../../lib/api/types';
import { useWallNow } from '../../lib/clock';
import { formatAge, formatCount, formatDuration, NONE } from '../../lib/format';
import { viewRun } from '../../lib/pipeline-view';
import { nameOf } from '../../lib/run-filter';
import { formatTime } from '../../lib/time';
import { changeUrl } from '../../lib/url-state';
import { cx } from '../ui/cx';
import { StatusMark } from '../ui/status-mark';
import { RunLink } from './run-link';

export const NUMBER = 'pl-3 text-right';
export const WIDE = 'max-sm:hidden';
export const PHONE = 'sm:hidden';
const DAY_MS = 86_400_000;

/** A run in a line; on a phone in two. A click anywhere opens it. */
export function RunRow({ run, index, height }: { run: Run; index: number; height: number }) {
  const { mark, label } = viewRun(run);
  const open = (event: MouseEvent) => {
    // the end of a selection is no click
    if (!event.defaultPrevented && !window.getSelection()?.toString()) changeUrl({ run: nameOf(run) });
  };
  return (
    <tr
      aria-rowindex={index + 2}
      onClick={open}
      style={{ height }}
      className="cursor-pointer border-b border-rule focus-within:bg-raised hover:bg-raised"
    >
      <td className="truncate">
        <RunLink run={run}>{run.pipeline}</RunLink>
        <div className={cx(PHONE, 'flex gap-2 truncate text-xs text-ink-3')}>
          <StatusMark kind={mark}>{label}</StatusMark>
          <Started at={run.startedAt} />
        </div>
      </td>
      <td className={cx(WIDE, 'truncate text-xs')}>
        <Started at={run.startedAt} />
      </td>
      <td className={cx(WIDE, 'text-xs')}>
        <StatusMark kind={mark}>{label}</StatusMark>
      </td>
      <td className={cx(PHONE, NUMBER)}>
        <Count count={run.rowsInserted} sign="+" />
        <div className="text-xs text-ink-3">{run.trigger}</div>
      </td>
      <td className={cx(WIDE, NUMBER)}>
        <Count count={run.rowsInserted} />
      </td>
      <td className={cx(WIDE, NUMBER)}>
        <Count count={run.rowsUpdated} />
      </td>
      <td className={cx(WIDE, NUMBER)}>
        <Count count={run.rowsRejected} isBad />
      </td>
      <td className={NUMBER}>
        {run.durationMs === null ? NONE : formatDuration(run.durationMs)}
        <div className={cx(PHONE, 'text-xs text-ink-3')}>{attemptsOf(run)}</div>
      </td>
      <td className={cx(WIDE, NUMBER)}>
        {run.attempts === null ? NONE : <Count count={run.attempts} isBad={run.attempts > 1} />}
      </td>
      <td className={cx(WIDE, 'pl-6 text-xs text-ink-2')}>{run.trigger}</td>
      <td className="truncate text-xs text-ink-3 max-lg:hidden" title={run.errorMessage ?? undefined}>
        {run.errorMessage}
      </td>
    </tr>
  );
}

const attemptsOf = ({ attempts }: Run): string =>
  attempts === null ? NONE : attempts === 1 ? '1 attempt' : `${attempts} attempts`;

function Count({ count, sign = '', isBad = false }: { count: number; sign?: string; isBad?: boolean }) {
  const color = count === 0 ? 'text-ink-3' : isBad ? 'text-warn' : undefined;
  return <span className={color}>{count === 0 ? '0' : `${sign}${formatCount(count)}`}</span>;
}

/** When a run began, and how long ago that is. */
function Started({ at }: { at: string }) {
  const now = useWallNow();
  const age = now === null ? null : now - Date.parse(at);
  const day = age !== null && age >= DAY_MS ? `${formatTime(at, 'day', 'UTC')} ` : '';
  return (
    <span className="truncate">
      <span className={WIDE}>
        {day}
        {formatTime(at, 'clock', 'UTC')}
        {age !== null && day === '' && ' · '}
      </span>
      {age !== null && <span className={cx('text-ink-3', day !== '' && PHONE)}>{formatAge(age)} ago</span>}
    </span>
  );
}
