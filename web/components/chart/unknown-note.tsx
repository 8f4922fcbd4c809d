'use client';
import { unknownIn, withoutUnknown } from './state';

type Known = Parameters<typeof unknownIn>[1];

/** Names what the address has and the chart does not, such as an asset to compare with that is not tracked. */
export function UnknownNote({
  parameters,
  known,
  onRemove,
}: {
  parameters: Parameters<typeof unknownIn>[0];
  /** Null while it is loading. */
  known: Known | null;
  onRemove: (patch: Record<string, string | null>) => void;
}) {
  const unknown = known && unknownIn(parameters, known);
  if (!unknown || unknown.size === 0) return null;
  const names = [...unknown].map(([name, items]) => `${name} ${items.join(', ')}`);
  return (
    <p role="status" className="flex flex-wrap items-center gap-x-3 py-1 text-xs text-warn">
      <span className="min-w-0 wrap-anywhere">Unknown in the address, and left out: {names.join('; ')}</span>
      <button type="button" className="link target" onClick={() => onRemove(withoutUnknown(parameters, unknown))}>
        Remove
      </button>
    </p>
  );
}
