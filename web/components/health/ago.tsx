'use client';
import { useWallNow } from '../../lib/clock';
import { formatAge, NONE } from '../../lib/format';

/** How long ago something was, wall clock. */
export function Ago({ instant }: { instant: string }) {
  const now = useWallNow(1_000);
  return <time dateTime={instant}>{now === null ? NONE : `${formatAge(now - Date.parse(instant))} ago`}</time>;
}
