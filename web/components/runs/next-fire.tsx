'use client';
import type { Schedule } from '../../lib/api/types';
import { useWallNow } from '../../lib/clock';
import { formatCountdown, NONE } from '../../lib/format';
import { formatTime } from '../../lib/time';
import { SkeletonText } from '../ui/skeleton';

/**
 * When a schedule fires next, counted down; why it does not.
 * @param trouble why nothing is known of the schedule
 */
export function NextFire({ schedule, trouble = null }: { schedule: Schedule | undefined; trouble?: string | null }) {
  const now = useWallNow();
  if (!schedule && trouble !== null) return <>{trouble}</>;
  if (!schedule || now === null) return <SkeletonText chars={14} />;
  if (schedule.state === 'missing') return <>missing in Temporal</>;
  if (schedule.paused)
    return <span title={schedule.note ?? undefined}>paused{schedule.note && `: ${schedule.note}`}</span>;
  // the answer is some seconds old: what has fired since is not next
  const next = schedule.nextFires.map((time) => Date.parse(time)).find((time) => time > now);
  if (next === undefined) return <>{NONE}</>;
  return (
    <>
      in {formatCountdown(next - now)}
      <span className="text-ink-3"> · {formatTime(next, 'clock', 'UTC')}</span>
    </>
  );
}
