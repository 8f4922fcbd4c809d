'use client';
import { useEffect, useId, useRef, type ReactNode } from 'react';

/**
 * A question over the page: render it while it is open. The browser keeps the focus in it and gives it back; Esc and a
 * click beside it close it.
 */
export function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
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
      className="m-auto w-[26rem] max-w-[calc(100vw-2rem)] rounded border border-rule-strong bg-bg text-ink backdrop:bg-bg/75"
    >
      <div className="flex flex-col gap-3 p-5">
        <h2 id={titleId} className="text-base font-semibold">
          {title}
        </h2>
        {children}
      </div>
    </dialog>
  );
}
