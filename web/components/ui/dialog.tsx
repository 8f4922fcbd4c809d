'use client';
import { useId, useLayoutEffect, useRef, type ReactNode } from 'react';
import { Button } from './button';
import { cx } from './cx';

const KINDS = {
  /** A question in the middle of the page. */
  question: { frame: 'm-auto w-[26rem] max-w-[calc(100vw-2rem)] rounded border', body: 'gap-3 p-5' },
  /** Details beside the page, from top to bottom; on a phone over all of it. */
  sheet: {
    frame: 'my-0 mr-0 ml-auto h-dvh max-h-none w-[46rem] max-w-full border-l max-sm:border-l-0',
    body: 'min-h-full gap-4 px-4 py-3 sm:px-6 sm:py-4',
  },
} as const;

interface Props {
  title: string;
  kind?: keyof typeof KINDS;
  onClose: () => void;
  children: ReactNode;
}

/** Lies over the page while it is rendered. The browser keeps the focus in it, and who opened it gets it back; Esc and a click beside it close it. */
export function Dialog({ title, kind = 'question', onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // before it leaves the page: what is closed gives the focus back, what is gone cannot
  useLayoutEffect(() => {
    const element = dialog.current;
    const opener = document.activeElement;
    if (!element?.open) element?.showModal();
    return () => {
      element?.close();
      // it has left the page by now, and then the browser gives no focus back
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      // Esc closes by the state of who renders this, not by the browser's own
      onCancel={(event) => (event.preventDefault(), onClose())}
      onPointerDown={(event) => event.target === event.currentTarget && onClose()}
      className={cx('border-rule-strong bg-bg text-ink backdrop:bg-bg/75', KINDS[kind].frame)}
    >
      <div className={cx('flex flex-col', KINDS[kind].body)}>
        <div className="flex items-center justify-between gap-4">
          <h2 id={titleId} className="min-w-0 text-base font-semibold wrap-anywhere">
            {title}
          </h2>
          {kind === 'sheet' && <Button onClick={onClose}>Close</Button>}
        </div>
        {children}
      </div>
    </dialog>
  );
}
