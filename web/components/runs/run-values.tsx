'use client';
import { useWallNow } from '../../lib/clock';
import { counted, formatAge, formatCount, NONE } from '../../lib/format';
import { formatTime } from '../../lib/time';

const DAY_MS = 86_400_000;
/** Ages change in these steps, so that a list of them stays quiet. ms */
const AGE_STEP_MS = 5_000;

/** A count: grey if it is 0, in the colour of a warning if it is bad. */
export function Count({ count, isBad = false }: { count: number; isBad?: boolean }) {
  const color = count === 0 ? 'text-ink-3' : isBad ? 'text-warn' : undefined;
  return <span className={color}>{formatCount(count)}</span>;
}

/**
 * When a run started, and how long ago that was.
 * @param isShort only how long ago
 */
export function Started({ at, isShort = false }: { at: string; isShort?: boolean }) {
  const now = useWallNow(AGE_STEP_MS);
  const age = now === null ? null : now - Date.parse(at);
  const isOld = age !== null && age >= DAY_MS;
  return (
    <span className="truncate">
      {!isShort && (
        <>
          {isOld && `${formatTime(at, 'day', 'UTC')} `}
          {formatTime(at, 'clock', 'UTC')}
          {age !== null && !isOld && ' · '}
        </>
      )}
      {age !== null && (isShort || !isOld) && <span className="text-ink-3">{formatAge(age)} ago</span>}
    </span>
  );
}

/** How many attempts the most-retried step took. */
export const AttemptsNote = ({ attempts }: { attempts: number | null }) =>
  attempts === null ? NONE : counted(attempts, 'attempt');
