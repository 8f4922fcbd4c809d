'use client';
import type { Schedule } from '../../lib/api/types';
import { useWallNow } from '../../lib/clock';
import { counted, formatCountdown, NONE } from '../../lib/format';
import { formatTime } from '../../lib/time';
import { SkeletonText } from '../ui/skeleton';

/**
 * Counts down to a schedule's next fire, or says why it will not fire.
 * @param problem why the schedule's state is unknown
 */
export function NextFire({ schedule, problem = null }: { schedule: Schedule | undefined; problem?: string | null }) {
  const now = useWallNow();
  if (!schedule && problem !== null) return <>{problem}</>;
  if (!schedule || now === null) return <SkeletonText chars={14} />;
  if (schedule.state === 'missing') return <>missing in Temporal</>;
  if (schedule.paused) return <>paused{schedule.note && `: ${schedule.note}`}</>;
  // the response is a few seconds old: a fire may have passed since
  const next = schedule.nextFires.map((time) => Date.parse(time)).find((time) => time > now);
  if (next === undefined) return <>{NONE}</>;
  return (
    <>
      in {formatCountdown(next - now)}
      <span className="text-ink-3"> · {formatTime(next, 'clock', 'UTC')}</span>
      <Lost fires={schedule.fires} />
    </>
  );
}

/** Fires that started no run, and why. Their bars are not lost: the next run fetches them. */
function Lost({ fires }: { fires: Schedule['fires'] }) {
  const { missed = 0, skipped = 0, dropped = 0 } = fires ?? {};
  const count = missed + skipped + dropped;
  if (count === 0) return null;
  const why = [
    missed > 0 && `${missed} missed while Temporal was down`,
    skipped > 0 && `${skipped} skipped because an earlier run was in progress`,
    dropped > 0 && `${dropped} dropped because too many were waiting`,
  ];
  return (
    <span className="text-ink-3">
      {' '}
      · {counted(count, 'fire')} without a run: {why.filter(Boolean).join(', ')}
    </span>
  );
}
