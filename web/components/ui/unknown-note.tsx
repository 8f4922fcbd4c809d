'use client';
import { type Parameters, unknownIn, type Vocabulary, withoutUnknown } from '../../lib/address';

/** Names what the address has and the page does not, such as an asset to compare with that is not tracked. */
export function UnknownNote({
  parameters,
  vocabulary,
  onRemove,
}: {
  parameters: Parameters;
  vocabulary: Vocabulary;
  onRemove: (patch: Record<string, string | null>) => void;
}) {
  const unknown = unknownIn(parameters, vocabulary);
  if (unknown.size === 0) return null;
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
