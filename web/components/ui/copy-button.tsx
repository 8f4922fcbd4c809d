'use client';
import { useState, type ReactNode } from 'react';

const COPIED_NOTE_MS = 2_000;

/**
 * Copies a text, and says so for a moment without changing its width.
 * @param text computed when the button is pressed
 * @param what names the text
 */
export function CopyButton({
  text,
  what,
  className,
  children,
}: {
  text: () => string;
  what: string;
  className?: string;
  children: ReactNode;
}) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    const copied = text();
    try {
      await navigator.clipboard.writeText(copied);
      setCopied(true);
      setTimeout(() => setCopied(false), COPIED_NOTE_MS);
    } catch {
      // no permission or no secure context: the user can copy it by hand
      window.prompt(what, copied);
    }
  };
  return (
    <button type="button" onClick={() => void copy()} title={`Copy ${what}`} className={className}>
      <span className="grid" aria-live="polite">
        <span
          className="col-start-1 row-start-1 whitespace-nowrap"
          style={{ visibility: isCopied ? 'hidden' : undefined }}
        >
          {children}
        </span>
        {isCopied && <span className="col-start-1 row-start-1 text-center text-up">Copied</span>}
      </span>
    </button>
  );
}
