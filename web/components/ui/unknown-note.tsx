'use client';
import type { ReactNode } from 'react';
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
    <AddressNote onRemove={() => onRemove(withoutUnknown(parameters, unknown))}>
      Unknown in the address, and left out: {names.join('; ')}
    </AddressNote>
  );
}

/** What is wrong with the address, and a button that removes it from there. */
export const AddressNote = ({ children, onRemove }: { children: ReactNode; onRemove: () => void }) => (
  <p role="status" className="flex flex-wrap items-center gap-x-3 py-1 text-xs text-warn">
    <span className="min-w-0 wrap-anywhere">{children}</span>
    <button type="button" className="link target" onClick={onRemove}>
      Remove
    </button>
  </p>
);
