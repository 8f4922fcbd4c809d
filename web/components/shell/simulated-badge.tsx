'use client';
import { useConnection } from '../../lib/connection';

/** Simulated prices must never pass for real ones: on every page from the first response on. */
export function SimulatedBadge() {
  const { simulated } = useConnection();
  if (!simulated) return null;
  return (
    <span
      title="Prices come from a simulated exchange, not from a real market."
      className="rounded-sm border border-warn px-1.5 text-2xs font-semibold tracking-wider text-warn"
    >
      SIMULATED
    </span>
  );
}
