'use client';
import { useConnection } from '../../lib/connection';

/** Prices of a simulated exchange must never be taken for real ones: on every page as soon as the first answer says so. */
export function SimulatedBadge() {
  const { simulated } = useConnection();
  if (!simulated) return null;
  return (
    <span
      title="These prices come from a simulated exchange, not from a market."
      className="rounded-sm border border-warn px-1.5 text-2xs font-semibold tracking-wider text-warn"
    >
      SIMULATED
    </span>
  );
}
