'use client';
import { useConnection } from '../../lib/connection';
import { formatAge } from '../../lib/format';
import { useNow } from '../../lib/use-now';
import { StatusMark } from '../ui/status-mark';

/** Tells when the API is away. It stands in the header, so that nothing moves. */
export function ConnectionNote() {
  const { state, silentSince } = useConnection();
  return (
    <span role="status" className="text-xs">
      {state === 'offline' && silentSince !== null && <Silence since={silentSince} />}
    </span>
  );
}

function Silence({ since }: { since: number }) {
  const now = useNow();
  return (
    <StatusMark kind="bad">
      <span className="hidden sm:inline">The API does not answer</span>
      <span className="sm:hidden">Offline</span> · {formatAge(now - since)}
    </StatusMark>
  );
}
