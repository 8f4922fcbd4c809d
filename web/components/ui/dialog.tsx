'use client';
import { useEffect, useId, useRef, type ReactNode } from 'react';
import { cx } from './cx';

const PLACES = {
  middle: 'm-auto w-[26rem] max-w-[calc(100vw-2rem)] rounded border',
  side: 'my-0 mr-0 ml-auto h-dvh max-h-none w-[32rem] max-w-full border-l',
} as const;

/**
 * A question over the page: render it while it is open. The browser keeps the focus in it and gives it back; Esc and a
 * click beside it close it.
 */
export function Dialog({
  title,
  side = false,
  onClose,
  children,
}: {
  title: string;
  /** Along the right edge, for what is longer than a question. */
  side?: boolean;
  onClose: () => void;
  children: ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const element = dialog.current;
    if (!element?.open) element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      // Esc closes by the state of who renders this, not by the browser's own
      onCancel={(event) => (event.preventDefault(), onClose())}
      onPointerDown={(event) => event.target === event.currentTarget && onClose()}
      className={cx(PLACES[side ? 'side' : 'middle'], 'border-rule-strong bg-bg text-ink backdrop:bg-bg/75')}
    >
      <div className="flex min-h-full flex-col gap-3 p-5">
        <div className="flex items-baseline justify-between gap-4">
          <h2 id={titleId} className="text-base font-semibold">
            {title}
          </h2>
          {side && (
            <button type="button" className="link text-xs text-ink-2" onClick={onClose}>
              Close
            </button>
          )}
        </div>
        {children}
      </div>
    </dialog>
  );
}
