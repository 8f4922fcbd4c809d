'use client';
import { useConnection } from '../../lib/connection';
import { formatAge } from '../../lib/format';
import { useNow } from '../../lib/use-now';
import { StatusMark } from '../ui/status-mark';

/** Shows that the API is unreachable. In the header, so that it moves nothing. */
export function ConnectionNote() {
  const { state, offlineSince } = useConnection();
  return (
    <span role="status" className="text-xs">
      {state === 'offline' && offlineSince !== null && <Offline since={offlineSince} />}
    </span>
  );
}

function Offline({ since }: { since: number }) {
  const now = useNow();
  return (
    <StatusMark kind="bad">
      <span className="hidden sm:inline">API unreachable</span>
      <span className="sm:hidden">Offline</span> · {formatAge(now - since)}
    </StatusMark>
  );
}
