'use client';
import { useWallNow } from '../../lib/clock';
import { formatAge, NONE } from '../../lib/format';

/** How long ago a wall-clock instant was: "3 min ago". */
export function Ago({ instant }: { instant: string }) {
  const now = useWallNow();
  return <time dateTime={instant}>{now === null ? NONE : `${formatAge(now - Date.parse(instant))} ago`}</time>;
}
